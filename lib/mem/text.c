/*
 * text.c - the words of a text, folded so that they can be compared.
 */
#include "mem/text.h"

#include "base/utf8.h"

#include <string.h>

#define PARTS_MAX	24	/* of an identifier; more is no identifier */

enum class { NONE, LOWER, UPPER, DIGIT, DENSE, PICTURE, MARK };

struct span {
	uint32_t	lo, hi;
};

static bool
within(uint32_t c, const struct span *s, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (c >= s[i].lo && c <= s[i].hi)
			return true;
	return false;
}

/* Signs, spaces and what is private among the characters above ASCII. */
static const struct span signs[] = {
	{ 0x80, 0xa9 }, { 0xab, 0xb4 }, { 0xb6, 0xb9 }, { 0xbb, 0xbf },
	{ 0xd7, 0xd7 }, { 0xf7, 0xf7 }, { 0x2c2, 0x2df }, { 0x37e, 0x37e },
	{ 0x387, 0x387 }, { 0x55a, 0x55f }, { 0x589, 0x590 },
	{ 0x5be, 0x5be }, { 0x5c0, 0x5c0 }, { 0x5c3, 0x5c3 },
	{ 0x5f3, 0x60f }, { 0x61b, 0x61f }, { 0x66a, 0x66d },
	{ 0x6d4, 0x6d4 }, { 0x964, 0x965 }, { 0x1680, 0x1680 },
	{ 0x2000, 0x206f }, { 0x20a0, 0x20cf }, { 0x2190, 0x2bff },
	{ 0x2e00, 0x2e7f }, { 0x3000, 0x3004 }, { 0x3008, 0x3020 },
	{ 0x30fb, 0x30fb }, { 0xe000, 0xf8ff }, { 0xfe00, 0xfe6f },
	{ 0xff00, 0xff0f }, { 0xff1a, 0xff20 }, { 0xff3b, 0xff40 },
	{ 0xff5b, 0xff65 }, { 0xfff0, 0xffff }, { 0xe0000, 0x10ffff },
};

/* Marks that stand over other characters: accents, vowel points. */
static const struct span marks[] = {
	{ 0x300, 0x36f }, { 0x483, 0x489 }, { 0x591, 0x5bd },
	{ 0x5bf, 0x5bf }, { 0x5c1, 0x5c2 }, { 0x5c4, 0x5c7 },
	{ 0x610, 0x61a }, { 0x64b, 0x65f }, { 0x670, 0x670 },
	{ 0x1ab0, 0x1aff }, { 0x1dc0, 0x1dff }, { 0x200b, 0x200f },
	{ 0xfe00, 0xfe0f }, { 0xfe20, 0xfe2f }, { 0xad, 0xad },
};

/* Scripts that are written without spaces between words. */
static const struct span dense[] = {
	{ 0xe00, 0xeff }, { 0x1000, 0x109f }, { 0x1780, 0x17ff },
	{ 0x3005, 0x3007 }, { 0x3021, 0x318f }, { 0x31a0, 0x4dbf },
	{ 0x4e00, 0x9fff }, { 0xac00, 0xd7af }, { 0xf900, 0xfaff },
	{ 0xff66, 0xff9f }, { 0x20000, 0x3ffff },
};

/* The letters U+00C0 to U+00DE, and with 0x20 more; '*' is written out. */
static const char latin1[] = "aaaaaa*ceeeeiiiidnooooo*ouuuuy*";
/* The letters U+0100 to U+017F. */
static const char latin_a[] =
    "aaaaaa" "cccccccc" "dddd" "eeeeeeeeee" "gggggggg" "hhhh" "iiiiiiiiii"
    "ii" "jj" "kkk" "llllllllll" "nnnnnnnnn" "oooooo" "oo" "rrrrrr"
    "ssssssss" "tttttt" "uuuuuuuuuuuu" "ww" "yyy" "zzzzzz" "s";

