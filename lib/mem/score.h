/*
 * score.h - BM25 over one namespace, by its segments and its tail.
 *
 * S. Robertson and H. Zaragoza, "The Probabilistic Relevance Framework:
 * BM25 and Beyond", 2009, with k1 1.2, b 0.75, and the counts of the
 * namespace alone, so that what is common elsewhere does not matter here.
 */
#ifndef MEM_SCORE_H
#define MEM_SCORE_H

#include "base/base.h"
#include "base/err.h"
#include "mem/dict.h"
#include "mem/query.h"
#include "mem/store.h"
#include "mem/sums.h"

#define SCORE_NAMES	8

/* A term that is looked for, with its lists. */
struct score_term {
	char		 term[TERMS_MAX];
	double		 weight;	/* of the query, times that of how
					 * near it is to what was written */
	double		 idf;
	uint32_t	 df;
	struct buf	 lists;		/* of all segments, one behind the
					 * other */
	size_t		*ends;		/* of each within lists */
	size_t		 nlists;
	uint32_t	*seqs;		/* the numbers in them, talk.h */
	size_t		 nseqs;
	bool		 guess;		/* a near spelling or meaning */
};

struct score {
	struct store	*s;
	struct store_ns	*ns;
	const struct query *q;
	int64_t		*segments;	/* their lo */
	size_t		 nsegments;
	double		 docs, words;	/* of the namespace */
	double		 rarest;	/* idf of a term of one memory */
	struct dict	 tail;
	struct score_term *terms;
	size_t		 nterms;
	/* Words of the query that are words of speakers here. */
	char		 names[SCORE_NAMES][TEXT_WORD_MAX + 1];
	size_t		 nnames;
	uint32_t	 size;		/* of the arrays: next number */
	struct sums	 sums;
	unsigned char	*asks;		/* a bit for a text that asks */
	size_t		 read;		/* entries of lists read */
};

struct score_switch {
	bool	no_speaker, no_near, no_like, no_date;
};

/* Read what the query asks for and sum it up: 0, or -1. */
int score_open(struct score *c, struct store *s, struct store_ns *ns,
    const struct query *q, const struct score_switch *off, struct err *e);
void score_close(struct score *c);

static inline bool
score_asks(const struct score *c, uint32_t seq)
{
	return c->asks != NULL && (c->asks[seq / 8] >> seq % 8 & 1) != 0;
}

/* ---- within lib/mem ---- */

/* The lists of a term, and of those before it in no other way. */
int score_lists(struct score *c, const char *term, struct score_term *t,
    struct err *e);
/* Near spellings of a word that is in no memory, as terms with weights;
 * at most max; returns how many, or -1. */
int score_near(struct score *c, const struct query_term *word,
    struct score_term *out, size_t max, struct err *e);

#endif
