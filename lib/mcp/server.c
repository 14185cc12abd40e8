/*
 * server.c - one MCP server, seen by its client: requests and calls.
 *
 * Invariant: a call that was taken is in waiting or in a request until its
 * on_end is called, once.
 */
#include "mcp/server.h"

#include "base/clock.h"
#include "base/mem.h"
#include "base/utf8.h"
#include "core/rpc.h"
#include "json/exact.h"
#include "mcp/elicit.h"
#include "mcp/open.h"
#include "mcp/tools.h"

#include <stdlib.h>
#include <string.h>

void
server_init(struct server *s, const struct entry *entry,
    const char *workspace, const struct link *link)
{
	memset(s, 0, sizeof(*s));
	s->entry = entry;
	s->workspace = workspace;
	s->link = link;
	s->next_id = 1;
	s->opening_ms = entry->startup_ms;
	s->info = js_none();
	s->tools = js_none();
	s->again_at = s->good_until = -1;
}

/* ---- requests ---- */

struct request *
open_ask(struct server *s, enum asked what, const char *method, jv params_take,
    int64_t limit_ms)
{
	struct request *q = xcalloc(1, sizeof(*q));
	jv id = js_from_int(s->next_id);

	q->id = s->next_id++;
	q->what = what;
	q->deadline = clock_ms() + limit_ms;
	q->hard = clock_ms() + SERVER_HARD_MS;
	if (s->modern || what == ASKED_DISCOVER)
		params_take = open_meta_take(s, params_take);
	q->msg = rpc_request(id, method, params_take);
	q->next = s->requests;
	s->requests = q;
	js_free(id);
	return q;
}

static void
unlink_request(struct server *s, struct request *q)
{
	struct request **p = &s->requests;

	while (*p != NULL && *p != q)
		p = &(*p)->next;
	if (*p != NULL)
		*p = q->next;
}

static void
request_free(struct request *q)
{
	js_free(q->msg);
	free(q);
}

/* Take q out; its call is ended with e. */
static void
fail_request(struct server *s, struct request *q, const struct err *e)
{
	struct call *c = q->call;

	unlink_request(s, q);
	s->link->forget(s, q);
	request_free(q);
	if (c != NULL)
		c->on_end(c, js_none(), e);
}

void
open_drop(struct server *s, const struct err *why)
{
	while (s->requests != NULL)
		fail_request(s, s->requests, why);
}

static void
fail_calls(struct server *s, const struct err *e)
{
	while (s->waiting != NULL) {
		struct call *c = s->waiting;

		s->waiting = c->next;
		c->on_end(c, js_none(), e);
	}
}

void
server_free(struct server *s)
{
	struct err e = ERR_INIT;

	err_set(&e, ERR_CANCELLED, "the client ends");
	open_drop(s, &e);
	while (s->asking != NULL) {
		struct call *c = s->asking;

		s->asking = c->next;
		c->on_end(c, js_none(), &e);
	}
	fail_calls(s, &e);
	if (s->up)
		s->link->cut(s);
	js_free(s->info);
	js_free(s->tools);
	vec_free(&s->notes);
	vec_free(&s->cursors);
}

/* ---- calls ---- */

/* Why the tool is not what the model was told; NULL: it is. */
static const char *
differs(struct server *s, const struct call *c)
{
	jv now = tools_find(s->tools, "tool", c->tool);
	const char *why = NULL;

	if (!js_is_valid(now))
		why = "the server does not have it any more";
	else if (js_is_valid(c->pinned) && !s->entry->trust &&
	    !tools_same(now, c->pinned))
		why = "the server describes it in another way than when it "
		    "was recorded";
	js_free(now);
	return why;
}

void
server_write(struct buf *b, jv msg, const struct request *q)
{
	const struct buf *like = q != NULL && q->call != NULL ?
	    &q->call->like : NULL;

	if (like != NULL)
		exact_dump(b, msg, buf_str(like), like->len);
	else
		js_dump(b, msg);
}

