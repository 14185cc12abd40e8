/*
 * embed.c - vectors without any model, for trying things out.
 *
 * Words are hashed to places of a short vector: texts that share words are
 * near each other, and nothing is known of what words mean.  The same text
 * gives the same vector everywhere.
 */
#include <ctype.h>
#include <math.h>
#include <string.h>

#include "serve/serve.h"

#define DIMS	256

/* FNV-1a, 64 bit. */
static uint64_t
hash(uint64_t h, unsigned char c)
{
	return (h ^ c) * 1099511628211u;
}

static void
add_word(float *v, uint64_t h)
{
	v[h % DIMS] += h >> 63 ? 1.0f : -1.0f;
}

static void
embed(float *v, const char *p, size_t n)
{
	const uint64_t seed = 14695981039346656037u;
	uint64_t h = seed;
	double sum = 0;

	for (size_t i = 0; i < n; i++) {
		unsigned char c = (unsigned char)p[i];

		if (isalnum(c) || c >= 0x80) {
			h = hash(h, (unsigned char)tolower(c));
		} else if (h != seed) {
			add_word(v, h);
			h = seed;
		}
	}
	if (h != seed)
		add_word(v, h);
	for (int i = 0; i < DIMS; i++)
		sum += (double)v[i] * v[i];
	if (sum == 0)
		sum = v[0] = 1;
	for (int i = 0; i < DIMS; i++)
		v[i] /= (float)sqrt(sum);
}

/* The bytes of the floats, low byte first, in base64 (RFC 4648). */
static void
add_base64(struct buf *b, const float *v)
{
	static const char set[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
	    "abcdefghijklmnopqrstuvwxyz0123456789+/";
	uint32_t bits = 0, word = 0;
	int have = 0;

	buf_addc(b, '"');
	for (size_t i = 0; i < DIMS * 4; i++) {
		if (i % 4 == 0)
			memcpy(&word, &v[i / 4], 4);
		bits = bits << 8 | ((word >> (8 * (i % 4))) & 0xff);
		for (have += 8; have >= 6; have -= 6)
			buf_addc(b, set[(bits >> (have - 6)) & 63]);
	}
	if (have > 0)
		buf_addc(b, set[(bits << (6 - have)) & 63]);
	buf_adds(b, have == 2 ? "==\"" : have == 4 ? "=\"" : "\"");
}

static void
add_vector(struct buf *b, size_t index, const char *p, size_t n, bool base64)
{
	float v[DIMS] = { 0 };

	embed(v, p, n);
	buf_addf(b, "%s{\"object\":\"embedding\",\"index\":%zu,"
	    "\"embedding\":", index > 0 ? "," : "", index);
	if (base64) {
		add_base64(b, v);
	} else {
		for (int i = 0; i < DIMS; i++)
			buf_addf(b, "%c%.7g", i > 0 ? ',' : '[',
			    (double)v[i]);
		buf_addc(b, ']');
	}
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
