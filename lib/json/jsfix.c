/*
 * jsfix.c - repair JSON text that is sound but for its Unicode.
 */
#include "json/jsfix.h"

#include "base/utf8.h"

#include <string.h>

/* The value of "\uXXXX" at p, of which n bytes are there; -1 if it is none. */
static int
escape_at(const char *p, size_t n)
{
	int v = 0;

	if (n < 6 || p[0] != '\\' || p[1] != 'u')
		return -1;
	for (int i = 2; i < 6; i++) {
		char c = p[i] | 0x20;

		if (p[i] >= '0' && p[i] <= '9')
			v = v << 4 | (p[i] - '0');
		else if (c >= 'a' && c <= 'f')
			v = v << 4 | (c - 'a' + 10);
		else
			return -1;
	}
	return v;
}

static bool
is_high(int v)
{
	return v >= 0xd800 && v <= 0xdbff;
}

static bool
is_low(int v)
{
	return v >= 0xdc00 && v <= 0xdfff;
}

static void
fix_escapes(struct buf *out, const char *p, size_t n)
{
	while (n != 0) {
		const char *slash = memchr(p, '\\', n);
		size_t plain = slash != NULL ? (size_t)(slash - p) : n;
		size_t take = 2;
		int v;

		buf_add(out, p, plain);
		p += plain;
		n -= plain;
		if (n == 0)
			break;
		v = escape_at(p, n);
		if (is_high(v) && is_low(escape_at(p + 6, n - 6))) {
			take = 12;
		} else if (is_high(v) || is_low(v)) {
			buf_adds(out, "\\ufffd");
			p += 6;
			n -= 6;
			continue;
		} else if (n < 2) {
			take = n;
		}
		buf_add(out, p, take);
		p += take;
		n -= take;
	}
}

void
jsfix_unicode(struct buf *out, const char *p, size_t n)
{
	struct buf utf8 = BUF_INIT;

	if (utf8_valid(p, n)) {
		fix_escapes(out, p, n);
		return;
	}
	utf8_repair(&utf8, p, n);
	fix_escapes(out, utf8.data, utf8.len);
	buf_free(&utf8);
}