static void
send_call(struct server *s, struct call *c)
{
	const char *why = c->method == NULL ? differs(s, c) : NULL;
	struct err e = ERR_INIT;
	struct request *q;
	jv p;

	if (why != NULL) {
		err_set(&e, ERR_DENIED, "%.60s of %s: %s; the user can look "
		    "with agent-tool mcp test %s, and take it with mcp "
		    "refresh %s", c->tool, s->entry->name, why,
		    s->entry->name, s->entry->name);
		c->on_end(c, js_none(), &e);
		return;
	}
	p = c->method != NULL ? js_ref(c->args) : js_set(js_set_str(js_obj(),
	    "name", c->tool), "arguments", js_ref(c->args));
	if (c->on_progress != NULL)
		p = js_set(p, "_meta", js_set_int(js_obj(), "progressToken",
		    s->next_id));
	p = elicit_params_take(c, p);
	q = open_ask(s, ASKED_CALL, c->method != NULL ? c->method :
	    "tools/call", p, c->limit_ms > 0 ?
	    c->limit_ms : s->entry->timeout_ms);
	q->call = c;
	s->link->send(s, q->msg, q);
}

void
open_done(struct server *s)
{
	struct call *c = s->waiting;

	s->state = SERVER_READY;
	s->ready_at = clock_ms();
	s->waiting = NULL;
	if (s->modern && s->tells && !s->listens && s->keeps)
		open_listen(s);
	while (c != NULL) {
		struct call *next = c->next;

		send_call(s, c);
		c = next;
	}
	if (s->on_open != NULL)
		s->on_open(s, s->arg);
}

void
open_failed(struct server *s, const struct err *why)
{
	s->state = SERVER_FAILED;
	s->fault = *why;
	s->again_at = clock_ms() + SERVER_AGAIN_MS;
	open_drop(s, why);
	if (s->up) {
		s->up = false;
		s->link->cut(s);
	}
	fail_calls(s, why);
	if (s->on_open != NULL)
		s->on_open(s, s->arg);
}

void
server_open(struct server *s)
{
	struct err e = ERR_INIT;

	if (s->state == SERVER_OPENING || s->state == SERVER_READY)
		return;
	if (s->state == SERVER_FAILED && clock_left(s->again_at) > 0) {
		fail_calls(s, &s->fault);
		return;
	}
	if (s->entry->fault != NULL) {
		err_set(&e, ERR_CONFIG, "%s: %s", s->entry->name,
		    s->entry->fault);
		open_failed(s, &e);
		return;
	}
	open_begin(s);
}

void
server_call(struct server *s, struct call *c)
{
	struct call **last = &s->waiting;

	if (s->state == SERVER_READY && !s->stale &&
	    clock_left(s->good_until) != 0) {
		send_call(s, c);
		return;
	}
	while (*last != NULL)
		last = &(*last)->next;
	c->next = NULL;
	*last = c;
	if (s->state == SERVER_READY)
		open_again(s);
	else
		server_open(s);
}

/* Tell the server that q is not wanted. */
static void
withdraw(struct server *s, struct request *q, const char *why)
{
	jv p;

	s->works = true;
	/* Of HTTP in the modern era, the end of the stream says it. */
	if (s->modern && s->entry->http)
		return;
	p = js_set_int(js_obj(), "requestId", q->id);
	p = rpc_notification("notifications/cancelled", js_set_str(p,
	    "reason", why));
	s->link->send(s, p, NULL);
	js_free(p);
}

void
server_cancel(struct server *s, struct call *c)
{
	struct err e = ERR_INIT;

	err_set(&e, ERR_CANCELLED, "cancelled");
	for (struct call **p = &s->waiting; *p != NULL; p = &(*p)->next)
		if (*p == c) {
			*p = c->next;
			c->on_end(c, js_none(), &e);
			return;
		}
	if (elicit_stop(s, c)) {
		c->on_end(c, js_none(), &e);
		return;
	}
	for (struct request *q = s->requests; q != NULL; q = q->next)
		if (q->call == c) {
			withdraw(s, q, "cancelled by the user");
			fail_request(s, q, &e);
			return;
		}
}

