/*
 * compact_list.c - the messages of a talk that is made shorter: added,
 * replaced, removed, and what they cost.
 */
#include "core/compact.h"

#include "base/mem.h"
#include "core/msg.h"
#include "core/tokens.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#define NONE		SIZE_MAX

void
compact_init(struct compact *c)
{
	memset(c, 0, sizeof(*c));
	c->factor = 1;
	c->facts = js_none();
	c->ids = js_obj();
	c->goal = c->last_user = c->last_step = NONE;
}

void
compact_reset(struct compact *c)
{
	for (size_t i = 0; i < c->n; i++)
		js_free(c->v[i].msg);
	js_free(c->facts);
	c->facts = js_none();
	js_free(c->ids);
	c->ids = js_obj();
	c->n = c->known = 0;
	c->sum = 0;
	c->goal = c->last_user = c->last_step = NONE;
}

void
compact_free(struct compact *c)
{
	compact_reset(c);
	js_free(c->ids);
	c->ids = js_none();
	free(c->v);
	c->v = NULL;
	c->cap = 0;
}

static double
weigh(jv msg)
{
	struct buf b = BUF_INIT;
	double t;

	js_dump(&b, msg);
	t = tokens_message(buf_str(&b), b.len);
	buf_free(&b);
	return t;
}

/* The call that a result answers: results come in the order of the calls,
 * so the search begins behind the one before. */
static void
find_call(struct compact *c, struct compact_item *it)
{
	const struct compact_item *last = c->n > 0 ? &c->v[c->n - 1] : NULL;
	const char *id = js_str(it->msg, "tool_call_id");
	size_t n, at;

	/* Results stand right behind their call, or belong to none. */
	if (c->last_step == NONE || id == NULL ||
	    (c->n - 1 != c->last_step && last->owner != c->last_step))
		return;
	n = msg_ncalls(c->v[c->last_step].msg);
	at = last != NULL && last->owner == c->last_step &&
	    last->call != NONE ? last->call + 1 : 0;
	for (size_t k = 0; k < n; k++) {
		size_t i = (at + k) % n;
		const char *own;

		msg_call(c->v[c->last_step].msg, i, &own, NULL, NULL, NULL);
		if (strcmp(own, id) == 0) {
			it->owner = c->last_step;
			it->call = i;
			return;
		}
	}
}

void
compact_replace_take(struct compact *c, size_t i, jv msg)
{
	struct compact_item *it = &c->v[i];
	jv facts = js_none();

	if (msg_role(msg) == MSG_USER) {
		msg = compact_without_note_take(msg, &facts);
		if (js_is_obj(facts)) {
			js_free(c->facts);
			c->facts = facts;
		} else {
			js_free(facts);
		}
	}
	c->sum -= it->tokens;
	js_free(it->msg);
	it->msg = msg;
	it->tokens = weigh(msg);
	it->fate = COMPACT_SHORT;
	c->sum += it->tokens;
}

/* Where the parts of the talk are that are not to be touched. */
static void
place(struct compact *c, size_t i)
{
	switch (msg_role(c->v[i].msg)) {
	case MSG_USER:
		if (c->goal == NONE)
			c->goal = i;
		c->last_user = i;
		break;
	case MSG_ASSISTANT:
		c->last_step = i;
		break;
	default:
		break;
	}
}

void
compact_add(struct compact *c, jv msg)
{
	struct compact_item it = { .msg = js_ref(msg), .owner = NONE,
	    .call = NONE };
	jv facts = js_none();

	if (msg_role(msg) == MSG_NONE) {
		js_free(it.msg);
		return;
	}
	if (msg_role(msg) == MSG_USER) {
		it.msg = compact_without_note_take(it.msg, &facts);
		c->facts = compact_merge_take(c->facts, facts);
	}
	if (msg_role(msg) == MSG_TOOL)
		find_call(c, &it);
	it.tokens = weigh(it.msg);
	it.serial = c->serials++;
	if (c->n == c->cap) {
		c->cap = c->cap != 0 ? 2 * c->cap : 64;
		c->v = xreallocarray(c->v, c->cap, sizeof(*c->v));
	}
	c->v[c->n++] = it;
	c->sum += it.tokens;
	place(c, c->n - 1);
}

double
compact_raw(const struct compact *c)
{
	struct buf b = BUF_INIT;
	double t;

	compact_note(&b, c->facts);
	t = c->sum + tokens_text(buf_str(&b), b.len);
	buf_free(&b);
	return t;
}

int64_t
compact_tokens(const struct compact *c)
{
	return (int64_t)(compact_raw(c) * c->factor + 0.5);
}

jv
compact_get(const struct compact *c, size_t i)
{
	if (i >= c->n || c->v[i].fate == COMPACT_GONE)
		return js_none();
	if (i == c->goal)
		return compact_with_note_take(js_ref(c->v[i].msg), c->facts);
	return js_ref(c->v[i].msg);
}

/* Whether a part that is not to be touched is gone itself. */
static bool
is_gone(const struct compact *c, size_t i)
{
	return i != NONE && (i >= c->n || c->v[i].fate == COMPACT_GONE);
}

void
compact_sweep(struct compact *c)
{
	size_t *to = xcalloc(c->n + 1, sizeof(*to)), n = 0, known = 0;
	size_t *const parts[] = { &c->goal, &c->last_user, &c->last_step };
	bool again = is_gone(c, c->goal) || is_gone(c, c->last_user) ||
	    is_gone(c, c->last_step);

	for (size_t i = 0; i < c->n; i++) {
		struct compact_item *it = &c->v[i];

		to[i] = n;
		if (it->fate == COMPACT_GONE) {
			js_free(it->msg);
			continue;
		}
		if (it->owner != NONE)
			it->owner = to[it->owner];
		it->fate = COMPACT_KEPT;
		known += i < c->known;
		c->v[n++] = *it;
	}
	for (size_t i = 0; i < BASE_NITEMS(parts); i++)
		*parts[i] = again || *parts[i] == NONE ? NONE :
		    to[*parts[i]];
	c->n = n;
	c->known = known;
	free(to);
	for (size_t i = 0; again && i < n; i++)
		place(c, i);
}

void
compact_truncate(struct compact *c, size_t n)
{
	while (c->n > n) {
		struct compact_item *it = &c->v[--c->n];

		c->sum -= it->tokens;
		js_free(it->msg);
	}
	compact_sweep(c);
}
