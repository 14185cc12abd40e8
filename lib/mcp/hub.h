/*
 * hub.h - all servers that are configured, and one loop for them.
 */
#ifndef MCP_HUB_H
#define MCP_HUB_H

#include "base/base.h"
#include "base/err.h"
#include "mcp/entry.h"
#include "mcp/pipe.h"
#include "mcp/server.h"
#include "mcp/web.h"

#include <poll.h>

#define HUB_FDS	(ENTRY_MAX * PIPE_FDS + 1)

struct hub {
	char		*workspace;
	struct entries	 entries;
	struct server	*v[ENTRY_MAX];	/* one for each entry */
	jv		 pin[ENTRY_MAX];	/* store.h, or invalid */
	struct webs	*webs;
	bool		 changed;	/* a pin was written */
};

/* Read the files and the pins; nothing is started. */
int hub_open(struct hub *h, const struct entry_files *files,
    const char *workspace, struct err *e);
/* End all servers, and whatever they left behind. */
void hub_close(struct hub *h);
/* The server of that name, or NULL; *at (may be NULL) is its number. */
struct server *hub_find(struct hub *h, const char *name, size_t *at);
/* What to poll, how long at most (-1: for ever), and what to do then. */
size_t hub_poll(const struct hub *h, struct pollfd p[HUB_FDS]);
int hub_left(const struct hub *h);
void hub_work(struct hub *h, const struct pollfd p[HUB_FDS]);
/* Open the servers that are marked, all beside each other, and wait for
 * them or a signal. */
void hub_wait(struct hub *h, const bool wanted[ENTRY_MAX]);
/* Write down what a server that is ready says of itself. */
int hub_pin(struct hub *h, size_t at, struct err *e);

#endif
