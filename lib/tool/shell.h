/*
 * shell.h - a command of the model, run by agent-jail.
 *
 * Nothing a model wrote runs any other way.  Both outputs come through one
 * pipe, in order; the jail says on another how it ended.  That second pipe
 * closes when all that the jail started is gone: a process that holds the
 * output open is no reason to wait.  The jail itself may tidy up still.
 */
#ifndef TOOL_SHELL_H
#define TOOL_SHELL_H

#include "base/base.h"
#include "base/buf.h"
#include "base/vec.h"
#include "json/js.h"
#include "sys/proc.h"
#include "tool/netgate.h"
#include "tool/result.h"
#include "tool/spool.h"
#include "tool/tool.h"

struct shell {
	struct tool_env	*env;
	struct proc	 proc;
	struct vec	 argv;
	int		 out, status;	/* our ends, non-blocking, or -1 */
	struct netgate	 gate;		/* its network, if it has one */
	struct spool	 spool;		/* its output */
	struct buf	 report;	/* the jail's line */
	int64_t		 limit_ms;
	bool		 flooded;	/* stopped for writing too much */
};

void shell_init(struct shell *s);
/* Waits for a jail that is tidying up. */
void shell_free(struct shell *s);
/* Begin; -1 with r filled when it cannot. */
int shell_start(struct shell *s, struct tool_env *env, jv args,
    struct result *r);
/* The same with all output in a new artifact, *file, which the caller
 * frees; ms is the time limit when args name none. */
int shell_start_file(struct shell *s, struct tool_env *env, jv args,
    int64_t ms, char **file, struct result *r);
/* Take what is there; true when the command and all of its has ended. */
bool shell_read(struct shell *s);
/* Ask the jail to end what runs (sig SIGTERM), or force it (SIGKILL). */
void shell_kill(struct shell *s, int sig);
/* After the end: fill r. */
void shell_finish(struct shell *s, struct result *r);

/* The few of our variables that agent-jail may see at all. */
void shell_environment(struct vec *v);
/* The options of agent-jail for this workspace, as argv owned by env; the
 * command follows.  NULL with e filled when there is no agent-jail. */
const struct vec *shell_jail(struct tool_env *env, struct err *e);

#endif
