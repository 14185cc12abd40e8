/*
 * compact.c - make a talk shorter without breaking it: the tiers.
 */
#include "core/compact.h"

#include "base/utf8.h"
#include "core/ids.h"
#include "core/msg.h"
#include "core/tokens.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#define NONE		SIZE_MAX
#define OLD_OVER	200	/* bytes of an output worth cutting out */
#define SHRINK_OVER	700	/* of one that is worth cutting */
#define HEAD		240
#define TAIL		120
#define ARGS_OVER	400	/* of the arguments of a call */
#define TEXT_OVER	3000	/* of what somebody said */
#define NOTE_TOKENS	300.0	/* kept free for the note */
#define HARD_ANSWER	4000	/* bytes of an answer that are left alone */
#define HARD_LEAST	300	/* bytes that an output keeps at the least */

/* ---- what may be done to a message ---- */

static bool
flagged(jv msg)
{
	jv agent = js_get(msg, "agent");
	bool keep = js_bool(agent, "keep", false);

	js_free(agent);
	return keep;
}

/* Not to be touched at all. */
static bool
is_fixed(const struct compact *c, size_t i)
{
	return i == c->goal || i == c->last_user ||
	    msg_role(c->v[i].msg) == MSG_SYSTEM || flagged(c->v[i].msg);
}

/* Of the newest step, which the model has yet to see. */
static bool
is_new(const struct compact *c, size_t i)
{
	return c->last_step != NONE && i >= c->last_step;
}

/* Cut message i; a result that names no artifact is kept by the caller's
 * callback first. */
static void
cut(struct compact *c, size_t i, size_t head, size_t tail, const char *why)
{
	jv msg = js_ref(c->v[i].msg), agent = js_get(msg, "agent"), m;
	const char *path = js_str(agent, "artifact");
	struct buf saved = BUF_INIT;

	if (path == NULL && c->save != NULL && msg_role(msg) == MSG_TOOL &&
	    c->save(c->arg, msg, &saved))
		path = buf_str(&saved);
	m = compact_cut(msg, head, tail, why, path);
	if (saved.len > 0) {
		if (!js_is_obj(agent)) {
			js_free(agent);
			agent = js_obj();
		}
		agent = js_set_str(agent, "artifact", buf_str(&saved));
		m = js_set(m, "agent", js_ref(agent));
	}
	c->v[i].cut = true;
	compact_replace_take(c, i, m);
	js_free(agent);
	js_free(msg);
	buf_free(&saved);
}

static size_t
content_len(jv msg)
{
	struct buf b = BUF_INIT;
	size_t n;

	msg_content(&b, msg);
	n = b.len;
	buf_free(&b);
	return n;
}

/* ---- tier 1: what a later output has made old ---- */

/* Remember the text under a short key: true when it was there already. */
static bool
seen(jv *set, char kind, const char *p, size_t n)
{
	char key[80];
	bool there;

	key[0] = kind;
	ids_sha256(key + 1, p, n);
	there = js_has(*set, key);
	if (!there)
		*set = js_set_bool(*set, key, true);
	return there;
}

/* Why result i is old, or NULL; the talk is walked from its end. */
static const char *
superseded(struct compact *c, size_t i, jv *set)
{
	const struct compact_item *it = &c->v[i];
	struct err ignored = ERR_INIT;
	struct buf b = BUF_INIT;
	const char *name, *args, *path, *why = NULL;
	size_t n;
	jv a;

	msg_content(&b, it->msg);
	if (b.len > OLD_OVER && seen(set, 't', b.data, b.len))
		why = "the same as a later result";
	if (it->owner == NONE) {
		buf_free(&b);
		return why;
	}
	msg_call(c->v[it->owner].msg, it->call, NULL, &name, &args, &n);
	buf_reset(&b);
	buf_addf(&b, "%s ", name);
	buf_add(&b, args, n);
	if (seen(set, 'c', b.data, b.len))
		why = "the same call was made again later";
	a = js_parse(args, n, &ignored);
	path = js_str(a, "path");
	if (path != NULL && strcmp(name, "write_file") == 0)
		seen(set, 'w', path, strlen(path));
	if (path != NULL && strcmp(name, "read_file") == 0) {
		char key[80] = "w";

		ids_sha256(key + 1, path, strlen(path));
		if (js_has(*set, key))
			why = "the file was written anew later";
	}
	js_free(a);
	buf_free(&b);
	return why;
}

/* What is to be kept is kept once: a later result, of those to be kept, has
 * the same text. */
