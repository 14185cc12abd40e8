/*
 * reply.c - turn a step into the bytes of an answer and the marks (pauses,
 * cuts) on them.  Whole answers are built here, streams in stream.c.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "md.h"

void
reply_free(struct reply *r)
{
	text_free(&r->out);
	text_free(&r->held);
	free(r->marks);
	*r = (struct reply){ 0 };
}

void
reply_mark(struct reply *r, size_t at, enum mark_kind kind, long ms)
{
	if (r->nmarks == r->capmarks) {
		r->capmarks = r->capmarks * 2 + 16;
		r->marks = grow(r->marks, r->capmarks * sizeof *r->marks);
	}
	r->marks[r->nmarks++] = (struct mark){ at, kind, ms };
}

static const char *
model_of(const struct context *c)
{
	const char *m = c->step ? opt(c->step, "model") : NULL;

	if (m == NULL)
		m = setting(c->script, "model");
	return m ? m : "modeld-1";
}

/* The member "id" of an answer. */
void
chat_id(struct text *t, const struct context *c)
{
	const char *id = setting(c->script, "id");

	if (id != NULL)
		text_quote(t, id, strlen(id));
	else
		text_fmt(t, "\"chatcmpl-%ld\"", c->n);
}

/* {n} {i} {model} {last} {ns}; other braces stay. */
void
expand(struct text *t, const struct context *c, const char *s, bool in_json)
{
	for (const char *brace; (brace = strchr(s, '{')) != NULL;) {
		text_add(t, s, (size_t)(brace - s));
		s = brace;
		if (strncmp(s, "{n}", 3) == 0) {
			text_fmt(t, "%ld", c->n);
			s += 3;
		} else if (strncmp(s, "{i}", 3) == 0) {
			text_fmt(t, "%ld", c->step ? c->step->used : 0);
			s += 3;
		} else if (strncmp(s, "{ns}", 4) == 0) {
			text_fmt(t, "%llu", (unsigned long long)now_ns());
			s += 4;
		} else if (strncmp(s, "{model}", 7) == 0) {
			text_str(t, model_of(c));
			s += 7;
		} else if (strncmp(s, "{last}", 6) == 0) {
			char *last = request_last(c->req, "content");
			struct text q = { 0 };

			text_quote(&q, last ? last : "",
			    last ? strlen(last) : 0);
			if (in_json)
				text_add(t, q.p + 1, q.len - 2);
			else
				text_str(t, last ? last : "");
			text_free(&q);
			free(last);
			s += 6;
		} else {
			text_add(t, s++, 1);
		}
	}
	text_str(t, s);
}

void
answer_tokens(struct text *t, long from, long n)
{
	static const char *const words[] = {
		" the", " quick", " brown", " fox", " jumps", " over", " a",
		" lazy", " dog", ".\\n", " \\\"yes\\\"", " na\xc3\xafve", " if",
		" (x", " ==", " 1)"
	};

	for (long i = from; i < from + n; i++)
		text_str(t, words[i & 15]);
}

/* All parts of one kind, expanded, as the inside of a JSON string. */
static bool
gather(struct text *t, const struct context *c, enum part_kind kind)
{
	bool any = false;

	for (size_t i = 0; i < c->step->nparts; i++) {
		const struct part *p = &c->step->parts[i];
		struct text s = { 0 }, q = { 0 };

		if (kind == PART_TEXT && p->kind == PART_TOKENS) {
			answer_tokens(t, 0, p->n);
			any = true;
		}
		if (p->kind != kind)
			continue;
		expand(&s, c, p->a, false);
		text_quote(&q, s.p, s.len);
		text_add(t, q.p + 1, q.len - 2);
		text_free(&s);
		text_free(&q);
		any = true;
	}
	return any;
}

static size_t
call_count(const struct step *st)
{
	size_t n = 0;

	for (size_t i = 0; i < st->nparts; i++)
		n += st->parts[i].kind == PART_CALL;
	return n;
}

