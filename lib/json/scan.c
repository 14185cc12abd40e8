/*
 * scan.c - look at JSON text without building values.
 *
 * The state is a stack of one bit per level (object or array), so nothing
 * recurses and a hostile depth costs nothing.
 */
#include "json/scan.h"

#include "base/utf8.h"

#include <string.h>

#define MAX_LEVELS	1024

struct scanner {
	const char	 *p;
	size_t		  n;
	size_t		  i;
	struct scan_info *info;
};

static bool
fault(struct scanner *s, const char *what)
{
	if (s->info->fault == NULL) {
		s->info->fault = what;
		s->info->at = s->i;
	}
	return false;
}

static void
blanks(struct scanner *s)
{
	while (s->i < s->n) {
		char c = s->p[s->i];

		if (c != ' ' && c != '\n' && c != '\t' && c != '\r')
			break;
		s->i++;
	}
}

/* The 4 hex digits at p as a number, or -1. */
static int
hex4(const char *p)
{
	int v = 0;

	for (int i = 0; i < 4; i++) {
		char c = p[i];

		if (c >= '0' && c <= '9')
			v = v << 4 | (c - '0');
		else if (c >= 'a' && c <= 'f')
			v = v << 4 | (c - 'a' + 10);
		else if (c >= 'A' && c <= 'F')
			v = v << 4 | (c - 'A' + 10);
		else
			return -1;
	}
	return v;
}

/* After "\u"; notes NUL and unpaired surrogates. */
static bool
unicode_escape(struct scanner *s)
{
	int v, low;

	if (s->n - s->i < 4 || (v = hex4(s->p + s->i)) == -1)
		return fault(s, "a \\u escape wants four hex digits");
	s->i += 4;
	if (v == 0)
		s->info->nul = true;
	if (v >= 0xdc00 && v <= 0xdfff)
		s->info->surrogate = true;
	if (v < 0xd800 || v > 0xdbff)
		return true;
	if (s->n - s->i >= 6 && s->p[s->i] == '\\' && s->p[s->i + 1] == 'u') {
		low = hex4(s->p + s->i + 2);
		if (low >= 0xdc00 && low <= 0xdfff) {
			s->i += 6;
			return true;
		}
	}
	s->info->surrogate = true;
	return true;
}

static bool
escape(struct scanner *s)
{
	if (s->i >= s->n)
		return fault(s, "the text ends within a string");
	switch (s->p[s->i++]) {
	case '"': case '\\': case '/': case 'b': case 'f': case 'n':
	case 'r': case 't':
		return true;
	case 'u':
		return unicode_escape(s);
	default:
		s->i--;
		return fault(s, "unknown escape in a string");
	}
}

/*
 * True when one of the eight bytes at p wants a look: a quote, a backslash,
 * a control character or a byte of a longer UTF-8 sequence.
 */
static bool
special8(const char *p)
{
	const uint64_t ones = UINT64_C(0x0101010101010101);
	const uint64_t tops = UINT64_C(0x8080808080808080);
	uint64_t w, quote, slash;

	memcpy(&w, p, sizeof(w));
	quote = w ^ ones * '"';
	slash = w ^ ones * '\\';
	return ((w | (w - ones * 0x20) | (quote - ones) | (slash - ones)) &
	    tops) != 0;
}

static bool
string(struct scanner *s)
{
	uint32_t cp;

	for (s->i++; s->i < s->n; ) {
		unsigned char c;

		if (s->n - s->i >= 8 && !special8(s->p + s->i)) {
			s->i += 8;
			continue;
		}
		c = (unsigned char)s->p[s->i];
		if (c >= 0x80) {
			size_t len = utf8_decode(s->p + s->i, s->n - s->i,
			    &cp);

			if (len == 0)
				s->info->bytes = true;
			s->i += len != 0 ? len : 1;
			continue;
		}
		if (c < 0x20)
			return fault(s, "a raw control character in a string");
		s->i++;
		if (c == '"')
			return true;
		if (c == '\\' && !escape(s))
			return false;
	}
	return fault(s, "the text ends within a string");
}

static size_t
digits(struct scanner *s)
{
	size_t start = s->i;

	while (s->i < s->n && s->p[s->i] >= '0' && s->p[s->i] <= '9')
		s->i++;
	return s->i - start;
}

static bool
number(struct scanner *s)
{
	if (s->p[s->i] == '-')
		s->i++;
	if (s->i < s->n && s->p[s->i] == '0')
		s->i++;
	else if (digits(s) == 0)
		return fault(s, "a number wants digits");
	if (s->i < s->n && s->p[s->i] >= '0' && s->p[s->i] <= '9')
		return fault(s, "a number with a leading zero");
	if (s->i < s->n && s->p[s->i] == '.') {
		s->i++;
		if (digits(s) == 0)
			return fault(s, "a number wants digits after its dot");
	}
	if (s->i < s->n && (s->p[s->i] | 0x20) == 'e') {
		s->i++;
		if (s->i < s->n && (s->p[s->i] == '+' || s->p[s->i] == '-'))
			s->i++;
		if (digits(s) == 0)
			return fault(s, "a number wants digits in its "
			    "exponent");
	}
	return true;
}

static bool
word(struct scanner *s, const char *w)
{
	size_t n = strlen(w);

	if (s->n - s->i < n || memcmp(s->p + s->i, w, n) != 0)
		return fault(s, "not a JSON value");
	s->i += n;
	return true;
}

static bool
scalar(struct scanner *s)
{
	char c = s->p[s->i];

	if (c == '"')
		return string(s);
	if (c == '-' || (c >= '0' && c <= '9'))
		return number(s);
	if (c == 't')
		return word(s, "true");
	if (c == 'f')
		return word(s, "false");
	if (c == 'n')
		return word(s, "null");
	return fault(s, "not a JSON value");
}

