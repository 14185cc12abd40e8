/*
 * web.c - servers that are services: what is sent and what comes back.
 *
 * libcurl's callbacks only collect; messages are handed over outside of
 * them, since they lead to new requests.
 */
#include "mcp/web_in.h"

#include "base/clock.h"
#include "base/mem.h"
#include "core/rpc.h"
#include "json/exact.h"
#include "mcp/tools.h"

#include <poll.h>
#include <stdlib.h>
#include <string.h>

#define LINGER_MS	2000	/* of a stream that is answered */
#define GOODBYE_MS	1000

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
	web->old = s->entry->old_http;
	s->carrier = web;
}

void
web_detach(struct server *s)
{
	web_drop(s->carrier);
	free(s->carrier);
	s->carrier = NULL;
}

const char *
web_kind(const struct server *s)
{
	const struct web *w = s->carrier;

	return w->old ? "sse" : "http";
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

/* What msg calls the tool with; a number that only its text keeps is a
 * string. */
static jv
arguments(const struct call *c, jv msg)
{
	jv all = exact_shown(msg, buf_str(&c->like), c->like.len);
	jv params = js_get(all, "params"), args = js_get(params, "arguments");

	js_free(params);
	js_free(all);
	return args;
}

/* Arguments of msg that the tool wants as headers, too: with the digits that
 * they have in the body. */
static void
parameters(const struct server *s, const struct call *c, jv msg,
    struct vec *v)
{
	jv tool = tools_find(s->tools, "tool", c->tool);
	jv list = js_get(tool, "headers"), args = arguments(c, msg);

	for (size_t i = 0; js_is_arr(list) && i < js_len(list); i++) {
		jv h = js_at(list, i), path = js_get(h, "path");
		jv at = js_ref(args);
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
	js_free(args);
	js_free(list);
	js_free(tool);
}

void
web_common(const struct server *s, struct vec *v)
{
	const struct web *w = s->carrier;

	for (size_t i = 0; i < s->entry->headers.n; i++)
		vec_push(v, s->entry->headers.v[i]);
	for (size_t i = 0; i < w->creds.headers.n; i++)
		vec_push(v, w->creds.headers.v[i]);
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

void
web_post(struct server *s, jv msg, struct request *q)
{
	struct web *w = s->carrier;
	struct vec v = VEC_INIT;
	struct buf body = BUF_INIT;
	const char *method = js_str(msg, "method");
	struct post *p;

	vec_push(&v, "Content-Type: application/json");
	vec_push(&v, "Accept: application/json, text/event-stream");
	web_common(s, &v);
	if (s->modern && method != NULL)
		vec_pushf(&v, "Mcp-Method: %s", method);
	if (s->modern && q != NULL && q->call != NULL &&
	    q->call->tool != NULL) {
		add_header(&v, "Mcp-Name", q->call->tool,
		    strlen(q->call->tool));
		if (q->call->method == NULL)
			parameters(s, q->call, msg, &v);
	}
	server_write(&body, msg, q);
	p = post_new(&w->all->posts, s, q);
	post_start(p, w->all->many, "POST", w->old ? w->endpoint :
	    s->entry->url, &v, &body);
	buf_free(&body);
	vec_free(&v);
}

static void
web_send(struct server *s, jv msg, struct request *q)
{
	if ((s->up || s->state == SERVER_OPENING) && web_may_send(s, msg, q))
		web_post(s, msg, q);
}

static void
web_forget(struct server *s, struct request *q)
{
	struct web *w = s->carrier;
	struct post *p = q->post;

	web_unhold(s, q);
	if (p == NULL)
		return;
	q->post = NULL;
	p->q = NULL;
	/* One that is answered ends by itself, and its connection serves the
	 * next; the end of another tells the server to stop. */
	if (p->answered || w->old)
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
	web_drop(w);
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

/* ---- the loop ---- */

void
webs_run(struct webs *w)
{
	struct post *p;

	if (w->many == NULL)
		return;
	many_run(w->many);
	p = w->posts;
	while (p != NULL)
		p = web_step(w, p) ? w->posts : p->next;
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

		left = clock_sooner(left, p->ended || p->s == NULL ? 0 :
		    clock_left(at));
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
		web_common(v[i], &headers);
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
			any |= !x->ended && !x->ear;
		if (any)
			poll(&p, 1, left >= 0 && left < 50 ? left : 50);
		webs_run(w);
	}
}
