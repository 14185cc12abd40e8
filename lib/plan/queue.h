/*
 * queue.h - tasks are claimed for a time, by one worker each.
 *
 * A claim is TASK.ATTEMPT and is never given twice.  It ends when its task
 * is done, failed or released, when its lease runs out without a heartbeat,
 * or when the process it is bound to ends; then the task is claimed anew,
 * and whoever still holds the old claim is refused.  Leases are measured by
 * the clock that runs since the machine was started, so it does not matter
 * when the time of day is set; only of a claim made on another machine the
 * time of day is asked.
 *
 * A lease that runs out counts as a failure.  After as many failures as the
 * task has tries it is given up (dead), with the last reason.
 */
#ifndef PLAN_QUEUE_H
#define PLAN_QUEUE_H

#include "json/js.h"
#include "plan/store.h"

struct queue_claim {
	int64_t		 task, attempt;
};

struct queue_worker {
	const char	*name;
	int64_t		 lease_ms;
	int64_t		 pid;		/* the claim ends with it; 0: none */
};

#define QUEUE_LEASE_MS	((int64_t)600000)

/* "5.2", or "5", whose attempt is 0: the one that runs. */
int queue_parse(const char *s, struct queue_claim *c, struct err *e);

/* What there is when there is no task to claim. */
enum queue_state {
	QUEUE_CLAIMED,
	QUEUE_BUSY,		/* others run, or wait for those */
	QUEUE_EMPTY,		/* nothing is open */
};

/*
 * Claim the ready task that is first by priority and age, or task only when
 * it is not 0.  Claims that ended are taken in before.  -1 with e filled.
 */
int queue_next(struct plan *p, const struct queue_worker *w, int64_t only,
    struct queue_claim *c, enum queue_state *state, struct err *e);
/* Prolong the lease from now on; lease_ms 0: as long as before. */
int queue_beat(struct plan *p, const struct queue_claim *c,
    const char *worker, int64_t lease_ms, struct err *e);
/*
 * The claim as it stands: 0 when it still holds (and c->attempt is filled
 * in); ERR_NEGATIVE when it does not, saying who has the task.  worker,
 * when not NULL, has to be the one that holds it.
 */
int queue_holds(struct plan *p, struct queue_claim *c, const char *worker,
    struct err *e);
/* The task is done; the caller ran its check.  checked is the command that
 * was run, or NULL, and must be the one that the task has now. */
int queue_done(struct plan *p, const struct queue_claim *c,
    const char *worker, const char *checked, const char *summary,
    struct err *e);
/* It failed: again, or given up (*dead). */
int queue_fail(struct plan *p, const struct queue_claim *c,
    const char *worker, const char *reason, bool for_good, bool *dead,
    struct err *e);
/* Give it back; no failure.  outcome is what the attempt is called. */
int queue_release(struct plan *p, const struct queue_claim *c,
    const char *worker, const char *outcome, struct err *e);
/* Take in claims that ended; done by queue_next as well. */
int queue_sweep(struct plan *p, struct err *e);

#endif
