/*
 * account_set.h - what the settings say about limits, budgets and costs.
 */
#ifndef GATE_ACCOUNT_SET_H
#define GATE_ACCOUNT_SET_H

#include "base/base.h"
#include "base/err.h"
#include "gate/settings.h"

struct account_set {
	const char	*max_cost, *max_total, *budget;	/* NULL: none */
	int64_t		 wait_ms;	/* for a turn; -1 as it takes */
	bool		 patient;	/* that was said, not assumed */
};

/*
 * Read them.  1 when requests are to be reserved, 0 when not; -1 with e
 * filled when they are wrong or contradict each other.  The strings are
 * those of s.
 */
int account_set(struct account_set *a, const struct settings *s,
    struct err *e);

#endif
