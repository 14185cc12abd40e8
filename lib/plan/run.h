/*
 * run.h - a child that works for a claim: its output kept, its lease alive.
 */
#ifndef PLAN_RUN_H
#define PLAN_RUN_H

#include "base/vec.h"
#include "plan/queue.h"
#include "sys/proc.h"
#include "sys/pump.h"

struct run {
	/* What to run, filled by the caller. */
	struct vec	 argv;
	char *const	*envp;		/* NULL: ours */
	int		 cwd;		/* or -1 */
	int		 in, out, err;	/* given, -1: in null, others kept;
					 * taken over */
	int64_t		 limit_ms;	/* 0: none; then it is ended */
	/* The claim that it works for; plan NULL: none. */
	struct plan	*plan;
	struct queue_claim claim;
	const char	*worker;
	int64_t		 lease_ms;
	/* Called several times a second while it runs, or NULL; true ends
	 * it. */
	bool		(*look)(void *arg);
	void		*arg;
	/* What came of it. */
	struct pump_keep keep;		/* output that was not given away */
	int		 status;	/* exit status, 128+n by a signal */
	bool		 late;		/* ended by its limit */
	bool		 lost;		/* ended because the claim is over */
	bool		 stopped;	/* by a signal to us, or by look */
};

void run_init(struct run *r);
void run_free(struct run *r);
/* 0 when it ran and has ended, whatever its status; -1 with e filled when
 * it could not be started. */
int run_child(struct run *r, struct err *e);
/* In the sandbox of agent-tool: its argv for a command for sh in the
 * workspace. */
void run_sandbox(struct vec *argv, const char *workspace, int64_t seconds,
    const char *command);

#endif
