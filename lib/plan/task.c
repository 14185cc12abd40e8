/*
 * task.c - tasks: made from a specification, changed, ended.
 */
#include "plan/task.h"

#include "base/buf.h"
#include "base/clock.h"
#include "json/schema.h"
#include "plan/note.h"
#include "plan/project.h"

#include <string.h>

static const char schema_text[] =
"{\"type\":\"object\",\"properties\":{"
"\"objective\":{\"type\":\"string\",\"minLength\":1,\"maxLength\":65536},"
"\"key\":{\"type\":\"string\",\"minLength\":1,\"maxLength\":200},"
"\"inputs\":{\"type\":\"array\",\"maxItems\":1000,\"items\":{\"type\":"
"\"string\",\"maxLength\":4096}},"
"\"tags\":{\"type\":\"array\",\"maxItems\":100,\"items\":{\"type\":"
"\"string\",\"minLength\":1,\"maxLength\":100}},"
"\"acceptance\":{\"type\":\"string\",\"maxLength\":65536},"
"\"check\":{\"type\":\"string\",\"minLength\":1,\"maxLength\":65536},"
"\"priority\":{\"type\":\"integer\",\"minimum\":-1000000,\"maximum\":"
"1000000},"
"\"parent\":{\"type\":[\"integer\",\"string\"]},"
"\"needs\":{\"type\":\"array\",\"maxItems\":10000,\"items\":{\"type\":["
"\"integer\",\"string\"]}},"
"\"steps\":{\"type\":\"integer\",\"minimum\":1,\"maximum\":1000000},"
"\"tool_calls\":{\"type\":\"integer\",\"minimum\":1,\"maximum\":1000000},"
"\"tokens\":{\"type\":\"integer\",\"minimum\":1000,\"maximum\":100000000},"
"\"seconds\":{\"type\":\"integer\",\"minimum\":1,\"maximum\":1000000},"
"\"rounds\":{\"type\":\"integer\",\"minimum\":1,\"maximum\":10000},"
"\"tries\":{\"type\":\"integer\",\"minimum\":1,\"maximum\":1000}"
"},\"required\":[\"objective\"],\"additionalProperties\":false}";

jv
task_schema(void)
{
	struct err e = ERR_INIT;

	return js_parse(schema_text, sizeof(schema_text) - 1, &e);
}

/* ---- adding ---- */

/* Strings are C strings from here on. */
static int
no_nul(jv spec, struct err *e)
{
	jv keys = js_keys(spec);
	int rc = 0;

	for (size_t i = 0; rc == 0 && i < js_len(keys); i++) {
		jv k = js_at(keys, i), v = js_get(spec, js_cstr(k));
		size_t n = js_is_arr(v) ? js_len(v) : 0;

		if (js_is_str(v) && js_cstr(v) == NULL)
			rc = -1;
		for (size_t j = 0; rc == 0 && j < n; j++) {
			jv item = js_at(v, j);

			if (js_is_str(item) && js_cstr(item) == NULL)
				rc = -1;
			js_free(item);
		}
		if (rc == -1)
			err_set(e, ERR_DATA, "%s: has a NUL byte", js_cstr(k));
		js_free(v);
		js_free(k);
	}
	js_free(keys);
	return rc;
}

static int
fits(jv schema, jv spec, struct err *e)
{
	struct buf why = BUF_INIT;
	int rc = 0;

	if (!schema_check(schema, spec, &why)) {
		buf_cut(&why, strcspn(buf_str(&why), "\n"));
		rc = err_set(e, ERR_DATA, "%s", buf_str(&why));
	}
	buf_free(&why);
	return rc == -1 ? -1 : no_nul(spec, e);
}

/* Set column to the member key of spec, if it has it. */
static int
put_text(struct plan *p, int64_t id, jv spec, const char *key,
    const char *sql, struct err *e)
{
	const char *s = js_str(spec, key);

	return s == NULL ? 0 : db_run(p->db, e, sql, "is", id, s);
}

static int
put_array(struct plan *p, int64_t id, jv spec, const char *key,
    const char *sql, struct err *e)
{
	struct buf b = BUF_INIT;
	jv v = js_get(spec, key);
	int rc = 0;

	if (js_is_arr(v)) {
		js_dump(&b, v);
		rc = db_run(p->db, e, sql, "is", id, buf_str(&b));
	}
	buf_free(&b);
	js_free(v);
	return rc;
}

static int
put_number(struct plan *p, int64_t id, jv spec, const char *key,
    const char *sql, struct err *e)
{
	int64_t n;

	if (!js_int(spec, key, -1000000, (int64_t)1 << 40, &n))
		return 0;
	return db_run(p->db, e, sql, "ii", id, n);
}

#define SET(column) "UPDATE task SET " column " = ?2 WHERE id = ?1"

