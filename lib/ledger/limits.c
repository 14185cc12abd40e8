/*
 * limits.c - the state of limits and budgets, for people and programs.
 */
#include "ledger/usage.h"

#include <string.h>

#include "base/clock.h"
#include "json/js.h"
#include "ledger/tx.h"

/* Seconds from now, as a column; "-" for now. */
static void
until(struct buf *out, int64_t us)
{
	if (us <= 0)
		buf_addf(out, " %9s", "-");
	else
		buf_addf(out, " %8.1fs", (double)us / 1e6);
}

static jv
set(jv o, const char *key, int64_t v)
{
	int64_t max = (int64_t)1 << 53;

	return js_set_int(o, key, v > max ? max : v < 0 ? 0 : v);
}

/* One bucket: when the next request, and one of 1000 tokens, may go. */
static void
bucket(struct ledger *l, struct db_stmt *st, bool json, struct buf *out)
{
	const char *endpoint = db_text(st, 0), *key = db_text(st, 1);
	const char *model = db_text(st, 2);
	const struct rules *rs = &l->rules;
	const struct rules_limit *r = rules_limit(rs, endpoint, model);
	int64_t now = clock_wall_ms() * 1000, wait[3] = { 0 };
	struct gcra g;

	wait[0] = db_int(st, 5) - now;
	if (r != NULL && r->requests > 0) {
		g = gcra_requests(r->requests, r->burst, rs->num, rs->den);
		wait[1] = gcra_wait(&g, db_int(st, 3), now, 1);
	}
	if (r != NULL && r->tokens > 0) {
		g = gcra_tokens(r->tokens, r->burst_tokens, rs->num,
		    rs->den);
		wait[2] = gcra_wait(&g, db_int(st, 4), now, 1000);
	}
	if (json) {
		jv o = js_set_str(js_obj(), "server", endpoint);

		o = js_set_str(o, "model", model);
		o = js_set_str(o, "key_hash", key);
		o = set(o, "blocked_ms", wait[0] / 1000);
		o = set(o, "next_request_ms", wait[1] / 1000);
		o = set(o, "next_tokens_ms", wait[2] / 1000);
		o = set(o, "in_flight", db_int(st, 6));
		o = set(o, "waiting", db_int(st, 7));
		js_dump(out, o);
		buf_addc(out, '\n');
		js_free(o);
		return;
	}
	buf_addf(out, "%-36.36s %-24.24s %-8.8s", endpoint, model,
	    *key != '\0' ? key : "-");
	for (int i = 0; i < 3; i++)
		until(out, wait[i]);
	buf_addf(out, " %9lld %7lld\n", (long long)db_int(st, 6),
	    (long long)db_int(st, 7));
}

static int
buckets(struct ledger *l, bool json, struct buf *out, struct err *e)
{
	struct db_stmt *st = db_query(l->db, e, "SELECT endpoint, key, model,"
	    " requests_at, tokens_at, blocked_until,"
	    " (SELECT count(*) FROM lease WHERE bucket = bucket.id),"
	    " (SELECT count(*) FROM waiter WHERE bucket = bucket.id)"
	    " FROM bucket ORDER BY endpoint, model, key", "");
	int rc = -1;

	while (st != NULL && (rc = db_step(st, e)) == 1)
		bucket(l, st, json, out);
	return rc;
}

static void
part(struct buf *out, int64_t spent, int64_t held, int64_t max, bool money)
{
	int64_t v[3] = { spent, held, max };

	for (int i = 0; i < 3; i++) {
		struct buf b = BUF_INIT;

		if (v[i] == -1)
			buf_adds(&b, "-");
		else if (money)
			usage_money(&b, v[i]);
		else
			buf_addf(&b, "%lld", (long long)v[i]);
		buf_addf(out, " %12s", buf_str(&b));
		buf_free(&b);
	}
}

static int
budget(struct ledger *l, const struct rules_budget *b, bool json,
    struct buf *out, struct err *e)
{
	int64_t spent[2] = { 0 }, held[2] = { 0 };
	char period[24];

	rules_period(period, b->per, clock_wall_ms());
	if (l->db != NULL &&
	    tx_budget(l, b->name, period, spent, held, e) == -1)
		return -1;
	if (json) {
		jv o = js_set_str(js_obj(), "budget", b->name);

		o = js_set_str(o, "per", rules_per_name(b->per));
		o = js_set_str(o, "period", period);
		o = set(o, "cost_micro", spent[0]);
		o = set(o, "held_cost_micro", held[0]);
		if (b->cost != -1)
			o = set(o, "max_cost_micro", b->cost);
		o = set(o, "tokens", spent[1]);
		o = set(o, "held_tokens", held[1]);
		if (b->tokens != -1)
			o = set(o, "max_tokens", b->tokens);
		js_dump(out, o);
		buf_addc(out, '\n');
		js_free(o);
		return 0;
	}
	buf_addf(out, "%-16.16s %-13s", b->name, *period != '\0' ? period :
	    "total");
	part(out, spent[0], held[0], b->cost, true);
	part(out, spent[1], held[1], b->tokens, false);
	buf_addc(out, '\n');
	return 0;
}

int
usage_limits(struct ledger *l, bool json, struct buf *out, struct err *e)
{
	if (!json)
		buf_addf(out, "%-36s %-24s %-8s %9s %9s %9s %9s %7s\n",
		    "server", "model", "key", "blocked", "request",
		    "1k tokens", "in flight", "waiting");
	if (l->db != NULL && buckets(l, json, out, e) == -1)
		return -1;
	if (!json && l->rules.nbudgets > 0)
		buf_addf(out, "\n%-16s %-13s %12s %12s %12s %12s %12s "
		    "%12s\n", "budget", "period", "spent", "held", "of",
		    "tokens", "held", "of");
	for (size_t i = 0; i < l->rules.nbudgets; i++)
		if (budget(l, &l->rules.budgets[i], json, out, e) == -1)
			return -1;
	return 0;
}
