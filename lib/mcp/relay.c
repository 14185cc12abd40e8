/*
 * relay.c - agent-mcp as a coprocess of agent-tool.
 */
#include "mcp/relay.h"

#include "base/clock.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/utf8.h"
#include "core/event.h"
#include "json/jsonl.h"
#include "json/scan.h"
#include "mcp/store.h"
#include "mcp/tools.h"
#include "sys/fd.h"
#include "sys/sig.h"

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>

#ifndef VERSION
#define VERSION "unknown"
#endif

#define PROGRESS_MS	200	/* between two of one call */
#define ASK_SHOWN	((size_t)2000)	/* of a question */

struct relay;

/* A call that was asked for. */
struct errand {
	struct errand	*next;
	struct call	 call;
	struct relay	*r;
	struct server	*server;
	char		*id;
	int64_t		 quiet_until;
};

struct relay {
	struct hub	*hub;
	int		 out;
	struct jsonl	 lines;
	struct errand	*errands;
	bool		 eof, closed;
};

static void
put_take(struct relay *r, jv v)
{
	struct err e = ERR_INIT;

	if (!r->closed && jsonl_write(r->out, v, &e) == -1)
		r->closed = true;
	js_free(v);
}

static void
errand_free(struct errand *x)
{
	struct errand **p = &x->r->errands;

	while (*p != x)
		p = &(*p)->next;
	*p = x->next;
	server_forget(x->server, &x->call);
	js_free(x->call.args);
	buf_free(&x->call.like);
	js_free(x->call.pinned);
	free(x->call.tool);
	free(x->id);
	free(x);
}

static void
put_error(struct relay *r, const char *id, const struct err *e)
{
	put_take(r, js_set_str(event_error(e), "id", id));
}

static void
on_end(struct call *c, jv result, const struct err *e)
{
	struct errand *x = c->arg;
	jv v;

	if (!js_is_valid(result)) {
		put_error(x->r, x->id, e);
	} else {
		v = js_set_str(event_new("result"), "id", x->id);
		put_take(x->r, js_set(v, "result", js_ref(result)));
	}
	errand_free(x);
}

static void
on_progress(struct call *c, jv params)
{
	struct errand *x = c->arg;
	const char *m = js_str(params, "message");
	struct buf b = BUF_INIT;
	jv v = event_new("progress");

	if (clock_left(x->quiet_until) > 0) {
		js_free(v);
		return;
	}
	x->quiet_until = clock_ms() + PROGRESS_MS;
	v = js_set_str(v, "id", x->id);
	v = js_set(v, "progress", js_from_num(js_num(params, "progress", 0)));
	if (js_has(params, "total"))
		v = js_set(v, "total", js_from_num(js_num(params, "total",
		    0)));
	if (m != NULL) {
		utf8_escape(&b, m, strlen(m) < 500 ? strlen(m) :
		    utf8_cut(m, 500), UTF8_LINE);
		v = js_set(v, "message", js_from_buf(&b));
		buf_free(&b);
	}
	put_take(x->r, v);
}

/* The server wants to know something of the user. */
static void
on_ask(struct call *c, int64_t n, jv params)
{
	struct errand *x = c->arg;
	const char *m = js_str(params, "message"), *why = NULL;
	jv v = event_new("ask"), raw = js_get(params, "requestedSchema");
	jv schema = tools_schema(raw, &why);
	struct buf b = BUF_INIT;

	js_free(raw);
	if (why != NULL) {
		log_note("%s asks something that is no form: %s",
		    x->server->entry->name, why);
		server_answer(x->server, n, "cancel", schema);
		js_free(schema);
		js_free(v);
		return;
	}
	utf8_escape(&b, m, strlen(m) < ASK_SHOWN ? strlen(m) : utf8_cut(m,
	    ASK_SHOWN), UTF8_TEXT);
	v = js_set_int(js_set_str(v, "id", x->id), "ask", n);
	v = js_set_str(v, "server", x->server->entry->name);
	v = js_set(v, "message", js_from_buf(&b));
	put_take(x->r, js_set(v, "schema", schema));
	buf_free(&b);
}

/* ---- what a server says when it is opened ---- */

static void
count(jv from, jv in, size_t *missing, size_t *other)
{
	for (size_t i = 0; i < js_len(from); i++) {
		jv t = js_at(from, i), twin = tools_find(in, "tool",
		    js_str(t, "tool"));

		*missing += !js_is_valid(twin);
		*other += js_is_valid(twin) && !tools_same(t, twin);
		js_free(twin);
		js_free(t);
	}
}

static void
on_open(struct server *s, void *arg)
{
	struct relay *r = arg;
	size_t fresh = 0, gone = 0, other = 0, ignored = 0, at;
	struct err e = ERR_INIT;
	jv was;

	if (s->state != SERVER_READY || hub_find(r->hub, s->entry->name,
	    &at) == NULL)
		return;
	was = js_get(r->hub->pin[at], "tools");
	if (js_is_arr(was)) {
		count(s->tools, was, &fresh, &other);
		count(was, s->tools, &gone, &ignored);
	}
	js_free(was);
	if (fresh + gone + other == 0)
		return;
	if (!s->entry->trust) {
		log_note("%s: since its tools were recorded %zu came, %zu "
		    "changed and %zu went; see agent-tool mcp test %s",
		    s->entry->name, fresh, other, gone, s->entry->name);
		return;
	}
	if (hub_pin(r->hub, at, &e) == -1)
		log_note("%s", e.msg);
	store_forget();
}

