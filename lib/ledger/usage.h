/*
 * usage.h - what was used: sums of the ledger, for people and programs.
 */
#ifndef LEDGER_USAGE_H
#define LEDGER_USAGE_H

#include "base/base.h"
#include "base/buf.h"
#include "base/err.h"
#include "ledger/ledger.h"

struct usage_query {
	int64_t		 since_ms, until_ms;
	const char	*by;		/* "model", "job", "day", ... */
	bool		 json;
	bool		 anew;		/* costs by the prices of now */
};

/* True when there is such a grouping; usage_groups lists them. */
bool usage_by(const char *name);
extern const char usage_groups[];
/* Append the report to out: a table, or an object a line. */
int usage_report(struct ledger *l, const struct usage_query *q,
    struct buf *out, struct err *e);
/* Append the state of limits and budgets in the same way. */
int usage_limits(struct ledger *l, bool json, struct buf *out,
    struct err *e);
/* An amount in millionths as a decimal number. */
void usage_money(struct buf *out, int64_t micro);

#endif
