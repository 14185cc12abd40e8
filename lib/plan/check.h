/*
 * check.h - the command that alone can close a task.
 *
 * It runs in the sandbox of agent-tool, in the workspace; its exit status 0
 * closes the task, anything else does not.  While it runs the claim is kept
 * alive, and it counts only if the claim still holds at its end and the
 * task still has that command.
 */
#ifndef PLAN_CHECK_H
#define PLAN_CHECK_H

#include "base/buf.h"
#include "plan/queue.h"

#define CHECK_MS	((int64_t)600000)

struct check_result {
	struct buf	 output;	/* bounded, valid UTF-8 */
	struct buf	 fate;		/* "ended with status 1" */
};

#define CHECK_INIT	{ BUF_INIT, BUF_INIT }

void check_free(struct check_result *r);
/* Run command in the workspace dir: 0 it passed, 1 it did not, -1 with e
 * filled when it could not be run.  p NULL: it works for no claim. */
int check_run(struct plan *p, const char *dir, const struct queue_claim *c,
    const char *worker, const char *command, struct check_result *r,
    struct err *e);
/* Run the task's check, if it has one, and close it: 0 closed, 1 the check
 * failed and the task is as it was, -1 with e filled. */
int check_close(struct plan *p, struct queue_claim *c, const char *worker,
    const char *summary, struct check_result *r, struct err *e);

#endif
