/*
 * mcp_link.h - what the two halves of mcp.h share: mcp.c and mcp_call.c.
 */
#ifndef TOOL_MCP_LINK_H
#define TOOL_MCP_LINK_H

#include "base/vec.h"
#include "core/coproc.h"
#include "tool/mcp.h"

struct mcp {
	char		*project, *sum;	/* .mcp.json and its hash, if it is
					 * trusted */
	bool		 untrusted;	/* there is one that does not */
	char		*user;		/* mcp.json of the user, or NULL */
	const char	*extra;		/* AGENT_MCP_CONFIG, or NULL */
	char		*index;		/* path */
	bool		 missing;	/* there is none, or it is too old */
	struct coproc	 link;		/* agent-mcp relay */
	struct mcp_call	*calls;		/* under way */
	uint64_t	 count;
};

/* The command line of agent-mcp, up to its sub-command. */
void mcp_command(const struct tool_env *env, struct vec *argv);
/* End the coprocess. */
void mcp_hang_up(struct mcp *m);

#endif
