/*
 * patch.h - proposed changes: a diff with its plan and its tests.
 *
 * A proposal changes nothing.  It is tried in a scratch copy of the
 * workspace, in the sandbox, and its status is what came of that:
 *	proposed	nobody tried it
 *	applied		the diff applies; it has no tests
 *	tested		it applies and the tests passed
 *	failed		it does not apply, or the tests failed
 *	rejected	a person said no, with the reason
 */
#ifndef PLAN_PATCH_H
#define PLAN_PATCH_H

#include "json/js.h"
#include "plan/store.h"

#define PATCH_MAX	((size_t)4 * 1024 * 1024)

/* The files that a unified diff changes, as an array; -1 with ERR_DATA when
 * it is none, or leads out of the workspace.  Pure. */
int patch_files(const char *diff, size_t n, jv *files, struct err *e);
/* Keep a proposal, in a transaction of its own; its number in *id. */
int patch_add(struct plan *p, const char *title, const char *plan,
    const char *diff, const char *tests, int64_t task, int64_t *id,
    struct err *e);
/* {id, title, plan, diff, tests, status, result, files, ...}; owned. */
int patch_get(struct plan *p, int64_t id, jv *out, struct err *e);
/* All of that status (NULL: any), the newest first, without the diffs. */
int patch_list(struct plan *p, const char *status, jv *out, struct err *e);
/* Try it: 0 it is good, 1 it is not, -1; what the tests wrote in out. */
int patch_try(struct plan *p, int64_t id, struct buf *out, struct err *e);
int patch_reject(struct plan *p, int64_t id, const char *reason,
    struct err *e);

#endif
