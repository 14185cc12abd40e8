/*
 * store.c - plan.db: its tables, opening it, transactions.
 */
#include "plan/store.h"

#include "base/log.h"
#include "base/mem.h"
#include "core/state.h"
#include "sys/fd.h"
#include "sys/file.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define APPLICATION_ID	0x6167506c	/* "agPl" */

/*
 * task.blocked is the number of tasks that it still waits for: rows of dep
 * whose needs is not done.  A parent needs its children (child 1); such a
 * row goes when the child is cancelled.  task.attempt counts claims and
 * never goes back, so that TASK.ATTEMPT names a claim once and for all.
 * culprit is the task because of which this one is dead.
 */
static const char *const steps[] = {
	"CREATE TABLE project("
	"  id INTEGER PRIMARY KEY CHECK(id = 1),"
	"  goal TEXT NOT NULL, state TEXT NOT NULL, before TEXT,"
	"  created INTEGER NOT NULL, updated INTEGER NOT NULL) STRICT;"
	"CREATE TABLE task("
	"  id INTEGER PRIMARY KEY AUTOINCREMENT,"
	"  key TEXT UNIQUE, parent INTEGER REFERENCES task(id),"
	"  status TEXT NOT NULL DEFAULT 'queued',"
	"  blocked INTEGER NOT NULL DEFAULT 0,"
	"  priority INTEGER NOT NULL DEFAULT 0,"
	"  objective TEXT NOT NULL, acceptance TEXT, command TEXT,"
	"  inputs TEXT NOT NULL DEFAULT '[]', tags TEXT NOT NULL DEFAULT '[]',"
	"  steps INTEGER, calls INTEGER, tokens INTEGER, seconds INTEGER,"
	"  rounds INTEGER NOT NULL DEFAULT 12,"
	"  tries INTEGER NOT NULL DEFAULT 3,"
	"  attempt INTEGER NOT NULL DEFAULT 0,"
	"  failures INTEGER NOT NULL DEFAULT 0,"
	"  round INTEGER NOT NULL DEFAULT 0,"
	"  culprit INTEGER, error TEXT,"
	"  created INTEGER NOT NULL, updated INTEGER NOT NULL,"
	"  ended INTEGER) STRICT;"
	"CREATE INDEX task_ready ON task(priority DESC, id)"
	"  WHERE status = 'queued' AND blocked = 0;"
	"CREATE INDEX task_status ON task(status) WHERE status <> 'done';"
	"CREATE INDEX task_parent ON task(parent) WHERE parent IS NOT NULL;"
	"CREATE INDEX task_culprit ON task(culprit)"
	"  WHERE culprit IS NOT NULL;"
	"CREATE TABLE dep("
	"  task INTEGER NOT NULL REFERENCES task(id),"
	"  needs INTEGER NOT NULL REFERENCES task(id),"
	"  child INTEGER NOT NULL,"
	"  PRIMARY KEY(task, needs)) STRICT, WITHOUT ROWID;"
	"CREATE INDEX dep_needs ON dep(needs);"
	"CREATE TABLE lease("
	"  task INTEGER PRIMARY KEY REFERENCES task(id),"
	"  attempt INTEGER NOT NULL, worker TEXT NOT NULL,"
	"  length INTEGER NOT NULL, until INTEGER NOT NULL,"
	"  wall INTEGER NOT NULL, place TEXT NOT NULL,"
	"  pid INTEGER NOT NULL, start INTEGER NOT NULL) STRICT;"
	"CREATE TABLE attempt("
	"  task INTEGER NOT NULL REFERENCES task(id), n INTEGER NOT NULL,"
	"  worker TEXT NOT NULL, began INTEGER NOT NULL, ended INTEGER,"
	"  outcome TEXT, reason TEXT,"
	"  PRIMARY KEY(task, n)) STRICT, WITHOUT ROWID;"
	"CREATE TABLE checkpoint("
	"  id INTEGER PRIMARY KEY AUTOINCREMENT,"
	"  task INTEGER NOT NULL REFERENCES task(id),"
	"  attempt INTEGER NOT NULL, time INTEGER NOT NULL,"
	"  body TEXT NOT NULL) STRICT;"
	"CREATE INDEX checkpoint_task ON checkpoint(task, id);"
	"CREATE TABLE round("
	"  task INTEGER NOT NULL REFERENCES task(id), n INTEGER NOT NULL,"
	"  attempt INTEGER NOT NULL, began INTEGER NOT NULL, ended INTEGER,"
	"  file TEXT, before TEXT, outcome TEXT,"
	"  steps INTEGER, calls INTEGER, tokens INTEGER, most INTEGER,"
	"  PRIMARY KEY(task, n)) STRICT, WITHOUT ROWID;"
	"CREATE TABLE note("
	"  seq INTEGER PRIMARY KEY, time INTEGER NOT NULL,"
	"  kind TEXT NOT NULL, author TEXT NOT NULL, task INTEGER,"
	"  text TEXT NOT NULL, hash TEXT NOT NULL) STRICT;"
	"CREATE INDEX note_task ON note(task) WHERE task IS NOT NULL;"
	"CREATE TABLE notebook("
	"  id INTEGER PRIMARY KEY CHECK(id = 1),"
	"  notes INTEGER NOT NULL, head TEXT NOT NULL) STRICT;"
	"CREATE TABLE patch("
	"  id INTEGER PRIMARY KEY AUTOINCREMENT,"
	"  title TEXT NOT NULL, plan TEXT NOT NULL, diff TEXT NOT NULL,"
	"  tests TEXT NOT NULL, status TEXT NOT NULL, result TEXT,"
	"  task INTEGER, created INTEGER NOT NULL, updated INTEGER NOT NULL)"
	"  STRICT;",
	NULL
};

