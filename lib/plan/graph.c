/*
 * graph.c - what waits for what.
 */
#include "plan/task.h"

#include "base/buf.h"
#include "base/clock.h"
#include "base/mem.h"

#include <stdlib.h>
#include <string.h>

/* ---- links ---- */

/* The status of a task, as a letter; 0 when there is none, -1. */
static int
status_of(struct plan *p, int64_t id, struct err *e)
{
	struct db_stmt *st = db_query(p->db, e, "SELECT status FROM task"
	    " WHERE id = ?", "i", id);
	int rc;

	if (st == NULL || (rc = db_step(st, e)) == -1)
		return -1;
	if (rc == 1)
		rc = db_text(st, 0)[0] == 'd' ? db_text(st, 0)[1] :
		    db_text(st, 0)[0];
	db_done(st);
	return rc;
}

int
task_link(struct plan *p, int64_t task, int64_t needs, bool child,
    struct err *e)
{
	int s = status_of(p, needs, e);

	if (s == -1)
		return -1;
	if (s == 0)
		return err_set(e, ERR_DATA, "there is no task %lld",
		    (long long)needs);
	if (s == 'e' || s == 'c')
		return err_set(e, ERR_DATA, "task %lld was %s; agent-plan "
		    "retry %lld first", (long long)needs, s == 'e' ?
		    "given up" : "cancelled", (long long)needs);
	if (db_run(p->db, e, "INSERT OR IGNORE INTO dep VALUES(?, ?, ?)",
	    "iii", task, needs, (int64_t)child) == -1)
		return -1;
	if (db_changes(p->db) == 0 || s == 'o')
		return 0;
	return db_run(p->db, e, "UPDATE task SET blocked = blocked + 1"
	    " WHERE id = ?", "i", task);
}

int
task_unblock(struct plan *p, int64_t id, struct err *e)
{
	return db_run(p->db, e, "UPDATE task SET blocked = blocked - 1"
	    " WHERE id IN (SELECT task FROM dep WHERE needs = ?)", "i", id);
}

/* ---- circles ---- */

struct edges {
	int64_t	*from, *to;	/* to waits for from; sorted by from */
	size_t	 n, cap;
};

static int
load(struct plan *p, struct edges *g, struct err *e)
{
	struct db_stmt *st = db_query(p->db, e, "SELECT dep.needs, dep.task"
	    " FROM dep JOIN task t ON t.id = dep.task"
	    " JOIN task n ON n.id = dep.needs WHERE t.status <> 'done'"
	    " AND n.status <> 'done' ORDER BY 1", "");
	int rc;

	if (st == NULL)
		return -1;
	while ((rc = db_step(st, e)) == 1) {
		if (g->n == g->cap) {
			g->cap = g->cap > 0 ? 2 * g->cap : 64;
			g->from = xreallocarray(g->from, g->cap,
			    sizeof(*g->from));
			g->to = xreallocarray(g->to, g->cap, sizeof(*g->to));
		}
		g->from[g->n] = db_int(st, 0);
		g->to[g->n++] = db_int(st, 1);
	}
	return rc;
}

static size_t
first_of(const struct edges *g, int64_t from)
{
	size_t lo = 0, hi = g->n;

	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;

		if (g->from[mid] < from)
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo;
}

/* Take away what waits for nothing, again and again (Kahn, 1962): what is
 * left waits for itself.  waits[id] counts; an id of such, or 0. */
static int64_t
left_over(const struct edges *g, int64_t max)
{
	int64_t *waits = xcalloc((size_t)max + 1, sizeof(*waits));
	int64_t *stack = xcalloc((size_t)max + 1, sizeof(*stack)), found = 0;
	size_t n = 0, seen = 0;

	for (size_t i = 0; i < g->n; i++)
		waits[g->to[i]]++;
	for (size_t i = 0; i < g->n; i++)
		if (waits[g->from[i]] == 0 &&
		    (i == 0 || g->from[i] != g->from[i - 1]))
			stack[n++] = g->from[i];
	while (n > 0) {
		int64_t id = stack[--n];

		for (size_t i = first_of(g, id); i < g->n &&
		    g->from[i] == id; i++, seen++)
			if (--waits[g->to[i]] == 0)
				stack[n++] = g->to[i];
	}
	/* One that is waited for, and waits, is in a circle or behind it;
	 * walking back from it leads in. */
	for (size_t i = 0; seen < g->n && i < g->n; i++)
		if (waits[g->to[i]] > 0 && waits[g->from[i]] > 0)
			found = g->to[i];
	free(waits);
	free(stack);
	return found;
}

