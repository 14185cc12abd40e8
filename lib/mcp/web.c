/*
 * web.c - servers that are services: what is sent and what comes back.
 *
 * libcurl's callbacks only collect; messages are handed over outside of
 * them, since they lead to new requests.
 */
#include "mcp/web.h"

#include "base/clock.h"
#include "base/log.h"
#include "base/mem.h"
#include "core/rpc.h"
#include "mcp/post.h"
#include "mcp/tools.h"

#include <poll.h>
#include <stdlib.h>
#include <string.h>

#define LINGER_MS	2000	/* of a stream that is answered */
#define RESUMES		3
#define RESUME_MS	1000	/* to wait before, unless it says */
#define GOODBYE_MS	1000

struct webs {
	struct many	*many;
	struct post	*posts;
};

struct web {
	struct webs	*all;
	char		 session[256];
	bool		 warned;
};

struct webs *
webs_new(void)
{
	return xcalloc(1, sizeof(struct webs));
}

void
webs_free(struct webs *w)
{
	if (w == NULL)
		return;
	while (w->posts != NULL)
		post_free(&w->posts, w->posts);
	many_close(w->many);
	free(w);
}

void
web_attach(struct server *s, struct webs *w)
{
	struct web *web = xcalloc(1, sizeof(*web));

	web->all = w;
	s->carrier = web;
}

void
web_detach(struct server *s)
{
	free(s->carrier);
	s->carrier = NULL;
}

/* ---- requests ---- */

static void
add_header(struct vec *v, const char *name, const char *p, size_t n)
{
	struct buf b = BUF_INIT;

	web_value(&b, p, n);
	vec_pushf(v, "%s: %s", name, buf_str(&b));
	buf_free(&b);
}

/* Arguments that the tool wants as headers, too. */
static void
parameters(const struct server *s, const struct call *c, struct vec *v)
{
	jv tool = tools_find(s->tools, "tool", c->tool);
	jv list = js_get(tool, "headers");

	for (size_t i = 0; js_is_arr(list) && i < js_len(list); i++) {
		jv h = js_at(list, i), path = js_get(h, "path");
		jv at = js_ref(c->args);
		char *name = xasprintf("Mcp-Param-%s", js_str(h, "header"));
		struct buf b = BUF_INIT;
		const char *text;
		size_t n;

		for (size_t k = 0; k < js_len(path); k++) {
			jv key = js_at(path, k), next;

			next = js_get(at, js_cstr(key));
			js_free(at);
			js_free(key);
			at = next;
		}
		if (js_is_num(at) || js_is_bool(at))
			js_dump(&b, at);
		else if ((text = js_bytes(at, &n)) != NULL)
			buf_add(&b, text, n);
		if (js_is_num(at) || js_is_bool(at) || js_is_str(at))
			add_header(v, name, buf_str(&b), b.len);
		buf_free(&b);
		free(name);
		js_free(at);
		js_free(path);
		js_free(h);
	}
	js_free(list);
	js_free(tool);
}

static void
common(const struct server *s, struct vec *v)
{
	const struct web *w = s->carrier;

	for (size_t i = 0; i < s->entry->headers.n; i++)
		vec_push(v, s->entry->headers.v[i]);
	if (s->modern)
		vec_push(v, "MCP-Protocol-Version: " RPC_MODERN);
	else if (strcmp(s->version, "2025-06-18") >= 0)
		vec_pushf(v, "MCP-Protocol-Version: %s", s->version);
	if (!s->modern && w->session[0] != '\0')
		vec_pushf(v, "Mcp-Session-Id: %s", w->session);
}

static int
need_many(struct webs *w, struct err *e)
{
	if (w->many == NULL)
		w->many = many_open(e);
	return w->many == NULL ? -1 : 0;
}

static int
web_open(struct server *s, struct err *e)
{
	struct web *w = s->carrier;

	w->session[0] = '\0';
	return need_many(w->all, e);
}

static void
web_send(struct server *s, jv msg, struct request *q)
{
	struct web *w = s->carrier;
	struct vec v = VEC_INIT;
	struct buf body = BUF_INIT;
	const char *method = js_str(msg, "method");
	struct post *p;

	if (!s->up && s->state != SERVER_OPENING)
		return;
	vec_push(&v, "Content-Type: application/json");
	vec_push(&v, "Accept: application/json, text/event-stream");
	common(s, &v);
	if (s->modern && method != NULL)
		vec_pushf(&v, "Mcp-Method: %s", method);
	if (s->modern && q != NULL && q->call != NULL) {
		add_header(&v, "Mcp-Name", q->call->tool,
		    strlen(q->call->tool));
		parameters(s, q->call, &v);
	}
	js_dump(&body, msg);
	p = post_new(&w->all->posts, s, q);
	post_start(p, w->all->many, "POST", s->entry->url, &v, &body);
	buf_free(&body);
	vec_free(&v);
}

