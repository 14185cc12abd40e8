/*
 * ledger.h - the file that all processes of one user share: what flows,
 * what is held, what was spent.
 *
 * $STATE/ledger.db.  What is held (leases, tickets) belongs to processes
 * that live; what dead ones held is found and settled by the next one.
 */
#ifndef LEDGER_LEDGER_H
#define LEDGER_LEDGER_H

#include "base/base.h"
#include "base/err.h"
#include "core/conf.h"
#include "db/db.h"
#include "core/owner.h"
#include "ledger/rules.h"

struct ledger {
	struct db	*db;
	char		*path;
	struct rules	 rules;
	struct owner	 me;
	const char	*job, *session;		/* NULL: none */
	const struct rules_budget *budget;	/* NULL: none */
	/* Of this process alone; -1 no limit. */
	int64_t		 max_cost, max_tokens;
	int64_t		 spent_cost, spent_tokens;
	int64_t		 held_cost, held_tokens;
	int64_t		 swept_ms;		/* when dead ones were sought */
};

struct ledger_options {
	const struct rules_limit *first;	/* before all others, or NULL */
	const char	*budget;		/* its name, or NULL */
	int64_t		 max_cost, max_tokens;	/* -1 none */
	const char	*prices;		/* a file of them, or NULL */
	bool		 read;			/* only for a report */
};

/*
 * Read the rules and open the file, which is made when it is missing.  With
 * read it is not, and l->db is NULL then.  0, or -1 with e filled; to be
 * closed either way.  c is borrowed for as long as l is open.
 */
int ledger_open(struct ledger *l, struct conf *c,
    const struct ledger_options *o, struct err *e);
void ledger_close(struct ledger *l);

#endif
