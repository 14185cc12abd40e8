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

/* Bytes of a string that need no look: all but control characters, quote,
 * backslash and the bytes of longer UTF-8 sequences. */
static const bool plain[256] = {
	[0x20 ... 0x21] = true, [0x23 ... 0x5b] = true, [0x5d ... 0x7f] = true,
};

/* True when all of the eight bytes at p are plain. */
static bool
plain8(const char *p)
{
	const uint64_t ones = UINT64_C(0x0101010101010101);
	const uint64_t tops = UINT64_C(0x8080808080808080);
	uint64_t w, quote, slash;

	memcpy(&w, p, sizeof(w));
	quote = w ^ ones * '"';
	slash = w ^ ones * '\\';
	return ((w | (w - ones * 0x20) | (quote - ones) | (slash - ones)) &
	    tops) == 0;
}

/* From i on, the first byte that is not plain, or n. */
static size_t
plain_run(const char *p, size_t i, size_t n)
{
	while (n - i >= 8 && plain8(p + i))
		i += 8;
	while (i < n && plain[(unsigned char)p[i]])
		i++;
	return i;
}

static bool
string(struct scanner *s)
{
	uint32_t cp;

	for (s->i++; ; ) {
		unsigned char c;

		s->i = plain_run(s->p, s->i, s->n);
		if (s->i >= s->n)
			return fault(s, "the text ends within a string");
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
		if (!escape(s))
			return false;
	}
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

/*
 * Stepping through text that scan_text has judged needs no second judgement:
 * values are passed over by their quotes and brackets alone.  On other text
 * the spans mean nothing, but stay within it.
 */
static bool
skip_string(struct scanner *s)
{
	size_t i = s->i + 1;

	for (;;) {
		const char *q = i < s->n ? memchr(s->p + i, '"', s->n - i) :
		    NULL;
		size_t slashes = 0, at;

		if (q == NULL)
			return false;
		at = (size_t)(q - s->p);
		while (at - slashes > i && q[-1 - (ptrdiff_t)slashes] == '\\')
			slashes++;
		i = at + 1;
		if (slashes % 2 == 0)
			break;
	}
	s->i = i;
	return true;
}

/* Length of a number, true, false or null; at least 1. */
static size_t
word_length(const char *p, size_t n)
{
	size_t i = 1;

	while (i < n && p[i] != ',' && p[i] != '}' && p[i] != ']' &&
	    p[i] != ':' && p[i] != '"' && (unsigned char)p[i] > ' ')
		i++;
	return i;
}

static bool
skip_value(struct scanner *s)
{
	size_t depth = 0;

	while (s->i < s->n) {
		switch (s->p[s->i]) {
		case '"':
			if (!skip_string(s))
				return false;
			break;
		case '{':
		case '[':
			depth++;
			s->i++;
			continue;
		case '}':
		case ']':
			if (depth == 0)
				return false;
			depth--;
			s->i++;
			break;
		case ',':
		case ':':
			if (depth == 0)
				return false;
			s->i++;
			continue;
		case ' ':
		case '\t':
		case '\n':
		case '\r':
			s->i++;
			continue;
		default:
			s->i += word_length(s->p + s->i, s->n - s->i);
			break;
		}
		if (depth == 0)
			return true;
	}
	return false;
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
	struct scanner s = { p, n, 0, NULL };
	size_t start;

	if (!step_in(&s, pos, '[') || s.i >= n || p[s.i] == ']')
		return false;
	start = s.i;
	if (!skip_value(&s))
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
	struct scanner s = { p, n, 0, NULL };
	size_t start;

	if (!step_in(&s, pos, '{') || s.i >= n || p[s.i] != '"')
		return false;
	start = s.i;
	if (!skip_string(&s))
		return false;
	key->p = p + start + 1;
	key->n = s.i - start - 2;
	blanks(&s);
	if (s.i >= n || p[s.i] != ':')
		return false;
	s.i++;
	blanks(&s);
	start = s.i;
	if (!skip_value(&s))
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

bool
scan_blank(const char *p, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (p[i] != ' ' && p[i] != '\t' && p[i] != '\r' &&
		    p[i] != '\n')
			return false;
	return true;
}
