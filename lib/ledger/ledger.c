/*
 * ledger.c - the file that all processes of one user share.
 */
#include "ledger/ledger.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/num.h"
#include "core/state.h"
#include "ledger/tx.h"
#include "sys/file.h"

#define APPLICATION_ID	0x61674c64	/* "agLd" */

/*
 * Times are microseconds since 1970 in bucket, milliseconds elsewhere.
 * Costs are millionths, null where no price is known.
 */
static const char *const steps[] = {
	"CREATE TABLE bucket("
	"  id INTEGER PRIMARY KEY,"
	"  endpoint TEXT NOT NULL, key TEXT NOT NULL, model TEXT NOT NULL,"
	"  requests_at INTEGER NOT NULL DEFAULT 0,"
	"  tokens_at INTEGER NOT NULL DEFAULT 0,"
	"  blocked_until INTEGER NOT NULL DEFAULT 0,"
	"  seen INTEGER NOT NULL DEFAULT 0,"
	"  UNIQUE(endpoint, key, model)) STRICT;"
	"CREATE TABLE lease("
	"  id INTEGER PRIMARY KEY AUTOINCREMENT,"
	"  bucket INTEGER NOT NULL,"
	"  pid INTEGER NOT NULL, start INTEGER NOT NULL, place TEXT NOT NULL,"
	"  made INTEGER NOT NULL,"
	"  input INTEGER NOT NULL, output INTEGER NOT NULL, cost INTEGER,"
	"  endpoint TEXT NOT NULL, key TEXT NOT NULL, model TEXT NOT NULL,"
	"  job TEXT, session TEXT, budget TEXT, period TEXT) STRICT;"
	"CREATE INDEX lease_bucket ON lease(bucket);"
	"CREATE TABLE waiter("
	"  ticket INTEGER PRIMARY KEY AUTOINCREMENT,"
	"  bucket INTEGER NOT NULL,"
	"  pid INTEGER NOT NULL, start INTEGER NOT NULL, place TEXT NOT NULL,"
	"  tokens INTEGER NOT NULL, next INTEGER NOT NULL) STRICT;"
	"CREATE INDEX waiter_bucket ON waiter(bucket, ticket);"
	"CREATE TABLE spent("
	"  budget TEXT NOT NULL, period TEXT NOT NULL,"
	"  cost INTEGER NOT NULL, tokens INTEGER NOT NULL,"
	"  PRIMARY KEY(budget, period)) STRICT, WITHOUT ROWID;"
	"CREATE TABLE usage("
	"  id INTEGER PRIMARY KEY,"
	"  time INTEGER NOT NULL,"
	"  endpoint TEXT NOT NULL, key TEXT NOT NULL, model TEXT NOT NULL,"
	"  job TEXT, session TEXT, budget TEXT,"
	"  input INTEGER NOT NULL, output INTEGER NOT NULL,"
	"  cached INTEGER NOT NULL, reasoning INTEGER NOT NULL,"
	"  cost INTEGER, outcome TEXT NOT NULL, estimated INTEGER NOT NULL,"
	"  duration INTEGER NOT NULL) STRICT;"
	"CREATE INDEX usage_time ON usage(time);",
	NULL
};

static const struct db_schema schema = { APPLICATION_ID, steps };

static const char *
variable(const char *name)
{
	const char *s = getenv(name);

	return s != NULL && *s != '\0' ? s : NULL;
}

static int
find_budget(struct ledger *l, const char *name, struct err *e)
{
	if (name == NULL)
		return 0;
	l->budget = rules_budget(&l->rules, name);
	if (l->budget != NULL)
		return 0;
	return err_set(e, ERR_CONFIG, "budget %.60s: not configured; give it "
	    "max_cost or max_tokens in budgets, agent-config(5)", name);
}

/* The run has had a process before us, whose limits are ours. */
static int
resume(struct ledger *l, struct err *e)
{
	const char *run = variable("AGENT_RUN");
	struct err ignored = ERR_INIT;
	int64_t since, used[2];
	char *ms, *sessions;
	int rc;

	if (run == NULL || (l->max_cost == -1 && l->max_tokens == -1))
		return 0;
	ms = xmemdup(run, strcspn(run, ":"));
	rc = num_int(ms, 0, INT64_MAX, "AGENT_RUN", &since, &ignored);
	free(ms);
	if (rc == -1)
		return err_set(e, ERR_CONFIG, "AGENT_RUN: is TIME:SESSION,..., "
		    "the time in ms since 1970");
	run += strcspn(run, ":");
	sessions = xasprintf(",%s,", *run == ':' ? run + 1 : "");
	rc = tx_run(l, since, sessions, used, e);
	if (rc == 0) {
		l->spent_cost = used[0];
		l->spent_tokens = used[1];
	}
	free(sessions);
	return rc;
}

int
ledger_open(struct ledger *l, struct conf *c, const struct ledger_options *o,
    struct err *e)
{
	char *dir;
	int rc = 0;

	memset(l, 0, sizeof(*l));
	l->max_cost = o->max_cost;
	l->max_tokens = o->max_tokens;
	l->job = variable("AGENT_JOB");
	l->session = variable("AGENT_SESSION");
	owner_self(&l->me);
	if (rules_load(&l->rules, c, o->first, o->prices, e) == -1 ||
	    find_budget(l, o->budget, e) == -1)
		return -1;
	dir = state_root(e);
	if (dir == NULL)
		return -1;
	l->path = xasprintf("%s/ledger.db", dir);
	if (!o->read)
		rc = file_mkdirs(dir, 0700, e);
	else if (access(l->path, F_OK) == -1 && errno == ENOENT)
		rc = 1;			/* nothing to report yet */
	free(dir);
	if (rc == 0) {
		l->db = db_open(l->path, &schema, o->read ? DB_READ :
		    DB_WRITE, e);
		rc = l->db != NULL ? 0 : -1;
		if (rc == -1 && o->read && e->kind == ERR_NOINPUT) {
			*e = (struct err)ERR_INIT;
			rc = 1;
		}
	}
	if (rc == 0 && !o->read)
		rc = resume(l, e);
	return rc == -1 ? -1 : 0;
}

void
ledger_close(struct ledger *l)
{
	db_close(l->db);
	rules_free(&l->rules);
	free(l->path);
	memset(l, 0, sizeof(*l));
}
