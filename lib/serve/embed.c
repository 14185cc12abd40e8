/*
 * embed.c - /v1/embeddings of the offline model.
 */
#include <string.h>

#include "base/base64.h"
#include "gate/embed_offline.h"
#include "serve/serve.h"

/* The bytes of the floats, low byte first, in base64. */
static void
add_base64(struct buf *b, const float *v)
{
	unsigned char bytes[EMBED_OFFLINE_DIMS * 4];
	uint32_t word = 0;

	for (size_t i = 0; i < sizeof(bytes); i++) {
		if (i % 4 == 0)
			memcpy(&word, &v[i / 4], 4);
		bytes[i] = (unsigned char)(word >> (8 * (i % 4)));
	}
	buf_addc(b, '"');
	base64_add(b, bytes, sizeof(bytes));
	buf_addc(b, '"');
}

static void
add_vector(struct buf *b, size_t index, const char *p, size_t n, bool base64)
{
	float v[EMBED_OFFLINE_DIMS];

	embed_offline(v, p, n);
	buf_addf(b, "%s{\"object\":\"embedding\",\"index\":%zu,"
	    "\"embedding\":", index > 0 ? "," : "", index);
	if (base64)
		add_base64(b, v);
	else
		embed_offline_json(b, v);
	buf_addc(b, '}');
}

void
local_embed(struct serve *s, struct req *r)
{
	struct err ignored = ERR_INIT;
	jv body = js_parse(buf_str(&r->in), r->in.len, &ignored);
	jv input = js_get(body, "input");
	bool base64 = js_str_is(body, "encoding_format", "base64"), good;
	struct buf b = BUF_INIT;
	size_t bytes = 0, n;

	if (js_is_str(input))
		input = js_push(js_arr(), input);
	n = js_is_arr(input) ? js_len(input) : 0;
	good = n > 0 && s->mode == SERVE_OFFLINE;
	buf_adds(&b, "{\"object\":\"list\",\"data\":[");
	for (size_t i = 0; good && i < n; i++) {
		jv v = js_at(input, i);
		size_t len = 0;
		const char *p = js_bytes(v, &len);

		if (p != NULL)
			add_vector(&b, i, p, len, base64);
		good = p != NULL;
		bytes += len;
		js_free(v);
	}
	buf_addf(&b, "],\"model\":\"offline\",\"usage\":{\"prompt_tokens\":"
	    "%zu,\"total_tokens\":%zu}}\n", bytes / 4 + 1, bytes / 4 + 1);
	if (good)
		answer_whole(r, 200, "application/json", b.data, b.len);
	else if (s->mode != SERVE_OFFLINE)
		answer_fail(r, 501, "not_supported", "recordings hold no "
		    "embeddings");
	else
		answer_fail(r, 400, "invalid_request", "input: expected a "
		    "string, or an array of strings");
	buf_free(&b);
	js_free(input);
	js_free(body);
}
