/*
 * elicit.c - what a server wants to know of the user.
 */
#include "mcp/elicit.h"

#include "base/clock.h"
#include "base/mem.h"
#include "base/utf8.h"
#include "core/rpc.h"

#include <stdlib.h>
#include <string.h>

struct question {
	struct question	*next;
	int64_t		 n;
	struct call	*call;
	jv		 id;		/* of the request; invalid: newer era */
	char		*key;		/* newer era: its name in the result */
};

jv
elicit_ability_take(const struct server *s, jv capabilities)
{
	return !s->elicits ? capabilities : js_set(capabilities,
	    "elicitation", js_set(js_obj(), "form", js_obj()));
}

static bool
is_form(jv params)
{
	return (!js_has(params, "mode") || js_str_is(params, "mode",
	    "form")) && js_str(params, "message") != NULL;
}

static void
ask(struct server *s, struct call *c, jv id, const char *key, jv params)
{
	struct question *q = xcalloc(1, sizeof(*q)), **last = &s->questions;

	q->n = s->next_question++;
	q->call = c;
	q->id = js_ref(id);
	q->key = key != NULL ? xstrdup(key) : NULL;
	while (*last != NULL)
		last = &(*last)->next;
	*last = q;
	c->questions++;
	c->on_ask(c, q->n, params);
}

static void
question_free(struct question *q)
{
	js_free(q->id);
	free(q->key);
	free(q);
}

/* The call that has been under way longest: a server does not say for which
 * one it asks. */
static struct request *
oldest(struct server *s)
{
	struct request *found = NULL;

	for (struct request *q = s->requests; q != NULL; q = q->next)
		if (q->what == ASKED_CALL && q->call->on_ask != NULL)
			found = q;
	return found;
}

bool
elicit_request(struct server *s, jv msg)
{
	struct request *q = oldest(s);
	jv params = js_get(msg, "params"), id;
	bool may = s->elicits && q != NULL && is_form(params) &&
	    q->call->rounds < ELICIT_ROUNDS;

	if (may) {
		q->call->rounds++;
		/* The user takes as long as he takes. */
		q->deadline = q->hard;
		id = js_get(msg, "id");
		ask(s, q->call, id, NULL, params);
		js_free(id);
	}
	js_free(params);
	return may;
}

static bool
all_forms(jv wanted)
{
	jv keys = js_keys(wanted);
	bool good = js_is_obj(wanted) && js_len(keys) > 0 &&
	    js_len(keys) <= ELICIT_ROUNDS;

	for (size_t i = 0; good && i < js_len(keys); i++) {
		jv k = js_at(keys, i), v = js_cstr(k) != NULL ? js_get(wanted,
		    js_cstr(k)) : js_none(), p = js_get(v, "params");

		good = js_str_is(v, "method", "elicitation/create") &&
		    is_form(p);
		js_free(p);
		js_free(v);
		js_free(k);
	}
	js_free(keys);
	return good;
}

bool
elicit_result(struct server *s, struct call *c, jv result)
{
	jv wanted = js_get(result, "inputRequests"), keys;

	if (!s->elicits || c->on_ask == NULL || c->rounds >= ELICIT_ROUNDS ||
	    !all_forms(wanted)) {
		js_free(wanted);
		return false;
	}
	c->rounds++;
	js_free(c->state);
	js_free(c->answers);
	c->state = js_get(result, "requestState");
	c->answers = js_obj();
	c->next = s->asking;
	s->asking = c;
	c->questions++;		/* not over before all are asked */
	keys = js_keys(wanted);
	for (size_t i = 0; i < js_len(keys); i++) {
		jv k = js_at(keys, i), v = js_get(wanted, js_cstr(k));
		jv p = js_get(v, "params"), none = js_none();

		ask(s, c, none, js_cstr(k), p);
		js_free(none);
		js_free(p);
		js_free(v);
		js_free(k);
	}
	js_free(keys);
	js_free(wanted);
	if (--c->questions == 0 && elicit_stop(s, c))
		server_call(s, c);
	return true;
}

void
elicit_words(const struct server *s, jv result, struct err *e)
{
	jv all = js_get(result, "inputRequests"), keys = js_keys(all);
	struct buf b = BUF_INIT;

	for (size_t i = 0; js_is_obj(all) && i < js_len(keys) && i < 4; i++) {
		jv k = js_at(keys, i), v = js_cstr(k) != NULL ? js_get(all,
		    js_cstr(k)) : js_none(), p = js_get(v, "params");
		const char *m = js_str(p, "message");

		if (m == NULL)
			m = js_str(v, "method");
		m = m != NULL ? m : "something";
		buf_adds(&b, i > 0 ? "; " : "");
		utf8_escape(&b, m, strlen(m) < 150 ? strlen(m) : utf8_cut(m,
		    150), UTF8_LINE);
		js_free(p);
		js_free(v);
		js_free(k);
	}
	err_set(e, ERR_REFUSED, "%s wants more before it goes on, which "
	    "nobody here can give: %.300s", s->entry->name, b.len > 0 ?
	    buf_str(&b) : "it does not say what");
	buf_free(&b);
	js_free(keys);
	js_free(all);
}

jv
elicit_params_take(const struct call *c, jv params)
{
	if (!js_is_obj(c->answers))
		return params;
	params = js_set(params, "inputResponses", js_ref(c->answers));
	return js_is_valid(c->state) ? js_set(params, "requestState",
	    js_ref(c->state)) : params;
}

bool
elicit_stop(struct server *s, struct call *c)
{
	for (struct call **p = &s->asking; *p != NULL; p = &(*p)->next)
		if (*p == c) {
			*p = c->next;
			return true;
		}
	return false;
}

void
server_forget(struct server *s, struct call *c)
{
	struct question **p = &s->questions, *q;

	while ((q = *p) != NULL)
		if (q->call == c) {
			*p = q->next;
			question_free(q);
		} else {
			p = &q->next;
		}
	js_free(c->state);
	js_free(c->answers);
	c->state = c->answers = js_none();
	c->questions = 0;
}

/* What the user said, as the protocol has it. */
static jv
said(const char *action, jv content)
{
	jv r = js_set_str(js_obj(), "action", action);

	return strcmp(action, "accept") == 0 && js_is_obj(content) ?
	    js_set(r, "content", js_ref(content)) : r;
}

/* The answer to a request of the older era. */
static void
reply(struct server *s, const struct question *q, jv result_take)
{
	jv msg = rpc_result(q->id, result_take);

	for (struct request *r = s->requests; r != NULL; r = r->next)
		if (r->call == q->call)
			r->deadline = clock_ms() + (q->call->limit_ms > 0 ?
			    q->call->limit_ms : s->entry->timeout_ms);
	s->link->send(s, msg, NULL);
	js_free(msg);
}

void
server_answer(struct server *s, int64_t n, const char *action, jv content)
{
	struct question **p = &s->questions, *q;
	struct call *c;

	while (*p != NULL && (*p)->n != n)
		p = &(*p)->next;
	q = *p;
	if (q == NULL)
		return;
	*p = q->next;
	c = q->call;
	c->questions--;
	if (q->key == NULL)
		reply(s, q, said(action, content));
	else
		c->answers = js_set(c->answers, q->key, said(action,
		    content));
	if (q->key != NULL && c->questions == 0 && elicit_stop(s, c))
		server_call(s, c);
	question_free(q);
}
