/*
 * worker.h - a file tool in a child of its own, behind walls.
 *
 * The child is forked without exec: it runs one function, writes the packed
 * result to a pipe and ends.  It holds three descriptors besides stderr:
 * the pipe, the workspace and the artifacts.  When we die, it dies.
 */
#ifndef TOOL_WORKER_H
#define TOOL_WORKER_H

#include "base/base.h"
#include "json/js.h"
#include "tool/result.h"
#include "tool/tool.h"

#include <sys/types.h>

struct worker {
	pid_t	 pid;		/* -1: none */
	int	 fd;		/* its result comes here; non-blocking */
	struct buf bytes;
};

#define WORKER_INIT	{ -1, -1, BUF_INIT }

/* Begin the call; -1 with errno when there is no child to be had. */
int worker_start(struct worker *w, const struct tool_env *env,
    const struct tool *t, jv args);
/* Take what is in the pipe; true when the child has said everything. */
bool worker_read(struct worker *w);
/* The child has ended or must end: reap it, and fill r from what it said,
 * or with a failure when that was not a whole result. */
void worker_finish(struct worker *w, struct result *r);
/* End the child and forget what it said. */
void worker_kill(struct worker *w);

#endif
