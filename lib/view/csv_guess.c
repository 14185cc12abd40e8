/*
 * csv_guess.c - what a file of values does not say of itself.
 */
#include "view/csv_guess.h"

#include "base/mem.h"
#include "base/utf8.h"
#include "view/csv.h"
#include "view/datum.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define RECORDS		100	/* of the sample that are compared */
#define TAIL_FIRST	((size_t)64 * 1024)
#define TAIL_MAX	((size_t)4 * 1024 * 1024)

/* ---- the delimiter ---- */

struct score {
	double		share;		/* of records that have... */
	uint64_t	fields;		/* ...this many fields */
};

/* How alike records are when d stands between fields. */
static struct score
try(const char *p, size_t n, bool all, char d, char eol)
{
	struct score best = { 0, 1 };
	uint64_t counts[RECORDS];
	size_t have = 0, at = 0;
	bool whole = true;
	struct csv c;

	csv_init(&c, d, eol);
	while (have < RECORDS && whole) {
		csv_next(&c);
		at += csv_feed(&c, p + at, n - at, &whole);
		if (!whole && (!all || !csv_end(&c)))
			break;
		counts[have++] = c.fields;
	}
	for (size_t i = 0; i < have; i++) {
		size_t same = 0;

		for (size_t k = 0; k < have; k++)
			same += counts[k] == counts[i];
		if (counts[i] > 1 && (double)same / (double)have >
		    best.share)
			best = (struct score){ (double)same / (double)have,
			    counts[i] };
	}
	csv_free(&c);
	return best;
}

static char
delimiter(const char *p, size_t n, bool all, bool tabs, char eol)
{
	static const char some[] = ",\t;|";
	struct score best = { 0, 1 };
	char d = tabs ? '\t' : ',';

	if (tabs)
		best = try(p, n, all, '\t', eol);
	for (size_t i = 0; some[i] != '\0' && best.share < 0.9; i++) {
		struct score s = try(p, n, all, some[i], eol);

		if (s.share > best.share + 0.05 || (s.share + 0.05 >
		    best.share && s.fields > best.fields)) {
			best = s;
			d = some[i];
		}
	}
	return d;
}

/* ---- the header ---- */

static bool
header(const char *p, size_t n, char d, char eol)
{
	bool whole, yes = false, named = true;
	struct csv c;

	csv_init(&c, d, eol);
	csv_feed(&c, p, n, &whole);
	if (!whole)
		csv_end(&c);
	for (size_t i = 0; i < c.n; i++) {
		enum view_kind k = datum_kind(csv_at(&c, i), c.v[i].n);

		named &= k == KIND_TEXT || k == KIND_NULL;
		yes |= k == KIND_TEXT;
	}
	csv_free(&c);
	return yes && named;
}

void
csv_guess(struct csv_guess *g, const char *p, size_t n, bool all, bool tabs)
{
	g->eol = memchr(p, '\n', n) == NULL && memchr(p, '\r', n) != NULL ?
	    '\r' : '\n';
	g->delim = delimiter(p, n, all, tabs, g->eol);
	g->header = n != 0 && header(p, n, g->delim, g->eol);
	g->latin = !utf8_valid(p, all ? n : utf8_cut(p, n));
}

/* ---- the end of the file ---- */

/* Where each record begins, from the start of one on. */
struct starts {
	size_t	*v, n, cap;
	bool	 good;		/* each has the right number of fields */
};

static void
push(struct starts *s, size_t at)
{
	if (s->n == s->cap) {
		s->cap = s->cap != 0 ? s->cap * 2 : 64;
		s->v = xreallocarray(s->v, s->cap, sizeof(*s->v));
	}
	s->v[s->n++] = at;
}

/*
 * Read n bytes of the end of the file as if a record began in them at from.
 */
static void
read_from(struct starts *s, const char *p, size_t n, size_t from,
    const struct csv_guess *g, size_t columns)
{
	bool whole = true;
	struct csv c;

	s->good = true;
	csv_init(&c, g->delim, g->eol);
	while (s->good && whole && from < n) {
		size_t at = from;

		csv_next(&c);
		from += csv_feed(&c, p + from, n - from, &whole);
		if (!whole && !csv_end(&c))
			break;
		/* A quote that is open at the end of the file: misread. */
		s->good = c.fields == columns && (whole ||
		    c.state != CSV_QUOTED);
		push(s, at);
	}
	csv_free(&c);
}

/*
 * The first place behind a line end where a record may begin, if the first
 * byte stands outside quotes, or else within: behind the first quote that
 * closes, then.
 */
static size_t
entry(const char *p, size_t n, bool within, const struct csv_guess *g)
{
	size_t at = 0;

	while (within && at < n) {
		const char *q = memchr(p + at, '"', n - at);

		if (q == NULL)
			return n;
		at = (size_t)(q - p) + 1;
		if (at < n && p[at] == '"')
			at++;
		else
			within = false;
	}
	/* The rest of a record, which may have quotes of its own. */
	for (bool quotes = false; at < n; at++) {
		quotes ^= p[at] == '"';
		if (p[at] == g->eol && !quotes)
			return at + 1;
	}
	return n;
}

/* Offset in p from which to read, or n when that is not certain. */
static size_t
locate(const char *p, size_t n, const struct csv_guess *g, size_t columns,
    size_t rows)
{
	struct starts out = { .n = 0 }, in = { .n = 0 };
	size_t at = n;

	read_from(&out, p, n, entry(p, n, false, g), g, columns);
	/* Without quotes in it, the end of a file is outside of them. */
	if (memchr(p, '"', n) != NULL)
		read_from(&in, p, n, entry(p, n, true, g), g, columns);
	if (out.good && !(in.good && in.n > 0) && out.n >= rows)
		at = out.v[out.n - rows];
	else if (in.good && !(out.good && out.n > 0) && in.n >= rows)
		at = in.v[in.n - rows];
	free(out.v);
	free(in.v);
	return at;
}

off_t
csv_guess_tail(int fd, off_t begin, off_t size, const struct csv_guess *g,
    size_t columns, size_t rows)
{
	off_t found = begin;
	char *p = xmalloc(TAIL_MAX);

	for (size_t n = TAIL_FIRST; found == begin && n <= TAIL_MAX; n *= 4) {
		off_t from = size - (off_t)n;
		ssize_t got;
		size_t at;

		/* The begin is read from there, whatever it holds. */
		if (from <= begin)
			break;
		got = pread(fd, p, n, from);
		if (got == -1) {
			found = -1;
			break;
		}
		at = locate(p, (size_t)got, g, columns, rows);
		if (at < (size_t)got)
			found = from + (off_t)at;
	}
	free(p);
	return found;
}
