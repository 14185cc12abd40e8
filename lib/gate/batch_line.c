/*
 * batch_line.c - the lines that a batch writes, and reading them again.
 *
 * Bodies of answers are copied as they came, so that numbers and the order
 * of keys stay what they were; only line breaks between tokens are taken
 * out, and what is no Unicode is repaired.
 */
#include "gate/batch_line.h"

#include <stdlib.h>
#include <string.h>

#include "core/ids.h"
#include "gate/batch_in.h"
#include "json/js.h"
#include "json/scan.h"

#define TEXT_MAX	((size_t)64 * 1024)	/* kept of a page of HTML */

static void
add_body(struct buf *out, struct buf *body)
{
	struct err ignored = ERR_INIT;
	struct scan_info info;
	jv v;

	if (body->len == 0) {
		buf_adds(out, "null");
		return;
	}
	if (!scan_text(body->data, body->len, JS_DEPTH, &info)) {
		js_quote(out, body->data, body->len < TEXT_MAX ? body->len :
		    TEXT_MAX);
		return;
	}
	if (info.surrogate || info.bytes) {
		v = js_parse(body->data, body->len, &ignored);
		if (js_is_valid(v))
			js_dump(out, v);
		else
			buf_adds(out, "null");
		js_free(v);
		return;
	}
	/* Within strings there is none. */
	for (size_t i = 0; i < body->len; i++)
		if (body->data[i] == '\n' || body->data[i] == '\r')
			body->data[i] = ' ';
	buf_add(out, body->data, body->len);
}

void
batch_line(struct buf *out, const struct buf *id, struct post_reply *r,
    bool cached, bool retryable, unsigned attempts)
{
	char own[IDS_SIZE];

	ids_prefixed(own, "batch_req_");
	buf_addf(out, "{\"id\":\"%s\",\"custom_id\":", own);
	buf_add(out, id->data, id->len);
	if (cached)
		buf_adds(out, ",\"cached\":true");
	if (r->status == 0) {
		buf_adds(out, ",\"response\":null,\"error\":");
	} else {
		buf_addf(out, ",\"response\":{\"status_code\":%d,"
		    "\"request_id\":", r->status);
		if (r->request_id[0] != '\0')
			js_quote(out, r->request_id, strlen(r->request_id));
		else
			buf_adds(out, "null");
		buf_adds(out, ",\"body\":");
		add_body(out, &r->body);
		buf_adds(out, "},\"error\":");
	}
	if (r->err.kind == ERR_NONE) {
		buf_adds(out, "null}\n");
		return;
	}
	buf_addf(out, "{\"code\":\"%s\",\"message\":",
	    err_kind_name(r->err.kind));
	js_quote(out, r->err.msg, strlen(r->err.msg));
	buf_addf(out, ",\"retryable\":%s,\"attempts\":%u}}\n",
	    retryable ? "true" : "false", attempts);
}

static bool
is_word(struct scan_span v, const char *word)
{
	return v.n == strlen(word) && memcmp(v.p, word, v.n) == 0;
}

static uint64_t
number(const char *p, size_t n, const char *key)
{
	struct scan_span v;
	uint64_t sum = 0;

	if (!scan_find(p, n, key, &v))
		return 0;
	for (size_t i = 0; i < v.n && v.p[i] >= '0' && v.p[i] <= '9' &&
	    sum < (uint64_t)1 << 50; i++)
		sum = sum * 10 + (uint64_t)(v.p[i] - '0');
	return sum;
}

bool
batch_line_read(const char *p, size_t n, struct batch_said *s)
{
	struct scan_span id, error, v;
	struct scan_info info;

	if (!scan_text(p, n, JS_DEPTH + 4, &info) ||
	    !scan_find(p, n, "custom_id", &id) || id.n < 2 || *id.p != '"' ||
	    !scan_find(p, n, "response", &v))
		return false;
	s->key = batch_id_key(id.p, id.n);
	s->state = BATCH_OK;
	s->tries = 0;
	if (!scan_find(p, n, "error", &error) || is_word(error, "null"))
		return true;
	s->state = BATCH_FAILED;
	if (scan_find(error.p, error.n, "retryable", &v) &&
	    is_word(v, "true"))
		s->state = BATCH_RETRYABLE;
	s->tries = (unsigned)number(error.p, error.n, "attempts") &
	    BATCH_TRIES_MAX;
	return true;
}

void
batch_line_usage(const struct buf *body, uint64_t *in, uint64_t *out)
{
	struct scan_span v;

	if (body->len == 0 || !scan_find(body->data, body->len, "usage", &v))
		return;
	*in += number(v.p, v.n, "prompt_tokens") +
	    number(v.p, v.n, "input_tokens");
	*out += number(v.p, v.n, "completion_tokens") +
	    number(v.p, v.n, "output_tokens");
}
