/*
 * count_cmd.h - agent-gate count: how many tokens a talk is.
 */
#ifndef GATE_COUNT_CMD_H
#define GATE_COUNT_CMD_H

#include "base/base.h"
#include "base/err.h"
#include "gate/gate.h"
#include "gate/out.h"

/*
 * Write the estimate for the talk on fd: a number, or with json an object
 * of its parts.  0, or -1 with e filled: ERR_OVERFLOW when the settings name
 * a window and the talk does not fit into it.
 */
int count_run(struct gate *g, int fd, bool json, struct out *out,
    struct err *e);

#endif
