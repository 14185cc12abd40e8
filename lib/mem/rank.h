/*
 * rank.h - which memories answer a question best.
 *
 * score.h says how well the words fit; here the best of those are looked at
 * one by one, with what else speaks for them: their neighbours in the same
 * session, who speaks, dates, how sure they are, vectors.  Each part of a
 * score can be seen and switched off.
 */
#ifndef MEM_RANK_H
#define MEM_RANK_H

#include "base/base.h"
#include "base/err.h"
#include "mem/query.h"
#include "mem/store.h"

enum rank_part {
	RANK_TEXT,		/* BM25 of the words */
	RANK_NEIGHBOURS,	/* a share of that of the turns around */
	RANK_SESSION,		/* how the session as a whole fits */
	RANK_SPEAKER,		/* the question names who speaks */
	RANK_DATE,		/* it names the date, or one spoken of */
	RANK_PHRASE,		/* quoted words stand together */
	RANK_CUE,		/* asks when, and a time is told */
	RANK_QUESTION,		/* it asks itself */
	RANK_IMPORTANCE,
	RANK_RECENCY,
	RANK_VECTOR,		/* nearness of meaning */
	RANK_NEAR,		/* switch only: spellings */
	RANK_LIKE,		/* switch only: words of like meaning */
	RANK_PARTS,
};

extern const char *const rank_names[RANK_PARTS];

struct rank_hit {
	int64_t		 row;
	double		 score;
	float		 part[RANK_PARTS];
};

struct rank_filter {
	const char	*kind, *source, *speaker, *session;
	char *const	*tags;
	size_t		 ntags;
	int64_t		 since, until;	/* of at; 0 and INT64_MAX: any */
	bool		 chunks;	/* kind chunk as well */
};

struct rank {
	struct query	 query;
	struct rank_filter filter;
	size_t		 limit;
	unsigned	 off;		/* a bit for each part not wanted */
	int64_t		 now;		/* ms */
	struct rank_hit	*hits;		/* best first */
	size_t		 nhits;
	/* How near rows are to the question, when there are vectors; set
	 * by the caller, sorted by row. */
	struct rank_near {
		int64_t	row;
		float	near;
	}		*near;
	size_t		 nnear;
};

/* Add the best of a namespace to the hits; 0, or -1. */
int rank_space(struct rank *r, struct store *s, struct store_ns *ns,
    struct err *e);
/* Best first, and no more than the limit. */
void rank_finish(struct rank *r);
void rank_free(struct rank *r);

#endif