/* ---- time ---- */

int64_t
server_deadline(const struct server *s)
{
	int64_t first = -1;

	for (const struct request *q = s->requests; q != NULL; q = q->next) {
		int64_t at = q->deadline < q->hard ? q->deadline : q->hard;

		if (at != -1 && (first == -1 || at < first))
			first = at;
	}
	return first;
}

static void
late(struct server *s, struct request *q)
{
	struct err e = ERR_INIT;
	struct call *c = q->call;

	if (c == NULL) {
		enum asked what = q->what;

		fail_request(s, q, &e);
		open_late(s, what);
		return;
	}
	err_set(&e, ERR_TIMEOUT, "%s did not answer %.60s within %lld s",
	    s->entry->name, c->tool != NULL ? c->tool : c->method,
	    (long long)((c->limit_ms > 0 ?
	    c->limit_ms : s->entry->timeout_ms) + 999) / 1000);
	withdraw(s, q, "timeout");
	fail_request(s, q, &e);
}

void
server_tick(struct server *s)
{
	struct request *q = s->requests;

	while (q != NULL) {
		if (clock_left(q->deadline) != 0 && clock_left(q->hard) != 0) {
			q = q->next;
			continue;
		}
		late(s, q);
		q = s->requests;	/* others may have gone with it */
	}
}

bool
server_listed(const struct server *s)
{
	return s->state == SERVER_READY || (s->state == SERVER_OFF &&
	    s->ready_at != 0);
}

bool
server_busy(const struct server *s)
{
	bool asked = false;

	for (const struct request *q = s->requests; q != NULL; q = q->next)
		asked |= q->what != ASKED_LISTEN;
	return asked || s->waiting != NULL ||
	    s->asking != NULL || s->works;
}

/* ---- what comes ---- */

static struct request *
find(struct server *s, jv id)
{
	int64_t n;

	if (!js_int_of(id, 0, 1LL << 53, &n))
		return NULL;
	for (struct request *q = s->requests; q != NULL; q = q->next)
		if (q->id == n)
			return q;
	return NULL;
}

/* What the server wants of its client: nearly nothing is offered. */
static void
serve(struct server *s, jv msg)
{
	const char *method = js_str(msg, "method");
	jv id = js_get(msg, "id"), reply, root;

	if (strcmp(method, "elicitation/create") == 0 &&
	    elicit_request(s, msg)) {
		js_free(id);
		return;		/* answered later */
	}
	if (strcmp(method, "ping") == 0) {
		reply = rpc_result(id, js_obj());
	} else if (strcmp(method, "roots/list") == 0 && s->entry->roots) {
		root = js_set(js_obj(), "uri", js_fmt("file://%s",
		    s->workspace));
		root = js_push(js_arr(), js_set_str(root, "name",
		    "workspace"));
		reply = rpc_result(id, js_set(js_obj(), "roots", root));
	} else {
		reply = rpc_error(id, RPC_NO_METHOD, "this client does not "
		    "offer that", js_none());
	}
	s->link->send(s, reply, NULL);
	js_free(reply);
	js_free(id);
}

static void
notice(struct server *s, jv msg)
{
	const char *method = js_str(msg, "method");
	jv params = js_get(msg, "params"), token;
	struct request *q;

	if (strcmp(method, "notifications/tools/list_changed") == 0) {
		s->stale = true;
	} else if (strcmp(method, "notifications/progress") == 0) {
		token = js_get(params, "progressToken");
		q = find(s, token);
		if (q != NULL && q->what == ASKED_CALL) {
			/* It lives: the time begins anew. */
			q->deadline = clock_ms() + (q->call->limit_ms > 0 ?
			    q->call->limit_ms : s->entry->timeout_ms);
			if (q->call->on_progress != NULL)
				q->call->on_progress(q->call, params);
		}
		js_free(token);
	}
	js_free(params);
}

