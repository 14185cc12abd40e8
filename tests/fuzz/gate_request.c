/* Any talk, with any repairs, and any complaint about it: the body of the
 * request is JSON, and complaining comes to an end. */
#include "gate/repair.h"
#include "gate/tools.h"

#include <stdlib.h>
#include <string.h>

#include "json/scan.h"

#define PUSH_MAX	200	/* lines of one input */

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static void
push(struct request *r, const char *p, size_t n)
{
	struct err ignored = ERR_INIT;
	struct line l;
	jv v, raw, tools;

	line_read(&l, p, n);
	if (l.kind == LINE_PLAIN) {
		request_push_plain(r, &l, p, n, &ignored);
		return;
	}
	v = js_parse(p, n, &ignored);
	raw = js_get(v, "tools");
	tools = tools_fit(raw, &ignored);
	if (js_is_valid(tools))
		request_tools(r, tools);
	else if (js_is_obj(v))
		request_push(r, v, &ignored);
	js_free(tools);
	js_free(raw);
	js_free(v);
}

static void
look(struct request *r, const char *when)
{
	struct scan_info info;
	size_t n;
	const char *body = request_body(r, true, &n);

	if (scan_text(body, n, JS_DEPTH + 50, &info) && !info.surrogate &&
	    !info.bytes)
		return;
	fprintf(stderr, "%s: %.*s\n", when, (int)n, body);
	abort();
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	const char *p = (const char *)data, *end = p + n, *nl;
	struct request_head h = { .model = "m", .max_tokens = 7,
	    .temperature = "0.5", .sampling = "\"top_k\":1" };
	struct request r;
	struct buf how = BUF_INIT, text = BUF_INIT;
	unsigned mask = 0;

	if (n < sizeof(mask))
		return 0;
	memcpy(&mask, p, sizeof(mask));
	p += sizeof(mask);
	request_init(&r);
	h.repair = mask;
	request_head(&r, &h);
	/* The first line is a complaint, the others are the talk. */
	nl = memchr(p, '\n', (size_t)(end - p));
	buf_add(&text, p, (size_t)((nl != NULL ? nl : end) - p));
	p = nl != NULL ? nl + 1 : end;
	for (int i = 0; p < end && i < PUSH_MAX; i++) {
		nl = memchr(p, '\n', (size_t)(end - p));
		if (nl == NULL)
			nl = end;
		push(&r, p, (size_t)(nl - p));
		p = nl + (nl < end);
	}
	request_close_calls(&r);
	look(&r, "as it is");
	for (int i = 0; repair_request(&r, buf_str(&text), &how); i++) {
		look(&r, buf_str(&how));
		if (i > 100)
			abort();
	}
	buf_free(&text);
	buf_free(&how);
	request_free(&r);
	return 0;
}
