/*
 * mcp.h - tools of MCP servers.
 *
 * The servers are agent-mcp(1)'s work, a program of its own, since it talks
 * to the network.  Here it is two things: an index of the tools that its
 * servers were recorded to have, which is read at our start, so that no
 * server is waited for then; and a coprocess that makes the calls, started
 * by the first one and kept until we end.
 */
#ifndef TOOL_MCP_H
#define TOOL_MCP_H

#include "base/base.h"
#include "base/err.h"
#include "json/js.h"
#include "tool/registry.h"
#include "tool/result.h"
#include "tool/tool.h"

#include <poll.h>

#define MCP_FDS		3
#define MCP_CALL_MS	(11 * 60 * 1000)	/* agent-mcp gives up before */

/* Add the tools of the index to r; the project's servers count when its
 * .mcp.json is trusted. */
void mcp_scan(struct registry *r, struct tool_env *env);
/*
 * When there are servers that were never asked: ask them, which takes as
 * long as they need to start, and add their tools.  What went wrong is
 * noted in the registry.  True when something was asked.
 */
bool mcp_collect(struct tool_env *env);
/*
 * The name of a tool that a user wrote: SERVER.TOOL becomes the tool's name,
 * after the servers were asked if need be.  -1 with e filled (ERR_DENIED)
 * when it may be the tool of a project that is not trusted.
 */
int mcp_resolve(struct tool_env *env, const char **name, struct err *e);
/* Become agent-mcp with these arguments; returns only to fail. */
int mcp_exec(struct tool_env *env, char *const *args, int nargs,
    struct err *e);
/* End the coprocess, and all servers with it. */
void mcp_close(struct tool_env *env);

/* ---- a call ---- */

struct mcp_call {
	struct mcp_call	*next;
	struct tool_env	*env;
	const struct tool *tool;
	char		 id[24];	/* "" when it is not under way */
	bool		 done;
	jv		 result;	/* of the server, invalid: see err */
	struct err	 err;
	jv		 progress;	/* the last, not yet told; or invalid */
	jv		 asks;		/* lines "ask" that are not answered */
};

void mcp_call_init(struct mcp_call *c);
void mcp_call_free(struct mcp_call *c);
/* Begin with arguments that were read from text; -1 with r filled when it
 * cannot. */
int mcp_call_start(struct mcp_call *c, struct tool_env *env,
    const struct tool *t, jv args, const struct buf *text, struct result *r);
/* What to poll for. */
size_t mcp_call_fds(const struct mcp_call *c, struct pollfd p[MCP_FDS]);
/* Take what came for any call; true when c is done. */
bool mcp_call_step(struct mcp_call *c);
/* Ask that it ends. */
void mcp_call_cancel(struct mcp_call *c);
/* What the user said to the first of asks, which is gone then; content is
 * borrowed, and invalid for none. */
void mcp_call_answer(struct mcp_call *c, const char *action, jv content);
/* After the end: fill r. */
void mcp_call_finish(struct mcp_call *c, struct result *r);

#endif
