/*
 * tx.h - the pieces of reserve.h's transactions; private to this layer.
 */
#ifndef LEDGER_TX_H
#define LEDGER_TX_H

#include "ledger/gcra.h"
#include "ledger/reserve.h"

struct tx_bucket {
	int64_t		 id, requests_at, tokens_at, blocked_until;
	const struct rules_limit *rule;	/* NULL: no limit */
	struct gcra	 requests, tokens;
	bool		 shifted;	/* the clock was set back meanwhile */
};

/* The bucket of r, made when it is missing, with its clock put right. */
int tx_bucket(struct ledger *l, const struct reserve *r, int64_t now_us,
    struct tx_bucket *b, struct err *e);
int tx_bucket_save(struct ledger *l, const struct tx_bucket *b,
    int64_t now_us, struct err *e);
/* How many wait before r, and for how many tokens. */
int tx_ahead(struct ledger *l, const struct reserve *r,
    const struct tx_bucket *b, int64_t now_ms, int64_t *n, int64_t *tokens,
    struct err *e);
/* Stand in line until next_ms. */
int tx_queue(struct ledger *l, struct reserve *r, const struct tx_bucket *b,
    int64_t next_ms, struct err *e);
int tx_unqueue(struct ledger *l, struct reserve *r, struct err *e);
/* Settle what dead processes held, unless that was done just now. */
int tx_sweep(struct ledger *l, int64_t now_ms, struct err *e);
/* Whether there is something to settle for the dead; only reads. */
int tx_some_dead(struct ledger *l, int64_t now_ms, bool *some,
    struct err *e);
/* Requests under way in a bucket. */
int tx_in_flight(struct ledger *l, int64_t bucket, int64_t *n,
    struct err *e);
/* Hold what r asks for. */
int tx_hold(struct ledger *l, struct reserve *r, const struct tx_bucket *b,
    const char *period, int64_t now_ms, struct err *e);
/* Spent, and held by requests under way, of a budget in a period. */
int tx_budget(struct ledger *l, const char *name, const char *period,
    int64_t spent[2], int64_t held[2], struct err *e);
/* Used, and held, since then by the sessions of that list, each between two
 * commas: micro-units, tokens. */
int tx_run(struct ledger *l, int64_t since_ms, const char *sessions,
    int64_t used[2], struct err *e);
/* Write down the use of lease id and end it; u NULL: what was held.  *cost
 * is -1 when no price is known; *found tells whether it was still there. */
int tx_settle(struct ledger *l, int64_t id, const struct reserve_use *u,
    int64_t now_ms, int64_t *cost, bool *found, struct err *e);

#endif
