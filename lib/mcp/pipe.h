/*
 * pipe.h - servers that are programs: messages over their standard input
 * and output.
 *
 * The program gets a small environment and a process group of its own; it
 * dies with us.  One that lies in the workspace is refused, since tools could
 * have written it, unless it runs in agent-jail.  What it writes is read at all
 * times, so that it never waits for us, and what is no message is passed
 * over.
 */
#ifndef MCP_PIPE_H
#define MCP_PIPE_H

#include "mcp/server.h"

#include <poll.h>

#define PIPE_FDS	4
#define PIPE_LINE_MAX	((size_t)16 * 1024 * 1024)

extern const struct link pipe_link;

/* The descriptors to poll; always PIPE_FDS, -1 for those not used. */
void pipe_poll(const struct server *s, struct pollfd p[PIPE_FDS]);
/* Take what came and write what there is; may call server_lost(). */
void pipe_work(struct server *s, const struct pollfd p[PIPE_FDS]);
/*
 * End the programs of all n servers: their input is closed; those that are
 * still there after a moment are asked by SIGTERM, and then forced, with
 * their process groups.  Takes two seconds at most where a server ends by
 * itself.
 */
void pipe_stop(struct server *const *v, size_t n);

#endif
