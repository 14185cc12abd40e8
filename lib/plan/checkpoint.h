/*
 * checkpoint.h - where a task stands, for whoever goes on with it.
 *
 * An object with any of
 *	done		text: what was done
 *	next		text: what comes next
 *	changed		[{path, was, now}]: files, by the SHA-256 of what
 *			they held before and hold now; gathered by us when
 *			source is "agent-plan", else as told
 *	blockers, citations	arrays of text
 *	unverified	[text]: calls whose effect is not known
 *	source, time	who gathered it, when
 */
#ifndef PLAN_CHECKPOINT_H
#define PLAN_CHECKPOINT_H

#include "base/vec.h"
#include "plan/queue.h"

/* A checkpoint as a person or a model tells it; owned, maybe empty. */
jv checkpoint_from(const char *done, const char *next,
    const struct vec *changed, const struct vec *blockers,
    const struct vec *citations);
/* Keep it for the task, in a transaction of its own; the claim has to
 * hold. */
int checkpoint_save(struct plan *p, const struct queue_claim *c,
    const char *worker, jv body, struct err *e);
/* The last one: an object, owned, or invalid when there is none. */
int checkpoint_last(struct plan *p, int64_t task, jv *out, struct err *e);
/* All of a task, the oldest first, as an array. */
int checkpoint_all(struct plan *p, int64_t task, jv *out, struct err *e);

#endif