static bool
kept_later(const struct compact *c, size_t i, jv *set)
{
	struct buf b = BUF_INIT;
	bool there;

	if (!flagged(c->v[i].msg) || c->v[i].cut)
		return false;
	msg_content(&b, c->v[i].msg);
	there = seen(set, 'k', b.data, b.len);
	buf_free(&b);
	return there;
}

static bool
tier_old(struct compact *c)
{
	jv set = js_obj();
	bool did = false;

	for (size_t i = c->n; i-- > 0;) {
		const char *why;
		bool again;

		if (msg_role(c->v[i].msg) != MSG_TOOL)
			continue;
		why = superseded(c, i, &set);
		again = kept_later(c, i, &set);
		if (why == NULL || c->v[i].cut || is_new(c, i) ||
		    (is_fixed(c, i) && !again) ||
		    content_len(c->v[i].msg) <= OLD_OVER)
			continue;
		cut(c, i, 0, 0, why);
		did = true;
	}
	js_free(set);
	return did;
}

/* ---- tier 2: old outputs and arguments ---- */

static bool
shrink_one(struct compact *c, size_t i)
{
	double before = c->sum;

	switch (msg_role(c->v[i].msg)) {
	case MSG_TOOL:
		if (!c->v[i].cut &&
		    content_len(c->v[i].msg) > SHRINK_OVER)
			cut(c, i, HEAD, TAIL, NULL);
		break;
	case MSG_ASSISTANT:
		if (!c->v[i].cut) {
			jv m = compact_cut_args(c->v[i].msg, ARGS_OVER);

			if (js_eq(m, c->v[i].msg))
				js_free(m);
			else
				compact_replace_take(c, i, m);
			c->v[i].cut = true;
		}
		/* FALLTHROUGH */
	case MSG_USER:
		if (content_len(c->v[i].msg) > TEXT_OVER)
			cut(c, i, TEXT_OVER / 3, TEXT_OVER / 6, NULL);
		break;
	default:
		break;
	}
	return c->sum < before;
}

static bool
tier_shrink(struct compact *c, double budget)
{
	double note = compact_raw(c) - c->sum;
	bool did = false;

	for (size_t i = 0; i < c->n && c->sum + note > budget; i++)
		if (!is_new(c, i) && !is_fixed(c, i))
			did = shrink_one(c, i) || did;
	return did;
}

/* ---- tier 3: whole steps ---- */

/* The end of the step that begins at i: a message with its results. */
static size_t
step_end(const struct compact *c, size_t i, bool *fixed)
{
	size_t end = i + 1;

	*fixed = is_fixed(c, i) || is_new(c, i);
	while (end < c->n && c->v[end].owner == i)
		*fixed = is_fixed(c, end++) || *fixed;
	return end;
}

/* Messages before this one, but for the fixed ones, have to go. */
static size_t
drop_end(const struct compact *c, double budget)
{
	struct buf b = BUF_INIT;
	double sum, room = budget / 8;
	size_t i = 0;

	compact_note(&b, c->facts);
	sum = c->sum + tokens_text(buf_str(&b), b.len);
	buf_free(&b);
	budget -= room < NOTE_TOKENS ? room : NOTE_TOKENS;
	while (i < c->n && sum > budget) {
		bool fixed;
		size_t end = step_end(c, i, &fixed);

		for (; i < end; i++)
			if (!fixed)
				sum -= c->v[i].tokens;
	}
	return i;
}

/* The step from i to to goes, but for what is to stay; a note is left. */
static bool
drop_step(struct compact *c, size_t i, size_t to)
{
	bool did = false;

	for (; i < to; i++) {
		if (c->v[i].fate == COMPACT_GONE)
			continue;
		c->facts = compact_learn_take(c->facts, c->v[i].msg);
		c->v[i].fate = COMPACT_GONE;
		c->sum -= c->v[i].tokens;
		did = true;
	}
	return did;
}

static bool
tier_drop(struct compact *c, double budget)
{
	size_t end = drop_end(c, budget), i = 0;
	bool did = false;

	while (i < end) {
		bool fixed;
		size_t to = step_end(c, i, &fixed);

		if (!fixed)
			did = drop_step(c, i, to) || did;
		i = to;
	}
	return did;
}

/* ---- tier 4: what is left ---- */

