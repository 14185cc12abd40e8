/*
 * head.c - whose database a file is, and which version of it.
 *
 * The first look is at the bytes of the file's head, through SQLite's own
 * descriptor (closing another one would drop the locks of this process),
 * because even opening a foreign file may change it: a log is replayed, a
 * journal rolled back.
 */
#include "db/handle.h"

#include "base/clock.h"

#include <string.h>
#include <time.h>

#define HEAD_SIZE	100	/* the database file format, section 1.3 */
#define HEAD_WRITER	18	/* 2: write-ahead log */
#define HEAD_VERSION	60
#define HEAD_ID		68

static uint32_t
be32(const unsigned char *p)
{
	return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 |
	    (uint32_t)p[2] << 8 | p[3];
}

static int
too_new(const struct db *d, int64_t version, struct err *e)
{
	return err_set(e, ERR_CONFIG, "%s: made by a newer version of this "
	    "program (schema %lld, this one knows %d); it is left as it is",
	    d->path, (long long)version, d->version);
}

int
head_check(struct db *d, bool *ready, struct err *e)
{
	static const unsigned char none[HEAD_SIZE];
	unsigned char head[HEAD_SIZE] = { 0 };
	sqlite3_file *f = NULL;
	int rc = SQLITE_OK;

	*ready = false;
	sqlite3_file_control(d->sql, "main", SQLITE_FCNTL_FILE_POINTER, &f);
	if (f == NULL || f->pMethods == NULL)
		return err_set(e, ERR_IO, "%s: cannot be read", d->path);
	rc = f->pMethods->xRead(f, head, HEAD_SIZE, 0);
	if (rc != SQLITE_OK && rc != SQLITE_IOERR_SHORT_READ)
		return err_set(e, ERR_IO, "%s: cannot be read", d->path);
	/* Empty, or made by a process that died over it. */
	if (memcmp(head, none, sizeof(none)) == 0)
		return 0;
	if (memcmp(head, "SQLite format 3", 16) != 0)
		return err_set(e, ERR_DATA, "%s: no database, or a damaged "
		    "one; it is left as it is, move it away to go on",
		    d->path);
	if (be32(head + HEAD_ID) != d->schema->id)
		return err_set(e, ERR_DATA, "%s: a database of another "
		    "program; it is left as it is", d->path);
	if (be32(head + HEAD_VERSION) > (uint32_t)d->version)
		return too_new(d, be32(head + HEAD_VERSION), e);
	*ready = be32(head + HEAD_VERSION) == (uint32_t)d->version &&
	    (head[HEAD_WRITER] == 2) == !(d->flags & DB_NO_WAL);
	return 0;
}

static int
number(struct db *d, const char *sql, int64_t *out, struct err *e)
{
	struct db_stmt *st = db_query(d, e, sql, "");
	int rc = st != NULL ? db_step(st, e) : -1;

	*out = 0;
	if (rc == 1)
		*out = db_int(st, 0);
	if (st != NULL)
		db_done(st);
	return rc == -1 ? -1 : 0;
}

int
head_confirm(struct db *d, struct err *e)
{
	int64_t id, version;

	if (number(d, "PRAGMA application_id", &id, e) == -1 ||
	    number(d, "PRAGMA user_version", &version, e) == -1)
		return -1;
	/* Another process is about to make it. */
	if (id == 0 && version == 0 && (d->flags & DB_READ))
		return err_set(e, ERR_NOINPUT, "%s: there is nothing in it "
		    "yet", d->path);
	if ((uint32_t)id != d->schema->id)
		return err_set(e, ERR_DATA, "%s: a database of another "
		    "program; it is left as it is", d->path);
	if (version > d->version)
		return too_new(d, version, e);
	d->old = version < d->version;
	if (d->old)
		return err_set(e, ERR_CONFIG, "%s: of an older version and "
		    "open for reading only", d->path);
	return 0;
}

/* The steps that miss, inside a transaction. */
static int
steps(struct db *d, struct err *e)
{
	int64_t version, id, tables;
	char sql[96];

	if (number(d, "PRAGMA user_version", &version, e) == -1 ||
	    number(d, "PRAGMA application_id", &id, e) == -1 ||
	    number(d, "SELECT count(*) FROM sqlite_schema", &tables,
	    e) == -1)
		return -1;
	if ((uint32_t)id != d->schema->id && (id != 0 || tables != 0))
		return err_set(e, ERR_DATA, "%s: a database of another "
		    "program; it is left as it is", d->path);
	if (version > d->version)
		return too_new(d, version, e);
	for (int64_t i = version; i < d->version; i++)
		if (db_exec(d, d->schema->steps[i], e) == -1)
			return -1;
	sqlite3_snprintf(sizeof(sql), sql, "PRAGMA application_id=%d;"
	    "PRAGMA user_version=%d", (int)d->schema->id, d->version);
	return db_exec(d, sql, e);
}

/* Switching needs the file for oneself; a reader may be just there. */
static int
set_journal(struct db *d, struct err *e)
{
	const char *want = d->flags & DB_NO_WAL ? "truncate" : "wal";
	int64_t deadline = clock_ms() + d->timeout_ms;

	for (;;) {
		struct timespec nap = { 0, 5 * 1000000L };
		struct err fault = ERR_INIT;
		struct db_stmt *st = db_query(d, &fault, d->flags & DB_NO_WAL ?
		    "PRAGMA journal_mode=TRUNCATE" :
		    "PRAGMA journal_mode=WAL", "");
		int rc = st != NULL ? db_step(st, &fault) : -1;
		bool same = rc == 1 && db_text(st, 0) != NULL &&
		    strcmp(db_text(st, 0), want) == 0;

		if (st != NULL)
			db_done(st);
		if (same)
			return 0;
		if (rc == -1 && fault.kind != ERR_TEMP) {
			*e = fault;
			return -1;
		}
		/* It may refuse a log for good (no shared memory). */
		if (rc == 1 && !(d->flags & DB_NO_WAL)) {
			sqlite3_snprintf(sizeof(d->note), d->note, "this file "
			    "system takes no write-ahead log; the database is "
			    "slower here");
			return 0;
		}
		if (clock_left(deadline) == 0)
			return err_set(e, ERR_TEMP, "%s: in use", d->path);
		nanosleep(&nap, NULL);
	}
}

int
head_migrate(struct db *d, struct err *e)
{
	/* In a rollback journal, so that what head_check reads of a new file
	 * never stands in a log only. */
	if (db_exec(d, "BEGIN IMMEDIATE", e) == -1)
		return -1;
	if (steps(d, e) == -1) {
		sqlite3_exec(d->sql, "ROLLBACK", NULL, NULL, NULL);
		return -1;
	}
	if (db_exec(d, "COMMIT", e) == -1) {
		sqlite3_exec(d->sql, "ROLLBACK", NULL, NULL, NULL);
		return -1;
	}
	return set_journal(d, e);
}
