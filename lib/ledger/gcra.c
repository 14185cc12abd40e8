/*
 * gcra.c - the arithmetic of a rate limit: one number instead of a list.
 */
#include "ledger/gcra.h"

#define WINDOW_NS	(GCRA_WINDOW_US * 1000)
#define SCALE_MAX	(INT64_MAX / 4)

/*
 * a * b / c rounded up, of numbers from 0 on and c from 1 to 2^62; no more
 * than SCALE_MAX.  Bit by bit, since a machine of 32 bits has no __int128.
 */
static int64_t
scale(int64_t a, int64_t b, int64_t c)
{
	int64_t q = 0, r = 0;

	for (int bit = 62; bit >= 0; bit--) {
		q = q * 2 + (r * 2 >= c);
		r = r * 2 - (r * 2 >= c ? c : 0);
		if (b >> bit & 1) {
			q += a / c;
			r += a % c;
			if (r >= c) {
				q++;
				r -= c;
			}
		}
		if (q > SCALE_MAX)
			return SCALE_MAX;
	}
	return q + (r > 0);
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
