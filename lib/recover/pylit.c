/*
 * pylit.c - one Python call with literal arguments, as JSON.
 *
 * Values nest by recursion, which DEPTH bounds.  Where the bytes end the
 * answer is JSONFIX_MORE: a call always ends with its bracket.
 */
#include "recover/pylit.h"

#include "base/utf8.h"
#include "json/js.h"

#include <stdlib.h>
#include <string.h>

#define DEPTH	100

struct py {
	const char	*p;
	size_t		 n, i;
	struct buf	*out;
	int		 depth;
};

static enum jsonfix_status	value(struct py *y);

static bool
is_name(char c, bool first)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' ||
	    (unsigned char)c >= 0x80 || (!first && c >= '0' && c <= '9');
}

static void
blanks(struct py *y)
{
	while (y->i < y->n && y->p[y->i] != '\0' &&
	    strchr(" \t\r\n", y->p[y->i]) != NULL)
		y->i++;
}

/* The character after blanks: '\0' at the end. */
static char
peek(struct py *y)
{
	blanks(y);
	return y->i < y->n ? y->p[y->i] : '\0';
}

static enum jsonfix_status
no(const struct py *y)
{
	return y->i >= y->n ? JSONFIX_MORE : JSONFIX_BAD;
}

/* The number of n digits to a base at k; -1 when they are none, -2 when
 * they are not all there. */
static long
digits(const struct py *y, size_t k, size_t n, int base)
{
	char s[9] = "";
	char *end;
	long v;

	for (size_t i = 0; i < n; i++) {
		if (k + i >= y->n)
			return -2;
		s[i] = y->p[k + i];
	}
	if (s[0] == '+' || s[0] == '-' || s[0] == ' ' || s[0] == '\t' ||
	    (n > 1 && (s[1] == 'x' || s[1] == 'X')))
		return -1;
	v = strtol(s, &end, base);
	return end == s + n ? v : -1;
}

/* An escape of x, u or U: its value goes to b. */
static enum jsonfix_status
hex_escape(struct py *y, struct buf *b)
{
	char c = y->p[y->i + 1];
	size_t n = c == 'x' ? 2 : c == 'u' ? 4 : 8;
	long v = digits(y, y->i + 2, n, 16), low;

	if (v == -2)
		return JSONFIX_MORE;
	if (v < 0)
		return JSONFIX_BAD;
	y->i += 2 + n;
	if (c == 'u' && v >= 0xd800 && v <= 0xdbff) {
		if (y->n - y->i < 6)
			return JSONFIX_MORE;
		low = digits(y, y->i + 2, 4, 16);
		if (y->p[y->i] == '\\' && y->p[y->i + 1] == 'u' &&
		    low >= 0xdc00 && low <= 0xdfff) {
			v = 0x10000 + ((v - 0xd800) << 10) + (low - 0xdc00);
			y->i += 6;
		}
	}
	utf8_encode(b, (uint32_t)v);
	return JSONFIX_OK;
}

/* The escape at i. */
static enum jsonfix_status
escape(struct py *y, struct buf *b)
{
	static const char from[] = "\\'\"nrtabfv", to[] = "\\'\"\n\r\t\a\b\f\v";
	const char *at;
	long v = 0;
	size_t k;
	char c;

	if (y->n - y->i < 2)
		return JSONFIX_MORE;
	c = y->p[y->i + 1];
	if (c == 'x' || c == 'u' || c == 'U')
		return hex_escape(y, b);
	if (c >= '0' && c <= '7') {
		for (k = 1; k < 4 && y->i + k < y->n && y->p[y->i + k] >= '0' &&
		    y->p[y->i + k] <= '7'; k++)
			v = v * 8 + (y->p[y->i + k] - '0');
		if (y->i + k == y->n)
			return JSONFIX_MORE;
		utf8_encode(b, (uint32_t)v);
		y->i += k;
		return JSONFIX_OK;
	}
	y->i += 2;
	if (c == '\n')
		return JSONFIX_OK;
	at = c != '\0' ? strchr(from, c) : NULL;
	if (at != NULL) {
		buf_addc(b, to[at - from]);
	} else {
		buf_addc(b, '\\');
		buf_addc(b, c);
	}
	return JSONFIX_OK;
}

