/*
 * exchange.c - project.json: a plan as a file, out and in.
 */
#include "plan/exchange.h"

#include "base/buf.h"
#include "base/clock.h"
#include "base/mem.h"
#include "plan/note.h"
#include "plan/project.h"
#include "plan/task.h"

#include <stdlib.h>
#include <string.h>

/* ---- out ---- */

static const char *
their_status(const char *ours)
{
	if (strcmp(ours, "done") == 0)
		return "complete";
	if (strcmp(ours, "running") == 0)
		return "in_progress";
	return strcmp(ours, "ready") == 0 ? "pending" : "blocked";
}

static int
task_out(void *arg, jv t, struct err *e)
{
	static const char *const same[] = { "key", "acceptance", "check",
	    "inputs", "tags", "priority", "parent", "needs", "steps",
	    "tool_calls", "tokens", "seconds", "rounds", "tries" };
	jv *list = arg, o = js_obj();

	(void)e;
	o = js_copy_key(o, "id", t, "id");
	o = js_copy_key(o, "description", t, "objective");
	o = js_set_str(o, "status", their_status(js_str(t, "status")));
	o = js_copy_key(o, "created_at", t, "created");
	o = js_has(t, "ended") ? js_copy_key(o, "completed_at", t, "ended") :
	    js_set(o, "completed_at", js_null());
	o = js_set_str(o, "notes", js_str(t, "error") != NULL ?
	    js_str(t, "error") : "");
	o = js_copy_key(o, "agent_status", t, "status");
	for (size_t i = 0; i < BASE_NITEMS(same); i++)
		o = js_copy_key(o, same[i], t, same[i]);
	*list = js_push(*list, o);
	return 0;
}

static int
note_out(void *arg, jv n, struct err *e)
{
	jv *list = arg;

	(void)e;
	*list = js_push(*list, js_fmt("[%s] %s", js_str(n, "time"),
	    js_str(n, "text")));
	return 0;
}

static jv
stamp(jv o, const char *key, int64_t ms)
{
	char when[CLOCK_STAMP_SIZE];

	clock_stamp(when, ms);
	return js_set_str(o, key, when);
}

int
exchange_out(struct plan *p, jv *out, struct err *e)
{
	struct task_filter f = { TASK_ALL, NULL, NULL, 0, 0, false };
	struct note_filter nf = { NULL, NULL, 0, 0, 0 };
	const char *slash = strrchr(p->workspace, '/');
	jv tasks = js_arr(), notes = js_arr(), o = js_obj();
	struct project j;

	*out = js_none();
	if (project_load(p, &j, e) == -1 ||
	    task_each(p, &f, task_out, &tasks, e) == -1 ||
	    note_each(p, &nf, note_out, &notes, e) == -1) {
		js_free(tasks);
		js_free(notes);
		js_free(o);
		return -1;
	}
	o = js_set_str(o, "name", slash != NULL ? slash + 1 : "");
	o = js_set_str(o, "description", j.is ? j.goal : "");
	o = js_set_str(o, "state", machine_state_name(j.is ? j.state :
	    MACHINE_EXECUTING));
	o = js_set(o, "tasks", tasks);
	o = js_set(o, "lab_notebook", notes);
	o = stamp(o, "created_at", j.created);
	*out = stamp(o, "updated_at", j.updated);
	project_free(&j);
	return 0;
}

/* ---- in ---- */

/* The key under which an imported task goes by. */
static jv
key_of(jv t)
{
	jv id = js_get(t, "id"), key = js_get(t, "key");
	int64_t n;

	if (js_is_str(key)) {
		js_free(id);
		return key;
	}
	js_free(key);
	if (js_int_of(id, 0, INT64_C(1) << 52, &n)) {
		js_free(id);
		return js_fmt("task_%04lld", (long long)n);
	}
	return id;
}

/* What an id in their file is called here. */
static jv
renamed(jv id, jv names)
{
	struct buf b = BUF_INIT;
	jv key;

	js_dump(&b, id);
	key = js_get(names, buf_str(&b));
	buf_free(&b);
	return js_is_valid(key) ? key : js_ref(id);
}

static jv
links(jv spec, jv t, jv names)
{
	jv needs = js_get(t, "needs"), parent = js_get(t, "parent");
	jv list = js_arr();

	for (size_t i = 0; i < js_len(needs); i++) {
		jv id = js_at(needs, i);

		list = js_push(list, renamed(id, names));
		js_free(id);
	}
	if (js_len(list) > 0)
		spec = js_set(spec, "needs", js_ref(list));
	if (js_is_valid(parent) && !js_is_null(parent))
		spec = js_set(spec, "parent", renamed(parent, names));
	js_free(list);
	js_free(needs);
	js_free(parent);
	return spec;
}

