/*
 * sums.h - the points of the memories that a question hits.
 *
 * A table by number, whose size is that of what is hit and not of the
 * namespace.  Pure.
 */
#ifndef MEM_SUMS_H
#define MEM_SUMS_H

#include "base/base.h"

struct sums_one {
	uint32_t	seq;		/* never 0; 0 is a free place */
	float		text, date;
	uint64_t	dates;		/* a bit for each date that fits */
};

struct sums {
	struct sums_one	*v;
	size_t		 n, size;	/* a power of two, or 0 */
};

void sums_free(struct sums *s);
/* The place of a number, or NULL. */
const struct sums_one *sums_find(const struct sums *s, uint32_t seq);
/* The same, made when it is missing; good until the next one is made. */
struct sums_one *sums_get(struct sums *s, uint32_t seq);
/* Points of its words, 0 for what is not there. */
float sums_text(const struct sums *s, uint32_t seq);

#endif
