/*
 * cmd.h - the sub-commands of agent-tool mcp, agent-mcp(1).
 */
#ifndef MCP_CMD_H
#define MCP_CMD_H

#include "base/base.h"
#include "base/buf.h"
#include "base/err.h"
#include "base/vec.h"
#include "mcp/hub.h"

struct cmd {
	struct entry_files files;
	const char	*workspace;	/* absolute */
	const char	*index;		/* path of it, or NULL */
	bool		 untrusted;	/* there is a .mcp.json that does not
					 * count */
	bool		 elicits;	/* relay */
	bool		 json;
	bool		 in_project;	/* add, remove: to .mcp.json */
	struct vec	 env, headers;	/* add */
	const char	*headers_cmd;	/* add, or NULL */
	char *const	*args;		/* operands of the sub-command */
	size_t		 nargs;
};

/* Ask the servers that have no pin, and write the index. */
int cmd_collect(const struct cmd *c, struct err *e);
/* A line for each server. */
int cmd_list(const struct cmd *c, struct buf *out, struct err *e);
/* Open those that are named, or all, and say all that there is to say. */
int cmd_test(const struct cmd *c, struct buf *out, struct err *e);
/* Ask servers again (those named, or all) and take what they say. */
int cmd_refresh(const struct cmd *c, struct buf *out, struct err *e);
/* SERVER [URI]: its resources, or what one is. */
int cmd_resources(const struct cmd *c, struct buf *out, struct err *e);
/* SERVER [PROMPT [NAME=VALUE...]]: its prompts, or what one says. */
int cmd_prompts(const struct cmd *c, struct buf *out, struct err *e);
/* Open the hub, and say what is to be said; find a server, or say why not. */
int cmd_begin(struct hub *h, const struct cmd *c, struct err *e);
struct server *cmd_named(struct hub *h, const struct cmd *c, const char *name,
    size_t *at, struct err *e);
/* Change a file: NAME URL, or NAME COMMAND ARGUMENT... */
int cmd_add(const struct cmd *c, struct buf *out, struct err *e);
int cmd_remove(const struct cmd *c, struct buf *out, struct err *e);

#endif