static jv
task_in(jv t, jv names)
{
	static const char *const same[] = { "acceptance", "check", "inputs",
	    "tags", "priority", "steps", "tool_calls", "tokens", "seconds",
	    "rounds", "tries" };
	jv spec = js_obj(), key = key_of(t);

	spec = js_copy_key(spec, "objective", t, js_has(t, "description") ?
	    "description" : "objective");
	if (js_is_str(key))
		spec = js_set(spec, "key", js_ref(key));
	js_free(key);
	for (size_t i = 0; i < BASE_NITEMS(same); i++)
		spec = js_copy_key(spec, same[i], t, same[i]);
	return links(spec, t, names);
}

/* Their ids, printed, to our keys. */
static jv
names_of(jv tasks)
{
	jv names = js_obj();

	for (size_t i = 0; i < js_len(tasks); i++) {
		jv t = js_at(tasks, i), id = js_get(t, "id"), key = key_of(t);
		struct buf b = BUF_INIT;

		if (js_is_valid(id) && js_is_str(key)) {
			js_dump(&b, id);
			names = js_set(names, buf_str(&b), js_ref(key));
		}
		buf_free(&b);
		js_free(id);
		js_free(key);
		js_free(t);
	}
	return names;
}

static int
close_done(struct plan *p, jv tasks, jv ids, struct err *e)
{
	int rc = 0;

	for (size_t i = 0; rc == 0 && i < js_len(ids); i++) {
		jv t = js_at(tasks, i), v = js_at(ids, i);
		const char *own = js_str(t, "agent_status");
		int64_t id = 0;

		js_int_of(v, 1, INT64_C(1) << 52, &id);
		if (js_str_is(t, "status", "complete")) {
			rc = db_run(p->db, e, "UPDATE task SET status ="
			    " 'done', ended = updated WHERE id = ?", "i",
			    id);
			if (rc == 0)
				rc = task_unblock(p, id, e);
		} else if (own != NULL && strcmp(own, "cancelled") == 0) {
			rc = task_end(p, id, "cancelled", "", e);
		} else if (own != NULL && strcmp(own, "dead") == 0 &&
		    plan_number(p, e, 0, "SELECT 1 FROM task WHERE id = ? AND"
		    " status = 'queued'", id) == 1) {
			rc = task_end(p, id, "dead", js_str(t, "notes") !=
			    NULL ? js_str(t, "notes") : "", e);
		}
		js_free(t);
		js_free(v);
	}
	return rc;
}

static int
notes_in(struct plan *p, jv notes, struct err *e)
{
	int rc = 0;

	for (size_t i = 0; rc == 0 && i < js_len(notes); i++) {
		jv n = js_at(notes, i);

		if (js_cstr(n) == NULL)
			rc = err_set(e, ERR_DATA, "lab_notebook: entry %zu "
			    "is no text", i + 1);
		else
			rc = note_add(p, "observation", "import", 0,
			    js_cstr(n), e);
		js_free(n);
	}
	return rc;
}

static int
put(struct plan *p, jv project, jv tasks, jv notes, struct err *e)
{
	const char *goal = js_str(project, "description");
	enum machine_state state;
	jv names = names_of(tasks), specs = js_arr(), ids = js_none();
	int64_t now = clock_wall_ms();
	int rc = 0;

	if (goal == NULL || *goal == '\0')
		goal = js_str(project, "name");
	if (!machine_state_find(js_str(project, "state"), &state))
		rc = err_set(e, ERR_DATA, "state: none of planning, "
		    "executing, reviewing, complete, paused");
	if (plan_number(p, e, 0, "SELECT (SELECT count(*) FROM project) +"
	    " (SELECT count(*) FROM task)", 0) > 0)
		rc = err_set(e, ERR_NEGATIVE, "there is a plan here already; "
		    "import begins a new one only");
	for (size_t i = 0; i < js_len(tasks); i++) {
		jv t = js_at(tasks, i);

		specs = js_push(specs, task_in(t, names));
		js_free(t);
	}
	if (rc == 0 && (task_add(p, specs, &ids, e) == -1 ||
	    db_run(p->db, e, "INSERT INTO project(id, goal, state, created,"
	    " updated) VALUES(1, ?, ?, ?, ?)", "ssii", goal != NULL ? goal :
	    "", machine_state_name(state), now, now) == -1 ||
	    close_done(p, tasks, ids, e) == -1 ||
	    notes_in(p, notes, e) == -1 ||
	    note_event(p, 0, e, "project imported, %s",
	    machine_state_name(state)) == -1))
		rc = -1;
	js_free(names);
	js_free(specs);
	js_free(ids);
	return rc;
}

int
exchange_in(struct plan *p, jv project, struct err *e)
{
	jv tasks = js_get(project, "tasks");
	jv notes = js_get(project, "lab_notebook");
	int rc;

	if (!js_is_obj(project) || !js_is_arr(tasks))
		rc = err_set(e, ERR_DATA, "no project.json: it is an object "
		    "with state and tasks");
	else if ((rc = plan_begin(p, e)) == 0)
		rc = plan_end(p, put(p, project, tasks, notes, e), e);
	js_free(tasks);
	js_free(notes);
	return rc;
}
