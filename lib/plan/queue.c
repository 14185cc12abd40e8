/*
 * queue.c - claims: who has which task, and for how long.
 */
#include "plan/queue.h"

#include "base/clock.h"
#include "plan/note.h"
#include "plan/project.h"
#include "plan/task.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

int
queue_parse(const char *s, struct queue_claim *c, struct err *e)
{
	char *end;
	const char *p = s;

	c->attempt = 0;
	c->task = strtoll(p, &end, 10);
	if (end > p && *end == '.' && end[1] >= '0' && end[1] <= '9')
		c->attempt = strtoll(end + 1, &end, 10);
	if (*p < '0' || *p > '9' || *end != '\0' || c->task < 1 ||
	    c->attempt < 0)
		return err_set(e, ERR_USAGE, "'%.40s' is no task; write 5, "
		    "or 5.2 for its second claim", s);
	return 0;
}

/* Milliseconds since the machine was started, sleep included. */
static int64_t
uptime(void)
{
	struct timespec t;

	if (clock_gettime(CLOCK_BOOTTIME, &t) == -1)
		return clock_ms();
	return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

/* ---- the end of a claim ---- */

static int
end_attempt(struct plan *p, const struct queue_claim *c,
    const char *outcome, const char *reason, struct err *e)
{
	if (db_run(p->db, e, "DELETE FROM lease WHERE task = ?", "i",
	    c->task) == -1)
		return -1;
	return db_run(p->db, e, "UPDATE attempt SET ended = ?3, outcome = ?4,"
	    " reason = ?5 WHERE task = ?1 AND n = ?2", "iiiss", c->task,
	    c->attempt, clock_wall_ms(), outcome, reason);
}

/* Back into the queue, unless what it needs will never be. */
static int
requeue(struct plan *p, int64_t task, struct err *e)
{
	int64_t bad = plan_number(p, e, 0, "SELECT min(t.id) FROM dep JOIN"
	    " task t ON t.id = dep.needs WHERE dep.task = ? AND t.status IN"
	    " ('dead', 'cancelled')", task);
	char why[80];

	if (bad == -1)
		return -1;
	if (bad == 0)
		return db_run(p->db, e, "UPDATE task SET status = 'queued',"
		    " updated = ?2 WHERE id = ?1", "ii", task,
		    clock_wall_ms());
	snprintf(why, sizeof(why), "needs task %lld, which was given up",
	    (long long)bad);
	if (task_end(p, task, "dead", why, e) == -1)
		return -1;
	return db_run(p->db, e, "UPDATE task SET culprit = ?2 WHERE id = ?1",
	    "ii", task, bad);
}

static int
failed(struct plan *p, const struct queue_claim *c, const char *outcome,
    const char *reason, bool for_good, bool *dead, struct err *e)
{
	int64_t left;

	if (end_attempt(p, c, outcome, reason, e) == -1 ||
	    db_run(p->db, e, "UPDATE task SET failures = failures + 1,"
	    " error = ?2 WHERE id = ?1", "is", c->task, reason) == -1)
		return -1;
	left = plan_number(p, e, 0, "SELECT max(tries - failures, 0) FROM"
	    " task WHERE id = ?", c->task);
	if (left == -1)
		return -1;
	*dead = left == 0 || for_good;
	if (!*dead)
		return requeue(p, c->task, e);
	if (task_end(p, c->task, "dead", reason, e) == -1)
		return -1;
	return note_event(p, c->task, e, "task %lld given up: %s",
	    (long long)c->task, reason);
}

/* ---- leases that ran out ---- */

struct lost {
	struct queue_claim claim;
	char		 why[160];
};

/* Why the lease in this row has ended, or false. */
static bool
over(const struct plan *p, struct db_stmt *st, struct lost *l)
{
	const char *place = db_text(st, 3), *worker = db_text(st, 6);
	int64_t pid = db_int(st, 4), left = db_int(st, 2) - uptime();
	enum owner_where where = owner_where(&p->me, place);

	l->claim.task = db_int(st, 0);
	l->claim.attempt = db_int(st, 1);
	if (where == OWNER_GONE)
		snprintf(l->why, sizeof(l->why), "the machine of worker "
		    "%.60s was started anew", worker);
	else if (where == OWNER_HERE && pid != 0 && !owner_alive(&p->me, pid,
	    db_int(st, 5), place, 0))
		snprintf(l->why, sizeof(l->why), "worker %.60s (process "
		    "%lld) died", worker, (long long)pid);
	else if (where == OWNER_ELSEWHERE ? db_int(st, 7) > clock_wall_ms() :
	    left > 0)
		return false;
	else
		snprintf(l->why, sizeof(l->why), "the lease of worker %.60s "
		    "ran out", worker);
	return true;
}

int
queue_sweep(struct plan *p, struct err *e)
{
	struct db_stmt *st;
	struct lost l;
	bool dead;
	int rc;

	do {
		st = db_query(p->db, e, "SELECT task, attempt, until, place,"
		    " pid, start, worker, wall FROM lease", "");
		if (st == NULL)
			return -1;
		while ((rc = db_step(st, e)) == 1 && !over(p, st, &l))
			;
		db_done(st);
		if (rc == 1 && failed(p, &l.claim, "lost", l.why, false,
		    &dead, e) == -1)
			rc = -1;
	} while (rc == 1);
	return rc;
}

/* ---- claims ---- */

static int
lease(struct plan *p, const struct queue_worker *w,
    const struct queue_claim *c, struct err *e)
{
	int64_t start = 0, now = clock_wall_ms();

	/* One that is gone already loses it at once. */
	if (w->pid != 0)
		start = w->pid == p->me.pid ? p->me.start :
		    owner_started(w->pid);
	if (db_run(p->db, e, "INSERT INTO lease(task, attempt, worker,"
	    " length, until, wall, place, pid, start) VALUES(?, ?, ?, ?, ?,"
	    " ?, ?, ?, ?)", "iisiiisii", c->task, c->attempt, w->name,
	    w->lease_ms, uptime() + w->lease_ms, now + w->lease_ms,
	    p->me.place, w->pid, start) == -1)
		return -1;
	return db_run(p->db, e, "INSERT INTO attempt(task, n, worker, began)"
	    " VALUES(?, ?, ?, ?)", "iisi", c->task, c->attempt, w->name,
	    now);
}

/* Why the one task that is wanted cannot be claimed. */
static int
not_ready(struct plan *p, int64_t only, struct err *e)
{
	jv t;

	if (task_get(p, only, &t, e) == 0)
		err_set(e, ERR_NEGATIVE, "task %lld is %s", (long long)only,
		    js_str(t, "status"));
	js_free(t);
	return -1;
}

static int
claim(struct plan *p, const struct queue_worker *w, int64_t only,
    struct queue_claim *c, enum queue_state *state, struct err *e)
{
	if (project_works(p, e) == -1 || queue_sweep(p, e) == -1)
		return -1;
	c->task = plan_number(p, e, 0, only != 0 ? "SELECT id FROM task"
	    " WHERE id = ? AND status = 'queued' AND blocked = 0" :
	    "SELECT id FROM task WHERE status = 'queued' AND blocked = 0"
	    " ORDER BY priority DESC, id LIMIT 1", only);
	if (c->task == -1)
		return -1;
	if (c->task == 0 && only != 0)
		return not_ready(p, only, e);
	if (c->task == 0) {
		int64_t open = plan_number(p, e, 0, "SELECT EXISTS(SELECT 1"
		    " FROM task WHERE status IN ('queued', 'running'))", 0);

		*state = open == 1 ? QUEUE_BUSY : QUEUE_EMPTY;
		return open == -1 ? -1 : 0;
	}
	if (db_run(p->db, e, "UPDATE task SET status = 'running', attempt ="
	    " attempt + 1, updated = ?2 WHERE id = ?1", "ii", c->task,
	    clock_wall_ms()) == -1)
		return -1;
	c->attempt = plan_number(p, e, 0, "SELECT attempt FROM task WHERE"
	    " id = ?", c->task);
	*state = QUEUE_CLAIMED;
	return c->attempt == -1 ? -1 : lease(p, w, c, e);
}

int
queue_next(struct plan *p, const struct queue_worker *w, int64_t only,
    struct queue_claim *c, enum queue_state *state, struct err *e)
{
	if (plan_begin(p, e) == -1)
		return -1;
	return plan_end(p, claim(p, w, only, c, state, e), e);
}

int
queue_holds(struct plan *p, struct queue_claim *c, const char *worker,
    struct err *e)
{
	struct db_stmt *st = db_query(p->db, e, "SELECT attempt, worker FROM"
	    " lease WHERE task = ?", "i", c->task);
	int64_t attempt = 0;
	const char *who = NULL;
	int rc;
	jv t;

	if (st == NULL || (rc = db_step(st, e)) == -1)
		return -1;
	if (rc == 1) {
		attempt = db_int(st, 0);
		who = db_text(st, 1);
	}
	if (rc == 1 && ((c->attempt != 0 && c->attempt != attempt) ||
	    (worker != NULL && strcmp(worker, who) != 0)))
		rc = err_set(e, ERR_NEGATIVE, "the claim is over: worker "
		    "%.60s has task %lld now, as %lld.%lld", who,
		    (long long)c->task, (long long)c->task,
		    (long long)attempt);
	db_done(st);
	if (rc == 1) {
		c->attempt = attempt;
		return 0;
	}
	if (rc == 0 && task_get(p, c->task, &t, e) == 0) {
		err_set(e, ERR_NEGATIVE, "task %lld is not claimed, it is %s",
		    (long long)c->task, js_str(t, "status"));
		js_free(t);
	}
	return -1;
}

static int
prolong(struct plan *p, struct queue_claim c, const char *worker,
    int64_t lease_ms, struct err *e)
{
	if (queue_holds(p, &c, worker, e) == -1)
		return -1;
	return db_run(p->db, e, "UPDATE lease SET length = CASE WHEN ?2 > 0"
	    " THEN ?2 ELSE length END, until = ?3 + CASE WHEN ?2 > 0 THEN ?2"
	    " ELSE length END, wall = ?4 + CASE WHEN ?2 > 0 THEN ?2 ELSE"
	    " length END WHERE task = ?1", "iiii", c.task, lease_ms,
	    uptime(), clock_wall_ms());
}

int
queue_beat(struct plan *p, const struct queue_claim *c, const char *worker,
    int64_t lease_ms, struct err *e)
{
	if (plan_begin(p, e) == -1)
		return -1;
	return plan_end(p, prolong(p, *c, worker, lease_ms, e), e);
}

/* ---- its ends ---- */

/* Nothing may be open below a task that is done, and its check is the one
 * that was run. */
static int
may_close(struct plan *p, int64_t task, const char *checked, struct err *e)
{
	int64_t open = plan_number(p, e, 0, "SELECT blocked FROM task WHERE"
	    " id = ?", task);
	const char *check;
	int rc = 0;
	jv t;

	if (open == -1)
		return -1;
	if (open > 0)
		return err_set(e, ERR_NEGATIVE, "task %lld still needs %lld "
		    "task%s that %s not done; release it until then",
		    (long long)task, (long long)open, open == 1 ? "" : "s",
		    open == 1 ? "is" : "are");
	if (task_get(p, task, &t, e) == -1)
		return -1;
	check = js_str(t, "check");
	if (check != NULL && (checked == NULL || strcmp(check, checked) != 0))
		rc = err_set(e, ERR_NEGATIVE, "the check of task %lld was "
		    "changed meanwhile; try again", (long long)task);
	js_free(t);
	return rc;
}

static int
finish(struct plan *p, struct queue_claim c, const char *worker,
    const char *checked, const char *summary, struct err *e)
{
	int64_t now = clock_wall_ms();

	if (queue_holds(p, &c, worker, e) == -1 ||
	    may_close(p, c.task, checked, e) == -1 ||
	    end_attempt(p, &c, "done", summary, e) == -1 ||
	    db_run(p->db, e, "UPDATE task SET status = 'done', error = NULL,"
	    " updated = ?2, ended = ?2 WHERE id = ?1", "ii", c.task,
	    now) == -1)
		return -1;
	return task_unblock(p, c.task, e);
}

int
queue_done(struct plan *p, const struct queue_claim *c, const char *worker,
    const char *checked, const char *summary, struct err *e)
{
	if (plan_begin(p, e) == -1)
		return -1;
	return plan_end(p, finish(p, *c, worker, checked, summary, e), e);
}

int
queue_fail(struct plan *p, const struct queue_claim *c, const char *worker,
    const char *reason, bool for_good, bool *dead, struct err *e)
{
	struct queue_claim own = *c;
	int rc;

	if (plan_begin(p, e) == -1)
		return -1;
	rc = queue_holds(p, &own, worker, e);
	if (rc == 0)
		rc = failed(p, &own, "failed", reason, for_good, dead, e);
	return plan_end(p, rc, e);
}

int
queue_release(struct plan *p, const struct queue_claim *c,
    const char *worker, const char *outcome, struct err *e)
{
	struct queue_claim own = *c;
	int rc;

	if (plan_begin(p, e) == -1)
		return -1;
	rc = queue_holds(p, &own, worker, e);
	if (rc == 0 && (end_attempt(p, &own, outcome, NULL, e) == -1 ||
	    requeue(p, own.task, e) == -1))
		rc = -1;
	return plan_end(p, rc, e);
}
