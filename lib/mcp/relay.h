/*
 * relay.h - agent-mcp as a coprocess of agent-tool: calls in, results out.
 *
 * The protocol is agent-protocol(7), with lines of its own that agent-mcp(1)
 * describes: call and cancel come in, progress, result and error go out.
 */
#ifndef MCP_RELAY_H
#define MCP_RELAY_H

#include "base/base.h"
#include "base/err.h"
#include "mcp/hub.h"

/* Until the input ends or nobody reads the output. */
int relay_run(struct hub *h, int in, int out, struct err *e);

#endif
