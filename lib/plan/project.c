/*
 * project.c - the project: its goal and where it stands.
 */
#include "plan/project.h"

#include "base/clock.h"
#include "base/mem.h"
#include "plan/note.h"

#include <stdlib.h>
#include <string.h>

void
project_free(struct project *j)
{
	free(j->goal);
	memset(j, 0, sizeof(*j));
}

int
project_load(struct plan *p, struct project *j, struct err *e)
{
	struct db_stmt *st;
	int rc;

	memset(j, 0, sizeof(*j));
	if (p->db == NULL)
		return 0;
	st = db_query(p->db, e, "SELECT goal, state, before, created,"
	    " updated FROM project", "");
	if (st == NULL || (rc = db_step(st, e)) != 1)
		return st == NULL ? -1 : rc;
	if (!machine_state_find(db_text(st, 1), &j->state))
		rc = err_set(e, ERR_DATA, "plan.db: a project cannot be "
		    "'%.40s'", db_text(st, 1));
	if (!machine_state_find(db_text(st, 2), &j->before))
		j->before = MACHINE_EXECUTING;
	j->is = true;
	j->goal = xstrdup(db_text(st, 0));
	j->created = db_int(st, 3);
	j->updated = db_int(st, 4);
	db_done(st);
	return rc == -1 ? -1 : 0;
}

int
project_count(struct plan *p, struct project_counts *c, struct err *e)
{
	static const char *const names[] = { "queued", "running", "done",
	    "dead", "cancelled" };
	int64_t *to[] = { &c->ready, &c->running, &c->done, &c->dead,
	    &c->cancelled };
	struct db_stmt *st;
	int rc;

	memset(c, 0, sizeof(*c));
	if (p->db == NULL)
		return 0;
	st = db_query(p->db, e, "SELECT status, blocked > 0, count(*)"
	    " FROM task GROUP BY 1, 2", "");
	if (st == NULL)
		return -1;
	while ((rc = db_step(st, e)) == 1)
		for (size_t i = 0; i < BASE_NITEMS(names); i++)
			if (strcmp(db_text(st, 0), names[i]) == 0)
				*(i == 0 && db_int(st, 1) ? &c->waiting :
				    to[i]) += db_int(st, 2);
	return rc;
}

int
project_init(struct plan *p, const char *goal, struct err *e)
{
	struct project j;
	int64_t now = clock_wall_ms();
	int rc;

	if (plan_begin(p, e) == -1)
		return -1;
	rc = project_load(p, &j, e);
	if (rc == 0 && j.is)
		rc = err_set(e, ERR_NEGATIVE, "there is a project already, "
		    "%s: %.200s; agent-plan status shows it",
		    machine_state_name(j.state), j.goal);
	project_free(&j);
	if (rc == 0 && db_run(p->db, e, "INSERT INTO project(id, goal, state,"
	    " created, updated) VALUES(1, ?, 'planning', ?, ?)", "sii", goal,
	    now, now) == -1)
		rc = -1;
	if (rc == 0)
		rc = note_event(p, 0, e, "project begun: %s", goal);
	return plan_end(p, rc, e);
}

static int
move(struct plan *p, enum machine_move how, bool force, struct project *j,
    struct err *e)
{
	struct project_counts c;
	struct machine_facts f;
	enum machine_state to;

	if (project_load(p, j, e) == -1 || project_count(p, &c, e) == -1)
		return -1;
	if (!j->is)
		return err_set(e, ERR_NOINPUT, "no project here; begin one "
		    "with agent-plan init GOAL");
	f.tasks = c.ready + c.waiting + c.running + c.done + c.dead;
	f.open = c.ready + c.waiting + c.running;
	f.dead = c.dead;
	if (machine_move(j->state, j->before, how, &f, force, &to, e) == -1)
		return -1;
	if (db_run(p->db, e, "UPDATE project SET state = ?, before = ?,"
	    " updated = ?", "ssi", machine_state_name(to),
	    machine_state_name(j->state), clock_wall_ms()) == -1)
		return -1;
	if (note_event(p, 0, e, "%s: %s -> %s%s", machine_move_name(how),
	    machine_state_name(j->state), machine_state_name(to),
	    force ? " (forced)" : "") == -1)
		return -1;
	j->before = j->state;
	j->state = to;
	return 0;
}

int
project_move(struct plan *p, enum machine_move how, bool force,
    struct project *j, struct err *e)
{
	if (plan_begin(p, e) == -1)
		return -1;
	return plan_end(p, move(p, how, force, j, e), e);
}

/* What to do about a state in which something does not go. */
static const char *
way_out(enum machine_state s)
{
	switch (s) {
	case MACHINE_PLANNING: return "agent-plan advance begins the work";
	case MACHINE_PAUSED: return "agent-plan resume goes on";
	default: return "agent-plan reopen goes back to work";
	}
}

static int
allowed(struct plan *p, bool (*may)(enum machine_state), const char *what,
    struct err *e)
{
	struct project j;
	int rc = project_load(p, &j, e);

	if (rc == 0 && j.is && !may(j.state))
		rc = err_set(e, ERR_NEGATIVE, "the project is %s: no task "
		    "can be %s; %s", machine_state_name(j.state), what,
		    way_out(j.state));
	project_free(&j);
	return rc;
}

int
project_works(struct plan *p, struct err *e)
{
	return allowed(p, machine_works, "claimed", e);
}

int
project_takes(struct plan *p, struct err *e)
{
	return allowed(p, machine_takes, "added", e);
}

int
project_json(struct plan *p, jv *out, struct err *e)
{
	struct project j;
	struct project_counts c;
	jv o = js_obj(), t = js_obj();

	*out = js_none();
	if (project_load(p, &j, e) == -1 || project_count(p, &c, e) == -1) {
		js_free(o);
		js_free(t);
		return -1;
	}
	if (j.is) {
		o = js_set_str(o, "goal", j.goal);
		o = js_set_str(o, "state", machine_state_name(j.state));
	}
	t = js_set_int(t, "ready", c.ready);
	t = js_set_int(t, "waiting", c.waiting);
	t = js_set_int(t, "running", c.running);
	t = js_set_int(t, "done", c.done);
	t = js_set_int(t, "dead", c.dead);
	t = js_set_int(t, "cancelled", c.cancelled);
	*out = js_set(o, "tasks", t);
	project_free(&j);
	return 0;
}
