/*
 * reserve.c - may this request be sent now, and what did it use?
 */
#include "ledger/reserve.h"

#include <string.h>

#include <bsd/stdlib.h>

#include "base/clock.h"
#include "ledger/tx.h"

#define POLL_MAX_MS	2000	/* how long nobody is left alone in line */
#define BLOCK_MAX_MS	((int64_t)3600 * 1000)

/* a - b as money, for people. */
#define MONEY(v)	(double)(v) / 1e6

static int64_t
left(const struct reserve *r)
{
	return r->deadline == -1 ? INT64_MAX : clock_left(r->deadline);
}

/* What it may cost; a limit of costs needs a price. */
static int
estimate(struct ledger *l, struct reserve *r, struct err *e)
{
	const struct rules_price *p = rules_price(&l->rules, r->endpoint,
	    r->model);
	bool limited = l->max_cost != -1 ||
	    (l->budget != NULL && l->budget->cost != -1);

	if (r->output < 0)
		r->output = RESERVE_OUTPUT;
	r->priced = p != NULL;
	r->cost = p != NULL ? rules_cost(p, r->input, 0, r->output) : 0;
	if (limited && p == NULL)
		return err_set(e, ERR_CONFIG, "no price is known for %.80s, "
		    "so its cost cannot be limited; add it to prices, "
		    "agent-config(5)", r->model);
	/* Cached input may cost more than fresh input. */
	if (p != NULL && p->cached > p->input)
		r->cost = rules_cost(p, r->input, r->input, r->output);
	return 0;
}

/*
 * One limit: 1 there is room; 0 there may be when what is held comes back;
 * -1 there is none, with e filled.
 */
static int
room(const char *name, bool cost, int64_t max, int64_t spent, int64_t held,
    int64_t need, struct err *e)
{
	if (max == -1 || spent + held + need <= max)
		return 1;
	if (spent + need <= max)
		return 0;
	if (cost)
		return err_set(e, ERR_LIMIT, "%s: %.6f of %.6f is spent, and "
		    "this request may cost %.6f", name, MONEY(spent),
		    MONEY(max), MONEY(need));
	return err_set(e, ERR_LIMIT, "%s: %lld of %lld tokens are used, and "
	    "this request may take %lld", name, (long long)spent,
	    (long long)max, (long long)need);
}

/* All budgets: 1, 0 or -1 as above. */
static int
budgets(struct ledger *l, struct reserve *r, const char *period,
    struct err *e)
{
	int64_t spent[2], held[2], need = r->input + r->output;
	const struct rules_budget *b = l->budget;
	int rc[4] = { 1, 1, 1, 1 };

	rc[0] = room("--max-cost", true, l->max_cost, l->spent_cost,
	    l->held_cost, r->cost, e);
	if (rc[0] != -1)
		rc[1] = room("--max-total-tokens", false, l->max_tokens,
		    l->spent_tokens, l->held_tokens, need, e);
	if (rc[0] == -1 || rc[1] == -1)
		return -1;
	if (b != NULL) {
		if (tx_budget(l, b->name, period, spent, held, e) == -1)
			return -1;
		rc[2] = room(b->name, true, b->cost, spent[0], held[0],
		    r->cost, e);
		if (rc[2] != -1)
			rc[3] = room(b->name, false, b->tokens, spent[1],
			    held[1], need, e);
		if (rc[2] == -1 || rc[3] == -1)
			return err_wrap(e, "budget");
	}
	return rc[0] && rc[1] && rc[2] && rc[3];
}

/* How long the clocks make a request wait that has n others, with tokens,
 * before it. */
static int64_t
sure_wait(const struct reserve *r, const struct tx_bucket *b, int64_t now,
    int64_t n, int64_t tokens, const char **reason)
{
	int64_t wait = b->blocked_until - now, w;

	*reason = "retry_after";
	if (wait < 0)
		wait = 0;
	if (b->requests.burst > 0) {
		w = gcra_wait(&b->requests, n == 0 ? b->requests_at :
		    gcra_take(&b->requests, b->requests_at, now, n), now, 1);
		if (w > wait) {
			wait = w;
			*reason = "requests";
		}
	}
	if (b->tokens.burst > 0) {
		w = gcra_wait(&b->tokens, n == 0 ? b->tokens_at :
		    gcra_take(&b->tokens, b->tokens_at, now, tokens), now,
		    r->input + r->output);
		if (w > wait) {
			wait = w;
			*reason = "tokens";
		}
	}
	if (wait == 0)
		*reason = n > 0 ? "line" : "in_flight";
	return (wait + 999) / 1000;
}