/* ---- lines ---- */

static void
begin(struct relay *r, jv line, const char *p, size_t n)
{
	const char *id = js_str(line, "id"), *server = js_str(line, "server");
	const char *tool = js_str(line, "tool");
	jv args = js_get(line, "arguments"), tools;
	struct err e = ERR_INIT;
	struct errand *x;
	struct scan_span text;
	struct server *s;
	size_t at = 0;

	s = server != NULL ? hub_find(r->hub, server, &at) : NULL;
	if (id == NULL || tool == NULL || !js_is_obj(args) || s == NULL) {
		err_set(&e, ERR_DATA, "a call needs id, server, tool and "
		    "arguments, and a server that is configured");
		put_error(r, id != NULL ? id : "", &e);
		js_free(args);
		return;
	}
	x = xcalloc(1, sizeof(*x));
	x->r = r;
	x->server = s;
	x->id = xstrdup(id);
	tools = js_get(r->hub->pin[at], "tools");
	x->call = (struct call){ .tool = xstrdup(tool), .args = args,
	    .pinned = tools_find(tools, "tool", tool), .on_end = on_end,
	    .on_progress = on_progress, .arg = x };
	if (scan_find(p, n, "arguments", &text)) {
		buf_adds(&x->call.like, "{\"params\":{\"arguments\":");
		buf_add(&x->call.like, text.p, text.n);
		buf_adds(&x->call.like, "}}");
	}
	if (s->elicits)
		x->call.on_ask = on_ask;
	js_free(tools);
	x->next = r->errands;
	r->errands = x;
	s->on_open = on_open;
	s->arg = r;
	server_call(s, &x->call);
}

static void
cancel(struct relay *r, jv line)
{
	const char *id = js_str(line, "id");
	struct errand *next;

	for (struct errand *x = r->errands; x != NULL; x = next) {
		next = x->next;
		if (id == NULL || strcmp(id, x->id) == 0)
			server_cancel(x->server, &x->call);
	}
}

/* What the user said to a question. */
static void
answer(struct relay *r, jv line)
{
	const char *id = js_str(line, "id"), *action = js_str(line, "action");
	jv content = js_get(line, "content");
	int64_t n = -1;

	js_int(line, "ask", 0, 1LL << 53, &n);
	if (action == NULL || (strcmp(action, "accept") != 0 &&
	    strcmp(action, "decline") != 0))
		action = "cancel";
	for (struct errand *x = r->errands; x != NULL; x = x->next)
		if (id != NULL && strcmp(id, x->id) == 0) {
			server_answer(x->server, n, action, content);
			break;
		}
	js_free(content);
}

static void
take(struct relay *r, jv line, const char *p, size_t n)
{
	if (js_str_is(line, "type", "call"))
		begin(r, line, p, n);
	else if (js_str_is(line, "type", "cancel"))
		cancel(r, line);
	else if (js_str_is(line, "type", "answer"))
		answer(r, line);
}

static int
read_input(struct relay *r, int in, struct err *e)
{
	char piece[BASE_PIECE];
	ssize_t n = fd_read(in, piece, sizeof(piece));

	if (n == -1)
		return errno == EAGAIN ? 0 : err_sys(e, "read stdin");
	r->eof = n == 0;
	if (n > 0)
		jsonl_feed(&r->lines, piece, (size_t)n);
	for (;;) {
		struct err bad = ERR_INIT;
		jv v = js_none();
		const char *p;
		size_t len;
		enum jsonl_status st = jsonl_next(&r->lines, &v, &p, &len,
		    &bad);

		if (st == JSONL_ITEM)
			take(r, v, p, len);
		else if (st == JSONL_ERROR)
			put_error(r, "", &bad);
		js_free(v);
		if (st == JSONL_MORE || st == JSONL_END)
			return 0;
	}
}

static void
ready(struct relay *r)
{
	jv v = event_new("ready");

	v = js_set_str(v, "protocol", "agent-protocol/1");
	v = js_set_str(v, "program", log_prog());
	put_take(r, js_set_str(v, "version", VERSION));
}

int
relay_run(struct hub *h, int in, int out, bool elicits, struct err *e)
{
	struct relay r = { .hub = h, .out = out };
	struct pollfd p[HUB_FDS + 3];
	int rc = 0;

	for (size_t i = 0; i < h->entries.n; i++)
		h->v[i]->elicits = elicits, h->v[i]->keeps = true;
	jsonl_init(&r.lines, "<stdin>");
	ready(&r);
	while (rc == 0 && !r.eof && !r.closed && sig_caught() == 0) {
		size_t n = hub_poll(h, p);

		p[n] = (struct pollfd){ in, POLLIN, 0 };
		p[n + 1] = (struct pollfd){ sig_fd(), POLLIN, 0 };
		p[n + 2] = (struct pollfd){ out, 0, 0 };
		if (poll(p, n + 3, hub_left(h)) == -1 && errno != EINTR)
			rc = err_sys(e, "poll");
		r.closed |= (p[n + 2].revents & (POLLERR | POLLHUP |
		    POLLNVAL)) != 0;
		hub_work(h, p);
		if (rc == 0 && p[n].revents != 0)
			rc = read_input(&r, in, e);
	}
	/* Nobody waits for the results of what still runs; but the servers
	 * are to know that they have work left, which server_busy() says. */
	r.closed = true;
	hub_close(h);
	jsonl_free(&r.lines);
	return rc;
}
