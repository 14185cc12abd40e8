/*
 * The automaton of search_files finds the lines that regexec(3) finds: many
 * expressions over many lines made by chance, whole texts at a time.
 */
#include "base/buf.h"
#include "base/dfa.h"
#include "base/ere.h"
#include "tap.h"

#include <regex.h>
#include <stdlib.h>
#include <string.h>

static const char *const patterns[] = {
	"a", "ab", "a|b", "(a|b)c", "a*b", "a+b", "a?b", "a{2}", "a{2,}b",
	"a{0,2}b", "a{1,3}c", "(ab){2,3}", "(a|bc)*d", "((a|b)+c)+", "^a",
	"a$", "^a$", "^$", "^(a|b)*$", "(^a|b$)", "^", "$", ".", "a.c", "..b",
	"[ab]", "[^ab]", "[^ab]$", "[a-c]d", "[]a]", "[^]a]", "[a-]",
	"[[:digit:]]+", "[[:alpha:]]_[[:upper:]]", "[[:space:]]b", "\\d+a",
	"\\w+ \\w+", "\\s", "\\bab\\b", "\\<a", "b\\>", "\\ba|c\\b", "a\\.b",
	"\\(a\\)", "(a)(b)(c)", "(((a)))", "()", "a()b", "(a?){3}b",
	"(a*)*c", "(a|b)*a(a|b){5}", "a.*b.*c", "^.{3,5}$", "[a-c]{2}[^d]",
	"B", "[A-C]", "[^A-C]+d", "a(|b)c", "x*", "(a|ab)(c|bcd)", "\\ta",
	"a_b", "[.]", "[$^]", "a^", "$a", "(a$|b)c?", "[A-z]", "[!-z]1", "[Z-b]", "[^_-z]a",
};

/* Those that are left to regexec. */
static const char *const others[] = {
	"(a)\\1", "\\Ba", "\xc3\xa9", "[[.a.]]", "[[=a=]]", "a\\`", "^*a",
};

static void
make(struct buf *b, unsigned *seed)
{
	static const char set[] = "aaabbbccdd ABC_^[019.()x\t\r";

	for (int line = 0; line < 400; line++) {
		*seed = *seed * 1103515245u + 12345u;
		for (unsigned n = *seed >> 16 & 15; n > 0; n--) {
			*seed = *seed * 1103515245u + 12345u;
			buf_addc(b, set[(*seed >> 16) % (sizeof(set) - 1)]);
		}
		if (line % 7 == 0)
			buf_addc(b, '\r');
		if (line % 41 == 40)
			buf_add(b, "\0abc", 4);
		if (line != 399)
			buf_addc(b, '\n');
	}
}

/* Where the two disagree: -1 nowhere. */
static long
compare(struct dfa *d, const regex_t *re, struct buf *text, size_t *hits)
{
	char *p = text->data, *limit = p + text->len, *end;
	char *next = dfa_next(d, p, limit, &end);

	while (p < limit) {
		char *stop = memchr(p, '\n', (size_t)(limit - p)), *cut, saved;
		bool fits;

		if (stop == NULL)
			stop = limit;
		cut = stop > p && stop[-1] == '\r' ? stop - 1 : stop;
		saved = *cut;
		*cut = '\0';
		fits = regexec(re, p, 0, NULL, 0) == 0;
		*cut = saved;
		if (fits != (next == p) || (fits && end != stop))
			return p - text->data;
		*hits += fits;
		if (fits && stop < limit)
			next = dfa_next(d, stop + 1, limit, &end);
		p = stop + 1;
	}
	return -1;
}

/* A range without case is read in other ways by other C libraries. */
static bool
same_ranges(void)
{
#ifdef __GLIBC__
	return true;
#else
	return false;
#endif
}

int
main(void)
{
	struct buf text = BUF_INIT;
	unsigned seed = 7;

	make(&text, &seed);
	for (size_t i = 0; i < 2 * sizeof(patterns) / sizeof(*patterns); i++) {
		const char *pattern = patterns[i / 2];
		bool icase = i % 2 != 0;
		struct buf ere = BUF_INIT;
		size_t hits = 0;
		struct dfa *d;
		regex_t re;
		long at = -2;

		if (icase && !same_ranges() && strchr(pattern, '-') != NULL)
			continue;
		ere_translate(&ere, pattern);
		d = dfa_new(buf_str(&ere), icase);
		if (regcomp(&re, buf_str(&ere), REG_EXTENDED | REG_NOSUB |
		    (icase ? REG_ICASE : 0)) == 0) {
			if (d != NULL)
				at = compare(d, &re, &text, &hits);
			regfree(&re);
		} else if (d == NULL) {
			at = -1;	/* refused by both */
		}
		ok(at == -1, "%s%s: %zu lines, as regexec (%ld)", pattern,
		    icase ? ", any case" : "", hits, at);
		dfa_free(d);
		buf_free(&ere);
	}
	for (size_t i = 0; i < sizeof(others) / sizeof(*others); i++) {
		struct dfa *d = dfa_new(others[i], false);

		ok(d == NULL, "left to regexec: %zu", i);
		dfa_free(d);
	}
	buf_free(&text);
	return done_testing();
}
