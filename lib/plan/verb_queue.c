/*
 * verb_queue.c - next, heartbeat, done, fail, release.
 */
#include "plan/verb.h"

#include "base/num.h"
#include "plan/check.h"
#include "plan/checkpoint.h"
#include "plan/note.h"
#include "plan/queue.h"
#include "plan/task.h"

#include <stdlib.h>
#include <string.h>

static int
worker(struct verb_args *a, struct queue_worker *w, struct err *e)
{
	w->name = verb_worker(a);
	w->lease_ms = QUEUE_LEASE_MS;
	w->pid = 0;
	if (strlen(w->name) > 200)
		return err_set(e, ERR_USAGE, "--worker: a name has at most "
		    "200 bytes");
	if (a->lease != NULL && num_duration(a->lease, "--lease",
	    &w->lease_ms, e) == -1)
		return -1;
	if (w->lease_ms < 100)
		return err_set(e, ERR_USAGE, "--lease: at least 100ms");
	if (verb_int(a->owner, "--owner", 1, 1 << 30, &w->pid, e) == -1)
		return -1;
	if (w->pid != 0 && owner_started(w->pid) == -1)
		return err_set(e, ERR_USAGE, "--owner: there is no process "
		    "%lld", (long long)w->pid);
	return 0;
}

/* The claimed task: an object with its claim and its last checkpoint. */
static int
tell(struct plan *p, const struct queue_claim *c, bool json,
    struct buf *out, struct err *e)
{
	jv t, last;

	if (task_get(p, c->task, &t, e) == -1)
		return -1;
	if (checkpoint_last(p, c->task, &last, e) == -1) {
		js_free(t);
		return -1;
	}
	if (json) {
		t = js_set(t, "claim", js_fmt("%lld.%lld",
		    (long long)c->task, (long long)c->attempt));
		if (js_is_obj(last))
			t = js_set(t, "checkpoint", js_ref(last));
		verb_line(out, t);
	} else {
		buf_addf(out, "%lld.%lld\t", (long long)c->task,
		    (long long)c->attempt);
		verb_safe(out, js_str(t, "objective"), 0);
		buf_addc(out, '\n');
	}
	js_free(last);
	js_free(t);
	return 0;
}

int
verb_next(struct verb_args *a, struct buf *out, struct err *e)
{
	struct plan p = PLAN_INIT;
	struct queue_worker w;
	struct queue_claim c, only = { 0, 0 };
	enum queue_state state = QUEUE_EMPTY;
	int rc = worker(a, &w, e);

	if (rc == 0 && a->n > 0)
		rc = queue_parse(a->operands[0], &only, e);
	if (rc == 0)
		rc = plan_open(&p, a->workspace, PLAN_WRITE, e);
	if (rc == 0)
		rc = queue_next(&p, &w, only.task, &c, &state, e);
	if (rc == 0 && state == QUEUE_CLAIMED)
		rc = tell(&p, &c, a->json, out, e);
	plan_close(&p);
	if (rc == -1)
		return -1;
	if (state == QUEUE_EMPTY)
		return err_set(e, ERR_NEGATIVE, "no task is open");
	if (state == QUEUE_BUSY)
		return err_set(e, ERR_TEMP, "no task is ready, but some run "
		    "or wait for those; try again");
	return 0;
}

int
verb_beat(struct verb_args *a, struct buf *out, struct err *e)
{
	struct plan p = PLAN_INIT;
	struct queue_claim c;
	int64_t ms = 0;
	int rc = queue_parse(a->operands[0], &c, e);

	(void)out;
	if (rc == 0 && a->lease != NULL)
		rc = num_duration(a->lease, "--lease", &ms, e);
	if (rc == 0)
		rc = plan_open(&p, a->workspace, PLAN_WRITE, e);
	if (rc == 0)
		rc = queue_beat(&p, &c, a->worker, ms, e);
	plan_close(&p);
	return rc;
}

/* What the options say was done, if they say anything. */
static int
keep_checkpoint(struct plan *p, const struct queue_claim *c,
    const struct verb_args *a, struct err *e)
{
	jv o = checkpoint_from(a->summary, a->next, &a->changed,
	    &a->blockers, &a->citations);
	int rc = 0;

	if (js_len(o) > 0)
		rc = checkpoint_save(p, c, a->worker, o, e);
	js_free(o);
	return rc;
}

int
verb_done(struct verb_args *a, struct buf *out, struct err *e)
{
	struct plan p = PLAN_INIT;
	struct queue_claim c;
	struct check_result r = CHECK_INIT;
	int rc = queue_parse(a->operands[0], &c, e);

	if (rc == 0)
		rc = plan_open(&p, a->workspace, PLAN_WRITE, e);
	if (rc == 0)
		rc = queue_holds(&p, &c, a->worker, e);
	if (rc == 0)
		rc = keep_checkpoint(&p, &c, a, e);
	if (rc == 0)
		rc = check_close(&p, &c, a->worker, a->summary, &r, e);
	if (rc == 1 && !a->quiet)
		buf_add(out, buf_str(&r.output), r.output.len);
	if (rc == 1)
		rc = err_set(e, ERR_NEGATIVE, "task %lld stays open: its "
		    "check %s", (long long)c.task, buf_str(&r.fate));
	check_free(&r);
	plan_close(&p);
	return rc;
}

int
verb_fail(struct verb_args *a, struct buf *out, struct err *e)
{
	struct plan p = PLAN_INIT;
	struct queue_claim c;
	bool dead = false;
	char *reason = NULL;
	int rc = queue_parse(a->operands[0], &c, e);

	if (rc == 0 && (reason = verb_text(a, 1, "the reason", e)) == NULL)
		rc = -1;
	if (rc == 0)
		rc = plan_open(&p, a->workspace, PLAN_WRITE, e);
	if (rc == 0)
		rc = queue_holds(&p, &c, a->worker, e);
	if (rc == 0)
		rc = keep_checkpoint(&p, &c, a, e);
	if (rc == 0)
		rc = queue_fail(&p, &c, a->worker, reason, a->for_good, &dead,
		    e);
	if (rc == 0 && !a->quiet)
		buf_adds(out, dead ? "dead\n" : "queued\n");
	plan_close(&p);
	free(reason);
	return rc;
}

int
verb_release(struct verb_args *a, struct buf *out, struct err *e)
{
	struct plan p = PLAN_INIT;
	struct queue_claim c;
	int rc = queue_parse(a->operands[0], &c, e);

	(void)out;
	if (rc == 0)
		rc = plan_open(&p, a->workspace, PLAN_WRITE, e);
	if (rc == 0)
		rc = queue_holds(&p, &c, a->worker, e);
	if (rc == 0)
		rc = keep_checkpoint(&p, &c, a, e);
	if (rc == 0)
		rc = queue_release(&p, &c, a->worker, "released", e);
	plan_close(&p);
	return rc;
}
