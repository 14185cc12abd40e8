/*
 * The arithmetic of limits and costs: however requests press, no minute
 * holds one too many, and what should flow does flow.
 */
#include "ledger/gcra.h"

#include <stdlib.h>

#include "ledger/rules.h"
#include "base/num.h"
#include "ledger/usage.h"

#include "tap.h"

static uint64_t state = 88172645463325252u;

static int64_t
dice(int64_t n)
{
	state ^= state << 13;
	state ^= state >> 7;
	state ^= state << 17;
	return (int64_t)(state % (uint64_t)n);
}

struct took { int64_t at, units; };

/* The most units that went within a minute, whenever it began. */
static int64_t
most(const struct took *t, size_t n)
{
	int64_t sum = 0, max = 0;

	for (size_t i = 0, j = 0; j < n; j++) {
		sum += t[j].units;
		while (t[j].at - t[i].at >= GCRA_WINDOW_US)
			sum -= t[i++].units;
		if (sum > max)
			max = sum;
	}
	return max;
}

enum { STEPS = 4000 };

/*
 * Whoever wants units asks again as soon as it was told, or, now and then,
 * later.  The most within a minute, and in *all what went in the end.
 */
static int64_t
press(struct gcra g, int64_t lump, int64_t until, int64_t *all)
{
	static struct took t[STEPS];
	int64_t now = 1700000000000000, begin = now, at = 0, wait;
	size_t n = 0;

	*all = 0;
	while (n < STEPS && now - begin < until) {
		int64_t units = lump > 1 ? 1 + dice(lump) : 1;

		while ((wait = gcra_wait(&g, at, now, units)) > 0)
			now += wait;
		if (now - begin >= until)
			break;
		at = gcra_take(&g, at, now, units);
		t[n++] = (struct took){ now, units };
		*all += units;
		if (dice(20) == 0)
			now += dice(GCRA_WINDOW_US);
	}
	return most(t, n);
}

static void
test_requests(void)
{
	int over = 0, slow = 0;
	int64_t all;

	for (int i = 0; i < 300; i++) {
		int64_t n = 1 + dice(i % 2 ? 20 : 2000);
		int64_t burst = dice(3) ? dice(n) : n;
		struct gcra g = gcra_requests(n, burst, 1, 1);

		over += press(g, 1, 40 * GCRA_WINDOW_US, &all) > n;
	}
	is_int(over, 0, "300 limits of requests, each within each minute");
	for (int i = 0; i < 100; i++) {
		int64_t n = 1 + dice(500), den = 1 + dice(8), sum = 0;

		/* All hosts together, each with its part. */
		for (int64_t k = 0; k < den; k++)
			sum += press(gcra_requests(n, 0, 1, den), 1,
			    5 * GCRA_WINDOW_US, &all);
		over += n >= den && sum > n;
	}
	is_int(over, 0, "shares add up to no more than the whole");
	for (int64_t n = 10; n < 400; n += 7) {
		struct gcra g = gcra_requests(n, 0, 1, 1);
		int64_t now = 0, at = 0, count = 0;

		/* Who never rests gets at least the rate without burst. */
		while (now < 10 * GCRA_WINDOW_US) {
			now += gcra_wait(&g, at, now, 1);
			at = gcra_take(&g, at, now, 1);
			count++;
		}
		slow += count < 10 * (n - g.burst);
	}
	is_int(slow, 0, "and what may flow does");
}

static void
test_tokens(void)
{
	int over = 0;
	int64_t all;

	for (int i = 0; i < 300; i++) {
		int64_t n = 1000 + dice(1000000);
		struct gcra g = gcra_tokens(n, i % 3 ? 0 : 1 + dice(n), 1, 1);

		over += press(g, g.burst, 20 * GCRA_WINDOW_US, &all) > n;
	}
	is_int(over, 0, "300 limits of tokens, in lumps within the burst");
}

static void
test_back(void)
{
	struct gcra g = gcra_tokens(6000, 1000, 1, 1);
	int64_t now = 1000000, at = gcra_take(&g, 0, now, 800);

	ok(gcra_wait(&g, at, now, 800) > 0, "it is used up");
	at = gcra_take(&g, at, now, -700);
	is_int(gcra_wait(&g, at, now, 800), 0, "what was not used is back");
	is_int(gcra_wait(&g, gcra_take(&g, 0, now, 5000), now +
	    GCRA_WINDOW_US, 5000), 0, "more than the burst: when all is paid");
	ok(gcra_take(&g, 0, now, INT64_MAX / 8) > 0, "no overflow");
}

static void
test_cost(void)
{
	struct rules_price p = { .input = 2500000, .output = 10000000,
	    .cached = 1250000 };
	struct err e = ERR_INIT;
	struct buf b = BUF_INIT;
	int64_t v;

	is_int(rules_cost(&p, 1000, 0, 100), 3500, "2.5 and 10 a million");
	is_int(rules_cost(&p, 1000, 400, 0), 2000, "cached input");
	is_int(rules_cost(&p, 10, 400, 0), 13, "more cached than there is");
	is_int(rules_cost(&p, 1, 0, 0), 3, "rounded up");
	is_int(rules_cost(&p, 0, 0, 0), 0, "nothing");
	ok(rules_cost(&p, INT64_MAX / 2, 0, INT64_MAX / 2) > 0,
	    "a cost without end has one");
	is_int(rules_money("0.25", "x", &v, &e), 0, "money");
	is_int(v, 250000, "in millionths");
	is_int(rules_money("-1", "x", &v, &e), -1, "none is negative");
	is_int(rules_money("1e99", "x", &v, &e), -1, "or without end");
	usage_money(&b, 3500);
	is_str(buf_str(&b), "0.0035", "shown");
	buf_reset(&b);
	usage_money(&b, 1500000);
	is_str(buf_str(&b), "1.50", "with two digits at least");
	buf_free(&b);
}

static void
test_time(void)
{
	struct err e = ERR_INIT;
	int64_t now = 1700000000000, v;

	is_int(num_time("7d", now, &v, &e), 0, "days ago");
	is_int(v, now - 7 * 86400000LL, "seven");
	is_int(num_time("7", now, &v, &e), -1, "no unit");
	is_int(num_time("2026-02-30x", now, &v, &e), -1, "no date");
	setenv("TZ", "UTC", 1);
	is_int(num_time("2026-11-24T03:30", now, &v, &e), 0, "a date");
	is_int(v, 1795491000000, "and a time");
}

int
main(void)
{
	test_requests();
	test_tokens();
	test_back();
	test_cost();
	test_time();
	return done_testing();
}