static void
web_forget(struct server *s, struct request *q)
{
	struct web *w = s->carrier;
	struct post *p = q->post;

	if (p == NULL)
		return;
	q->post = NULL;
	p->q = NULL;
	/* One that is answered ends by itself, and its connection serves the
	 * next; the end of another tells the server to stop. */
	if (p->answered)
		p->enough_at = clock_ms() + LINGER_MS;
	else if (p->busy)
		p->s = NULL;
	else
		post_free(&w->all->posts, p);
}

static void
web_cut(struct server *s)
{
	struct web *w = s->carrier;

	w->session[0] = '\0';
	for (struct post *p = w->all->posts; p != NULL; p = p->next)
		if (p->s == s) {
			if (p->q != NULL)
				p->q->post = NULL;
			p->q = NULL;
			p->s = NULL;
		}
}

static void
web_said(const struct server *s BASE_UNUSED, struct buf *b BASE_UNUSED)
{
}

const struct link web_link = { web_open, web_send, web_forget, web_cut,
    web_said };

/* ---- answers ---- */

/* The message to the server; a response answers the post. */
static void
deliver(struct post *p, jv msg)
{
	enum rpc_kind k = rpc_classify(msg);

	p->answered |= k == RPC_RESULT || k == RPC_ERROR;
	server_message(p->s, msg);
}

static void
drain(struct post *p)
{
	while (p->s != NULL && p->q != NULL && js_len(p->inbox) > 0) {
		jv all = p->inbox;

		p->inbox = js_arr();
		for (size_t i = 0; i < js_len(all) && p->s != NULL; i++) {
			jv msg = js_at(all, i);

			deliver(p, msg);
			js_free(msg);
		}
		js_free(all);
	}
}

static void
refuse(struct post *p, enum err_kind kind, const char *why)
{
	struct err e = ERR_INIT;

	err_set(&e, kind, "%s: %s", p->s->entry->name, why);
	e.http_status = p->status;
	server_refused(p->s, p->q, p->status, &e);
}

/* An error status: what its body says, or what it means. */
static void
bad_status(struct post *p)
{
	struct web *w = p->s->carrier;
	struct err ignored = ERR_INIT;
	char why[160];
	jv v, error;

	if (p->status == 404 && !p->s->modern && w->session[0] != '\0') {
		w->session[0] = '\0';
		server_renew(p->s, p->q);
		return;
	}
	v = js_parse(buf_str(&p->body), p->body.len, &ignored);
	error = js_get(v, "error");
	if (p->status == 401 || p->status == 403) {
		snprintf(why, sizeof(why), "it wants to know who asks (status "
		    "%d); give it a token in headers, as in "
		    "\"Authorization\": \"Bearer ${TOKEN}\"", p->status);
		refuse(p, ERR_AUTH, why);
	} else if (js_is_obj(error) && js_str_is(v, "jsonrpc", "2.0")) {
		v = js_set_int(v, "id", p->q->id);
		deliver(p, v);
	} else {
		snprintf(why, sizeof(why), "status %d, %s", p->status,
		    http_reason(p->status));
		refuse(p, p->status == 429 || p->status >= 500 ? ERR_TEMP :
		    ERR_PROTOCOL, why);
	}
	js_free(error);
	js_free(v);
}

/* A stream that broke can be taken up again, where it has ids for that. */
static bool
resume(struct post *p)
{
	const struct sse *e = &p->sse;

	if (!p->stream || p->s->modern || e->id.len == 0 ||
	    p->resumes >= RESUMES)
		return false;
	p->resumes++;
	p->resume_at = clock_ms() + (e->retry_ms >= 0 && e->retry_ms < 5000 ?
	    e->retry_ms : RESUME_MS);
	return true;
}

static void
go_on(struct post *p, struct many *m)
{
	struct vec v = VEC_INIT;

	vec_push(&v, "Accept: text/event-stream");
	common(p->s, &v);
	vec_pushf(&v, "Last-Event-ID: %.200s", buf_str(&p->sse.id));
	post_start(p, m, "GET", p->s->entry->url, &v, NULL);
	vec_free(&v);
}

