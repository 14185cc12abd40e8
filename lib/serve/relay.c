/*
 * relay.c - requests that another server answers.
 *
 * The request goes there byte for byte.  So does the answer come back, but
 * for chat with tools: that is read and written anew, which is how calls in
 * the text become calls.  The client's own key is never passed on, nor is
 * ours ever shown to the client.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "base/mem.h"
#include "gate/endpoint.h"
#include "gate/fault.h"
#include "gate/named.h"
#include "json/scan.h"
#include "serve/serve.h"

/* Lives as long as the call, or the request, whichever is longer. */
struct relay {
	struct serve	*s;
	struct req	*r;		/* NULL: answered and gone */
	struct many_call *call;		/* NULL: over */
	struct want	 want;
	struct talk	 talk;
	bool		 rewrite;	/* talk is in use */
	bool		 good;		/* the status is 2xx */
	bool		 through;	/* passed on as it comes */
	bool		 finished;	/* the answer is complete */
	struct buf	 body;		/* of an error */
	struct err	 e;		/* what the answer reports */
};

static void
free_relay(struct relay *l)
{
	if (l->rewrite)
		talk_free(&l->talk);
	want_free(&l->want);
	buf_free(&l->body);
	free(l);
}

/* The request is over, answered or not. */
static void
on_drop(struct req *r)
{
	struct relay *l = r->work;

	r->work = NULL;
	l->r = NULL;
	if (l->call != NULL && l->finished)
		return;		/* its connection may come to rest */
	if (l->call != NULL)
		many_cancel(l->call);
	free_relay(l);
}

static void
on_more(struct req *r)
{
	struct relay *l = r->work;

	if (l->call != NULL)
		many_go(l->call);
}

/* ---- failures --------------------------------------------------------- */

static int
status_of(const struct err *e)
{
	switch (e->kind) {
	case ERR_TIMEOUT:
		return 504;
	case ERR_RATE:
		return 429;
	case ERR_OVERLOADED:
		return 503;
	case ERR_INVALID:
	case ERR_OVERFLOW:
	case ERR_REFUSED:
		return 400;
	default:
		return 502;
	}
}

static char *
redacted(const char *text)
{
	struct buf b = BUF_INIT;

	buf_adds(&b, text);
	log_redact(&b);
	return buf_detach(&b);
}

static void
fail(struct relay *l, int status, const struct err *e)
{
	const char *code = err_kind_name(e->kind);
	char *text = redacted(e->msg);

	l->finished = true;
	if (status >= 500)
		l->s->metrics.upstream_failures++;
	if (l->r->status == 0) {
		answer_fail(l->r, status, code, "%s", text);
	} else if (l->rewrite && l->want.stream) {
		talk_fail(&l->talk, status, code, text);
		answer_more(l->r);
		answer_end(l->r);
	} else {
		answer_break(l->r);
	}
	free(text);
}

/* True when the body is an error in the shape of the API already. */
static bool
is_shaped(const struct buf *b)
{
	struct scan_info info;
	struct scan_span v;

	return scan_text(buf_str(b), b->len, JS_DEPTH, &info) &&
	    scan_find(buf_str(b), b->len, "error", &v) && v.p[0] == '{';
}

/* An error status: with its own words, and its time to wait. */
static void
pass_error(struct relay *l, const struct http_reply *a)
{
	int status = a->status;
	char after[64];
	struct err e = ERR_INIT;

	fault_body(buf_str(&l->body), l->body.len, status, &e);
	if (http_header(a, "retry-after", after, sizeof(after)))
		answer_header(l->r, "Retry-After", after);
	if (status == 401 || status == 403 || status == 407) {
		err_wrap(&e, "the server behind refuses our key");
		fail(l, 502, &e);
		return;
	}
	if (!is_shaped(&l->body)) {
		fail(l, status, &e);
		return;
	}
	if (status >= 500)
		l->s->metrics.upstream_failures++;
	log_redact(&l->body);
	l->finished = true;
	answer_whole(l->r, status, "application/json", l->body.data,
	    l->body.len);
}

/* ---- what comes ------------------------------------------------------- */

static void
begin_talk(struct relay *l)
{
	bool stream = l->want.stream;

	if (stream)
		answer_header(l->r, "Cache-Control", "no-cache");
	answer_begin(l->r, 200, stream ? "text/event-stream" :
	    "application/json", -1);
}

/* The answer that was rewritten is there, or what came of it. */
static void
finish_talk(struct relay *l)
{
	struct metrics *m = &l->s->metrics;
	bool bad = l->e.kind != ERR_NONE;

	if (!bad && wire_end(&l->talk.wire, &l->e) == -1)
		bad = true;
	if (bad) {
		fail(l, status_of(&l->e), &l->e);
		return;
	}
	talk_end(&l->talk);
	m->recovered_calls += l->talk.recovered;
	m->recovered_answers += l->talk.recovered > 0;
	l->finished = true;
	answer_more(l->r);
	answer_end(l->r);
	if (l->r->status == 0)
		begin_talk(l);
}

