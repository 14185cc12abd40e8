/*
 * work.h - workers: claim a task, do it, check it, go on.
 *
 * A worker does a task by conversations with a model (round.h), or with a
 * command of the user's own, which gets the task as JSON on standard input.
 * Each is a process; -j starts several, which know nothing of each other.
 */
#ifndef PLAN_WORK_H
#define PLAN_WORK_H

#include "plan/round.h"

enum work_until {
	WORK_FOREVER,		/* wait for more tasks */
	WORK_EMPTY,		/* until no task is open */
	WORK_ONCE,		/* one task */
};

struct work_options {
	struct round_options round;
	const char	*workspace;
	char		**command;	/* instead of a model, or NULL */
	enum work_until	 until;
	int64_t		 deadline;	/* of clock_ms(), -1 none */
	int		 jobs;
	bool		 quiet;
};

/*
 * Work: 0 when it ended as it should, 1 when a task was not done meanwhile,
 * or -1 with e filled.  A signal gives the claims back and ends it.
 */
int work_run(const struct work_options *o, struct err *e);

#endif
