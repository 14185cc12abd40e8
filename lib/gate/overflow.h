/*
 * overflow.h - complaints of servers that a prompt is too long.
 *
 * Each server says it in its own words, most with the two numbers that a
 * client wants: how many tokens were asked for and how many there are.
 * Pure.
 */
#ifndef GATE_OVERFLOW_H
#define GATE_OVERFLOW_H

#include "base/base.h"

struct overflow {
	int64_t	window;		/* tokens that the model takes, 0 not told */
	int64_t	need;		/* tokens that the request has, 0 not told */
};

/* True when the text says so, with o filled. */
bool overflow_read(const char *text, struct overflow *o);

#endif