/* One string literal with its quote at i. */
static enum jsonfix_status
one_string(struct py *y, struct buf *b, bool raw)
{
	char q = y->p[y->i];
	bool triple;
	enum jsonfix_status st;

	if (y->n - y->i < 3)
		return JSONFIX_MORE;
	triple = y->p[y->i + 1] == q && y->p[y->i + 2] == q;
	y->i += triple ? 3 : 1;
	for (;;) {
		size_t k = y->i;

		while (k < y->n && y->p[k] != q && y->p[k] != '\\' &&
		    (triple || y->p[k] != '\n'))
			k++;
		buf_add(b, y->p + y->i, k - y->i);
		y->i = k;
		if (k == y->n || (triple && y->p[k] == q && y->n - k < 3))
			return JSONFIX_MORE;
		if (y->p[k] == q && (!triple ||
		    (y->p[k + 1] == q && y->p[k + 2] == q))) {
			y->i += triple ? 3 : 1;
			return JSONFIX_OK;
		}
		if (y->p[k] == '\\' && !raw) {
			if ((st = escape(y, b)) != JSONFIX_OK)
				return st;
			continue;
		}
		if (y->p[k] == '\n' && !triple) {
			/* Models forget to escape; there is but one meaning. */
			buf_addc(b, '\n');
			y->i++;
			continue;
		}
		if (y->p[k] == '\\' && k + 1 == y->n)
			return JSONFIX_MORE;
		buf_add(b, y->p + k, y->p[k] == '\\' ? 2 : 1);
		y->i += y->p[k] == '\\' ? 2 : 1;
	}
}

/* True when a string begins at i; MORE is told by *more. */
static bool
at_string(struct py *y, bool *raw, bool *more)
{
	char c = y->p[y->i];

	*raw = *more = false;
	if (c == '"' || c == '\'')
		return true;
	if (c != 'r' && c != 'R' && c != 'u')
		return false;
	if (y->i + 1 == y->n) {
		*more = true;
		return false;
	}
	if (y->p[y->i + 1] != '"' && y->p[y->i + 1] != '\'')
		return false;
	*raw = c != 'u';
	y->i++;
	return true;
}

/* String literals, which are joined when several follow each other. */
static enum jsonfix_status
strings(struct py *y)
{
	struct buf b = BUF_INIT;
	enum jsonfix_status st = JSONFIX_OK;
	bool raw, more;

	while (at_string(y, &raw, &more)) {
		if ((st = one_string(y, &b, raw)) != JSONFIX_OK)
			break;
		if (peek(y) == '\0' && y->i >= y->n) {
			st = JSONFIX_MORE;
			break;
		}
	}
	if (more)
		st = JSONFIX_MORE;
	if (st == JSONFIX_OK)
		js_quote(y->out, buf_str(&b), b.len);
	buf_free(&b);
	return st;
}

/* The digits of a number at *k, underscores left out; how many. */
static size_t
number_digits(struct py *y, struct buf *b, size_t *k)
{
	size_t n = 0;

	for (; *k < y->n; (*k)++) {
		char c = y->p[*k];

		if (c >= '0' && c <= '9') {
			buf_addc(b, c);
			n++;
		} else if (c != '_' || n == 0) {
			break;
		}
	}
	return n;
}

/* 0x and friends. */
static enum jsonfix_status
based_number(struct py *y, struct buf *b, size_t k)
{
	char c = y->p[k + 1] | 0x20;
	char s[32];
	size_t n = 0;
	char *end;
	unsigned long long v;

	for (k += 2; k < y->n && n < sizeof(s) - 1 &&
	    is_name(y->p[k], false); k++)
		if (y->p[k] != '_')
			s[n++] = y->p[k];
	s[n] = '\0';
	y->i = k;
	if (k == y->n)
		return JSONFIX_MORE;
	v = strtoull(s, &end, c == 'x' ? 16 : c == 'o' ? 8 : 2);
	if (n == 0 || n > 16 || *end != '\0' || s[0] == 'x')
		return JSONFIX_BAD;
	buf_addf(b, "%llu", v);
	return JSONFIX_OK;
}