/* All that is not a link. */
static int
put(struct plan *p, int64_t id, jv s, struct err *e)
{
	if (put_text(p, id, s, "objective", SET("objective"), e) == -1 ||
	    put_text(p, id, s, "acceptance", SET("acceptance"), e) == -1 ||
	    put_text(p, id, s, "check", SET("command"), e) == -1 ||
	    put_text(p, id, s, "key", SET("key"), e) == -1 ||
	    put_array(p, id, s, "inputs", SET("inputs"), e) == -1 ||
	    put_array(p, id, s, "tags", SET("tags"), e) == -1 ||
	    put_number(p, id, s, "priority", SET("priority"), e) == -1 ||
	    put_number(p, id, s, "steps", SET("steps"), e) == -1 ||
	    put_number(p, id, s, "tool_calls", SET("calls"), e) == -1 ||
	    put_number(p, id, s, "tokens", SET("tokens"), e) == -1 ||
	    put_number(p, id, s, "seconds", SET("seconds"), e) == -1 ||
	    put_number(p, id, s, "rounds", SET("rounds"), e) == -1 ||
	    put_number(p, id, s, "tries", SET("tries"), e) == -1)
		return -1;
	return 0;
}

/* Where a link stands: place at in the array whose ids are known. */
struct place {
	jv		 ids;		/* borrowed; js_none() when alone */
	size_t		 at;
};

/* The task a link names: an id, a key, or one before in the array. */
static int
find(struct plan *p, const struct place *w, jv name, int64_t *id,
    struct err *e)
{
	struct db_stmt *st;
	int64_t back;
	int rc;

	if (js_int_of(name, 1, (int64_t)1 << 52, id))
		return 0;
	if (js_int_of(name, -((int64_t)1 << 40), -1, &back)) {
		jv v = (size_t)-back <= w->at ? js_at(w->ids, w->at -
		    (size_t)-back) : js_none();
		bool is = js_int_of(v, 1, (int64_t)1 << 52, id);

		js_free(v);
		return is ? 0 : err_set(e, ERR_DATA, "%lld counts back to "
		    "before the first task", (long long)back);
	}
	if (js_cstr(name) == NULL)
		return err_set(e, ERR_DATA, "a task is named by its number "
		    "or its key");
	st = db_query(p->db, e, "SELECT id FROM task WHERE key = ?", "s",
	    js_cstr(name));
	if (st == NULL || (rc = db_step(st, e)) == -1)
		return -1;
	if (rc == 0)
		return err_set(e, ERR_DATA, "no task has the key '%.80s'",
		    js_cstr(name));
	*id = db_int(st, 0);
	db_done(st);
	return 0;
}

static int
link_parent(struct plan *p, const struct place *w, int64_t id, jv name,
    struct err *e)
{
	int64_t parent;

	if (find(p, w, name, &parent, e) == -1)
		return -1;
	if (plan_number(p, e, 0, "SELECT 1 FROM task WHERE id = ? AND"
	    " status IN ('queued', 'running')", parent) != 1)
		return e->kind != ERR_NONE ? -1 : err_set(e, ERR_DATA,
		    "task %lld, the parent, is not open", (long long)parent);
	if (db_run(p->db, e, SET("parent"), "ii", id, parent) == -1)
		return -1;
	return task_link(p, parent, id, true, e);
}

static int
link_all(struct plan *p, const struct place *w, int64_t id, jv spec,
    struct err *e)
{
	jv needs = js_get(spec, "needs"), parent = js_get(spec, "parent");
	int rc = js_is_valid(parent) ? link_parent(p, w, id, parent, e) : 0;

	for (size_t i = 0; rc == 0 && i < js_len(needs); i++) {
		jv name = js_at(needs, i);
		int64_t other;

		rc = find(p, w, name, &other, e);
		if (rc == 0)
			rc = task_link(p, id, other, false, e);
		js_free(name);
	}
	js_free(needs);
	js_free(parent);
	return rc;
}

/* Is the key of spec free? */
static int
key_free(struct plan *p, jv spec, struct err *e)
{
	const char *key = js_str(spec, "key");
	struct db_stmt *st;
	int rc;

	if (key == NULL)
		return 0;
	st = db_query(p->db, e, "SELECT id FROM task WHERE key = ?", "s",
	    key);
	if (st == NULL || (rc = db_step(st, e)) == -1)
		return -1;
	if (rc == 1)
		rc = err_set(e, ERR_DATA, "task %lld has the key '%.80s' "
		    "already", (long long)db_int(st, 0), key);
	db_done(st);
	return rc;
}