/* A key and its colon; s->i is at the key's quote afterwards past ':'. */
static bool
key_colon(struct scanner *s)
{
	if (s->i >= s->n || s->p[s->i] != '"')
		return fault(s, "an object wants a quoted key");
	if (!string(s))
		return false;
	blanks(s);
	if (s->i >= s->n || s->p[s->i] != ':')
		return fault(s, "an object wants ':' after a key");
	s->i++;
	blanks(s);
	return true;
}

struct levels {
	unsigned char	bits[MAX_LEVELS / 8];	/* 1: object */
	size_t		depth;
};

static bool
in_object(const struct levels *l)
{
	return l->bits[(l->depth - 1) / 8] >> ((l->depth - 1) % 8) & 1;
}

static bool
push(struct scanner *s, struct levels *l, bool object, size_t max_depth)
{
	unsigned char bit = (unsigned char)(1u << (l->depth % 8));

	if (l->depth >= max_depth || l->depth >= MAX_LEVELS)
		return fault(s, "nested too deeply");
	if (object)
		l->bits[l->depth / 8] |= bit;
	else
		l->bits[l->depth / 8] &= (unsigned char)~bit;
	if (++l->depth > s->info->depth)
		s->info->depth = l->depth;
	return true;
}

/* Open a container; *value says whether a value must follow. */
static bool
open_container(struct scanner *s, struct levels *l, size_t max_depth,
    bool *value)
{
	bool object = s->p[s->i] == '{';

	if (!push(s, l, object, max_depth))
		return false;
	s->i++;
	blanks(s);
	if (s->i < s->n && s->p[s->i] == (object ? '}' : ']')) {
		s->i++;
		l->depth--;
		*value = false;
		return true;
	}
	*value = true;
	return !object || key_colon(s);
}

/* After a value: a comma and the next one, or the end of containers. */
static bool
after_value(struct scanner *s, struct levels *l, bool *value)
{
	*value = false;
	while (l->depth != 0) {
		bool object = in_object(l);

		blanks(s);
		if (s->i >= s->n)
			return fault(s, "the text ends too early");
		if (s->p[s->i] == ',') {
			s->i++;
			blanks(s);
			*value = true;
			return !object || key_colon(s);
		}
		if (s->p[s->i] != (object ? '}' : ']'))
			return fault(s, object ? "an object wants ',' or '}'" :
			    "an array wants ',' or ']'");
		s->i++;
		l->depth--;
	}
	return true;
}

/* One whole value; s->i is behind it afterwards. */
static bool
value(struct scanner *s, size_t max_depth)
{
	struct levels l;
	bool more = true;

	l.depth = 0;
	while (more) {
		if (s->i >= s->n)
			return fault(s, "the text ends too early");
		if (s->p[s->i] == '{' || s->p[s->i] == '[') {
			if (!open_container(s, &l, max_depth, &more))
				return false;
			if (more)
				continue;
		} else if (!scalar(s)) {
			return false;
		}
		if (!after_value(s, &l, &more))
			return false;
	}
	return true;
}

bool
scan_text(const char *p, size_t n, size_t max_depth, struct scan_info *info)
{
	struct scanner s = { p, n, 0, info };

	memset(info, 0, sizeof(*info));
	blanks(&s);
	if (s.i == s.n)
		return fault(&s, "there is nothing");
	if (!value(&s, max_depth))
		return false;
	blanks(&s);
	if (s.i != s.n)
		return fault(&s, "something follows the value");
	return true;
}

/* Position at the first thing inside, or behind the last comma. */
static bool
step_in(struct scanner *s, size_t *pos, char open)
{
	if (*pos != 0) {
		s->i = *pos;
		blanks(s);
		if (s->i >= s->n || s->p[s->i] != ',')
			return false;
	} else {
		blanks(s);
		if (s->i >= s->n || s->p[s->i] != open)
			return false;
	}
	s->i++;
	blanks(s);
	return true;
}

bool
scan_element(const char *p, size_t n, size_t *pos, struct scan_span *v)
{
	struct scan_info info = { 0 };
	struct scanner s = { p, n, 0, &info };
	size_t start;

	if (!step_in(&s, pos, '[') || s.i >= n || p[s.i] == ']')
		return false;
	start = s.i;
	if (!value(&s, MAX_LEVELS))
		return false;
	v->p = p + start;
	v->n = s.i - start;
	*pos = s.i;
	return true;
}

bool
scan_member(const char *p, size_t n, size_t *pos, struct scan_span *key,
    struct scan_span *v)
{
	struct scan_info info = { 0 };
	struct scanner s = { p, n, 0, &info };
	size_t start;

	if (!step_in(&s, pos, '{') || s.i >= n || p[s.i] != '"')
		return false;
	start = s.i;
	if (!string(&s))
		return false;
	key->p = p + start + 1;
	key->n = s.i - start - 2;
	blanks(&s);
	if (s.i >= n || p[s.i] != ':')
		return false;
	s.i++;
	blanks(&s);
	start = s.i;
	if (!value(&s, MAX_LEVELS))
		return false;
	v->p = p + start;
	v->n = s.i - start;
	*pos = s.i;
	return true;
}

bool
scan_find(const char *p, size_t n, const char *name, struct scan_span *v)
{
	struct scan_span key;
	size_t pos = 0, len = strlen(name);

	while (scan_member(p, n, &pos, &key, v))
		if (key.n == len && memcmp(key.p, name, len) == 0)
			return true;
	return false;
}

bool
scan_is(struct scan_span v, const char *s)
{
	size_t n = strlen(s);

	return v.n == n + 2 && v.p[0] == '"' && memcmp(v.p + 1, s, n) == 0;
}