static enum jsonfix_status
number(struct py *y)
{
	struct buf *b = y->out;
	size_t k = y->i, whole, frac = 0, start;

	if (y->p[k] == '-')
		buf_addc(b, '-');
	if (y->p[k] == '-' || y->p[k] == '+')
		k++;
	if (k + 1 < y->n && y->p[k] == '0' && strchr("xXoObB", y->p[k + 1]) &&
	    y->p[k + 1] != '\0')
		return based_number(y, b, k);
	start = k;
	whole = number_digits(y, b, &k);
	if (whole > 1 && y->p[start] == '0')
		return JSONFIX_BAD;
	if (k < y->n && y->p[k] == '.') {
		if (whole == 0)
			buf_addc(b, '0');
		buf_addc(b, '.');
		k++;
		frac = number_digits(y, b, &k);
		if (frac == 0)
			buf_addc(b, '0');
	}
	if (k < y->n && whole + frac > 0 && (y->p[k] | 0x20) == 'e') {
		buf_addc(b, 'e');
		k++;
		if (k < y->n && (y->p[k] == '-' || y->p[k] == '+'))
			buf_addc(b, y->p[k++]);
		if (number_digits(y, b, &k) == 0 && k < y->n)
			return JSONFIX_BAD;
	}
	y->i = k;
	if (k >= y->n)
		return JSONFIX_MORE;
	return whole + frac == 0 || is_name(y->p[k], false) || y->p[k] == '.' ?
	    JSONFIX_BAD : JSONFIX_OK;
}

static enum jsonfix_status
word(struct py *y)
{
	static const struct { const char *is, *json; } words[] = {
		{ "True", "true" }, { "False", "false" }, { "None", "null" },
		{ "true", "true" }, { "false", "false" }, { "null", "null" },
	};
	size_t k = y->i;

	while (k < y->n && is_name(y->p[k], k == y->i))
		k++;
	for (size_t w = 0; k < y->n && w < BASE_NITEMS(words); w++) {
		if (strlen(words[w].is) != k - y->i ||
		    memcmp(words[w].is, y->p + y->i, k - y->i) != 0)
			continue;
		buf_adds(y->out, words[w].json);
		y->i = k;
		return JSONFIX_OK;
	}
	if (k == y->n)
		y->i = k;
	return no(y);
}

/* A list or a tuple, its bracket at i. */
static enum jsonfix_status
list(struct py *y)
{
	char close = y->p[y->i] == '[' ? ']' : ')';
	size_t start = y->out->len;
	bool comma = false;
	int count = 0;
	enum jsonfix_status st;

	buf_addc(y->out, '[');
	y->i++;
	while (peek(y) != close) {
		if (count > 0 && !comma)
			return no(y);
		if (count++ > 0)
			buf_addc(y->out, ',');
		if ((st = value(y)) != JSONFIX_OK)
			return st;
		comma = peek(y) == ',';
		if (comma)
			y->i++;
	}
	y->i++;
	if (close == ')' && count == 1 && !comma) {
		/* Only a value in brackets. */
		memmove(y->out->data + start, y->out->data + start + 1,
		    y->out->len - start - 1);
		buf_cut(y->out, y->out->len - 1);
		return JSONFIX_OK;
	}
	buf_addc(y->out, ']');
	return JSONFIX_OK;
}

/* A dict's key: a string, or a whole number as one. */
static enum jsonfix_status
key(struct py *y)
{
	size_t start = y->out->len;
	enum jsonfix_status st = value(y);
	char c;

	if (st != JSONFIX_OK)
		return st;
	c = y->out->data[start];
	if (c == '"')
		return JSONFIX_OK;
	if (c != '-' && (c < '0' || c > '9'))
		return JSONFIX_BAD;
	buf_addc(y->out, '"');
	buf_addc(y->out, '"');
	memmove(y->out->data + start + 1, y->out->data + start,
	    y->out->len - start - 2);
	y->out->data[start] = '"';
	return JSONFIX_OK;
}

static enum jsonfix_status
dict(struct py *y)
{
	bool comma = true;
	enum jsonfix_status st;

	buf_addc(y->out, '{');
	y->i++;
	while (peek(y) != '}') {
		if (!comma)
			return no(y);
		if (y->out->data[y->out->len - 1] != '{')
			buf_addc(y->out, ',');
		if ((st = key(y)) != JSONFIX_OK)
			return st;
		if (peek(y) != ':')
			return no(y);
		y->i++;
		buf_addc(y->out, ':');
		blanks(y);
		if ((st = value(y)) != JSONFIX_OK)
			return st;
		comma = peek(y) == ',';
		if (comma)
			y->i++;
	}
	y->i++;
	buf_addc(y->out, '}');
	return JSONFIX_OK;
}

