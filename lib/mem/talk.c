/*
 * talk.c - how well a session as a whole fits a question.
 *
 * In how many sessions a term is cannot be read from its list without
 * knowing them all; it is taken to be as many as there would be if its
 * memories were anywhere.
 */
#include "mem/talk.h"

#include <math.h>
#include <stdlib.h>

#include "base/mem.h"
#include "mem/post.h"

#define K1		1.2
#define LONGEST		50000	/* memories of a term; more tell nothing */

/* The numbers of a term's memories, in order. */
static void
unpack(struct score_term *t)
{
	size_t at = 0;

	if (t->seqs != NULL || t->df == 0 || t->df > LONGEST)
		return;
	t->seqs = xcalloc(t->df, sizeof(*t->seqs));
	for (size_t i = 0; i < t->nlists; at = t->ends[i++]) {
		struct post it;

		post_begin(&it, t->lists.data + at, t->ends[i] - at);
		while (post_next(&it) && t->nseqs < t->df)
			t->seqs[t->nseqs++] = it.seq;
	}
}

/* How many are below seq. */
static size_t
below(const struct score_term *t, int64_t seq)
{
	size_t lo = 0, hi = t->nseqs;

	while (lo < hi) {
		size_t mid = (lo + hi) / 2;

		if (t->seqs[mid] < seq)
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo;
}

double
talk_points(struct score *c, int64_t first, int64_t last)
{
	double talks = c->docs / (double)(last - first + 1), sum = 0;

	if (!(talks > 1.5))
		return 0;
	for (size_t i = 0; i < c->nterms; i++) {
		struct score_term *t = &c->terms[i];
		double tf, df;

		unpack(t);
		tf = (double)(below(t, last + 1) - below(t, first));
		if (tf <= 0)
			continue;
		df = talks * (1 - pow(1 - 1 / talks, t->df));
		sum += t->weight * log(1 + (talks - df + 0.5) / (df + 0.5)) *
		    tf * (K1 + 1) / (tf + K1);
	}
	return sum;
}