/* The circle that id is in or behind, as "3 -> 5 -> 3". */
static int
tell(struct plan *p, int64_t id, struct err *e)
{
	struct buf b = BUF_INIT;
	int64_t slow = id, fast = id, at;
	static const char next[] = "SELECT min(needs) FROM dep JOIN task n"
	    " ON n.id = needs WHERE task = ? AND n.status <> 'done'"
	    " AND EXISTS(SELECT 1 FROM dep d JOIN task m ON m.id = d.needs"
	    "  WHERE d.task = dep.needs AND m.status <> 'done')";

	do {
		slow = plan_number(p, e, 0, next, slow);
		fast = plan_number(p, e, 0, next, fast);
		fast = fast > 0 ? plan_number(p, e, 0, next, fast) : 0;
	} while (slow > 0 && fast > 0 && slow != fast);
	at = slow;
	for (int i = 0; fast > 0 && i < 12; i++) {
		buf_addf(&b, "%s%lld", i > 0 ? " -> " : "", (long long)at);
		if (i > 0 && at == slow)
			break;
		at = plan_number(p, e, 0, next, at);
	}
	if (e->kind == ERR_NONE)
		err_set(e, ERR_DATA, "tasks would wait for each other: %s",
		    b.len > 0 ? buf_str(&b) : "in a circle");
	buf_free(&b);
	return -1;
}

int
task_circle(struct plan *p, int64_t from, struct err *e)
{
	struct edges g = { NULL, NULL, 0, 0 };
	int64_t id = 0, max = 0;
	int rc = 0;

	if (from != 0) {
		id = plan_number(p, e, 0, "WITH RECURSIVE r(x) AS (SELECT"
		    " needs FROM dep WHERE task = ?1 UNION SELECT dep.needs"
		    " FROM r JOIN dep ON dep.task = r.x JOIN task ON task.id"
		    " = r.x WHERE task.status <> 'done') SELECT x FROM r"
		    " WHERE x = ?1", from);
		return id == 0 ? 0 : id == -1 ? -1 : tell(p, id, e);
	}
	if (load(p, &g, e) == -1)
		rc = -1;
	for (size_t i = 0; i < g.n; i++) {
		max = g.from[i] > max ? g.from[i] : max;
		max = g.to[i] > max ? g.to[i] : max;
	}
	if (rc == 0 && g.n > 0 && (id = left_over(&g, max)) != 0)
		rc = tell(p, id, e);
	free(g.from);
	free(g.to);
	return rc;
}

/* ---- giving up, and not ---- */

/* All that wait for id, near or far, and are not ended. */
#define BEHIND	"WITH RECURSIVE r(x) AS (SELECT task FROM dep" \
	" WHERE needs = ?1 UNION SELECT dep.task FROM r JOIN dep" \
	" ON dep.needs = r.x) "

int
task_end(struct plan *p, int64_t id, const char *status, const char *why,
    struct err *e)
{
	int64_t now = clock_wall_ms();

	if (db_run(p->db, e, "DELETE FROM lease WHERE task = ?", "i",
	    id) == -1 ||
	    db_run(p->db, e, "UPDATE task SET status = ?2, error ="
	    " nullif(?3, ''), updated = ?4, ended = ?4 WHERE id = ?1",
	    "issi", id, status, why, now) == -1)
		return -1;
	return db_run(p->db, e, BEHIND "UPDATE task SET status = 'dead',"
	    " culprit = ?1, error = 'needs task ' || ?1 || ', which ' || ?2,"
	    " updated = ?3, ended = ?3 WHERE id IN r AND status = 'queued'",
	    "isi", id, strcmp(status, "dead") == 0 ? "was given up" :
	    "was cancelled", now);
}

int
task_revive(struct plan *p, int64_t id, struct err *e)
{
	int64_t now = clock_wall_ms();

	return db_run(p->db, e, "UPDATE task SET status = 'queued',"
	    " failures = 0, round = 0, error = NULL, culprit = NULL,"
	    " ended = NULL, updated = ?2 WHERE id = ?1 OR (culprit = ?1 AND"
	    " status = 'dead')", "ii", id, now);
}
