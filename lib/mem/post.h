/*
 * post.h - a list of the memories that have a term, as bytes.
 *
 * Entries in the order of their numbers: the difference to the number
 * before (LEB128, at most five bytes), then one byte that says how often
 * the term is there (the upper two bits: 1, 2, 3, more) and how long the
 * memory is (the lower six: post_length()).  Reading never passes the end,
 * whatever the bytes are.  Pure.
 */
#ifndef MEM_POST_H
#define MEM_POST_H

#include "base/base.h"
#include "base/buf.h"

struct post {
	const unsigned char *p, *end;
	uint32_t	 seq;		/* of the entry read */
	unsigned char	 impact;	/* its byte */
};

/* The byte for a term that is there tf times in words words. */
unsigned char post_impact(size_t tf, size_t words);
/* What such a byte stands for. */
double post_length(unsigned char impact);
double post_tf(unsigned char impact);

/* Append an entry; last is the number of the one before, 0 at first. */
void post_add(struct buf *b, uint32_t last, uint32_t seq,
    unsigned char impact);

static inline void
post_begin(struct post *it, const void *p, size_t n)
{
	it->p = p;
	it->end = it->p + n;
	it->seq = 0;
	it->impact = 0;
}

/* The next entry; false at the end or where the bytes make no sense. */
static inline bool
post_next(struct post *it)
{
	const unsigned char *p = it->p;
	uint32_t delta;

	if (it->end - p < 2)
		return false;
	delta = *p++;
	if (delta >= 0x80) {
		unsigned shift = 7;

		delta &= 0x7f;
		do {
			if (it->end - p < 2 || shift > 28)
				return false;
			delta |= (uint32_t)(*p & 0x7f) << shift;
			shift += 7;
		} while (*p++ & 0x80);
	}
	it->seq += delta;
	it->impact = *p++;
	it->p = p;
	return true;
}

#endif
