/*
 * task_read.c - tasks as objects, one or many.
 */
#include "plan/task.h"

#include "base/buf.h"
#include "base/clock.h"

#include <string.h>

#define COLUMNS "SELECT t.id, t.status, t.blocked, t.objective," \
	" t.acceptance, t.command, t.inputs, t.tags, t.priority, t.parent," \
	" t.key, t.steps, t.calls, t.tokens, t.seconds, t.rounds, t.tries," \
	" t.attempt, t.failures, t.round, t.culprit, t.error, t.created," \
	" t.ended, l.worker, l.wall, (SELECT json_group_array(needs) FROM" \
	" dep WHERE dep.task = t.id AND NOT child) FROM task t LEFT JOIN" \
	" lease l ON l.task = t.id "

static jv
text(jv o, const char *key, struct db_stmt *st, int col)
{
	const char *s = db_text(st, col);

	return s != NULL && *s != '\0' ? js_set_str(o, key, s) : o;
}

static jv
number(jv o, const char *key, struct db_stmt *st, int col, int64_t unless)
{
	int64_t n = db_int(st, col);

	return !db_null(st, col) && n != unless ? js_set_int(o, key, n) : o;
}

static jv
array(jv o, const char *key, struct db_stmt *st, int col)
{
	struct err none = ERR_INIT;
	const char *s = db_text(st, col);
	jv v = s != NULL ? js_parse(s, strlen(s), &none) : js_none();

	if (js_is_arr(v) && js_len(v) > 0)
		return js_set(o, key, v);
	js_free(v);
	return o;
}

static jv
stamp(jv o, const char *key, struct db_stmt *st, int col)
{
	char when[CLOCK_STAMP_SIZE];

	if (db_null(st, col))
		return o;
	clock_stamp(when, db_int(st, col));
	return js_set_str(o, key, when);
}

static jv
object(struct db_stmt *st)
{
	const char *status = db_text(st, 1);
	jv o = js_set_int(js_obj(), "id", db_int(st, 0));

	if (strcmp(status, "queued") == 0)
		status = db_int(st, 2) > 0 ? "waiting" : "ready";
	o = js_set_str(o, "status", status);
	o = text(o, "key", st, 10);
	o = text(o, "objective", st, 3);
	o = text(o, "acceptance", st, 4);
	o = text(o, "check", st, 5);
	o = array(o, "inputs", st, 6);
	o = array(o, "tags", st, 7);
	o = number(o, "priority", st, 8, 0);
	o = number(o, "parent", st, 9, 0);
	o = array(o, "needs", st, 26);
	o = number(o, "steps", st, 11, 0);
	o = number(o, "tool_calls", st, 12, 0);
	o = number(o, "tokens", st, 13, 0);
	o = number(o, "seconds", st, 14, 0);
	o = number(o, "rounds", st, 15, 12);
	o = number(o, "tries", st, 16, 3);
	o = number(o, "attempt", st, 17, 0);
	o = number(o, "failures", st, 18, 0);
	o = number(o, "round", st, 19, 0);
	o = number(o, "culprit", st, 20, 0);
	o = text(o, "error", st, 21);
	o = text(o, "worker", st, 24);
	o = stamp(o, "lease_until", st, 25);
	o = stamp(o, "created", st, 22);
	return stamp(o, "ended", st, 23);
}

int
task_get(struct plan *p, int64_t id, jv *out, struct err *e)
{
	struct db_stmt *st = db_query(p->db, e, COLUMNS "WHERE t.id = ?", "i",
	    id);
	int rc;

	*out = js_none();
	if (st == NULL || (rc = db_step(st, e)) == -1)
		return -1;
	if (rc == 0)
		return err_set(e, ERR_NOINPUT, "there is no task %lld; "
		    "agent-plan list shows those there are", (long long)id);
	*out = object(st);
	db_done(st);
	return 0;
}

static const char *const names[] = { "all", "open", "ready", "waiting",
    "running", "done", "dead", "cancelled" };

bool
task_which(const char *name, enum task_which *w)
{
	for (size_t i = 0; i < BASE_NITEMS(names); i++)
		if (strcmp(names[i], name) == 0) {
			*w = (enum task_which)i;
			return true;
		}
	return false;
}

int
task_each(struct plan *p, const struct task_filter *f, task_fn *fn,
    void *arg, struct err *e)
{
	static const char *const which[] = { "1",
	    "t.status IN ('queued', 'running')",
	    "t.status = 'queued' AND t.blocked = 0",
	    "t.status = 'queued' AND t.blocked > 0", "t.status = 'running'",
	    "t.status = 'done'", "t.status = 'dead'",
	    "t.status = 'cancelled'" };
	struct buf sql = BUF_INIT;
	struct db_stmt *st;
	int rc = -1;

	buf_addf(&sql, COLUMNS "WHERE %s AND (?1 IS NULL OR EXISTS(SELECT 1"
	    " FROM json_each(t.tags) WHERE value = ?1)) AND (?2 IS NULL OR"
	    " instr(lower(t.objective), lower(?2)) > 0) AND (?3 = 0 OR"
	    " t.parent = ?3) ORDER BY %s t.id LIMIT ?4", which[f->which],
	    f->queue ? "t.priority DESC," : "");
	st = db_query(p->db, e, buf_str(&sql), "ssii", f->tag, f->match,
	    f->parent, f->limit > 0 ? f->limit : (int64_t)-1);
	while (st != NULL && (rc = db_step(st, e)) == 1) {
		jv o = object(st);

		rc = fn(arg, o, e);
		js_free(o);
		if (rc != 0)
			break;
	}
	if (st != NULL)
		db_done(st);
	buf_free(&sql);
	return rc;
}
