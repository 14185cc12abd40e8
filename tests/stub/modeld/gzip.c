/*
 * gzip.c - the body of an answer in the wrapping of gzip, and bytes that no
 * script line can hold.  Nothing is made smaller: blocks are stored.
 */
#include <stdlib.h>
#include <string.h>

#include "md.h"

#define BLOCK	65535

static uint32_t
crc(const char *p, size_t n)
{
	uint32_t c = 0xffffffffu;

	for (size_t i = 0; i < n; i++) {
		c ^= (unsigned char)p[i];
		for (int k = 0; k < 8; k++)
			c = c >> 1 ^ (0xedb88320u & (0 - (c & 1)));
	}
	return ~c;
}

static void
little(struct text *t, uint32_t v, int n)
{
	for (; n > 0; n--, v >>= 8) {
		char c = (char)(v & 0xff);

		text_add(t, &c, 1);
	}
}

void
gzip_body(struct reply *r)
{
	static const char head[10] = "\x1f\x8b\x08\0\0\0\0\0\0\x03";
	size_t n = r->out.len - r->head;
	char *body = dup_range(r->out.p + r->head, n);

	r->out.len = r->head;
	text_add(&r->out, head, sizeof head);
	for (size_t i = 0; i == 0 || i < n; i += BLOCK) {
		size_t len = n - i < BLOCK ? n - i : BLOCK;

		little(&r->out, i + len == n, 1);
		little(&r->out, (uint32_t)len, 2);
		little(&r->out, ~(uint32_t)len, 2);
		text_add(&r->out, body + i, len);
	}
	little(&r->out, crc(body, n), 4);
	little(&r->out, (uint32_t)n, 4);
	free(body);
}

void
add_bytes(struct text *t, const char *s)
{
	for (const char *b; (b = strstr(s, "{x")) != NULL;) {
		char *end, hex[3] = { b[2], b[2] ? b[3] : '\0', '\0' };
		char byte = (char)strtoul(hex, &end, 16);

		text_add(t, s, (size_t)(b - s));
		s = b;
		if (end == hex + 2 && b[4] == '}') {
			text_add(t, &byte, 1);
			s += 5;
		} else {
			text_add(t, s, 2);
			s += 2;
		}
	}
	text_str(t, s);
}
