/*
 * relay.h - agent-mcp as a coprocess of agent-tool: calls in, results out.
 *
 * The protocol is agent-protocol(7), with lines of its own that agent-mcp(1)
 * describes: call, cancel and answer come in, progress, ask, result and error
 * go out.
 */
#ifndef MCP_RELAY_H
#define MCP_RELAY_H

#include "base/base.h"
#include "base/err.h"
#include "mcp/hub.h"

/* Until the input ends or nobody reads the output.  With elicits whoever
 * reads it can ask the user what servers want to know. */
int relay_run(struct hub *h, int in, int out, bool elicits, struct err *e);

#endif
