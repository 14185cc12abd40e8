/*
 * parts.h - the parts of a memory's score that it has by itself.
 *
 * What its words are worth (score.h), who speaks, quoted words, what kind of
 * answer is asked for, how important and how new it is, how near in meaning.
 * What others around it add is rank.c's.
 */
#ifndef MEM_PARTS_H
#define MEM_PARTS_H

#include "base/base.h"
#include "base/err.h"
#include "mem/rank.h"
#include "mem/score.h"

#define PARTS_KNOWN	32	/* words of speakers' names */

struct parts {
	const struct rank *r;
	const struct score *c;
	int64_t		 newest;	/* the time of the newest memory */
	int64_t		 session;	/* the only one wanted, 0 for any,
					 * -1 when it is not there */
	char		 known[PARTS_KNOWN][TEXT_WORD_MAX + 1];
	size_t		 nknown;
};

/* The row of a memory, borrowed. */
struct parts_row {
	const char	*text, *kind, *speaker, *source, *tags;
	int64_t		 at, session, turn;
	double		 importance;
};

/* Read what is needed to look at memories of c's namespace: 0, or -1. */
int parts_open(struct parts *p, const struct rank *r, struct score *c,
    struct err *e);
/* Whether a memory is one that the filters want. */
bool parts_fit(const struct parts *p, const struct parts_row *l);
/* Fill the parts of h, whose row is set. */
void parts_own(const struct parts *p, const struct parts_row *l,
    struct rank_hit *h);
/* More for what tells the kind of thing that is asked for: a share of what
 * the words and the neighbours gave. */
void parts_cue(const struct parts *p, const struct parts_row *l,
    struct rank_hit *h);

#endif
