/*
 * guard.h - notice a model that goes in circles.
 *
 * A call counts as repeated when name, arguments and result are all what
 * they were before in this turn.  Anything new (another call, or the same
 * one with another result) is progress and sets every count back, so that
 * running the tests again after each edit is no circle, while A B A B is.
 * Memory is bounded: the oldest of GUARD_MAX pairs is forgotten.
 */
#ifndef CHAT_GUARD_H
#define CHAT_GUARD_H

#include "base/base.h"

#define GUARD_MAX	256	/* pairs remembered */
#define GUARD_HINT	3	/* at this count the model is told */
#define GUARD_STOP	5	/* at this count the turn ends */

struct guard {
	struct {
		char	hash[65];
		int	count;
	} seen[GUARD_MAX];
	size_t n, next;
};

enum guard_verdict { GUARD_FINE, GUARD_TELL, GUARD_END };

/* Forget everything: at the beginning of a turn. */
void guard_reset(struct guard *g);
/* Take one call with its result; args and result as n bytes each. */
enum guard_verdict guard_add(struct guard *g, const char *name,
    const char *args, size_t args_len, const char *result, size_t len);

#endif
