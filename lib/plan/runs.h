/*
 * runs.h - the event files of conversations, and when they go.
 *
 * Each conversation of a worker leaves one in the folder runs.  They are read
 * to close the round that a killed worker began, and by people who want to
 * see what happened; so old ones may go.
 */
#ifndef PLAN_RUNS_H
#define PLAN_RUNS_H

#include "plan/store.h"

#define RUNS_DAYS	30
#define RUNS_BYTES	((int64_t)64 * 1024 * 1024)

/*
 * Remove those of ended rounds that are older than RUNS_DAYS, and the oldest
 * as long as all together are larger than RUNS_BYTES.  A file that a
 * conversation has, or whose round has not ended, stays; so does whatever
 * else is in the folder.  What can not be removed is left: it is not worth an
 * error.
 */
void runs_prune(struct plan *p);

#endif