static enum many_more
take_talk(struct relay *l, const char *p, size_t n)
{
	int rc;

	if (req_full(l->r))
		return MANY_PAUSE;
	rc = wire_feed(&l->talk.wire, p, n, &l->e);
	if (rc != 0) {
		finish_talk(l);
		return MANY_ENOUGH;
	}
	if (l->want.stream && l->r->out.len > l->r->out_pos) {
		if (l->r->status == 0)
			begin_talk(l);
		else
			answer_more(l->r);
	}
	return MANY_GO;
}

static void
on_head(void *arg, const struct http_reply *a)
{
	static const char *const names[] = { "x-request-id",
	    "openai-processing-ms" };
	struct relay *l = arg;
	char type[128], text[256], packed[8];
	int64_t length = -1;

	l->good = a->status / 100 == 2;
	if (l->r == NULL || !l->good)
		return;
	for (size_t i = 0; i < BASE_NITEMS(names); i++)
		if (http_header(a, names[i], text, sizeof(text)))
			answer_header(l->r, names[i], text);
	if (l->rewrite)
		return;
	l->through = true;
	if (!http_header(a, "content-type", type, sizeof(type)))
		snprintf(type, sizeof(type), "application/json");
	if (http_header(a, "content-length", text, sizeof(text)) &&
	    !http_header(a, "content-encoding", packed,
	    sizeof(packed)))
		length = strtoll(text, NULL, 10);
	answer_begin(l->r, a->status, type, length);
}

static enum many_more
on_body(void *arg, const char *p, size_t n)
{
	struct relay *l = arg;

	if (l->r == NULL || l->finished)
		return MANY_ENOUGH;
	if (l->through) {
		if (req_full(l->r))
			return MANY_PAUSE;
		answer_add(l->r, p, n);
		return MANY_GO;
	}
	if (l->rewrite && l->good)
		return take_talk(l, p, n);
	if (l->body.len + n > HTTP_ERROR_MAX)
		return MANY_ENOUGH;
	buf_add(&l->body, p, n);
	return MANY_GO;
}

static void
on_end(void *arg, const struct http_reply *a, const struct err *e)
{
	struct relay *l = arg;

	l->call = NULL;
	if (l->r == NULL) {
		free_relay(l);
		return;
	}
	if (l->finished)
		return;
	if (a->status >= 400) {
		pass_error(l, a);
	} else if (l->through && e == NULL) {
		l->finished = true;
		answer_end(l->r);
	} else if (l->rewrite && l->good &&
	    (e == NULL || wire_complete(&l->talk.wire))) {
		finish_talk(l);
	} else {
		l->e = *e;
		fail(l, status_of(&l->e), &l->e);
	}
}

static const struct many_ops ops = { on_head, on_body, on_end };

/* ---- asking ----------------------------------------------------------- */

/* The path may hold what a client wrote. */
static char *
make_url(const char *base, const char *path)
{
	static const char plain[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
	    "abcdefghijklmnopqrstuvwxyz0123456789-._~/:@";
	struct buf b = BUF_INIT;
	char *url;

	for (; *path != '\0'; path++) {
		if (strchr(plain, *path) != NULL)
			buf_addc(&b, *path);
		else
			buf_addf(&b, "%%%02X", (unsigned char)*path);
	}
	url = endpoint_join(base, buf_str(&b));
	buf_free(&b);
	return url;
}

/* Name the model where the client does not. */
static void
put_model(struct buf *b, const char *model)
{
	struct buf with = BUF_INIT;

	named_add(&with, buf_str(b), b->len, model);
	buf_free(b);
	*b = with;
}

void
relay_start(struct serve *s, struct req *r, const char *path, bool chat)
{
	const struct settings *set = s->conf->set;
	const char *headers[] = { "Accept: application/json, "
	    "text/event-stream", "Content-Type: application/json", s->auth,
	    NULL };
	bool post = strcmp(r->method, "POST") == 0;
	struct http_request q = { .headers = headers,
	    .connect_ms = set->connect_ms, .first_ms = set->first_ms,
	    .idle_ms = set->idle_ms, .total_ms = set->total_ms };
	struct err e = ERR_INIT;
	struct relay *l;
	char *url;

	if (s->engine != NULL && !engine_ready(s->engine)) {
		answer_header(r, "Retry-After", "1");
		answer_fail(r, 503, "loading", "Loading model");
		return;
	}
	l = xcalloc(1, sizeof(*l));
	l->s = s;
	l->r = r;
	l->want.tools = js_none();
	r->work = l;
	r->drop = on_drop;
	r->more = on_more;
	if (chat)
		want_read(&l->want, EMIT_CHAT, buf_str(&r->in), r->in.len);
	l->rewrite = js_len(l->want.tools) > 0 && !l->want.plain &&
	    !s->conf->no_recover;
	if (l->rewrite)
		talk_init(&l->talk, &l->want, &r->out, true);
	if (post && s->model != NULL)
		put_model(&r->in, s->model);
	url = make_url(s->engine != NULL ? engine_base(s->engine) : s->base,
	    path);
	q.url = url;
	l->call = many_start(s->many, &q, post ? &r->in : NULL, &ops, l, &e);
	free(url);
	if (l->call == NULL)
		fail(l, 502, &e);
}