/* Whether all places in flight are taken. */
static int
is_full(struct ledger *l, const struct tx_bucket *b, int64_t now_ms,
    bool *full, struct err *e)
{
	int64_t n, max;

	*full = false;
	if (b->rule == NULL || b->rule->in_flight == 0)
		return 0;
	max = b->rule->in_flight * l->rules.num / l->rules.den;
	if (max < 1)
		max = 1;
	if (tx_in_flight(l, b->id, &n, e) == -1)
		return -1;
	if (n >= max && (tx_sweep(l, now_ms, e) == -1 ||
	    tx_in_flight(l, b->id, &n, e) == -1))
		return -1;
	*full = n >= max;
	return 0;
}

/* When to ask again: soon after the time is ripe, and not all at once. */
static void
set_pause(struct reserve_wait *w, const struct reserve *r, int64_t ahead)
{
	int64_t base = w->sure_ms, spread;

	if (base == 0) {
		base = (ahead > 0 ? 5 : 20) * (1 + ahead);
		if (base > 400)
			base = 400;
		spread = base;
	} else {
		if (base > POLL_MAX_MS)
			base = POLL_MAX_MS;
		spread = base / 10 > 20 ? 20 : base / 10;
	}
	w->ms = base + arc4random_uniform((uint32_t)spread + 1);
	if (w->ms > left(r))
		w->ms = left(r);
	if (w->ms < 1)
		w->ms = 1;
}

/* The wait would go beyond the deadline: say how long it is. */
static int
too_long(const struct reserve_wait *w, const struct reserve *r,
    struct err *e)
{
	if (w->sure_ms == 0 && left(r) > 0)
		return 0;
	if (w->sure_ms > 0 && w->sure_ms <= left(r))
		return 0;
	if (w->sure_ms > 0)
		return err_set(e, ERR_RATE, "%.60s: the shared limit (%s) "
		    "lets this request go in %.1f s", r->model, w->reason,
		    (double)w->sure_ms / 1000);
	return err_set(e, ERR_RATE, "%.60s: other requests are under way "
	    "(%s)", r->model, w->reason);
}

/* It may go: pay for it. */
static int
grant(struct ledger *l, struct reserve *r, struct tx_bucket *b, int64_t now,
    const char *period, struct err *e)
{
	int64_t tokens = r->input + r->output;

	if (b->requests.burst > 0)
		b->requests_at = gcra_take(&b->requests, b->requests_at, now,
		    1);
	if (b->tokens.burst > 0)
		b->tokens_at = gcra_take(&b->tokens, b->tokens_at, now,
		    tokens);
	if (tx_bucket_save(l, b, now, e) == -1 ||
	    tx_unqueue(l, r, e) == -1 ||
	    tx_hold(l, r, b, period, now / 1000, e) == -1)
		return -1;
	return 1;
}

static int
decide(struct ledger *l, struct reserve *r, struct reserve_wait *w,
    struct err *e)
{
	int64_t now_ms = clock_wall_ms(), now = now_ms * 1000;
	int64_t ahead, tokens;
	struct tx_bucket b;
	char period[24];
	bool full;
	int rc;

	rules_period(period, l->budget != NULL ? l->budget->per : PER_TOTAL,
	    now_ms);
	rc = budgets(l, r, period, e);
	if (rc == 0)
		rc = tx_sweep(l, now_ms, e) == -1 ? -1 :
		    budgets(l, r, period, e);
	if (rc == -1 || tx_bucket(l, r, now, &b, e) == -1)
		return -1;
	/* Even if this request is denied, or it would never be over. */
	if (b.shifted && tx_bucket_save(l, &b, now, e) == -1)
		return -1;
	if (rc == 0) {
		/* Not in line: others may have money of their own. */
		w->reason = "budget";
		if (too_long(w, r, e) == -1)
			return -1;
		set_pause(w, r, 2);
		return tx_unqueue(l, r, e);
	}
	if (tx_ahead(l, r, &b, now_ms, &ahead, &tokens, e) == -1 ||
	    is_full(l, &b, now_ms, &full, e) == -1)
		return -1;
	w->sure_ms = sure_wait(r, &b, now, ahead, tokens, &w->reason);
	if (w->sure_ms == 0 && ahead == 0 && !full)
		return grant(l, r, &b, now, period, e);
	if (too_long(w, r, e) == -1)
		return -1;
	set_pause(w, r, ahead);
	if (tx_bucket_save(l, &b, now, e) == -1)
		return -1;
	return tx_queue(l, r, &b, now_ms + w->ms, e);
}