/* A result, or an answer that alone is as long as many. */
static bool
is_long(const struct compact *c, size_t i)
{
	enum msg_role role = msg_role(c->v[i].msg);

	return role == MSG_TOOL || (role == MSG_ASSISTANT &&
	    content_len(c->v[i].msg) > HARD_ANSWER);
}

/* Cut what is long, the newest step's, too. */
static bool
cut_rest(struct compact *c, double budget)
{
	double results = 0, room;
	size_t n = 0, bytes;

	for (size_t i = 0; i < c->n; i++)
		if (is_long(c, i) && c->v[i].fate != COMPACT_GONE &&
		    !is_fixed(c, i)) {
			results += c->v[i].tokens;
			n++;
		}
	if (n == 0)
		return false;
	room = budget - (compact_raw(c) - results);
	bytes = room > 0 ? (size_t)(room * 2 / (double)n) : 0;
	if (bytes < HARD_LEAST)
		bytes = HARD_LEAST;
	for (size_t i = 0; i < c->n; i++) {
		if (c->v[i].fate == COMPACT_GONE || is_fixed(c, i))
			continue;
		if (is_long(c, i) && content_len(c->v[i].msg) > bytes)
			cut(c, i, bytes / 2, bytes / 4, NULL);
		else if (i == c->last_step)
			shrink_one(c, i);
	}
	return true;
}

/*
 * The newest step goes when nothing else helps and the user has spoken since:
 * else no word of his would ever get an answer again.
 */
static bool
drop_newest(struct compact *c)
{
	size_t i = c->last_step, to = i + 1;

	if (i == NONE || c->last_user == NONE || c->last_user < i ||
	    flagged(c->v[i].msg))
		return false;
	for (; to < c->n && c->v[to].owner == i; to++)
		if (flagged(c->v[to].msg))
			return false;
	return drop_step(c, i, to);
}

static bool
tier_hard(struct compact *c, double budget)
{
	bool did = cut_rest(c, budget);

	return (compact_raw(c) > budget && drop_newest(c)) || did;
}

/* ---- all of it ---- */

bool
compact_run(struct compact *c, int64_t budget, enum compact_tier deepest,
    enum compact_tier *used)
{
	double raw = (double)budget / (c->factor > 0 ? c->factor : 1);
	enum compact_tier t = COMPACT_NONE, u = COMPACT_NONE;

	while (compact_raw(c) > raw && t < deepest) {
		bool did = false;

		t++;
		switch (t) {
		case COMPACT_OLD: did = tier_old(c); break;
		case COMPACT_SHRINK: did = tier_shrink(c, raw); break;
		case COMPACT_DROP: did = tier_drop(c, raw); break;
		case COMPACT_HARD: did = tier_hard(c, raw); break;
		case COMPACT_NONE: break;
		}
		if (did)
			u = t;
	}
	if (used != NULL)
		*used = u;
	return compact_raw(c) <= raw;
}

const char *
compact_tier_name(enum compact_tier t)
{
	static const char *const names[] = {
		"none", "old", "shrink", "drop", "hard",
	};

	return names[t];
}

/* ---- for whoever sums it up ---- */

static void
tell_one(struct buf *b, jv msg)
{
	static const char *const who[] = {
		[MSG_USER] = "User: ", [MSG_ASSISTANT] = "Assistant: ",
		[MSG_TOOL] = "Result: ", [MSG_SYSTEM] = "System: ",
	};
	enum msg_role role = msg_role(msg);
	jv m = compact_cut(msg, 600, 300, NULL, NULL);

	buf_adds(b, role != MSG_NONE ? who[role] : "");
	msg_content(b, m);
	js_free(m);
	for (size_t i = 0; i < msg_ncalls(msg); i++) {
		const char *name, *args;
		size_t n;

		msg_call(msg, i, NULL, &name, &args, &n);
		buf_addf(b, "\n(calls %s %.*s)", name,
		    (int)(n > 300 ? 300 : n), args);
	}
	buf_addc(b, '\n');
}

size_t
compact_tell(struct compact *c, int64_t budget, size_t max, struct buf *b)
{
	size_t end = drop_end(c, (double)budget /
	    (c->factor > 0 ? c->factor : 1)), i = 0, n = 0, start = b->len;

	while (i < end && b->len - start < max) {
		bool fixed;
		size_t to = step_end(c, i, &fixed);

		for (; i < to; i++) {
			if (fixed)
				continue;
			n++;
			tell_one(b, c->v[i].msg);
		}
	}
	if (b->len - start > max)
		buf_cut(b, start + utf8_cut(b->data + start, max));
	return n;
}
