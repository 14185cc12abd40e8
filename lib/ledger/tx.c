/*
 * tx.c - buckets and the line before them.
 */
#include "ledger/tx.h"

#include <string.h>

/* One that promised to ask again and is this late is passed over. */
#define LATE_MS		((int64_t)10000)
#define FAR_MS		((int64_t)60000)
#define OLD_US		((int64_t)7 * 24 * 3600 * 1000000)

static int
load(struct ledger *l, const struct reserve *r, const char *model,
    struct tx_bucket *b, int64_t *seen, struct err *e)
{
	struct db_stmt *st = db_query(l->db, e, "SELECT id, requests_at,"
	    " tokens_at, blocked_until, seen FROM bucket"
	    " WHERE endpoint = ? AND key = ? AND model = ?", "sss",
	    r->endpoint, r->key, model);
	int rc;

	if (st == NULL || (rc = db_step(st, e)) != 1)
		return st == NULL ? -1 : rc;
	b->id = db_int(st, 0);
	b->requests_at = db_int(st, 1);
	b->tokens_at = db_int(st, 2);
	b->blocked_until = db_int(st, 3);
	*seen = db_int(st, 4);
	db_done(st);
	return 1;
}

/* A new bucket; those that nobody asked for in a week go. */
static int
make(struct ledger *l, const struct reserve *r, const char *model,
    int64_t now_us, struct tx_bucket *b, struct err *e)
{
	if (db_run(l->db, e, "DELETE FROM bucket WHERE seen < ?"
	    " AND blocked_until < seen AND requests_at < seen"
	    " AND id NOT IN (SELECT bucket FROM lease)"
	    " AND id NOT IN (SELECT bucket FROM waiter)", "i",
	    now_us - OLD_US) == -1 ||
	    db_run(l->db, e, "INSERT INTO bucket(endpoint, key, model, seen)"
	    " VALUES(?, ?, ?, ?)", "sssi", r->endpoint, r->key, model,
	    now_us) == -1)
		return -1;
	b->id = db_last_id(l->db);
	return 0;
}

int
tx_bucket(struct ledger *l, const struct reserve *r, int64_t now_us,
    struct tx_bucket *b, struct err *e)
{
	const struct rules *rs = &l->rules;
	const char *model = r->model;
	int64_t seen = 0;
	int rc;

	memset(b, 0, sizeof(*b));
	b->rule = rules_limit(rs, r->endpoint, r->model);
	if (b->rule != NULL && b->rule->per_key)
		model = "*";
	if (b->rule != NULL && b->rule->requests > 0)
		b->requests = gcra_requests(b->rule->requests,
		    b->rule->burst, rs->num, rs->den);
	if (b->rule != NULL && b->rule->tokens > 0)
		b->tokens = gcra_tokens(b->rule->tokens,
		    b->rule->burst_tokens, rs->num, rs->den);
	rc = load(l, r, model, b, &seen, e);
	if (rc == 0)
		rc = make(l, r, model, now_us, b, e) == 0 ? 1 : -1;
	if (rc == -1)
		return -1;
	/* The clock was set back: what is owed moves with it. */
	b->shifted = seen > now_us;
	if (b->shifted) {
		b->requests_at -= seen - now_us;
		b->tokens_at -= seen - now_us;
		b->blocked_until -= seen - now_us;
	}
	return 0;
}

int
tx_bucket_save(struct ledger *l, const struct tx_bucket *b, int64_t now_us,
    struct err *e)
{
	return db_run(l->db, e, "UPDATE bucket SET requests_at = ?,"
	    " tokens_at = ?, blocked_until = ?, seen = ? WHERE id = ?",
	    "iiiii", b->requests_at, b->tokens_at, b->blocked_until, now_us,
	    b->id);
}

/* Whether the one in this row still waits. */
static bool
waits(struct ledger *l, struct db_stmt *st, int64_t now_ms)
{
	int64_t next = db_int(st, 4);

	return now_ms - next < LATE_MS && next - now_ms < FAR_MS &&
	    owner_alive(&l->me, db_int(st, 1), db_int(st, 2), db_text(st, 3),
	    now_ms - next);
}

int
tx_ahead(struct ledger *l, const struct reserve *r,
    const struct tx_bucket *b, int64_t now_ms, int64_t *n, int64_t *tokens,
    struct err *e)
{
	int64_t mine = r->ticket != 0 ? r->ticket : INT64_MAX, ticket;
	struct db_stmt *st;
	int rc;

	*n = *tokens = 0;
	for (;;) {
		st = db_query(l->db, e, "SELECT ticket, pid, start, place,"
		    " next FROM waiter WHERE bucket = ? AND ticket < ?"
		    " ORDER BY ticket LIMIT 1", "ii", b->id, mine);
		if (st == NULL || (rc = db_step(st, e)) != 1)
			return st == NULL ? -1 : rc;
		if (waits(l, st, now_ms))
			break;
		ticket = db_int(st, 0);
		db_done(st);
		if (db_run(l->db, e, "DELETE FROM waiter WHERE ticket = ?",
		    "i", ticket) == -1)
			return -1;
	}
	db_done(st);
	st = db_query(l->db, e, "SELECT count(*), sum(tokens) FROM waiter"
	    " WHERE bucket = ? AND ticket < ?", "ii", b->id, mine);
	if (st == NULL || db_step(st, e) == -1)
		return -1;
	*n = db_int(st, 0);
	*tokens = db_int(st, 1);
	db_done(st);
	return 0;
}

int
tx_queue(struct ledger *l, struct reserve *r, const struct tx_bucket *b,
    int64_t next_ms, struct err *e)
{
	int64_t tokens = r->input + r->output;

	if (r->ticket != 0)
		return db_run(l->db, e, "INSERT OR REPLACE INTO waiter"
		    " VALUES(?, ?, ?, ?, ?, ?, ?)", "iiiisii", r->ticket,
		    b->id, l->me.pid, l->me.start, l->me.place, tokens,
		    next_ms);
	if (db_run(l->db, e, "INSERT INTO waiter(bucket, pid, start, place,"
	    " tokens, next) VALUES(?, ?, ?, ?, ?, ?)", "iiisii", b->id,
	    l->me.pid, l->me.start, l->me.place, tokens, next_ms) == -1)
		return -1;
	r->ticket = db_last_id(l->db);
	return 0;
}

int
tx_unqueue(struct ledger *l, struct reserve *r, struct err *e)
{
	if (r->ticket == 0)
		return 0;
	if (db_run(l->db, e, "DELETE FROM waiter WHERE ticket = ?", "i",
	    r->ticket) == -1)
		return -1;
	r->ticket = 0;
	return 0;
}