static int
insert(struct plan *p, jv schema, jv spec, int64_t *id, struct err *e)
{
	int64_t now = clock_wall_ms();

	if (fits(schema, spec, e) == -1 || key_free(p, spec, e) == -1)
		return -1;
	if (db_run(p->db, e, "INSERT INTO task(objective, created, updated)"
	    " VALUES('', ?1, ?1)", "i", now) == -1)
		return -1;
	*id = db_last_id(p->db);
	return put(p, *id, spec, e);
}

int
task_add(struct plan *p, jv specs, jv *ids, struct err *e)
{
	jv schema = task_schema(), list = js_arr();
	size_t n = js_len(specs);
	int64_t id = 0;
	int rc = project_takes(p, e);

	for (int pass = 0; rc == 0 && pass < 2; pass++)
		for (size_t i = 0; rc == 0 && i < n; i++) {
			jv spec = js_at(specs, i), known = js_at(list, i);
			struct place w = { list, i };

			if (pass == 0) {
				rc = insert(p, schema, spec, &id, e);
				list = js_push(list, js_from_int(id));
			} else {
				js_int_of(known, 1, (int64_t)1 << 52, &id);
				rc = link_all(p, &w, id, spec, e);
			}
			if (rc == -1 && n > 1)
				err_wrap(e, "task %zu of %zu", i + 1, n);
			js_free(spec);
			js_free(known);
		}
	if (rc == 0 && n > 0)
		rc = task_circle(p, n == 1 ? id : 0, e);
	js_free(schema);
	if (ids != NULL && rc == 0)
		*ids = js_ref(list);
	js_free(list);
	return rc;
}

/* ---- changing ---- */

static int
is_open(struct plan *p, int64_t id, const char *doing, struct err *e)
{
	jv t;
	int rc = task_get(p, id, &t, e);
	const char *s = js_str(t, "status");

	if (rc == 0 && (strcmp(s, "done") == 0 || strcmp(s, "dead") == 0 ||
	    strcmp(s, "cancelled") == 0))
		rc = err_set(e, ERR_NEGATIVE, "%s: task %lld is %s", doing,
		    (long long)id, s);
	js_free(t);
	return rc;
}

int
task_edit(struct plan *p, int64_t id, jv spec, struct err *e)
{
	jv schema = task_schema(), whole = js_ref(spec);
	struct place alone = { js_none(), 0 };
	int rc = is_open(p, id, "edit", e);

	if (!js_has(whole, "objective"))
		whole = js_set_str(whole, "objective", "-");
	if (rc == 0 && (fits(schema, whole, e) == -1 ||
	    key_free(p, spec, e) == -1 || put(p, id, spec, e) == -1 ||
	    link_all(p, &alone, id, spec, e) == -1 ||
	    task_circle(p, 0, e) == -1 ||
	    db_run(p->db, e, SET("updated"), "ii", id,
	    clock_wall_ms()) == -1))
		rc = -1;
	js_free(schema);
	js_free(whole);
	return rc == -1 ? -1 : note_event(p, id, e, "task %lld changed",
	    (long long)id);
}

int
task_cancel(struct plan *p, int64_t id, const char *why, struct err *e)
{
	if (is_open(p, id, "cancel", e) == -1)
		return -1;
	/* A parent goes on without this child. */
	if (db_run(p->db, e, "UPDATE task SET blocked = blocked - 1 WHERE id"
	    " IN (SELECT task FROM dep WHERE needs = ? AND child)", "i",
	    id) == -1 ||
	    db_run(p->db, e, "DELETE FROM dep WHERE needs = ? AND child",
	    "i", id) == -1 ||
	    db_run(p->db, e, "UPDATE attempt SET ended = ?2, outcome ="
	    " 'cancelled' WHERE task = ?1 AND ended IS NULL", "ii", id,
	    clock_wall_ms()) == -1 ||
	    task_end(p, id, "cancelled", why, e) == -1)
		return -1;
	return note_event(p, id, e, "task %lld cancelled%s%s", (long long)id,
	    *why != '\0' ? ": " : "", why);
}

int
task_retry(struct plan *p, int64_t id, struct err *e)
{
	jv t;
	int64_t culprit = 0;
	int rc = task_get(p, id, &t, e);
	const char *s = js_str(t, "status");

	if (rc == 0 && strcmp(s, "dead") != 0 && strcmp(s, "cancelled") != 0)
		rc = err_set(e, ERR_NEGATIVE, "retry: task %lld is %s; only "
		    "what was given up or cancelled is tried again",
		    (long long)id, s);
	if (rc == 0 && js_int(t, "culprit", 1, (int64_t)1 << 52, &culprit))
		rc = err_set(e, ERR_NEGATIVE, "retry: task %lld was given up "
		    "because of task %lld; retry that one", (long long)id,
		    (long long)culprit);
	js_free(t);
	if (rc == -1 || task_revive(p, id, e) == -1)
		return -1;
	return note_event(p, id, e, "task %lld is tried again",
	    (long long)id);
}