static uint32_t
fold_greek(uint32_t c)
{
	static const uint16_t pairs[][2] = {
		{ 0x386, 0x3b1 }, { 0x388, 0x3b5 }, { 0x389, 0x3b7 },
		{ 0x38a, 0x3b9 }, { 0x38c, 0x3bf }, { 0x38e, 0x3c5 },
		{ 0x38f, 0x3c9 }, { 0x3ac, 0x3b1 }, { 0x3ad, 0x3b5 },
		{ 0x3ae, 0x3b7 }, { 0x3af, 0x3b9 }, { 0x3cc, 0x3bf },
		{ 0x3cd, 0x3c5 }, { 0x3ce, 0x3c9 }, { 0x3c2, 0x3c3 },
	};

	for (size_t i = 0; i < BASE_NITEMS(pairs); i++)
		if (pairs[i][0] == c)
			return pairs[i][1];
	return c >= 0x391 && c <= 0x3a9 ? c + 32 : c;
}

/* One character in lower case, without its accent; up to two of ASCII. */
static size_t
fold(uint32_t c, uint32_t out[2])
{
	out[0] = c;
	if (c == 0xdf || c == 0x1e9e) {
		out[0] = out[1] = 's';
		return 2;
	}
	if ((c >= 0xc0 && c <= 0xde) || (c >= 0xe0 && c <= 0xfe)) {
		out[0] = (uint32_t)latin1[(c - 0xc0) % 32];
		if (out[0] != '*')
			return 1;
		out[0] = (c & 0x1f) == 0x06 ? 'a' : 't';
		out[1] = out[0] == 'a' ? 'e' : 'h';
		return 2;
	}
	if (c == 0xff)
		out[0] = 'y';
	else if (c >= 0x100 && c <= 0x17f)
		out[0] = (uint32_t)latin_a[c - 0x100];
	else if (c >= 0x386 && c <= 0x3ce)
		out[0] = fold_greek(c);
	else if (c >= 0x410 && c <= 0x42f)
		out[0] = c + 32;
	else if (c >= 0x400 && c <= 0x40f)
		out[0] = c + 80;
	else if (c >= 0x531 && c <= 0x556)
		out[0] = c + 48;
	else if (c >= 0x1e00 && c <= 0x1eff)
		out[0] = c | 1;
	else if (c >= 0xff21 && c <= 0xff3a)
		out[0] = c - 0xff21 + 'a';
	else if (c >= 0xff41 && c <= 0xff5a)
		out[0] = c - 0xff41 + 'a';
	else if (c >= 0xff10 && c <= 0xff19)
		out[0] = c - 0xff10 + '0';
	if (out[0] == 0x451)
		out[0] = 0x435;
	return 1;
}

static enum class
class_of(uint32_t c)
{
	if (c < 0x80) {
		if (c >= 'a' && c <= 'z')
			return LOWER;
		if (c >= 'A' && c <= 'Z')
			return UPPER;
		return c >= '0' && c <= '9' ? DIGIT : NONE;
	}
	if (within(c, marks, BASE_NITEMS(marks)))
		return MARK;
	if (c >= 0x1f000 && c <= 0x1faff)
		return PICTURE;
	if (within(c, signs, BASE_NITEMS(signs)))
		return NONE;
	if (c >= 0x2e80 || (c >= 0xe00 && c <= 0x17ff))
		if (within(c, dense, BASE_NITEMS(dense)))
			return DENSE;
	if (c >= 0xff10 && c <= 0xff19)
		return DIGIT;
	if ((c >= 0xc0 && c <= 0xde) || (c >= 0x391 && c <= 0x3a9) ||
	    (c >= 0x400 && c <= 0x42f) || (c >= 0xff21 && c <= 0xff3a))
		return UPPER;
	return LOWER;
}

