/*
 * dfa.c - lines that match an expression, found at the speed of a table.
 *
 * A state is the set of places of the program that the bytes read so far
 * lead to, and what kind of byte the last one was.  What lies between two
 * bytes, \b and ^ and $, is decided when the second of them is known, so a
 * match is seen one byte after its end.  Rows of the table are made when
 * they are needed; when there are too many, all are thrown away and what is
 * needed is made again, so memory is bounded.
 */
#include "base/dfa.h"

#include "base/dfa_in.h"
#include "base/mem.h"

#include <stdlib.h>
#include <string.h>

#define STATES	1000		/* rows at a time */
#define BUCKETS	4096
#define PLACES	((size_t)400000)	/* of all sets */

enum { EOL = 256, FEW = 4 };

/* In the table: not known yet, a match, no match (of EOL); a state is its
 * row plus KNOWN. */
enum { UNKNOWN, MATCHES, FAILS, KNOWN };

enum before { AT_BEGIN, AT_WORD, AT_OTHER };

struct state {
	uint32_t	 hash;
	enum before	 before;
	size_t		 at;		/* of its set in places */
	int		 n;
};

struct dfa {
	struct dfa_program program;
	uint16_t	(*table)[256];
	uint16_t	 eol[STATES];
	struct state	 state[STATES];
	int		 states;
	uint16_t	 bucket[BUCKETS];	/* row + 1, or 0 */
	uint16_t	*places;
	size_t		 nplaces;
	/* The bytes that a match can begin with, when they are few: */
	char		 first[FEW];
	int		 nfirst;
	/* While a step is made: */
	uint32_t	*seen, stamp;
	uint16_t	*stack, *set;
	int		 nset;
};

static bool
is_word(int b)
{
	return (b >= 'a' && b <= 'z') || (b >= 'A' && b <= 'Z') ||
	    (b >= '0' && b <= '9') || b == '_';
}

/* The row of a set with what was before; made when there is none. */
static int
row_of(struct dfa *d, enum before before, const uint16_t *set, int n)
{
	uint32_t h = 2166136261u + (uint32_t)before;
	struct state *s;
	unsigned b;

	for (int i = 0; i < n; i++)
		h = (h ^ set[i]) * 16777619u;
	for (b = h % BUCKETS; d->bucket[b] != 0; b = (b + 1) % BUCKETS) {
		s = &d->state[d->bucket[b] - 1];
		if (s->hash == h && s->before == before && s->n == n &&
		    (n == 0 || memcmp(d->places + s->at, set, (size_t)n *
		    sizeof(*set)) == 0))
			return d->bucket[b] - 1;
	}
	s = &d->state[d->states];
	*s = (struct state){ h, before, d->nplaces, n };
	if (n > 0)
		memcpy(d->places + d->nplaces, set, (size_t)n * sizeof(*set));
	d->nplaces += (size_t)n;
	memset(d->table[d->states], 0, sizeof(*d->table));
	d->eol[d->states] = UNKNOWN;
	d->bucket[b] = (uint16_t)(d->states + 1);
	return d->states++;
}

/* Row 0 is the beginning of a line. */
static void
start_over(struct dfa *d)
{
	memset(d->bucket, 0, sizeof(d->bucket));
	d->states = 0;
	d->nplaces = 0;
	row_of(d, AT_BEGIN, d->set, 0);
}

static bool
holds(enum dfa_assert what, enum before before, int next)
{
	bool left = before == AT_WORD, right = next != EOL && is_word(next);

	switch (what) {
	case DFA_BEGIN: return before == AT_BEGIN;
	case DFA_END: return next == EOL;
	case DFA_EDGE: return left != right;
	case DFA_WORD: return !left && right;
	case DFA_WORD_END: return left && !right;
	}
	return false;
}

/* From one place on, as far as no byte is needed: true at a match.  Bytes
 * that fit next lead into the set. */
static bool
follow(struct dfa *d, int place, enum before before, int next)
{
	int n = 0;

	d->stack[n++] = (uint16_t)place;
	while (n > 0) {
		int at = d->stack[--n];
		const struct dfa_insn *i = &d->program.insn[at];

		if (d->seen[at] == d->stamp)
			continue;
		d->seen[at] = d->stamp;
		switch (i->op) {
		case DFA_MATCH:
			return true;
		case DFA_SPLIT:
			d->stack[n++] = (uint16_t)i->out;
			d->stack[n++] = (uint16_t)i->other;
			break;
		case DFA_ASSERT:
			if (holds(i->what, before, next))
				d->stack[n++] = (uint16_t)i->out;
			break;
		case DFA_SET:
			if (next != EOL && (i->set[next / 32] >> next % 32 &
			    1) != 0)
				d->set[d->nset++] = (uint16_t)i->out;
			break;
		}
	}
	return false;
}

static int
by_number(const void *a, const void *b)
{
	return *(const uint16_t *)a - *(const uint16_t *)b;
}

