/*
 * utf8.c - UTF-8 as text that came from anywhere: check, repair, cut, show.
 */
#include "base/utf8.h"

#include <string.h>

static bool
continues(unsigned char c)
{
	return (c & 0xc0) == 0x80;
}

/*
 * Length of the sequence that the lead byte opens (0: none does), and the
 * range its second byte must be in, which is what excludes overlong forms,
 * surrogates and values above U+10FFFF.
 */
static size_t
lead(unsigned char c, unsigned char *lo, unsigned char *hi)
{
	*lo = 0x80;
	*hi = 0xbf;
	if (c < 0x80)
		return 1;
	if (c < 0xc2 || c > 0xf4)
		return 0;
	if (c < 0xe0)
		return 2;
	if (c == 0xe0)
		*lo = 0xa0;
	else if (c == 0xed)
		*hi = 0x9f;
	else if (c == 0xf0)
		*lo = 0x90;
	else if (c == 0xf4)
		*hi = 0x8f;
	return c < 0xf0 ? 3 : 4;
}

/* Bytes at p that could still be the start of one character; at least 1. */
static size_t
prefix(const char *p, size_t n, bool *whole)
{
	const unsigned char *s = (const unsigned char *)p;
	unsigned char lo, hi;
	size_t want = lead(s[0], &lo, &hi), i;

	*whole = false;
	if (want == 0)
		return 1;
	for (i = 1; i < want && i < n; i++) {
		if (i == 1 ? s[1] < lo || s[1] > hi : !continues(s[i]))
			return i;
	}
	*whole = i == want;
	return i;
}

size_t
utf8_decode(const char *p, size_t n, uint32_t *cp)
{
	static const unsigned char mask[] = { 0, 0x7f, 0x1f, 0x0f, 0x07 };
	const unsigned char *s = (const unsigned char *)p;
	bool whole;
	size_t len = prefix(p, n, &whole);
	uint32_t v;

	if (!whole)
		return 0;
	v = s[0] & mask[len];
	for (size_t i = 1; i < len; i++)
		v = v << 6 | (s[i] & 0x3f);
	*cp = v;
	return len;
}

void
utf8_encode(struct buf *b, uint32_t cp)
{
	if (cp > 0x10ffff || (cp >= 0xd800 && cp <= 0xdfff))
		cp = 0xfffd;
	if (cp < 0x80) {
		buf_addc(b, (char)cp);
	} else if (cp < 0x800) {
		buf_addc(b, (char)(0xc0 | cp >> 6));
		buf_addc(b, (char)(0x80 | (cp & 0x3f)));
	} else if (cp < 0x10000) {
		buf_addc(b, (char)(0xe0 | cp >> 12));
		buf_addc(b, (char)(0x80 | (cp >> 6 & 0x3f)));
		buf_addc(b, (char)(0x80 | (cp & 0x3f)));
	} else {
		buf_addc(b, (char)(0xf0 | cp >> 18));
		buf_addc(b, (char)(0x80 | (cp >> 12 & 0x3f)));
		buf_addc(b, (char)(0x80 | (cp >> 6 & 0x3f)));
		buf_addc(b, (char)(0x80 | (cp & 0x3f)));
	}
}

/* Length of the run of well-formed text at p. */
static size_t
good_run(const char *p, size_t n)
{
	size_t i = 0;

	while (i < n) {
		bool whole = true;
		size_t len = 1;

		if ((unsigned char)p[i] >= 0x80)
			len = prefix(p + i, n - i, &whole);
		if (!whole)
			break;
		i += len;
	}
	return i;
}

bool
utf8_valid(const char *p, size_t n)
{
	return good_run(p, n) == n;
}

void
utf8_repair(struct buf *b, const char *p, size_t n)
{
	while (n != 0) {
		size_t good = good_run(p, n);
		bool whole;

		buf_add(b, p, good);
		p += good;
		n -= good;
		if (n != 0) {
			size_t bad = prefix(p, n, &whole);

			utf8_encode(b, 0xfffd);
			p += bad;
			n -= bad;
		}
	}
}

size_t
utf8_cut(const char *p, size_t n)
{
	unsigned char lo, hi;

	for (size_t back = 1; back <= 3 && back <= n; back++) {
		unsigned char c = (unsigned char)p[n - back];

		if (continues(c))
			continue;
		if (c >= 0x80 && lead(c, &lo, &hi) > back)
			return n - back;
		break;
	}
	return n;
}

struct range {
	uint32_t from, to;
};

static bool
within(const struct range *r, size_t n, uint32_t cp)
{
	for (size_t i = 0; i < n; i++)
		if (cp >= r[i].from && cp <= r[i].to)
			return true;
	return false;
}

