/*
 * reserve.h - may this request be sent now, and what did it use?
 *
 * Each call is one transaction, and the clock is read inside it.  A request
 * waits in line with a ticket: first come, first served, for each server,
 * key and model.  Who waits asks again after the time it was told; one that
 * does not come back is passed over, and has its old place when it does.
 */
#ifndef LEDGER_RESERVE_H
#define LEDGER_RESERVE_H

#include "base/base.h"
#include "base/err.h"
#include "ledger/ledger.h"

#define RESERVE_OUTPUT	1024	/* tokens, when nobody knows how many */

struct reserve {
	/* Filled by the caller; the strings are its own. */
	const char	*endpoint, *model, *key;
	const char	*session;	/* NULL: that of the ledger */
	int64_t		 input;		/* tokens, estimated */
	int64_t		 output;	/* tokens at most; -1 not known */
	int64_t		 deadline;	/* of clock_ms, to wait to; -1 none */
	/* The state; zero before the first call. */
	int64_t		 ticket, lease;
	int64_t		 cost, granted_ms;
	bool		 priced;
};

struct reserve_wait {
	int64_t		 ms;		/* ask again after this */
	int64_t		 sure_ms;	/* how long it will take at least */
	const char	*reason;	/* requests, tokens, in_flight, ... */
};

/*
 * 1: granted, l holds what it may use until reserve_settle.  0: wait, w is
 * filled.  -1: no, with e filled: ERR_RATE when the wait would go beyond
 * the deadline (w says how long), ERR_LIMIT when a budget is used up.
 */
int reserve_try(struct ledger *l, struct reserve *r, struct reserve_wait *w,
    struct err *e);
/* Leave the line. */
void reserve_drop(struct ledger *l, struct reserve *r);

struct reserve_use {
	int64_t		 input, output, cached, reasoning;
	const char	*outcome;	/* "ok", "lost", name of an error */
	bool		 estimated;
	int64_t		 duration_ms;
	int64_t		 retry_after_ms; /* the server said so; 0 nothing */
};

/*
 * What a granted request used; NULL when nobody knows, so that what was
 * held counts as used.  *cost is what it cost, -1 when no price is known.
 */
int reserve_settle(struct ledger *l, struct reserve *r,
    const struct reserve_use *u, int64_t *cost, struct err *e);
/* Nobody shall ask this server for ms milliseconds. */
int reserve_block(struct ledger *l, const struct reserve *r, int64_t ms,
    struct err *e);
/* Settle what dead processes held, if they held anything. */
int reserve_sweep(struct ledger *l, struct err *e);

#endif
