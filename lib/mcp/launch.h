/*
 * launch.h - programs of an entry: how they are started.
 *
 * A small environment, a folder that is not the workspace, a process group
 * of its own, death with us; in agent-jail when the entry wants that.  One
 * that lies in the workspace is refused otherwise, since tools could have
 * written it.
 */
#ifndef MCP_LAUNCH_H
#define MCP_LAUNCH_H

#include "base/err.h"
#include "base/vec.h"
#include "mcp/entry.h"
#include "sys/proc.h"

/*
 * Start argv for the entry c.  p was begun by proc_init(), and says in how[]
 * what becomes of the descriptors; pipes are left nonblocking.  0, or -1
 * with e filled, which names the server.
 */
int launch_start(struct proc *p, const struct entry *c, const struct vec *argv,
    const char *workspace, struct err *e);

#endif
