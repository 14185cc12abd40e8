/*
 * post.c - one HTTP request to an MCP service.
 */
#include "mcp/post.h"

#include "base/base64.h"
#include "base/mem.h"
#include "core/rpc.h"
#include "mcp/web.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#define BODY_MAX	((size_t)16 * 1024 * 1024)

struct post *
post_new(struct post **list, struct server *s, struct request *q)
{
	struct post *p = xcalloc(1, sizeof(*p));

	p->s = s;
	p->q = q;
	p->inbox = js_arr();
	p->enough_at = p->resume_at = -1;
	sse_init(&p->sse, BODY_MAX);
	if (q != NULL)
		q->post = p;
	p->next = *list;
	*list = p;
	return p;
}

void
post_free(struct post **list, struct post *p)
{
	while (*list != NULL && *list != p)
		list = &(*list)->next;
	if (*list != NULL)
		*list = p->next;
	if (p->call != NULL)
		many_cancel(p->call);
	if (p->q != NULL)
		p->q->post = NULL;
	sse_free(&p->sse);
	buf_free(&p->body);
	buf_free(&p->told);
	js_free(p->inbox);
	free(p);
}

/* ---- what comes ---- */

static void
on_head(void *arg, const struct http_reply *r)
{
	struct post *p = arg;
	char id[sizeof(p->session)] = "";
	size_t n = 0;

	p->status = r->status;
	p->stream = r->status >= 200 && r->status < 300 &&
	    strcmp(r->type, "text/event-stream") == 0;
	if (p->resumes > 0)
		return;
	if (http_header(r, "mcp-session-id", id, sizeof(id)))
		while (id[n] > ' ' && id[n] < 0x7f)
			n++;
	if (n > 0 && id[n] == '\0' && n < sizeof(id) - 1)
		memcpy(p->session, id, n + 1);
}

static int
on_event(void *arg, const struct sse_event *ev, struct err *e BASE_UNUSED)
{
	struct err ignored = ERR_INIT;
	struct post *p = arg;
	jv v;

	if (ev->len == 0 || ev->cut)
		return 0;
	if (p->ear && strcmp(ev->type, "endpoint") == 0) {
		buf_reset(&p->told);
		buf_add(&p->told, ev->data, ev->len);
		return 0;
	}
	v = js_parse(ev->data, ev->len, &ignored);
	if (js_is_obj(v)) {
		v = rpc_exact_take(v, ev->data, ev->len);
		p->inbox = js_push(p->inbox, js_ref(v));
	}
	for (size_t i = 0; js_is_arr(v) && i < js_len(v); i++)
		p->inbox = js_push(p->inbox, js_at(v, i));
	js_free(v);
	return 0;
}

static enum many_more
on_body(void *arg, const char *s, size_t n)
{
	struct post *p = arg;

	if (p->s == NULL || (p->answered && p->q == NULL))
		return MANY_ENOUGH;
	if (p->stream) {
		p->paused = js_len(p->inbox) >= POST_MESSAGES;
		if (p->paused)
			return MANY_PAUSE;
		if (sse_feed(&p->sse, s, n, on_event, p, &p->fault) == -1)
			return MANY_ENOUGH;
	} else if (p->body.len + n > BODY_MAX) {
		err_set(&p->fault, ERR_PROTOCOL, "an answer of more than 16 "
		    "MiB");
		return MANY_ENOUGH;
	} else {
		buf_add(&p->body, s, n);
	}
	return MANY_GO;
}

static void
on_end(void *arg, const struct http_reply *r BASE_UNUSED,
    const struct err *e)
{
	struct post *p = arg;
	struct err ignored = ERR_INIT;

	p->call = NULL;
	p->ended = true;
	if (p->stream)
		sse_end(&p->sse, on_event, p, &ignored);
	if (e != NULL && p->fault.kind == ERR_NONE)
		p->fault = *e;
}

void
post_start(struct post *p, struct many *m, const char *method,
    const char *url, const struct vec *headers, struct buf *body)
{
	static const struct many_ops ops = { on_head, on_body, on_end };
	const char **list = xcalloc(headers->n + 1, sizeof(*list));
	/* How long an answer may take is known elsewhere. */
	struct http_request q = { .method = method, .url = url,
	    .headers = list, .first_ms = -1, .idle_ms = -1, .total_ms = -1 };
	struct buf id = p->sse.id;

	for (size_t i = 0; i < headers->n; i++)
		list[i] = headers->v[i];
	/* Taken up again: a new stream, that goes on from the last id. */
	p->sse.id = (struct buf)BUF_INIT;
	sse_free(&p->sse);
	sse_init(&p->sse, BODY_MAX);
	p->sse.id = id;
	p->fault = (struct err)ERR_INIT;
	p->ended = false;
	p->resume_at = -1;
	p->call = many_start(m, &q, body, &ops, p, &p->fault);
	p->ended = p->call == NULL;
	free(list);
}

/* ---- values in headers ---- */

void
web_value(struct buf *out, const char *p, size_t n)
{
	bool plain = n == 0 || (p[0] != ' ' && p[0] != '\t' &&
	    p[n - 1] != ' ' && p[n - 1] != '\t');

	for (size_t i = 0; i < n; i++)
		plain &= p[i] == '\t' || (p[i] >= ' ' && p[i] < 0x7f);
	if (n >= 11 && memcmp(p, "=?base64?", 9) == 0 &&
	    memcmp(p + n - 2, "?=", 2) == 0)
		plain = false;
	if (plain) {
		buf_add(out, p, n);
		return;
	}
	buf_adds(out, "=?base64?");
	base64_add(out, p, n);
	buf_adds(out, "?=");
}