static const struct db_schema schema = { APPLICATION_ID, steps };

int
plan_open(struct plan *p, const char *dir, enum plan_how how, struct err *e)
{
	struct err none = ERR_INIT;
	char *path;
	int rc = 0;

	*p = (struct plan)PLAN_INIT;
	p->workspace = state_workspace(dir, &p->root, e);
	if (p->workspace == NULL)
		return -1;
	p->dir = state_project(p->workspace, e);
	if (p->dir == NULL ||
	    (how == PLAN_WRITE && file_mkdirs(p->dir, 0700, e) == -1))
		return -1;
	owner_self(&p->me);
	path = xasprintf("%s/plan.db", p->dir);
	p->db = db_open(path, &schema, how == PLAN_WRITE ? DB_WRITE : DB_READ,
	    &none);
	free(path);
	if (p->db == NULL && (how == PLAN_WRITE || none.kind != ERR_NOINPUT)) {
		*e = none;
		rc = -1;
	}
	if (p->db == NULL)
		return rc;
	/* plan_commit() flushes, together with whoever else does. */
	db_durable(p->db, how == PLAN_READ);
	if (db_note(p->db) != NULL)
		log_warn("%s/plan.db: %s", p->dir, db_note(p->db));
	return 0;
}

void
plan_close(struct plan *p)
{
	db_close(p->db);
	fd_close(&p->root);
	free(p->workspace);
	free(p->dir);
	*p = (struct plan)PLAN_INIT;
}

int
plan_need(const struct plan *p, struct err *e)
{
	if (p->db != NULL)
		return 0;
	return err_set(e, ERR_NOINPUT, "no plan for %s; begin one with "
	    "agent-plan init or agent-plan add", p->workspace);
}

int
plan_begin(struct plan *p, struct err *e)
{
	return db_begin(p->db, e);
}

int
plan_commit(struct plan *p, struct err *e)
{
	if (db_commit(p->db, e) == -1)
		return -1;
	return db_sync(p->db, e);
}

int
plan_end(struct plan *p, int rc, struct err *e)
{
	if (rc == 0)
		return plan_commit(p, e);
	db_rollback(p->db);
	return rc;
}

int64_t
plan_number(struct plan *p, struct err *e, int64_t dflt, const char *sql,
    int64_t arg)
{
	struct db_stmt *st = db_query(p->db, e, sql,
	    strchr(sql, '?') != NULL ? "i" : "", arg);
	int rc;

	if (st == NULL || (rc = db_step(st, e)) == -1)
		return -1;
	if (rc == 1 && !db_null(st, 0))
		dflt = db_int(st, 0);
	db_done(st);
	return dflt;
}