const char *
finish_of(const struct context *c)
{
	const char *f = opt(c->step, "finish");

	if (f != NULL)
		return f;
	return call_count(c->step) ? "tool_calls" : "stop";
}

long
usage_of(const struct context *c, bool prompt)
{
	long n = 0;

	if (prompt)
		return opt_num(c->step, "usage.in",
		    (long)(c->req->body_len / 4) + 1);
	for (size_t i = 0; i < c->step->nparts; i++) {
		const struct part *p = &c->step->parts[i];

		n += p->kind == PART_TOKENS ? p->n :
		    (long)(strlen(p->a) + (p->b ? strlen(p->b) : 0)) / 4 + 1;
	}
	return opt_num(c->step, "usage.out", n);
}

void
usage_add(struct text *t, const struct context *c)
{
	long in = usage_of(c, true), out = usage_of(c, false);
	const char *dot = opt(c->step, "usage.float") ? ".5" : "";

	text_fmt(t, "\"usage\":{\"prompt_tokens\":%ld%s,"
	    "\"completion_tokens\":%ld%s,\"total_tokens\":%ld",
	    in, dot, out, dot, in + out);
	if (opt(c->step, "usage.cached") != NULL)
		text_fmt(t, ",\"prompt_tokens_details\":{\"cached_tokens\":"
		    "%ld}", opt_num(c->step, "usage.cached", 0));
	text_str(t, "}");
}

static void
whole_calls(struct text *t, const struct context *c)
{
	const char *object = opt(c->step, "stream.args");
	int k = 0;

	text_str(t, ",\"tool_calls\":[");
	for (size_t i = 0; i < c->step->nparts; i++) {
		const struct part *p = &c->step->parts[i];
		struct text args = { 0 };

		if (p->kind != PART_CALL)
			continue;
		expand(&args, c, p->b, true);
		text_str(t, k ? ",{\"id\":" : "{\"id\":");
		if (p->id)
			text_quote(t, p->id, strlen(p->id));
		else
			text_fmt(t, "\"call_%ld_%d\"", c->n, k);
		text_str(t, ",\"type\":\"function\",\"function\":{\"name\":");
		text_quote(t, p->a, strlen(p->a));
		text_str(t, ",\"arguments\":");
		if (object && strcmp(object, "object") == 0)
			text_str(t, args.p);
		else
			text_quote(t, args.p, args.len);
		text_str(t, "}}");
		text_free(&args);
		k++;
	}
	text_str(t, "]");
}

static void
whole_message(struct text *t, const struct context *c)
{
	const char *content = opt(c->step, "content");
	const char *calls = opt(c->step, "calls");
	const char *key = opt(c->step, "stream.key");
	struct text s = { 0 }, think = { 0 };

	text_str(t, "{\"role\":\"assistant\",\"content\":");
	bool any = gather(&s, c, PART_TEXT);
	if (content != NULL)
		text_str(t, content);
	else if (any || call_count(c->step) == 0)
		text_fmt(t, "\"%s\"", s.p ? s.p : "");
	else
		text_str(t, "null");
	if (gather(&think, c, PART_REASONING))
		text_fmt(t, ",\"%s\":\"%s\"", key ? key : "reasoning_content",
		    think.p);
	if (calls != NULL)
		text_fmt(t, ",\"tool_calls\":%s", calls);
	else if (call_count(c->step) > 0)
		whole_calls(t, c);
	text_str(t, "}");
	text_free(&s);
	text_free(&think);
}

static void
whole_body(struct text *t, const struct context *c)
{
	const char *finish = finish_of(c), *choices = opt(c->step, "choices");

	text_str(t, "{\"id\":");
	chat_id(t, c);
	text_fmt(t, ",\"object\":\"chat.completion\",\"created\":%ld,"
	    "\"model\":", 1764000000 + c->n);
	text_quote(t, model_of(c), strlen(model_of(c)));
	text_str(t, ",\"choices\":");
	if (choices != NULL) {
		text_str(t, choices);
	} else {
		text_str(t, "[{\"index\":0,\"message\":");
		whole_message(t, c);
		text_str(t, ",\"finish_reason\":");
		if (strcmp(finish, "null") == 0)
			text_str(t, "null");
		else
			text_quote(t, finish, strlen(finish));
		text_str(t, "}]");
	}
	if (opt(c->step, "usage.none") == NULL) {
		text_str(t, ",");
		usage_add(t, c);
	}
	text_str(t, "}");
}