struct scan {
	const char	*p;
	size_t		 n, at;		/* next character */
	uint32_t	 c;		/* that was read last */
	size_t		 from;		/* where it stands */
	enum class	 class;
	text_fn		*fn;
	void		*arg;
	size_t		 index;
	struct text_word w;		/* being built */
	struct text_word whole;		/* the run it is part of */
	size_t		 parts;
	bool		 odd;		/* the run is no plain word */
};

/* Read one character; false at the end. */
static bool
next(struct scan *s)
{
	size_t k;

	s->from = s->at;
	if (s->at >= s->n) {
		s->class = NONE;
		s->c = 0;
		return false;
	}
	if ((unsigned char)s->p[s->at] < 0x80) {
		s->c = (unsigned char)s->p[s->at++];
	} else {
		k = utf8_decode(s->p + s->at, s->n - s->at, &s->c);
		if (k == 0) {
			s->c = 0xfffd;
			k = 1;
		}
		s->at += k;
	}
	s->class = class_of(s->c);
	return true;
}

/* Append the folded character s->c to a word; what does not fit is left. */
static void
append(struct text_word *w, uint32_t c)
{
	uint32_t out[2];
	char bytes[8];

	if (c < 0x80) {
		if (w->len < TEXT_WORD_MAX)
			w->fold[w->len++] = (char)(c >= 'A' && c <= 'Z' ?
			    c + 32 : c);
		return;
	}
	for (size_t i = 0, k = fold(c, out); i < k; i++) {
		uint32_t f = out[i];
		size_t n = 0;

		if (f < 0x80) {
			bytes[n++] = (char)f;
		} else if (f < 0x800) {
			bytes[n++] = (char)(0xc0 | f >> 6);
			bytes[n++] = (char)(0x80 | (f & 63));
		} else if (f < 0x10000) {
			bytes[n++] = (char)(0xe0 | f >> 12);
			bytes[n++] = (char)(0x80 | (f >> 6 & 63));
			bytes[n++] = (char)(0x80 | (f & 63));
		} else {
			bytes[n++] = (char)(0xf0 | f >> 18);
			bytes[n++] = (char)(0x80 | (f >> 12 & 63));
			bytes[n++] = (char)(0x80 | (f >> 6 & 63));
			bytes[n++] = (char)(0x80 | (f & 63));
		}
		if (w->len + n <= TEXT_WORD_MAX) {
			memcpy(w->fold + w->len, bytes, n);
			w->len += n;
		}
	}
}

static void
give(struct scan *s, struct text_word *w)
{
	if (w->len == 0)
		return;
	w->fold[w->len] = '\0';
	s->fn(w, s->arg);
}

/* The part that ends here is a word. */
static void
end_part(struct scan *s, size_t end)
{
	struct text_word *w = &s->w;
	bool digits = true;

	if (w->len == 0)
		return;
	for (size_t i = 0; i < w->len && digits; i++)
		digits = w->fold[i] >= '0' && w->fold[i] <= '9';
	w->kind = digits ? TEXT_NUMBER : TEXT_WORD;
	w->n = end - w->at;
	w->index = s->index++;
	give(s, w);
	s->parts++;
	w->len = 0;
}

static void
begin_part(struct scan *s)
{
	s->w.at = s->from;
	s->w.capital = s->class == UPPER;
}

/* Whether the character is a sign that holds an identifier together. */
static bool
joins(uint32_t c)
{
	return c == '_' || c == '-' || c == '.' || c == '/' || c == ':' ||
	    c == '@' || c == '+' || c == '\'' || c == 0x2019 || c == ',';
}

static bool
wordy(enum class c)
{
	return c == LOWER || c == UPPER || c == DIGIT || c == MARK;
}

/* What the next character is, without reading it. */
static enum class
peek(const struct scan *s)
{
	struct scan t = { .p = s->p, .n = s->n, .at = s->at };

	return next(&t) ? t.class : NONE;
}

