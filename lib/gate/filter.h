/*
 * filter.h - agent-gate as a filter: a talk in, the next message out.
 */
#ifndef GATE_FILTER_H
#define GATE_FILTER_H

#include "base/base.h"
#include "base/err.h"
#include "gate/gate.h"
#include "gate/out.h"

/* Read lines from fd to its end into g; name is for messages.  0, or -1
 * with e filled (ERR_DATA with the line, ERR_NOINPUT). */
int filter_read(struct gate *g, int fd, const char *name, struct err *e);
/*
 * Ask once and write the message, with delta events before it when stream.
 * 0, or -1 with e filled; when stream an error event was written, too.
 */
int filter_run(struct gate *g, bool stream, struct out *out, struct err *e);

#endif