static const char *
reason_of(int status)
{
	switch (status) {
	case 200: return "OK";
	case 400: return "Bad Request";
	case 401: return "Unauthorized";
	case 404: return "Not Found";
	case 429: return "Too Many Requests";
	case 500: return "Internal Server Error";
	case 503: return "Service Unavailable";
	default: return "Status";
	}
}

/* length -1: chunked, or up to the end of the connection. */
void
reply_head(struct reply *r, const struct context *c, const char *type,
    long length)
{
	const struct step *st = c->step;
	struct text *t = &r->out;
	bool gzip = st && opt(st, "gzip");
	bool bare = (st && opt(st, "nolength")) || gzip ||
	    (length < 0 && c->req->http10);

	r->close = !c->req->keep_alive || bare || (st && (opt(st, "close") ||
	    opt(st, "silent-close")));
	r->chunked = length < 0 && !bare;
	text_fmt(t, "HTTP/1.1 %d %s\r\nServer: modeld\r\nContent-Type: %s\r\n",
	    r->status, reason_of(r->status), type);
	if (st && opt(st, "huge-header")) {
		text_str(t, "X-Huge: ");
		for (long i = opt_num(st, "huge-header", 0); i > 0; i--)
			text_add(t, "h", 1);
		text_str(t, "\r\n");
	}
	for (size_t i = 0; st && i < st->headers.n; i++)
		text_fmt(t, "%s\r\n", st->headers.v[i].key);
	if (st && opt(st, "status.retry-after"))
		text_fmt(t, "Retry-After: %s\r\n",
		    opt(st, "status.retry-after"));
	if (gzip)
		text_str(t, "Content-Encoding: gzip\r\n");
	if (r->chunked)
		text_str(t, "Transfer-Encoding: chunked\r\n");
	else if (!bare)
		text_fmt(t, "Content-Length: %ld\r\n",
		    st ? opt_num(st, "wrong-length", length) : length);
	text_str(t, r->close && !(st && opt(st, "silent-close")) ?
	    "Connection: close\r\n\r\n" : "\r\n");
	r->head = t->len;
}

static void
error_body(struct text *t, int status, const char *type, const char *message)
{
	text_fmt(t, "{\"error\":{\"code\":%d,\"message\":", status);
	text_quote(t, message, strlen(message));
	text_fmt(t, ",\"type\":\"%s\"}}", type);
}

void
reply_error(struct reply *r, const struct request *req, int status,
    const char *type, const char *message)
{
	struct script none = { 0 };
	struct context c = { &none, NULL, req, 0 };
	struct text body = { 0 };

	error_body(&body, status, type, message);
	r->status = status;
	reply_head(r, &c, "application/json", (long)body.len);
	text_add(&r->out, body.p, body.len);
	text_free(&body);
}

static void
build_plain(struct reply *r, const struct context *c)
{
	const struct step *st = c->step;
	const char *type = opt(st, "status.type"), *body = opt(st,
	    "status.body"), *message = opt(st, "status.message");
	struct text t = { 0 };

	if (body == NULL)
		body = st->body;
	if (body != NULL)
		expand(&t, c, body, *body == '{' || *body == '[');
	else if (st->status)
		error_body(&t, st->status, type ? type : "server_error",
		    message ? message : "scripted error");
	else
		whole_body(&t, c);
	reply_head(r, c, t.p && *t.p == '<' ? "text/html" : "application/json",
	    (long)t.len);
	text_add(&r->out, t.p, t.len);
	text_free(&t);
}

