/*
 * mend.c - characters that were torn apart between two pieces of text.
 *
 * A torn byte b is marked as the private character MARK + b.  A surrogate
 * escape that stands alone is marked as the three bytes that would encode
 * it, so that one rule joins both kinds.
 */
#include "gate/mend.h"

#include <string.h>

#include "base/utf8.h"

#define MARK	0x10f800u

static int
hex4(const char *p, size_t n)
{
	int v = 0;

	if (n < 6 || p[0] != '\\' || p[1] != 'u')
		return -1;
	for (int i = 2; i < 6; i++) {
		int c = (unsigned char)p[i] | 0x20;

		if (c >= '0' && c <= '9')
			v = v * 16 + c - '0';
		else if (c >= 'a' && c <= 'f')
			v = v * 16 + c - 'a' + 10;
		else
			return -1;
	}
	return v;
}

static bool
is_high(int v)
{
	return v >= 0xd800 && v < 0xdc00;
}

static bool
is_low(int v)
{
	return v >= 0xdc00 && v < 0xe000;
}

/* True when some surrogate escape has no partner. */
static bool
has_lone(const char *p, size_t n)
{
	for (size_t i = 0; i + 6 <= n;) {
		const char *q = memchr(p + i, '\\', n - i);
		int v;

		if (q == NULL)
			return false;
		i = (size_t)(q - p);
		v = hex4(q, n - i);
		if (is_high(v)) {
			if (!is_low(hex4(q + 6, n - i - 6)))
				return true;
			i += 12;
		} else if (is_low(v)) {
			return true;
		} else {
			i += 2;
		}
	}
	return false;
}

static void
mark(struct buf *out, int byte)
{
	utf8_encode(out, MARK + (uint32_t)byte);
}

static void
mark_surrogate(struct buf *out, int v)
{
	mark(out, 0xed);
	mark(out, 0x80 | ((v >> 6) & 0x3f));
	mark(out, 0x80 | (v & 0x3f));
}

/* Mark what begins with a backslash; returns its length. */
static size_t
mark_escape(struct buf *out, const char *p, size_t n)
{
	int v = hex4(p, n);
	size_t take = n < 2 ? n : 2;

	if (is_high(v) && is_low(hex4(p + 6, n - 6)))
		take = 12;
	else if (is_high(v) || is_low(v)) {
		mark_surrogate(out, v);
		return 6;
	}
	/* The byte after the backslash may itself be torn. */
	if (take == 2 && (unsigned char)p[1] >= 0x80)
		take = 1;
	buf_add(out, p, take);
	return take;
}

bool
mend_in(struct buf *out, const char *p, size_t n)
{
	if (utf8_valid(p, n) && !has_lone(p, n))
		return false;
	for (size_t i = 0; i < n;) {
		unsigned char c = (unsigned char)p[i];
		uint32_t cp;
		size_t len;

		if (c == '\\') {
			i += mark_escape(out, p + i, n - i);
		} else if (c < 0x80) {
			buf_addc(out, p[i++]);
		} else if ((len = utf8_decode(p + i, n - i, &cp)) > 0) {
			if ((cp & ~0xffu) == MARK)
				cp = 0xfffd;
			utf8_encode(out, cp);
			i += len;
		} else {
			mark(out, c);
			i++;
		}
	}
	return true;
}

/* The surrogate encoded in three bytes at p, or -1. */
static int
surrogate(const char *p, size_t n)
{
	const unsigned char *u = (const unsigned char *)p;

	if (n < 3 || u[0] != 0xed || u[1] < 0xa0 || (u[2] & 0xc0) != 0x80)
		return -1;
	return 0xd000 | (u[1] & 0x3f) << 6 | (u[2] & 0x3f);
}

/* True when the n bytes may be the beginning of a character. */
static bool
is_begun(const char *p, size_t n)
{
	unsigned char c = (unsigned char)p[0];
	size_t want = c >= 0xf0 ? 4 : c >= 0xe0 ? 3 : 2;

	if (c < 0xc2 || c > 0xf4)
		return false;
	if (c == 0xed && n >= 2 && (unsigned char)p[1] >= 0xa0)
		want = 6;
	if (n >= want)
		return false;
	for (size_t i = 1; i < n && i < 3; i++)
		if (((unsigned char)p[i] & 0xc0) != 0x80)
			return false;
	/* Behind half a pair only the other half can begin. */
	return n <= 3 || (unsigned char)p[3] == 0xed;
}

/* Append the bytes as UTF-8; what may go on in the next piece is kept. */
static void
join(struct mend *m, struct buf *out, const char *p, size_t n)
{
	for (size_t i = 0; i < n;) {
		uint32_t cp;
		size_t len = utf8_decode(p + i, n - i, &cp);
		int hi = surrogate(p + i, n - i), lo;

		if (len > 0) {
			buf_add(out, p + i, len);
			i += len;
		} else if (is_high(hi) && n - i >= 6 &&
		    is_low(lo = surrogate(p + i + 3, n - i - 3))) {
			utf8_encode(out, 0x10000u +
			    ((uint32_t)(hi - 0xd800) << 10) +
			    (uint32_t)(lo - 0xdc00));
			i += 6;
		} else if (n - i <= sizeof(m->carry) && !is_low(hi) &&
		    is_begun(p + i, n - i)) {
			memcpy(m->carry, p + i, n - i);
			m->n = n - i;
			return;
		} else {
			utf8_encode(out, 0xfffd);
			i += hi >= 0 ? 3 : 1;
		}
	}
}

void
mend_out(struct mend *m, struct buf *out, const char *p, size_t n,
    bool marked)
{
	struct buf b = BUF_INIT;

	if (!marked && m->n == 0) {
		buf_add(out, p, n);
		return;
	}
	buf_add(&b, m->carry, m->n);
	m->n = 0;
	for (size_t i = 0; i < n;) {
		uint32_t cp = 0;
		size_t len = utf8_decode(p + i, n - i, &cp);

		if (marked && len == 4 && (cp & ~0xffu) == MARK)
			buf_addc(&b, (char)(cp & 0xff));
		else
			buf_add(&b, p + i, len > 0 ? len : 1);
		i += len > 0 ? len : 1;
	}
	join(m, out, b.data, b.len);
	buf_free(&b);
}

void
mend_end(struct mend *m, struct buf *out)
{
	if (m->n > 0)
		utf8_encode(out, 0xfffd);
	m->n = 0;
}
