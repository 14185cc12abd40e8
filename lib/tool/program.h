/*
 * program.h - a tool that is a program of its own, agent-tools(7).
 *
 * One process a call: the arguments are its input, what it writes is the
 * result.  It runs in agent-jail, or, when it is one of ours that needs more
 * than the jail gives, behind walls that it lays itself.  Whatever it does,
 * there is one result: it may write too much, write nonsense, not end, or
 * die.
 */
#ifndef TOOL_PROGRAM_H
#define TOOL_PROGRAM_H

#include "base/base.h"
#include "base/buf.h"
#include "base/vec.h"
#include "json/js.h"
#include "sys/proc.h"
#include "tool/netgate.h"
#include "tool/result.h"
#include "tool/spool.h"
#include "tool/tool.h"

#define PROGRAM_JSON_MAX ((size_t)8 * 1024 * 1024)	/* read as a result */

struct program {
	struct tool_env	*env;
	const struct tool *tool;
	struct proc	 proc;
	struct vec	 argv, vars;
	int		 out, err, status;	/* our ends, non-blocking; -1 */
	struct netgate	 gate;		/* its network, if it has one */
	struct buf	 raw;		/* its output while it may be JSON */
	bool		 plain;		/* it is too long for that: spooled */
	struct spool	 spool;
	struct buf	 log;		/* the end of its stderr */
	struct buf	 report;	/* the jail's line */
	int64_t		 limit_ms;
	bool		 flooded;	/* stopped for writing too much */
};

void program_init(struct program *p);
/* Waits for a jail that is tidying up. */
void program_free(struct program *p);
/* Begin call id with these arguments, which were read from text (NULL: were
 * not); -1 with r filled when it cannot. */
int program_start(struct program *p, struct tool_env *env,
    const struct tool *t, const char *id, jv args, const struct buf *text,
    struct result *r);
/* Take what is there; true when all has ended. */
bool program_read(struct program *p);
/* Read until all has ended, or its time is over: for who has nothing else
 * to do meanwhile. */
void program_wait(struct program *p);
/* Ask it to end (SIGTERM), or force it (SIGKILL). */
void program_kill(struct program *p, int sig);
/* After the end: fill r. */
void program_finish(struct program *p, struct result *r);

/* How a program ended, for program_result(). */
struct program_end {
	int		 exit;		/* -1: by a signal */
	int		 signal;
	bool		 late;		/* its time was over */
	const char	*killed;	/* why the jail ended it, or NULL */
};

/*
 * Fill r from what a program wrote: raw is all of its output (or what is in
 * the spool already when plain), log the end of its stderr.
 */
void program_result(struct program *p, const struct program_end *end,
    struct result *r);

#endif
