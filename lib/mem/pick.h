/*
 * pick.h - which memories are looked at one by one.
 *
 * Looking at a memory costs microseconds, and a question may hit a hundred
 * thousand: only those are taken that have the best sums of words, with
 * their neighbours.  Pure.
 */
#ifndef MEM_PICK_H
#define MEM_PICK_H

#include "base/base.h"
#include "mem/score.h"

#define PICK_REACH	4	/* turns before and behind that count */

/* What a turn has of the points of another: of from, which is way turns
 * before it, or behind it when way is less than 0. */
float pick_share(const struct score *c, uint32_t from, int way);

struct pick_one {
	uint32_t	 seq;
	float		 first;		/* provisional score */
	bool		 dead;		/* a filter, or not there */
};

struct pick {
	struct pick_one	*v;
	size_t		 n, cap;
};

void pick_free(struct pick *k);
void pick_add(struct pick *k, uint32_t seq, float first);
/* Keep the want best by their provisional score. */
void pick_best(struct pick *k, size_t want);
/* By their numbers. */
void pick_sort(struct pick *k);
/*
 * Of the memories with any word: the look best of the seeds best and, with
 * near, of those around them.
 */
void pick_from(struct pick *k, const struct score *c, size_t seeds,
    size_t look, bool near);

#endif
