/*
 * hold.c - what requests under way hold, and what they used in the end.
 */
#include "ledger/tx.h"

#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/mem.h"

#define SWEEP_MS	300

int
tx_in_flight(struct ledger *l, int64_t bucket, int64_t *n, struct err *e)
{
	struct db_stmt *st = db_query(l->db, e, "SELECT count(*) FROM lease"
	    " WHERE bucket = ?", "i", bucket);

	if (st == NULL || db_step(st, e) == -1)
		return -1;
	*n = db_int(st, 0);
	db_done(st);
	return 0;
}

int
tx_hold(struct ledger *l, struct reserve *r, const struct tx_bucket *b,
    const char *period, int64_t now_ms, struct err *e)
{
	struct db_stmt *st = db_query(l->db, e, "INSERT INTO lease(bucket, "
	    "pid, start, place, made, input, output, cost, endpoint, key,"
	    " model, job, session, budget, period)"
	    " VALUES(?, ?, ?, ?, ?, ?, ?, iif(?, ?, NULL), ?, ?, ?, ?, ?, ?,"
	    " ?)", "iiisiiiiisssssss", b->id, l->me.pid, l->me.start,
	    l->me.place, now_ms, r->input, r->output, (int64_t)r->priced,
	    r->cost, r->endpoint, r->key, r->model, l->job,
	    r->session != NULL ? r->session : l->session,
	    l->budget != NULL ? l->budget->name : NULL,
	    l->budget != NULL ? period : NULL);

	if (st == NULL || db_step(st, e) == -1)
		return -1;
	r->lease = db_last_id(l->db);
	r->granted_ms = now_ms;
	return 0;
}

/* Two sums in one row; a missing row is nothing. */
static int
sums(struct db_stmt *st, int64_t out[2], struct err *e)
{
	int rc;

	out[0] = out[1] = 0;
	if (st == NULL || (rc = db_step(st, e)) == -1)
		return -1;
	if (rc == 1) {
		out[0] = db_int(st, 0);
		out[1] = db_int(st, 1);
		db_done(st);
	}
	return 0;
}

int
tx_budget(struct ledger *l, const char *name, const char *period,
    int64_t spent[2], int64_t held[2], struct err *e)
{
	if (sums(db_query(l->db, e, "SELECT cost, tokens FROM spent"
	    " WHERE budget = ? AND period = ?", "ss", name, period), spent,
	    e) == -1)
		return -1;
	return sums(db_query(l->db, e, "SELECT sum(cost),"
	    " sum(input + output) FROM lease WHERE budget = ?"
	    " AND period = ?", "ss", name, period), held, e);
}

int
tx_run(struct ledger *l, int64_t since_ms, const char *sessions,
    int64_t used[2], struct err *e)
{
	/* Both at once: what is held becomes what was used in one go. */
	return sums(db_query(l->db, e, "SELECT sum(cost), sum(input + output)"
	    " FROM (SELECT session, cost, input, output FROM usage"
	    " WHERE time >= ? UNION ALL"
	    " SELECT session, cost, input, output FROM lease WHERE made >= ?)"
	    " WHERE instr(?, ',' || session || ',')", "iis", since_ms,
	    since_ms, sessions), used, e);
}

/* Columns of a lease that the line of its use takes over. */
static int
write_use(struct ledger *l, int64_t id, const struct reserve_use *u,
    int64_t cost, int64_t now_ms, struct err *e)
{
	if (db_run(l->db, e, "INSERT INTO usage(time, endpoint, key, model,"
	    " job, session, budget, input, output, cached, reasoning, cost,"
	    " outcome, estimated, duration)"
	    " SELECT ?, endpoint, key, model, job, session, budget, ?, ?, ?,"
	    " ?, iif(? < 0, NULL, ?), ?, ?, ? FROM lease WHERE id = ?",
	    "iiiiiiisiii", now_ms, u->input, u->output, u->cached,
	    u->reasoning, cost, cost, u->outcome, (int64_t)u->estimated,
	    u->duration_ms, id) == -1)
		return -1;
	if (db_run(l->db, e, "INSERT INTO spent SELECT budget, period, ?, ?"
	    " FROM lease WHERE id = ? AND budget IS NOT NULL"
	    " ON CONFLICT DO UPDATE SET cost = cost + excluded.cost,"
	    " tokens = tokens + excluded.tokens", "iii",
	    cost > 0 ? cost : 0, u->input + u->output, id) == -1)
		return -1;
	return db_run(l->db, e, "DELETE FROM lease WHERE id = ?", "i", id);
}

int
tx_settle(struct ledger *l, int64_t id, const struct reserve_use *u,
    int64_t now_ms, int64_t *cost, bool *found, struct err *e)
{
	struct reserve_use use = { .outcome = "lost", .estimated = true };
	struct db_stmt *st = db_query(l->db, e, "SELECT input, output, made,"
	    " cost, endpoint, model FROM lease WHERE id = ?", "i", id);
	const struct rules_price *p;
	int rc = st != NULL ? db_step(st, e) : -1;

	*cost = -1;
	*found = rc == 1;
	if (rc != 1)
		return rc;
	if (u != NULL) {
		use = *u;
		p = rules_price(&l->rules, db_text(st, 4), db_text(st, 5));
		if (p != NULL)
			*cost = rules_cost(p, u->input, u->cached,
			    u->output);
	} else {
		use.input = db_int(st, 0);
		use.output = db_int(st, 1);
		if (!db_null(st, 3))
			*cost = db_int(st, 3);
	}
	if (use.duration_ms == 0 && now_ms > db_int(st, 2))
		use.duration_ms = now_ms - db_int(st, 2);
	db_done(st);
	return write_use(l, id, &use, *cost, now_ms, e);
}

/* The leases of the dead; *n of them, freed by the caller. */
static int
find_dead(struct ledger *l, int64_t now_ms, int64_t **ids, size_t *n,
    struct err *e)
{
	struct db_stmt *st = db_query(l->db, e, "SELECT id, pid, start,"
	    " place, made FROM lease ORDER BY id", "");
	int rc = -1;

	*ids = NULL;
	*n = 0;
	while (st != NULL && (rc = db_step(st, e)) == 1) {
		if (owner_alive(&l->me, db_int(st, 1), db_int(st, 2),
		    db_text(st, 3), now_ms - db_int(st, 4)))
			continue;
		*ids = xreallocarray(*ids, *n + 1, sizeof(**ids));
		(*ids)[(*n)++] = db_int(st, 0);
	}
	return rc;
}

int
tx_some_dead(struct ledger *l, int64_t now_ms, bool *some, struct err *e)
{
	int64_t *ids;
	size_t n;
	int rc = find_dead(l, now_ms, &ids, &n, e);

	*some = n > 0;
	free(ids);
	return rc;
}

int
tx_sweep(struct ledger *l, int64_t now_ms, struct err *e)
{
	int64_t mono = clock_ms(), *ids, cost;
	size_t n;
	bool found;
	int rc;

	if (l->swept_ms != 0 && mono - l->swept_ms < SWEEP_MS)
		return 0;
	l->swept_ms = mono;
	rc = find_dead(l, now_ms, &ids, &n, e);
	for (size_t i = 0; rc == 0 && i < n; i++)
		rc = tx_settle(l, ids[i], NULL, now_ms, &cost, &found, e);
	free(ids);
	return rc;
}
