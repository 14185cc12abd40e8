/*
 * nearest.c - what in a file looks most like a text that is not in it.
 *
 * Lines are compared without the white space at their ends.  The place is
 * the one where most lines of the text stand in order; when no line does,
 * the single line that shares most pairs of letters with the longest line
 * of the text.  Bounded: very long files and lines are looked at in part.
 */
#include "tool/nearest.h"

#include "base/mem.h"
#include "tool/text.h"

#include <stdlib.h>
#include <string.h>

#define FILE_LINES	50000
#define TEXT_LINES	200
#define SHOWN_LINES	30
#define PAIRS_MAX	400	/* bytes of a line that are compared */

struct span {
	const char	*p;
	size_t		 n;
};

static bool
blank(char c)
{
	return c == ' ' || c == '\t' || c == '\r';
}

/* The line without white space at its ends. */
static struct span
trim(struct span s)
{
	while (s.n != 0 && blank(s.p[0])) {
		s.p++;
		s.n--;
	}
	while (s.n != 0 && blank(s.p[s.n - 1]))
		s.n--;
	return s;
}

static size_t
split(struct span *v, size_t max, const char *p, size_t n)
{
	size_t lines = 0;

	while (n != 0 && lines < max) {
		const char *nl = memchr(p, '\n', n);
		size_t len = nl != NULL ? (size_t)(nl - p) : n;

		v[lines++] = (struct span){ p, len };
		p += len + (nl != NULL);
		n -= len + (nl != NULL);
	}
	return lines;
}

static bool
same(struct span a, struct span b)
{
	a = trim(a);
	b = trim(b);
	return a.n == b.n && memcmp(a.p, b.p, a.n) == 0;
}

/* Where most lines of the text stand: fills *at, returns how many do. */
static size_t
best_block(const struct span *f, size_t nf, const struct span *t, size_t nt,
    size_t *at)
{
	size_t best = 0;

	for (size_t i = 0; i < nf; i++) {
		size_t hits = 0;

		/* A block counts from a line that is its first or second. */
		if (!same(f[i], t[0]) && (nt < 2 || i + 1 >= nf ||
		    !same(f[i + 1], t[1])))
			continue;
		for (size_t k = 0; k < nt && i + k < nf; k++)
			hits += trim(t[k]).n != 0 && same(f[i + k], t[k]);
		if (hits > best) {
			best = hits;
			*at = i;
		}
	}
	return best;
}

/* How many pairs of letters two lines share, of all: 0 to 1. */
static double
likeness(struct span a, struct span b, unsigned short *seen)
{
	size_t shared = 0;

	a = trim(a);
	b = trim(b);
	a.n = a.n < PAIRS_MAX ? a.n : PAIRS_MAX;
	b.n = b.n < PAIRS_MAX ? b.n : PAIRS_MAX;
	if (a.n < 2 || b.n < 2)
		return 0;
#define PAIR(s, i)	((unsigned char)(s).p[i] << 8 | \
	(unsigned char)(s).p[(i) + 1])
	for (size_t i = 0; i + 1 < a.n; i++)
		seen[PAIR(a, i)]++;
	for (size_t i = 0; i + 1 < b.n; i++)
		if (seen[PAIR(b, i)] != 0) {
			seen[PAIR(b, i)]--;
			shared++;
		}
	for (size_t i = 0; i + 1 < a.n; i++)
		seen[PAIR(a, i)] = 0;
#undef PAIR
	return 2.0 * (double)shared / (double)(a.n + b.n - 2);
}

/* The line most like the longest of the text; false when none is. */
static bool
best_line(const struct span *f, size_t nf, const struct span *t, size_t nt,
    size_t *at)
{
	unsigned short *seen = xcalloc(65536, sizeof(*seen));
	size_t longest = 0;
	double best = 0.5;
	bool found = false;

	for (size_t i = 1; i < nt; i++)
		if (trim(t[i]).n > trim(t[longest]).n)
			longest = i;
	for (size_t i = 0; i < nf; i++) {
		double d = likeness(f[i], t[longest], seen);

		if (d > best) {
			best = d;
			found = true;
			*at = i > longest ? i - longest : 0;
		}
	}
	free(seen);
	return found;
}

static void
show(struct buf *out, const struct span *f, size_t nf, size_t at, size_t n)
{
	for (size_t i = at; i < nf && i < at + n; i++) {
		text_line(out, f[i].p, f[i].n, f[i].n, 400);
		buf_addc(out, '\n');
	}
}

void
nearest_describe(struct buf *out, const char *file, size_t n,
    const char *what, size_t m)
{
	struct span *f = xcalloc(FILE_LINES, sizeof(*f));
	struct span *t = xcalloc(TEXT_LINES, sizeof(*t));
	size_t nf = split(f, FILE_LINES, file, n);
	size_t nt = split(t, TEXT_LINES, what, m);
	size_t at = 0, lines, hits;

	while (nt != 0 && trim(t[nt - 1]).n == 0)
		nt--;
	lines = nt < SHOWN_LINES ? nt : SHOWN_LINES;
	hits = nt == 0 || nf == 0 ? 0 : best_block(f, nf, t, nt, &at);
	if (nf == 0) {
		buf_adds(out, "\nThe file is empty; write_file fills it.");
	} else if (hits == nt && nt != 0) {
		buf_addf(out, "\nLines %zu-%zu differ from it only in white "
		    "space. They are exactly:\n", at + 1, at + nt);
		show(out, f, nf, at, lines);
	} else if (hits != 0 || (nt != 0 && best_line(f, nf, t, nt, &at))) {
		buf_addf(out, "\nThe nearest place is at line %zu:\n",
		    at + 1);
		show(out, f, nf, at, lines);
	}
	buf_adds(out, out->len != 0 && out->data[out->len - 1] == '\n' ?
	    "" : "\n");
	buf_adds(out, "read_file shows the file as it is now; copy old_text "
	    "from there.");
	free(f);
	free(t);
}
