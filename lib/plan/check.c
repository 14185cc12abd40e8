/*
 * check.c - the command that alone can close a task.
 */
#include "plan/check.h"

#include "base/mem.h"
#include "base/utf8.h"
#include "plan/note.h"
#include "plan/run.h"
#include "plan/task.h"

#include <stdlib.h>
#include <string.h>

void
check_free(struct check_result *r)
{
	buf_free(&r->output);
	buf_free(&r->fate);
}

/* How long the lease of the claim is; a third of it lies between beats. */
static int64_t
lease_of(struct plan *p, int64_t task)
{
	struct err e = ERR_INIT;
	int64_t ms = plan_number(p, &e, QUEUE_LEASE_MS, "SELECT length FROM"
	    " lease WHERE task = ?", task);

	return ms > 0 ? ms : QUEUE_LEASE_MS;
}

static int
fate(const struct run *run, struct check_result *r, struct err *e)
{
	if (run->lost)
		return err_set(e, ERR_NEGATIVE, "the claim was lost while "
		    "the check ran");
	if (run->stopped)
		return err_set(e, ERR_CANCELLED, "interrupted; the check "
		    "counts for nothing");
	if (run->status == 125 || run->status == 78)
		return err_set(e, ERR_DENIED, "the check cannot be run in "
		    "the sandbox: %.300s", buf_str(&r->output));
	if (run->status == 0) {
		buf_adds(&r->fate, "passed");
		return 0;
	}
	if (run->late || run->status == 124)
		buf_adds(&r->fate, "took too long");
	else if (run->status > 128)
		buf_addf(&r->fate, "was ended by signal %d",
		    run->status - 128);
	else
		buf_addf(&r->fate, "ended with status %d", run->status);
	return 1;
}

int
check_run(struct plan *p, const char *dir, const struct queue_claim *c,
    const char *worker, const char *command, struct check_result *r,
    struct err *e)
{
	struct buf raw = BUF_INIT;
	struct run run;
	int rc;

	run_init(&run);
	run_sandbox(&run.argv, dir, CHECK_MS / 1000, command);
	run.limit_ms = CHECK_MS + 10000;
	if (p != NULL) {
		run.plan = p;
		run.claim = *c;
		run.worker = worker;
		run.lease_ms = lease_of(p, c->task);
	}
	rc = run_child(&run, e);
	pump_keep_join(&run.keep, &raw);
	utf8_repair(&r->output, buf_str(&raw), raw.len);
	if (rc == 0)
		rc = fate(&run, r, e);
	buf_free(&raw);
	run_free(&run);
	return rc;
}

static int
record(struct plan *p, int64_t task, const char *what, struct err *e)
{
	if (plan_begin(p, e) == -1)
		return -1;
	return plan_end(p, note_event(p, task, e, "check of task %lld %s",
	    (long long)task, what), e);
}

int
check_close(struct plan *p, struct queue_claim *c, const char *worker,
    const char *summary, struct check_result *r, struct err *e)
{
	char *check = NULL;
	jv t;
	int rc = 0;

	if (queue_holds(p, c, worker, e) == -1 ||
	    task_get(p, c->task, &t, e) == -1)
		return -1;
	if (js_str(t, "check") != NULL)
		check = xstrdup(js_str(t, "check"));
	js_free(t);
	if (check != NULL) {
		rc = check_run(p, p->workspace, c, worker, check, r, e);
		if (rc >= 0 && record(p, c->task, buf_str(&r->fate), e) == -1)
			rc = -1;
	}
	if (rc == 0)
		rc = queue_done(p, c, worker, check, summary, e);
	free(check);
	return rc;
}
