/*
 * round.h - one conversation of agent-chat about a claimed task.
 *
 * Its events go into a file of the state folder, which stays whatever
 * becomes of us, and what the workspace held before is written down before
 * it begins.  So the round that a killed worker began can be closed by the
 * next one: what it did is read from its events, what it changed is seen in
 * the files, and calls whose end nobody saw are named as such.  The file is
 * locked by its conversation, and the next one waits until that is gone.
 */
#ifndef PLAN_ROUND_H
#define PLAN_ROUND_H

#include "plan/queue.h"

struct round_options {
	const char	*worker;
	const char	*model, *url, *tools;	/* of agent-chat; or NULL */
	const char	*max_cost, *max_tokens;	/* the same */
	bool		 offline;
	int64_t		 steps, calls, tokens, seconds;	/* when the task has
							 * none of its own */
	int64_t		 left_seconds;	/* of the worker, 0: no bound */
	int64_t		 lease_ms;
};

enum round_end {
	ROUND_ANSWERED,		/* the model says that it is done */
	ROUND_BUDGET,		/* a limit; there is a checkpoint */
	ROUND_STOPPED,		/* we are to stop; there is a checkpoint */
	ROUND_FAILED,		/* the task failed, e says why */
	ROUND_TROUBLE,		/* not the task's fault, e says why */
	ROUND_LOST,		/* the claim is over */
};

/* Close what killed workers left behind of this task; 0 or -1. */
int round_recover(struct plan *p, const struct queue_claim *c,
    const char *worker, struct err *e);
/* One conversation; -1 when it could not be begun or written down. */
int round_run(struct plan *p, const struct queue_claim *c,
    const struct round_options *o, enum round_end *end, struct err *e);
/* Conversations of this attempt so far. */
int64_t round_count(struct plan *p, const struct queue_claim *c,
    struct err *e);

#endif
