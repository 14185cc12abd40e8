/*
 * look.c - a database of somebody else.
 */
#include "db/look.h"

#include "base/clock.h"
#include "base/mem.h"
#include "db/handle.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define HEAP_MAX	((sqlite3_int64)40 * 1024 * 1024)
#define LENGTH_MAX	(32 * 1024 * 1024)	/* of one value */
#define STEPS		4000	/* between looks at the clock */

/* When it has to be over; one database is looked at by a process. */
static int64_t deadline;

static int
late(void *arg)
{
	(void)arg;
	return clock_left(deadline) == 0;
}

/* Nothing but reading. */
static int
allowed(void *arg, int what, const char *a, const char *b, const char *db,
    const char *view)
{
	(void)arg;
	(void)a;
	(void)db;
	switch (what) {
	case SQLITE_SELECT:
	case SQLITE_READ:
	case SQLITE_RECURSIVE:
		return SQLITE_OK;
	case SQLITE_FUNCTION:
		return b != NULL && strcmp(b, "load_extension") != 0 ?
		    SQLITE_OK : SQLITE_DENY;
	case SQLITE_PRAGMA:
		return view == NULL ? SQLITE_OK : SQLITE_DENY;
	default:
		return SQLITE_DENY;
	}
}

/* Open, and see whether it can be read that way. */
static int
open_as(struct db *d, const char *how, struct err *e)
{
	char *name = db_uri(d->path, how);
	int rc = sqlite3_open_v2(name, &d->sql, SQLITE_OPEN_READONLY |
	    SQLITE_OPEN_URI | SQLITE_OPEN_NOMUTEX |
	    SQLITE_OPEN_PRIVATECACHE | SQLITE_OPEN_EXRESCODE, NULL);

	free(name);
	if (rc != SQLITE_OK)
		return d->sql != NULL ? db_fail(d, e, "open") :
		    err_set(e, ERR_NOMEM, "%s: open: out of memory", d->path);
	sqlite3_busy_timeout(d->sql, 2000);
	sqlite3_db_config(d->sql, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
	sqlite3_db_config(d->sql, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, NULL);
	sqlite3_db_config(d->sql, SQLITE_DBCONFIG_ENABLE_TRIGGER, 0, NULL);
	sqlite3_limit(d->sql, SQLITE_LIMIT_LENGTH, LENGTH_MAX);
	sqlite3_limit(d->sql, SQLITE_LIMIT_ATTACHED, 0);
	if (db_exec(d, "PRAGMA cell_size_check=ON;PRAGMA mmap_size=0;"
	    "PRAGMA cache_size=-4096;PRAGMA query_only=ON;"
	    "PRAGMA temp_store=MEMORY;SELECT count(*) FROM sqlite_schema",
	    e) == -1)
		return -1;
	sqlite3_set_authorizer(d->sql, allowed, NULL);
	sqlite3_progress_handler(d->sql, STEPS, late, NULL);
	return 0;
}

struct db *
db_look(const char *path, int ms, bool *stale, struct err *e)
{
	struct db *d = xcalloc(1, sizeof(*d));
	struct err first = ERR_INIT;
	const char *file;
	char *log;
	struct stat st;

	*stale = false;
	d->path = xstrdup(path);
	d->flags = DB_READ;
	d->queue = -1;
	d->pid = getpid();
	deadline = clock_ms() + ms;
	sqlite3_hard_heap_limit64(HEAP_MAX);
	if (open_as(d, "?mode=ro", &first) == -1) {
		/* Where no shared memory can be made beside it. */
		file = d->sql != NULL ? sqlite3_db_filename(d->sql, "main") :
		    NULL;
		log = xasprintf("%s-wal", file != NULL ? file : path);
		sqlite3_close(d->sql);
		d->sql = NULL;
		*stale = stat(log, &st) == 0 && st.st_size > 0;
		free(log);
		if ((first.kind != ERR_CANTCREAT &&
		    first.kind != ERR_DENIED) ||
		    open_as(d, "?immutable=1", &first) == -1) {
			*e = first;
			db_close(d);
			d = NULL;
		}
	}
	return d;
}

int
db_look_columns(struct db_stmt *st)
{
	return sqlite3_column_count(st->st);
}

const char *
db_look_name(struct db_stmt *st, int col)
{
	return sqlite3_column_name(st->st, col);
}

const char *
db_look_type(struct db_stmt *st, int col)
{
	return sqlite3_column_decltype(st->st, col);
}

enum db_look_kind
db_look_kind(struct db_stmt *st, int col)
{
	switch (sqlite3_column_type(st->st, col)) {
	case SQLITE_INTEGER:
		return LOOK_INTEGER;
	case SQLITE_FLOAT:
		return LOOK_REAL;
	case SQLITE_TEXT:
		return LOOK_TEXT;
	case SQLITE_BLOB:
		return LOOK_BLOB;
	default:
		return LOOK_NULL;
	}
}
