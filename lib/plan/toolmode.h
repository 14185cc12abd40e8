/*
 * toolmode.h - the tool plan, agent-tools(7): what a model may do with the
 * plan.
 *
 * What comes from a model is data: it names tasks by number, is bounded,
 * and a command that it gives as a check runs in the sandbox only.  In a
 * conversation that a worker holds about a task (AGENT_TASK), that task is
 * closed by the worker, never by the model.
 */
#ifndef PLAN_TOOLMODE_H
#define PLAN_TOOLMODE_H

#include "base/buf.h"
#include "base/err.h"

/* The tool object, a line. */
extern const char toolmode_schema[];
/* One call: arguments from standard input, the result into out; the exit
 * status, or -1 with e filled. */
int toolmode_call(struct buf *out, struct err *e);

#endif