static void
call_result(struct server *s, struct call *c, jv result)
{
	const char *type = js_str(result, "resultType");
	struct err e = ERR_INIT;

	if (!js_is_obj(result)) {
		err_set(&e, ERR_PROTOCOL, "%s answered with no object",
		    s->entry->name);
	} else if (type != NULL && strcmp(type, "input_required") == 0) {
		if (elicit_result(s, c, result))
			return;
		elicit_words(s, result, &e);
	} else if (js_has(result, "resultType") && (type == NULL ||
	    strcmp(type, "complete") != 0)) {
		err_set(&e, ERR_PROTOCOL, "%s answered with a result of an "
		    "unknown type", s->entry->name);
	}
	c->on_end(c, e.kind == ERR_NONE ? result : js_none(), &e);
}

void
open_error(const struct server *s, jv error, struct err *e)
{
	struct buf b = BUF_INIT;
	int64_t code = 0;
	const char *m;
	size_t n = 0;

	js_int(error, "code", -(1LL << 31), 1LL << 31, &code);
	m = js_str_len(error, "message", &n);
	utf8_escape(&b, m != NULL ? m : "", n < 300 ? n : utf8_cut(m, 300),
	    UTF8_LINE);
	err_set(e, code == RPC_PARAMS ? ERR_INVALID : ERR_PROTOCOL,
	    "%s answered with error %lld%s%s", s->entry->name,
	    (long long)code, b.len > 0 ? ": " : "", buf_str(&b));
	buf_free(&b);
}

static void
reply(struct server *s, jv msg, bool is_error)
{
	jv id = js_get(msg, "id"), body = js_get(msg, is_error ? "error" :
	    "result");
	struct request *q = find(s, id);
	struct err e = ERR_INIT;

	/* Late, doubled, or to nothing: passed over. */
	if (q == NULL) {
		js_free(body);
		js_free(id);
		return;
	}
	unlink_request(s, q);
	s->link->forget(s, q);
	if (q->what != ASKED_CALL) {
		open_answer(s, q->what, body, is_error);
	} else if (is_error) {
		open_error(s, body, &e);
		q->call->on_end(q->call, js_none(), &e);
	} else {
		call_result(s, q->call, body);
	}
	request_free(q);
	js_free(body);
	js_free(id);
}

void
server_message(struct server *s, jv msg)
{
	switch (rpc_classify(msg)) {
	case RPC_REQUEST:
		serve(s, msg);
		break;
	case RPC_NOTIFICATION:
		notice(s, msg);
		break;
	case RPC_RESULT:
		reply(s, msg, false);
		break;
	case RPC_ERROR:
		reply(s, msg, true);
		break;
	case RPC_NONE:
		break;
	}
}

/* ---- what ends ---- */

void
server_lost(struct server *s, const struct err *why)
{
	s->up = false;
	if (s->state == SERVER_OPENING) {
		open_lost(s, why);
		return;
	}
	s->state = SERVER_OFF;
	open_drop(s, why);
	fail_calls(s, why);
}

void
server_refused(struct server *s, struct request *q, int status,
    const struct err *why)
{
	enum asked what = q->what;

	if (what == ASKED_CALL) {
		fail_request(s, q, why);
		return;
	}
	unlink_request(s, q);
	s->link->forget(s, q);
	request_free(q);
	open_refused(s, what, status, why);
}

void
server_renew(struct server *s, struct request *q)
{
	struct err e = ERR_INIT;
	struct call *c = q->call;

	err_set(&e, ERR_TEMP, "%s forgot the session", s->entry->name);
	if (c == NULL || c->again) {
		server_refused(s, q, 404, &e);
		return;
	}
	c->again = true;
	unlink_request(s, q);
	s->link->forget(s, q);
	request_free(q);
	c->next = s->waiting;
	s->waiting = c;
	if (s->state != SERVER_OPENING) {
		s->state = SERVER_OFF;
		s->was_legacy = true;
		server_open(s);
	}
}