/*
 * A sign within a run: true when the run goes on behind it.  An apostrophe
 * vanishes, a comma stays within numbers only.
 */
static bool
over_sign(struct scan *s, enum class before)
{
	enum class after = peek(s);
	uint32_t c = s->c;
	size_t end = s->from;

	if (!joins(c) || !wordy(after) || after == MARK)
		return false;
	if (c == '\'' || c == 0x2019) {
		/* The sign of a possessive ends the word. */
		if (s->at < s->n && (s->p[s->at] | 32) == 's') {
			struct scan t = *s;

			next(&t);
			if (!wordy(peek(&t))) {
				next(s);
				next(s);
				return false;
			}
		}
		return true;
	}
	if (c == ',')
		return before == DIGIT && after == DIGIT;
	end_part(s, end);
	if (s->whole.len > 0)
		append(&s->whole, c);
	s->odd = true;
	return true;
}

/* Whether a new part begins at the character read: camelCase, HTTPServer. */
static bool
hump(const struct scan *s, enum class before)
{
	if (s->class != UPPER || s->w.len == 0)
		return false;
	return before == LOWER || (before == UPPER && peek(s) == LOWER &&
	    s->w.len > 1 && s->c < 0x80);
}

/* A run of letters and digits with its joints; s->c is its first. */
static void
run(struct scan *s)
{
	enum class before = NONE;
	size_t end = s->from;

	s->parts = 0;
	s->odd = false;
	memset(&s->whole, 0, sizeof(s->whole));
	s->whole.at = s->from;
	s->whole.capital = s->class == UPPER;
	s->w.len = 0;
	for (;;) {
		if (wordy(s->class)) {
			if (hump(s, before)) {
				end_part(s, s->from);
				s->odd = true;
			}
			if (s->w.len == 0)
				begin_part(s);
			if (s->class != MARK) {
				append(&s->w, s->c);
				append(&s->whole, s->c);
				before = s->class;
			}
			end = s->at;
		} else if (!over_sign(s, before)) {
			break;
		} else {
			before = NONE;
		}
		if (!next(s))
			break;
	}
	end_part(s, end);
	if (s->odd && s->parts > 1 && s->parts <= PARTS_MAX) {
		s->whole.kind = TEXT_WHOLE;
		s->whole.n = end - s->whole.at;
		s->whole.index = s->index - 1;
		give(s, &s->whole);
	}
}

/* A run of a script without spaces: each two neighbours, or the only one. */
static void
pairs(struct scan *s)
{
	uint32_t last = s->c;
	size_t at = s->from, here, n = 0;

	do {
		uint32_t c;

		here = s->from;
		c = s->c;
		if (n > 0) {
			struct text_word w = { .at = at, .n = s->at - at,
			    .index = s->index++, .kind = TEXT_PAIR };

			append(&w, last);
			append(&w, c);
			give(s, &w);
			at = here;
		}
		last = c;
		n++;
		next(s);
		while (s->class == MARK && next(s))
			continue;
	} while (s->class == DENSE);
	if (n == 1) {
		struct text_word w = { .at = at, .n = s->from - at,
		    .index = s->index++, .kind = TEXT_PAIR };

		append(&w, last);
		give(s, &w);
	}
}

void
text_words(const char *p, size_t n, text_fn *fn, void *arg)
{
	struct scan s = { .p = p, .n = n, .fn = fn, .arg = arg };
	bool more = next(&s);

	while (more) {
		if (s.class == DENSE) {
			pairs(&s);
			more = s.from < s.n;
		} else if (wordy(s.class) && s.class != MARK) {
			run(&s);
			more = s.from < s.n;
		} else {
			if (s.class == PICTURE) {
				struct text_word w = { .at = s.from,
				    .n = s.at - s.from, .index = s.index++,
				    .kind = TEXT_PAIR };

				append(&w, s.c);
				give(&s, &w);
			}
			more = next(&s);
		}
	}
}
