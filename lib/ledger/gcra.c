/*
 * gcra.c - the arithmetic of a rate limit: one number instead of a list.
 */
#include "ledger/gcra.h"

#define WINDOW_NS	(GCRA_WINDOW_US * 1000)

/* a * b / c rounded up, without overflow. */
static int64_t
scale(int64_t a, int64_t b, int64_t c)
{
	__extension__ typedef __int128 wide;
	wide v = ((wide)a * b + c - 1) / c;

	return v > INT64_MAX / 4 ? INT64_MAX / 4 : (int64_t)v;
}

/* The burst, less the units of it that flow back anyway (first), is taken
 * off what may flow back within a window. */
static struct gcra
make(int64_t n, int64_t burst, int64_t part, int64_t first, int64_t num,
    int64_t den)
{
	int64_t whole = n * num / den;	/* may be 0: less than one a minute */
	struct gcra g;

	g.burst = burst > 0 ? burst : whole / part;
	if (g.burst > whole)
		g.burst = whole;
	if (g.burst < 1)
		g.burst = 1;
	/* With a burst of all, something must be left to flow back. */
	if (first == 0 && g.burst == whole && whole > 1)
		g.burst = whole - 1;
	/* Whole units, so that the parts of all hosts add up to n at most. */
	if (whole - (g.burst - first) > 0)
		g.interval_ns = scale(WINDOW_NS, 1, whole - (g.burst - first));
	else if (whole > 0)
		g.interval_ns = scale(WINDOW_NS, 1, whole);
	else
		g.interval_ns = scale(WINDOW_NS, den, n * num);
	return g;
}

struct gcra
gcra_requests(int64_t n, int64_t burst, int64_t num, int64_t den)
{
	/* The first request of a burst is the one that flows. */
	return make(n, burst, 10, 1, num, den);
}

struct gcra
gcra_tokens(int64_t n, int64_t burst, int64_t num, int64_t den)
{
	return make(n, burst, 4, 0, num, den);
}

int64_t
gcra_wait(const struct gcra *g, int64_t at, int64_t now, int64_t cost)
{
	int64_t free = cost < g->burst ? g->burst - cost : 0;
	int64_t wait = at - now - scale(free, g->interval_ns, 1000) +
	    (free > 0 ? 1 : 0);

	return wait > 0 ? wait : 0;
}

int64_t
gcra_take(const struct gcra *g, int64_t at, int64_t now, int64_t cost)
{
	if (cost < 0)
		return at - scale(-cost, g->interval_ns, 1000);
	return (at > now ? at : now) + scale(cost, g->interval_ns, 1000);
}