static bool
wants_stream(const struct context *c)
{
	const char *as = opt(c->step, "as");
	jv s = request_get(c->req, "stream");
	bool asked = jv_get_kind(s) == JV_KIND_TRUE;

	jv_free(s);
	if (c->step->status || c->step->body)
		return false;
	return as ? strcmp(as, "stream") == 0 : asked;
}

static bool
build_raw(struct reply *r, const struct context *c)
{
	char path[4096], buf[65536];
	size_t n;

	snprintf(path, sizeof path, "%s%s%s", *c->step->raw == '/' ? "" :
	    c->script->dir, *c->step->raw == '/' ? "" : "/", c->step->raw);
	FILE *f = fopen(path, "r");
	if (f == NULL)
		return false;
	while ((n = fread(buf, 1, sizeof buf, f)) > 0)
		text_add(&r->out, buf, n);
	fclose(f);
	const char *stop = r->out.len ? strstr(r->out.p, "\r\n\r\n") : NULL;
	r->head = stop ? (size_t)(stop - r->out.p) + 4 : 0;
	r->close = opt(c->step, "keep") == NULL;
	return true;
}

static int
by_place(const void *a, const void *b)
{
	const struct mark *x = a, *y = b;

	if (x->at != y->at)
		return x->at < y->at ? -1 : 1;
	return (int)x->kind - (int)y->kind;
}

/* Delays, stalls, dribbles and cuts on the finished bytes. */
static void
timing(struct reply *r, const struct step *st)
{
	size_t head = r->head, len = r->out.len, body = len - head;
	const char *stall = opt(st, "stall"), *at = opt(st, "stall.at");

	if (opt(st, "delay"))
		reply_mark(r, 0, MARK_PAUSE, duration_ms(opt(st, "delay")));
	if (stall) {
		size_t where = at == NULL || strcmp(at, "start") == 0 ? 0 :
		    strcmp(at, "header") == 0 ? head :
		    strcmp(at, "end") == 0 ? len - 1 : head + body / 2;

		if (opt(st, "stall.after"))
			where = head + (size_t)opt_num(st, "stall.after", 0);
		reply_mark(r, where < len ? where : len - 1, MARK_PAUSE,
		    duration_ms(stall));
	}
	if (opt(st, "slow-header"))
		for (size_t i = 1; i < head; i++)
			reply_mark(r, i, MARK_PAUSE,
			    duration_ms(opt(st, "slow-header")));
	if (opt(st, "dribble")) {
		long n = opt_num(st, "dribble", 1);

		for (size_t i = head; i < len; i += (size_t)(n > 0 ? n : 1))
			reply_mark(r, i, MARK_PAUSE,
			    duration_ms(opt(st, "dribble.every")));
	}
	if (opt(st, "cut")) {
		size_t where = opt(st, "cut.head") ?
		    (size_t)opt_num(st, "cut.head", 0) :
		    head + (size_t)opt_num(st, "cut.after", (long)body / 2);

		reply_mark(r, where < len ? where : len, opt(st, "cut.rst") ?
		    MARK_RESET : MARK_CLOSE, 0);
	}
	if (r->nmarks > 1)
		qsort(r->marks, r->nmarks, sizeof *r->marks, by_place);
}

void
reply_build(struct reply *r, const struct context *c)
{
	const struct step *st = c->step;

	r->status = st->status ? st->status : 200;
	if (opt(st, "garbage")) {
		uint64_t seed = (uint64_t)c->n;

		for (long i = opt_num(st, "garbage", 256); i > 0; i--) {
			char byte = (char)random_next(&seed);
			text_add(&r->out, &byte, 1);
		}
		r->close = true;
	} else if (st->raw) {
		if (!build_raw(r, c))
			reply_error(r, c->req, 500, "script_error",
			    "raw: cannot read the file");
	} else if (wants_stream(c)) {
		reply_head(r, c, "text/event-stream", -1);
		reply_stream(r, c);
	} else {
		build_plain(r, c);
	}
	if (opt(st, "gzip"))
		gzip_body(r);
	if (r->out.len > 0)
		timing(r, st);
}
