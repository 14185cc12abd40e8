/*
 * text.c - growing bytes, JSON quoting, and a JSON checker that is strict
 * where libjq is not: UTF-8, lone surrogates, control bytes, number forms,
 * duplicate keys are left alone.  Depth is limited to 64.
 */
#include <ctype.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "md.h"

void *
grow(void *p, size_t bytes)
{
	p = realloc(p, bytes ? bytes : 1);
	if (p == NULL)
		abort();
	return p;
}

char *
dup_range(const char *s, size_t n)
{
	char *d = grow(NULL, n + 1);

	memcpy(d, s, n);
	d[n] = '\0';
	return d;
}

void
text_add(struct text *t, const void *s, size_t n)
{
	if (t->len + n + 1 > t->cap) {
		t->cap = (t->len + n + 1) * 2;
		t->p = grow(t->p, t->cap);
	}
	if (n > 0)
		memcpy(t->p + t->len, s, n);
	t->len += n;
	t->p[t->len] = '\0';
}

void
text_str(struct text *t, const char *s)
{
	text_add(t, s, strlen(s));
}

void
text_fmt(struct text *t, const char *fmt, ...)
{
	char small[512];
	va_list ap;

	va_start(ap, fmt);
	int n = vsnprintf(small, sizeof small, fmt, ap);
	va_end(ap);
	if (n < 0)
		abort();
	if ((size_t)n < sizeof small) {
		text_add(t, small, (size_t)n);
		return;
	}
	char *big = grow(NULL, (size_t)n + 1);
	va_start(ap, fmt);
	vsnprintf(big, (size_t)n + 1, fmt, ap);
	va_end(ap);
	text_add(t, big, (size_t)n);
	free(big);
}

void
text_free(struct text *t)
{
	free(t->p);
	*t = (struct text){ 0 };
}

void
text_quote(struct text *t, const char *s, size_t n)
{
	static const char names[] = "btn?fr";
	/* U+FDD0, which is no character, in the place of one no string of C
	 * can have. */
	static const char nul[] = "\xef\xb7\x90";

	text_add(t, "\"", 1);
	for (size_t i = 0, run = 0; i <= n; i++) {
		unsigned char c = i < n ? (unsigned char)s[i] : '"';

		if (n - i >= 3 && memcmp(s + i, nul, 3) == 0) {
			text_add(t, s + run, i - run);
			text_fmt(t, "\\u0000");
			i += 2;
			run = i + 1;
			continue;
		}
		if (c >= 0x20 && c != '"' && c != '\\')
			continue;
		text_add(t, s + run, i - run);
		run = i + 1;
		if (i == n)
			break;
		if (c == '"' || c == '\\')
			text_fmt(t, "\\%c", c);
		else if (c >= 8 && c <= 13 && c != 11)
			text_fmt(t, "\\%c", names[c - 8]);
		else
			text_fmt(t, "\\u%04x", c);
	}
	text_add(t, "\"", 1);
}

/* Bytes of the UTF-8 character at s, 0 if it is none. */
static size_t
utf8_length(const unsigned char *s, size_t n)
{
	size_t len = s[0] < 0x80 ? 1 : s[0] < 0xc2 ? 0 : s[0] < 0xe0 ? 2 :
	    s[0] < 0xf0 ? 3 : s[0] < 0xf5 ? 4 : 0;

	if (len == 0 || len > n)
		return 0;
	for (size_t i = 1; i < len; i++)
		if ((s[i] & 0xc0) != 0x80)
			return 0;
	if ((s[0] == 0xe0 && s[1] < 0xa0) || (s[0] == 0xed && s[1] > 0x9f) ||
	    (s[0] == 0xf0 && s[1] < 0x90) || (s[0] == 0xf4 && s[1] > 0x8f))
		return 0;
	return len;
}

struct scan {
	const char *s, *end;
	const char *fault;
};

static bool
bad(struct scan *c, const char *why)
{
	if (c->fault == NULL)
		c->fault = why;
	return false;
}

static void
blanks(struct scan *c)
{
	while (c->s < c->end && strchr(" \t\r\n", *c->s) && *c->s)
		c->s++;
}

static int
hex4(const struct scan *c, const char *s)
{
	char digits[5] = { 0 };

	if (c->end - s < 4)
		return -1;
	memcpy(digits, s, 4);
	for (int i = 0; i < 4; i++)
		if (!isxdigit((unsigned char)digits[i]))
			return -1;
	return (int)strtol(digits, NULL, 16);
}