/* What the table says for that row and symbol, found out and written. */
static int
step(struct dfa *d, int row, int next)
{
	struct state s = d->state[row];
	enum before before = d->program.words && next != EOL &&
	    is_word(next) ? AT_WORD : AT_OTHER;
	bool match;
	int n = 0, to;

	d->stamp++;
	d->nset = 0;
	/* A match may begin anywhere. */
	match = follow(d, d->program.start, s.before, next);
	for (int i = 0; i < s.n && !match; i++)
		match = follow(d, d->places[s.at + (size_t)i], s.before,
		    next);
	if (next == EOL)
		return d->eol[row] = match ? MATCHES : FAILS;
	if (match)
		return d->table[row][next] = MATCHES;
	qsort(d->set, (size_t)d->nset, sizeof(*d->set), by_number);
	for (int i = 0; i < d->nset; i++)
		if (n == 0 || d->set[n - 1] != d->set[i])
			d->set[n++] = d->set[i];
	if (d->states == STATES || d->nplaces + (size_t)n > PLACES) {
		start_over(d);
		row = -1;
	}
	to = row_of(d, before, d->set, n);
	if (row != -1)
		d->table[row][next] = (uint16_t)(to + KNOWN);
	return to + KNOWN;
}

static bool
ends_line(const char *p, const char *limit)
{
	return *p == '\n' || *p == '\0' || (*p == '\r' && (p + 1 == limit ||
	    p[1] == '\n'));
}

/* Which bytes a match can begin with, if they are few and it needs one. */
static void
look_first(struct dfa *d)
{
	int n = 0;

	if (step(d, 0, EOL) == MATCHES)
		return;
	for (int b = 1; b < 256; b++) {
		bool begins = false;

		/* Whatever may be before it. */
		for (int before = AT_BEGIN; before <= AT_OTHER; before++) {
			d->stamp++;
			d->nset = 0;
			if (follow(d, d->program.start, (enum before)before,
			    b))
				return;
			begins = begins || d->nset != 0;
		}
		if (begins && n == FEW)
			return;
		if (begins)
			d->first[n++] = (char)b;
	}
	d->nfirst = n;
}

/* The beginning of the next line in which a match can begin, or NULL; next
 * keeps where each of the bytes is, so that none is looked for twice. */
static char *
skip(const struct dfa *d, char *p, char *limit, char *next[FEW])
{
	char *hit = limit, *line;

	for (int i = 0; i < d->nfirst; i++) {
		if (next[i] < p && (next[i] = memchr(p, d->first[i],
		    (size_t)(limit - p))) == NULL)
			next[i] = limit;
		if (next[i] < hit)
			hit = next[i];
	}
	if (hit == limit)
		return NULL;
	line = memrchr(p, '\n', (size_t)(hit - p));
	return line != NULL ? line + 1 : p;
}

char *
dfa_next(struct dfa *d, char *p, char *limit, char **end)
{
	char *line = p, *next[FEW] = { NULL };
	int row = 0;

	while (line < limit) {
		if (p == line && d->nfirst != 0) {
			line = p = skip(d, p, limit, next);
			if (p == NULL)
				return NULL;
		}
		int to = d->table[row][(unsigned char)*p];

		if (to >= KNOWN) {
			row = to - KNOWN;
			p++;
			continue;
		}
		/* Never written for bytes that may end a line. */
		if (to == UNKNOWN && ends_line(p, limit)) {
			to = d->eol[row];
			if (to == UNKNOWN)
				to = step(d, row, EOL);
			*end = memchr(p, '\n', (size_t)(limit - p));
			if (*end == NULL)
				*end = limit;
			if (to == MATCHES)
				return line;
			line = p = *end + 1;
			row = 0;
		} else if (to == UNKNOWN) {
			to = step(d, row, (unsigned char)*p);
			if (*p == '\r' && to >= KNOWN)
				d->table[row][(unsigned char)'\r'] = UNKNOWN;
			if (to >= KNOWN) {
				row = to - KNOWN;
				p++;
			}
		}
		if (to == MATCHES) {
			*end = memchr(p, '\n', (size_t)(limit - p));
			if (*end == NULL)
				*end = limit;
			return line;
		}
	}
	return NULL;
}

struct dfa *
dfa_new(const char *ere, bool icase)
{
	struct dfa *d = xcalloc(1, sizeof(*d));
	size_t n;

	if (!dfa_compile(&d->program, ere, icase)) {
		free(d);
		return NULL;
	}
	n = (size_t)d->program.n;
	d->table = xcalloc(STATES, sizeof(*d->table));
	/* Room for one more set of any size. */
	d->places = xcalloc(PLACES + n, sizeof(*d->places));
	d->seen = xcalloc(n, sizeof(*d->seen));
	d->stack = xcalloc(2 * n + 2, sizeof(*d->stack));
	d->set = xcalloc(n, sizeof(*d->set));
	start_over(d);
	look_first(d);
	return d;
}

void
dfa_free(struct dfa *d)
{
	if (d == NULL)
		return;
	free(d->program.insn);
	free(d->table);
	free(d->places);
	free(d->seen);
	free(d->stack);
	free(d->set);
	free(d);
}