/* The whole body of a good answer, unless it was a stream. */
static void
take_body(struct post *p)
{
	struct err ignored = ERR_INIT;
	jv v;

	if (p->stream || p->body.len == 0)
		return;
	v = js_parse(buf_str(&p->body), p->body.len, &ignored);
	for (size_t i = 0; js_is_arr(v) && i < js_len(v); i++)
		p->inbox = js_push(p->inbox, js_at(v, i));
	if (js_is_obj(v))
		p->inbox = js_push(p->inbox, js_ref(v));
	js_free(v);
}

/* It has ended, well or not; true when it is over. */
static bool
finish(struct post *p)
{
	bool good = p->status >= 200 && p->status < 300;

	if (p->s == NULL || p->q == NULL)
		return true;
	if (good && p->fault.kind == ERR_NONE)
		take_body(p);
	drain(p);
	if (p->s == NULL || p->q == NULL)
		return true;
	if (good && resume(p))
		return false;
	if (p->fault.kind != ERR_NONE) {
		err_wrap(&p->fault, "%s", p->s->entry->name);
		server_refused(p->s, p->q, p->status, &p->fault);
	} else if (!good) {
		bad_status(p);
	} else {
		refuse(p, ERR_PROTOCOL, p->stream ? "its stream ended without "
		    "the answer" : "what it sent is no answer");
	}
	return true;
}

/* The session that an answer begins. */
static void
take_session(struct post *p)
{
	struct web *w;

	if (p->s == NULL || p->session[0] == '\0')
		return;
	w = p->s->carrier;
	memcpy(w->session, p->session, sizeof(w->session));
	p->session[0] = '\0';
}

/* One step for one post; true when the list may have changed. */
static bool
step(struct webs *w, struct post *p)
{
	bool over = false;

	if (p->resume_at >= 0) {
		if (p->s == NULL || p->q == NULL)
			over = true;
		else if (clock_left(p->resume_at) == 0)
			go_on(p, w->many);
		else
			return false;
	} else if (p->ended || js_len(p->inbox) > 0) {
		take_session(p);
		p->busy = true;
		if (p->ended)
			over = finish(p);
		else
			drain(p);
		p->busy = false;
		over |= p->s == NULL;
		if (!over && p->q == NULL) {
			js_free(p->inbox);
			p->inbox = js_arr();
		}
	} else if (p->s == NULL || (p->q == NULL && p->enough_at >= 0 &&
	    clock_left(p->enough_at) == 0)) {
		over = true;
	} else {
		return false;
	}
	if (over)
		post_free(&w->posts, p);
	return true;
}

void
webs_run(struct webs *w)
{
	struct post *p;

	if (w->many == NULL)
		return;
	many_run(w->many);
	p = w->posts;
	while (p != NULL)
		p = step(w, p) ? w->posts : p->next;
}

int
webs_fd(const struct webs *w)
{
	return w->many != NULL ? many_fd(w->many) : -1;
}

int
webs_left(const struct webs *w)
{
	int left = w->many != NULL ? many_left(w->many) : -1;

	for (const struct post *p = w->posts; p != NULL; p = p->next) {
		int64_t at = p->resume_at >= 0 ? p->resume_at : p->q == NULL ?
		    p->enough_at : -1;
		int n = p->ended || p->s == NULL ? 0 : clock_left(at);

		if (n >= 0 && (left < 0 || n < left))
			left = n;
	}
	return left;
}

void
webs_goodbye(struct webs *w, struct server *const *v, size_t n)
{
	int64_t until = clock_ms() + GOODBYE_MS;
	bool any = false;

	for (size_t i = 0; i < n; i++) {
		struct web *web = v[i]->link == &web_link ? v[i]->carrier :
		    NULL;
		struct vec headers = VEC_INIT;

		if (web == NULL || !v[i]->up || v[i]->modern ||
		    web->session[0] == '\0')
			continue;
		common(v[i], &headers);
		post_start(post_new(&w->posts, v[i], NULL), w->many, "DELETE",
		    v[i]->entry->url, &headers, NULL);
		vec_free(&headers);
		any = true;
	}
	while (any && clock_left(until) > 0) {
		struct pollfd p = { webs_fd(w), POLLIN, 0 };
		int left = webs_left(w);

		any = false;
		for (struct post *x = w->posts; x != NULL; x = x->next)
			any |= !x->ended;
		if (any)
			poll(&p, 1, left >= 0 && left < 50 ? left : 50);
		webs_run(w);
	}
}