static bool
escape(struct scan *c)
{
	if (c->end - c->s < 2)
		return bad(c, "cut escape");
	if (c->s[1] != 'u') {
		if (c->s[1] == '\0' || strchr("\"\\/bfnrt", c->s[1]) == NULL)
			return bad(c, "unknown escape");
		c->s += 2;
		return true;
	}
	int u = hex4(c, c->s + 2);
	if (u < 0)
		return bad(c, "bad \\u escape");
	c->s += 6;
	if (u >= 0xdc00 && u <= 0xdfff)
		return bad(c, "no high surrogate in string");
	if (u >= 0xd800 && u <= 0xdbff) {
		int low = c->end - c->s >= 6 && memcmp(c->s, "\\u", 2) == 0 ?
		    hex4(c, c->s + 2) : -1;
		if (low < 0xdc00 || low > 0xdfff)
			return bad(c, "no low surrogate in string");
		c->s += 6;
	}
	return true;
}

static bool
string(struct scan *c)
{
	if (c->s >= c->end || *c->s != '"')
		return bad(c, "string expected");
	c->s++;
	while (c->s < c->end && *c->s != '"') {
		unsigned char ch = (unsigned char)*c->s;

		if (ch < 0x20)
			return bad(c, "control byte in string");
		if (ch == '\\') {
			if (!escape(c))
				return false;
			continue;
		}
		size_t len = utf8_length((const unsigned char *)c->s,
		    (size_t)(c->end - c->s));
		if (len == 0)
			return bad(c, "invalid UTF-8");
		c->s += len;
	}
	if (c->s >= c->end)
		return bad(c, "string without end");
	c->s++;
	return true;
}

static size_t
digits(struct scan *c)
{
	const char *from = c->s;

	while (c->s < c->end && isdigit((unsigned char)*c->s))
		c->s++;
	return (size_t)(c->s - from);
}

static bool
number(struct scan *c)
{
	if (c->s < c->end && *c->s == '-')
		c->s++;
	const char *first = c->s;
	size_t n = digits(c);
	if (n == 0)
		return bad(c, "value expected");
	if (n > 1 && *first == '0')
		return bad(c, "leading zero");
	if (c->s < c->end && *c->s == '.') {
		c->s++;
		if (digits(c) == 0)
			return bad(c, "digits expected after the point");
	}
	if (c->s < c->end && (*c->s == 'e' || *c->s == 'E')) {
		c->s++;
		if (c->s < c->end && (*c->s == '+' || *c->s == '-'))
			c->s++;
		if (digits(c) == 0)
			return bad(c, "digits expected in the exponent");
	}
	return true;
}

static bool value(struct scan *c, int depth);

static bool
members(struct scan *c, char close, int depth)
{
	c->s++;
	blanks(c);
	if (c->s < c->end && *c->s == close) {
		c->s++;
		return true;
	}
	for (;;) {
		if (close == '}') {
			blanks(c);
			if (!string(c))
				return false;
			blanks(c);
			if (c->s >= c->end || *c->s++ != ':')
				return bad(c, "colon expected");
		}
		if (!value(c, depth + 1))
			return false;
		if (c->s < c->end && *c->s == ',') {
			c->s++;
			continue;
		}
		if (c->s < c->end && *c->s == close) {
			c->s++;
			return true;
		}
		return bad(c, "comma or end of container expected");
	}
}

static bool
value(struct scan *c, int depth)
{
	static const char *const words[] = { "true", "false", "null" };
	bool good = false;

	if (depth > 64)
		return bad(c, "too deep");
	blanks(c);
	if (c->s >= c->end)
		return bad(c, "unexpected end");
	for (size_t i = 0; i < 3 && !good; i++) {
		size_t n = strlen(words[i]);
		if ((size_t)(c->end - c->s) >= n &&
		    memcmp(c->s, words[i], n) == 0) {
			c->s += n;
			good = true;
		}
	}
	if (!good)
		good = *c->s == '{' ? members(c, '}', depth) :
		    *c->s == '[' ? members(c, ']', depth) :
		    *c->s == '"' ? string(c) : number(c);
	blanks(c);
	return good;
}

const char *
json_fault(const char *s, size_t n)
{
	struct scan c = { s, s + n, NULL };

	if (value(&c, 0) && c.s != c.end)
		bad(&c, "text after the value");
	return c.fault;
}

const char *
json_skip(const char *s)
{
	int depth = 0;
	bool quoted = false;

	for (; *s; s++) {
		if (quoted) {
			if (*s == '\\' && s[1])
				s++;
			else if (*s == '"')
				quoted = false;
		} else if (*s == '"') {
			quoted = true;
		} else if (*s == '{' || *s == '[') {
			depth++;
		} else if ((*s == '}' || *s == ']') && --depth == 0) {
			return s + 1;
		}
	}
	return NULL;
}

uint64_t
now_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (uint64_t)t.tv_sec * 1000000000u + (uint64_t)t.tv_nsec;
}

uint64_t
random_next(uint64_t *state)
{
	*state += 0x9e3779b97f4a7c15u;
	uint64_t z = *state;
	z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
	z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
	return z ^ (z >> 31);
}
