/*
 * coproc.h - agent-gate as a coprocess, agent-protocol(7).
 */
#ifndef GATE_COPROC_H
#define GATE_COPROC_H

#include "base/base.h"
#include "base/err.h"
#include "gate/gate.h"
#include "gate/out.h"

/*
 * Serve requests from fd until its end.  Signals must be set up with
 * sig_init(); on SIGTERM and SIGHUP it returns, and sig_caught() tells.
 * 0, or -1 with e filled when writing failed or the end came while a
 * request was under way (ERR_CANCELLED).
 */
int coproc_run(struct gate *g, int fd, const char *version, struct out *out,
    struct err *e);
/* What is known of the model and its window, as members of o (consumed): of
 * the line ready, and of the error in place of it. */
jv coproc_known_take(const struct gate *g, jv o);

#endif