int
reserve_try(struct ledger *l, struct reserve *r, struct reserve_wait *w,
    struct err *e)
{
	int64_t ticket = r->ticket;
	int rc;

	memset(w, 0, sizeof(*w));
	if (estimate(l, r, e) == -1)
		return -1;
	/* What is held dies with the machine, but for money. */
	db_durable(l->db, l->budget != NULL);
	if (db_begin(l->db, e) == -1)
		return -1;
	rc = decide(l, r, w, e);
	if (rc == -1) {
		struct err ignored = ERR_INIT;

		if (e->kind == ERR_RATE)
			db_commit(l->db, &ignored);
		else
			db_rollback(l->db);
		r->ticket = ticket;
		reserve_drop(l, r);
		return -1;
	}
	if (db_commit(l->db, e) == -1) {
		r->ticket = ticket;
		r->lease = 0;
		return -1;
	}
	if (rc == 1) {
		l->held_cost += r->cost;
		l->held_tokens += r->input + r->output;
	}
	return rc;
}

void
reserve_drop(struct ledger *l, struct reserve *r)
{
	struct err ignored = ERR_INIT;

	if (r->ticket == 0)
		return;
	if (db_begin(l->db, &ignored) == -1)
		return;		/* it will be passed over */
	if (tx_unqueue(l, r, &ignored) == -1)
		db_rollback(l->db);
	else
		db_commit(l->db, &ignored);
}

/* Move the clocks of the bucket after an answer. */
static int
after(struct ledger *l, const struct reserve *r, int64_t used,
    int64_t retry_ms, int64_t now_ms, struct err *e)
{
	int64_t now = now_ms * 1000, until = now + retry_ms * 1000;
	struct tx_bucket b;

	if (tx_bucket(l, r, now, &b, e) == -1)
		return -1;
	if (b.tokens.burst > 0 && used != r->input + r->output)
		b.tokens_at = gcra_take(&b.tokens, b.tokens_at, now,
		    used - r->input - r->output);
	if (retry_ms > 0 && until > b.blocked_until)
		b.blocked_until = until;
	return tx_bucket_save(l, &b, now, e);
}

static int64_t
bounded(int64_t ms)
{
	return ms > BLOCK_MAX_MS ? BLOCK_MAX_MS : ms;
}

static int
settle(struct ledger *l, struct reserve *r, const struct reserve_use *u,
    int64_t *cost, struct err *e)
{
	int64_t now_ms = clock_wall_ms();
	bool found;

	if (tx_settle(l, r->lease, u, now_ms, cost, &found, e) == -1)
		return -1;
	/* Nothing is given back twice, should it have been taken for dead. */
	if (u == NULL || !found)
		return 0;
	return after(l, r, u->input + u->output, bounded(u->retry_after_ms),
	    now_ms, e);
}

int
reserve_settle(struct ledger *l, struct reserve *r,
    const struct reserve_use *u, int64_t *cost, struct err *e)
{
	int64_t held = r->input + r->output;

	db_durable(l->db, true);
	if (db_begin(l->db, e) == -1)
		return -1;
	if (settle(l, r, u, cost, e) == -1) {
		db_rollback(l->db);
		return -1;
	}
	if (db_commit(l->db, e) == -1)
		return -1;
	r->lease = 0;
	l->held_cost -= r->cost;
	l->held_tokens -= held;
	l->spent_cost += *cost > 0 ? *cost : 0;
	l->spent_tokens += u != NULL ? u->input + u->output : held;
	return 0;
}

int
reserve_block(struct ledger *l, const struct reserve *r, int64_t ms,
    struct err *e)
{
	db_durable(l->db, false);
	if (db_begin(l->db, e) == -1)
		return -1;
	if (after(l, r, r->input + r->output, bounded(ms), clock_wall_ms(),
	    e) == -1) {
		db_rollback(l->db);
		return -1;
	}
	return db_commit(l->db, e);
}

int
reserve_sweep(struct ledger *l, struct err *e)
{
	bool some;

	if (tx_some_dead(l, clock_wall_ms(), &some, e) == -1)
		return -1;
	if (!some)
		return 0;
	l->swept_ms = 0;
	if (db_begin(l->db, e) == -1)
		return -1;
	if (tx_sweep(l, clock_wall_ms(), e) == -1) {
		db_rollback(l->db);
		return -1;
	}
	return db_commit(l->db, e);
}
