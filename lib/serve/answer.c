/*
 * answer.c - what a handler does with a request: read its head, answer it.
 */
#include "serve/front.h"

#include <microhttpd.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "json/js.h"

const char *
req_header(struct req *r, const char *name)
{
	return MHD_lookup_connection_value(r->mhd, MHD_HEADER_KIND, name);
}

struct each {
	void	(*fn)(void *, const char *, size_t, const char *, size_t);
	void	 *arg;
};

static enum MHD_Result
on_header(void *cls, enum MHD_ValueKind kind, const char *name, size_t nn,
    const char *value, size_t nv)
{
	struct each *each = cls;

	(void)kind;
	each->fn(each->arg, name, nn, value != NULL ? value : "", nv);
	return MHD_YES;
}

void
req_headers(struct req *r, void (*fn)(void *arg, const char *name,
    size_t name_len, const char *value, size_t value_len), void *arg)
{
	struct each each = { fn, arg };

	MHD_get_connection_values_n(r->mhd, MHD_HEADER_KIND, on_header,
	    &each);
}

bool
req_full(struct req *r)
{
	if (r->out.len - r->out_pos >= REQ_FULL)
		r->full = true;
	return r->full;
}

void
answer_begin(struct req *r, int status, const char *type, int64_t length)
{
	BUG(r->status != 0);
	r->status = status;
	r->length = length;
	answer_header(r, "Content-Type", type);
	front_wake(r);
}

void
answer_header(struct req *r, const char *name, const char *value)
{
	vec_push(&r->headers, name);
	vec_push(&r->headers, value);
}

void
answer_add(struct req *r, const void *p, size_t n)
{
	buf_add(&r->out, p, n);
	answer_more(r);
}

void
answer_more(struct req *r)
{
	/* The part that has gone out goes when it is the greater one. */
	if (r->out_pos > 4096 && r->out_pos > r->out.len / 2) {
		buf_shift(&r->out, r->out_pos);
		r->out_pos = 0;
	}
	front_wake(r);
}

void
answer_end(struct req *r)
{
	r->ended = true;
	front_wake(r);
}

void
answer_break(struct req *r)
{
	r->broken = true;
	front_wake(r);
}

void
answer_whole(struct req *r, int status, const char *type, const void *p,
    size_t n)
{
	buf_add(&r->out, p, n);
	r->ended = true;
	answer_begin(r, status, type, (int64_t)n);
}

static const char *
error_type(int status)
{
	switch (status) {
	case 401:
		return "authentication_error";
	case 403:
		return "permission_error";
	case 404:
		return "not_found_error";
	case 429:
		return "rate_limit_error";
	case 503:
		return "unavailable_error";
	default:
		return status < 500 ? "invalid_request_error" :
		    "server_error";
	}
}

void
answer_error_json(struct buf *b, int status, const char *code,
    const char *text)
{
	buf_adds(b, "{\"error\":{\"message\":");
	js_quote(b, text, strlen(text));
	buf_addf(b, ",\"type\":\"%s\",\"param\":null,\"code\":\"%s\"}}",
	    error_type(status), code);
}

void
answer_fail(struct req *r, int status, const char *code, const char *fmt,
    ...)
{
	va_list ap;
	char *text;

	va_start(ap, fmt);
	text = xvasprintf(fmt, ap);
	va_end(ap);
	buf_reset(&r->out);
	r->out_pos = 0;
	answer_error_json(&r->out, status, code, text);
	buf_addc(&r->out, '\n');
	free(text);
	r->ended = true;
	answer_begin(r, status, "application/json", (int64_t)r->out.len);
}