int
utf8_width(uint32_t cp)
{
	/* East Asian Wide and emoji presentation, in whole blocks. */
	static const struct range wide[] = {
		{ 0x1100, 0x115f }, { 0x231a, 0x231b }, { 0x2329, 0x232a },
		{ 0x23e9, 0x23ec }, { 0x2614, 0x2615 }, { 0x26a1, 0x26a1 },
		{ 0x2705, 0x2705 }, { 0x270a, 0x270b }, { 0x2728, 0x2728 },
		{ 0x274c, 0x274c }, { 0x2753, 0x2755 }, { 0x2b50, 0x2b50 },
		{ 0x2e80, 0x303e }, { 0x3041, 0x33ff }, { 0x3400, 0x4dbf },
		{ 0x4e00, 0x9fff }, { 0xa000, 0xa4cf }, { 0xa960, 0xa97f },
		{ 0xac00, 0xd7a3 }, { 0xf900, 0xfaff }, { 0xfe30, 0xfe6f },
		{ 0xff00, 0xff60 }, { 0xffe0, 0xffe6 },
		{ 0x1f004, 0x1f004 }, { 0x1f0cf, 0x1f0cf },
		{ 0x1f18e, 0x1f18e }, { 0x1f191, 0x1f19a },
		{ 0x1f200, 0x1f320 }, { 0x1f32d, 0x1f64f },
		{ 0x1f680, 0x1f6ff }, { 0x1f900, 0x1f9ff },
		{ 0x1fa70, 0x1faff }, { 0x20000, 0x3fffd },
	};
	static const struct range none[] = {
		{ 0x0300, 0x036f }, { 0x0483, 0x0489 }, { 0x0591, 0x05bd },
		{ 0x0610, 0x061a }, { 0x064b, 0x065f }, { 0x0e34, 0x0e3a },
		{ 0x0e47, 0x0e4e }, { 0x1ab0, 0x1aff }, { 0x1dc0, 0x1dff },
		{ 0x200b, 0x200f }, { 0x20d0, 0x20ff }, { 0xfe00, 0xfe0f },
		{ 0xfe20, 0xfe2f }, { 0xe0100, 0xe01ef },
	};

	if (cp < 0x20 || (cp >= 0x7f && cp < 0xa0))
		return 0;
	if (cp < 0x300)
		return 1;
	if (within(none, BASE_NITEMS(none), cp))
		return 0;
	return within(wide, BASE_NITEMS(wide), cp) ? 2 : 1;
}

/* Characters that show nothing, or show text in an order it is not in. */
static bool
hides(uint32_t cp)
{
	static const struct range bad[] = {
		{ 0x00ad, 0x00ad }, { 0x061c, 0x061c }, { 0x180e, 0x180e },
		{ 0x200b, 0x200b }, { 0x200e, 0x200f }, { 0x2028, 0x202e },
		{ 0x2060, 0x206f }, { 0xfeff, 0xfeff }, { 0xfff9, 0xfffb },
		{ 0xe0000, 0xe007f },
	};

	return within(bad, BASE_NITEMS(bad), cp);
}

void
utf8_escape(struct buf *b, const char *p, size_t n, enum utf8_flags flags)
{
	while (n != 0) {
		uint32_t cp = 0;
		size_t len = utf8_decode(p, n, &cp);

		if (len == 0) {
			buf_addf(b, "\\x%02x", (unsigned char)*p);
			len = 1;
		} else if ((cp == '\n' || cp == '\t') && flags == UTF8_TEXT) {
			buf_addc(b, (char)cp);
		} else if (cp < 0x20 || (cp >= 0x7f && cp < 0xa0)) {
			buf_addf(b, "\\x%02x", (unsigned)cp);
		} else if (hides(cp)) {
			buf_addf(b, "<U+%04X>", (unsigned)cp);
		} else {
			buf_add(b, p, len);
		}
		p += len;
		n -= len;
	}
}

bool
utf8_plain(const char *s)
{
	struct buf b = BUF_INIT;
	bool same;

	utf8_escape(&b, s, strlen(s), UTF8_LINE);
	same = strcmp(buf_str(&b), s) == 0;
	buf_free(&b);
	return same;
}

void
utf8_last_line(struct buf *b, const char *s, size_t n)
{
	const char *nl;

	while (n > 0 && (s[n - 1] == '\n' || s[n - 1] == '\r'))
		n--;
	nl = n > 0 ? memrchr(s, '\n', n) : NULL;
	if (nl != NULL) {
		n -= (size_t)(nl + 1 - s);
		s = nl + 1;
	}
	utf8_escape(b, s, n < 200 ? n : utf8_cut(s, 200), UTF8_LINE);
}