static enum jsonfix_status
value(struct py *y)
{
	enum jsonfix_status st;
	bool raw, more;
	size_t at;
	char c;

	if ((c = peek(y)) == '\0')
		return no(y);
	if (y->depth >= DEPTH)
		return JSONFIX_BAD;
	y->depth++;
	at = y->i;
	if (at_string(y, &raw, &more)) {
		y->i = at;
		st = strings(y);
	} else if (more) {
		st = JSONFIX_MORE;
	} else if (c == '[' || c == '(') {
		st = list(y);
	} else if (c == '{') {
		st = dict(y);
	} else if (c == '-' || c == '+' || c == '.' || (c >= '0' && c <= '9')) {
		st = number(y);
	} else {
		st = word(y);
	}
	y->depth--;
	return st;
}

/* A name at i, with dots. */
static enum jsonfix_status
name(struct py *y, struct buf *out)
{
	size_t k = y->i;

	while (k < y->n && (is_name(y->p[k], k == y->i) ||
	    (k > y->i && (y->p[k] == '.' || y->p[k] == '-'))))
		k++;
	buf_add(out, y->p + y->i, k - y->i);
	if (k == y->n) {
		y->i = k;
		return JSONFIX_MORE;
	}
	if (k == y->i)
		return JSONFIX_BAD;
	y->i = k;
	return JSONFIX_OK;
}

/* True when key= stands at i, which is consumed then. */
static bool
keyword(struct py *y, struct buf *b)
{
	size_t k = y->i, end;

	while (k < y->n && is_name(y->p[k], k == y->i))
		k++;
	end = k;
	while (k < y->n && (y->p[k] == ' ' || y->p[k] == '\t'))
		k++;
	if (end == y->i || k >= y->n || y->p[k] != '=')
		return false;
	if (b->len > 0)
		buf_addc(b, ',');
	js_quote(b, y->p + y->i, end - y->i);
	buf_addc(b, ':');
	y->i = k + 1;
	return true;
}

/* True when the bytes end within a name, or with it. */
static bool
name_ends(const struct py *y)
{
	size_t k = y->i;

	while (k < y->n && is_name(y->p[k], k == y->i))
		k++;
	while (k < y->n && (y->p[k] == ' ' || y->p[k] == '\t'))
		k++;
	return k == y->n;
}

static enum jsonfix_status
arguments(struct py *y, struct pylit *c)
{
	enum jsonfix_status st;
	bool comma = true;

	while (peek(y) != ')') {
		if (!comma)
			return no(y);
		y->out = &c->keys;
		if (!keyword(y, &c->keys)) {
			if (name_ends(y))
				return JSONFIX_MORE;
			/* Positional ones come first. */
			if (c->keys.len > 0)
				return JSONFIX_BAD;
			y->out = &c->list;
			if (c->nlist++ > 0)
				buf_addc(&c->list, ',');
		}
		if ((st = value(y)) != JSONFIX_OK)
			return st;
		comma = peek(y) == ',';
		if (comma)
			y->i++;
	}
	y->i++;
	return JSONFIX_OK;
}

enum jsonfix_status
pylit_call(struct pylit *c, const char *p, size_t n)
{
	struct py y = { .p = p, .n = n };
	enum jsonfix_status st;

	buf_reset(&c->name);
	buf_reset(&c->keys);
	buf_reset(&c->list);
	c->nlist = 0;
	buf_addc(&c->list, '[');
	st = name(&y, &c->name);
	if (st == JSONFIX_OK && y.p[y.i] != '(')
		st = JSONFIX_BAD;
	if (st == JSONFIX_OK) {
		y.i++;
		st = arguments(&y, c);
	}
	buf_addc(&c->list, ']');
	c->len = y.i;
	return st;
}

enum jsonfix_status
pylit_value(struct buf *out, const char *p, size_t n, size_t *len)
{
	struct py y = { .p = p, .n = n, .out = out };
	enum jsonfix_status st = value(&y);

	*len = y.i;
	return st;
}

void
pylit_free(struct pylit *c)
{
	buf_free(&c->name);
	buf_free(&c->keys);
	buf_free(&c->list);
}
