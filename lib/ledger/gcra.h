/*
 * gcra.h - the arithmetic of a rate limit: one number instead of a list.
 *
 * The generic cell rate algorithm (ITU-T I.371): a limit is remembered as
 * the time at which all that was taken so far will have been paid for.  The
 * limit is N a minute; a part of it, the burst, may be taken at once, and
 * the rest of it flows back evenly, so that no window of sixty seconds,
 * wherever it begins, ever holds more than N.  Pure.
 */
#ifndef LEDGER_GCRA_H
#define LEDGER_GCRA_H

#include "base/base.h"

#define GCRA_WINDOW_US	((int64_t)60 * 1000000)

struct gcra {
	int64_t		 interval_ns;	/* what one unit takes to flow back */
	int64_t		 burst;		/* units that may go at once */
};

/*
 * The limit of n units a minute, of which this host has num / den.  burst 0
 * is n / part (at least 1).  Requests count one by one: part 10 gives them a
 * tenth at once; tokens come in lumps, part 4.  n, num, den > 0.
 */
struct gcra gcra_requests(int64_t n, int64_t burst, int64_t num,
    int64_t den);
struct gcra gcra_tokens(int64_t n, int64_t burst, int64_t num, int64_t den);
/*
 * Microseconds until cost units may be taken; 0 now.  What is larger than
 * the burst may go when nothing is owed.
 */
int64_t gcra_wait(const struct gcra *g, int64_t at, int64_t now,
    int64_t cost);
/* The new time after taking (or, with a negative cost, giving back). */
int64_t gcra_take(const struct gcra *g, int64_t at, int64_t now,
    int64_t cost);

#endif
