/*
 * post.c - a list of the memories that have a term, as bytes.
 */
#include "mem/post.h"

#include <math.h>

/* Lengths up to here are kept exactly, then each step is 12 % more. */
#define EXACT	24
#define STEP	1.12

unsigned char
post_impact(size_t tf, size_t words)
{
	unsigned length = words <= EXACT ? (unsigned)words :
	    EXACT + (unsigned)lround(log((double)words / EXACT) / log(STEP));

	if (length > 63)
		length = 63;
	if (tf < 1)
		tf = 1;
	return (unsigned char)((tf > 4 ? 3 : tf - 1) << 6 | length);
}

double
post_length(unsigned char impact)
{
	unsigned length = impact & 63;

	return length <= EXACT ? length : EXACT * pow(STEP, length - EXACT);
}

double
post_tf(unsigned char impact)
{
	return impact >> 6 == 3 ? 5 : (impact >> 6) + 1;
}

void
post_add(struct buf *b, uint32_t last, uint32_t seq, unsigned char impact)
{
	uint32_t delta = seq - last;

	for (; delta >= 0x80; delta >>= 7)
		buf_addc(b, (char)(delta | 0x80));
	buf_addc(b, (char)delta);
	buf_addc(b, (char)impact);
}
