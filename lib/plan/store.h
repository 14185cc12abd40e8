/*
 * store.h - plan.db: one project's tasks, leases, notebook and patches.
 *
 * It lies in the state folder of the project, out of reach of tools, and is
 * shared by any number of processes.  A plan is opened for reading or for
 * writing, by the process that uses it.  Times in it are milliseconds since
 * 1970, for people; nothing is ordered or decided by them (see queue.h).
 */
#ifndef PLAN_STORE_H
#define PLAN_STORE_H

#include "base/base.h"
#include "base/err.h"
#include "core/owner.h"
#include "db/db.h"

struct plan {
	struct db	*db;		/* NULL: nothing was ever written */
	char		*workspace;	/* absolute path */
	int		 root;		/* descriptor of it */
	char		*dir;		/* state folder of the project */
	struct owner	 me;
};

#define PLAN_INIT	{ .root = -1 }

enum plan_how { PLAN_READ, PLAN_WRITE };

/*
 * Open the plan of the workspace dir (NULL: AGENT_WORKSPACE or here).  With
 * PLAN_WRITE it is made when it is missing; with PLAN_READ p->db is then
 * NULL and the call succeeds.  Close it in any case.
 */
int plan_open(struct plan *p, const char *dir, enum plan_how how,
    struct err *e);
void plan_close(struct plan *p);
/* ERR_NOINPUT when nothing was ever written here. */
int plan_need(const struct plan *p, struct err *e);
/* A transaction that writes.  plan_commit() returns when it is on the disk;
 * a failure has rolled it back or says that it may be lost. */
int plan_begin(struct plan *p, struct err *e);
int plan_commit(struct plan *p, struct err *e);
/* Commit when rc is 0, else roll back; returns what came of it. */
int plan_end(struct plan *p, int rc, struct err *e);
/* One number: the first column of the first row; dflt when there is none;
 * -1 with e filled on failure (so ask only for what is not negative). */
int64_t plan_number(struct plan *p, struct err *e, int64_t dflt,
    const char *sql, int64_t arg);

#endif
