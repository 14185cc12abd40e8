/*
 * serve.h - the ledger as a coprocess, agent-protocol(7).
 */
#ifndef LEDGER_SERVE_H
#define LEDGER_SERVE_H

#include "base/base.h"
#include "base/err.h"
#include "ledger/ledger.h"

/*
 * Serve lines from fd until it ends, answer on out.  limit_wait_ms is how
 * long a request waits unless it says itself; -1 as long as it takes.  At
 * the end, what waits leaves the line, and what was granted and not settled
 * counts as used.  0, or -1 with e filled.
 */
int serve_run(struct ledger *l, int fd, int out, int64_t limit_wait_ms,
    const char *version, struct err *e);

#endif
