/*
 * check.h - agent-tool check: what the policy says to calls, without
 * running them.
 */
#ifndef TOOL_CHECK_H
#define TOOL_CHECK_H

#include "base/base.h"
#include "base/buf.h"
#include "base/err.h"
#include "tool/tool.h"

/*
 * Judge the call that the operands are (a tool's name and its arguments as
 * JSON), or without operands the calls on stdin: those of messages, or single
 * ones, {"name", "arguments"} or as an API has them.  What is said is
 * appended to out, for people or as a line of JSON a call; *status is 0 when
 * all are allowed, 1 when one would be asked about, 77 when one is denied.
 * -1 with e filled when a call cannot be judged: there is no such tool, or
 * the arguments do not fit.
 */
int check_command(struct tool_env *env, char *const *operand, int n,
    bool json, int *status, struct buf *out, struct err *e);

#endif
