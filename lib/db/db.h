/*
 * db.h - one file of SQLite that many processes share, without its traps.
 *
 * A database belongs to one program of ours: it carries its application id
 * and the number of its schema, and whatever is foreign, newer or broken is
 * refused and left as it is.  Writers queue at a lock beside the file
 * (FILE-queue), which the kernel hands on in order; every commit and every
 * checkpoint happens while that lock is held, so two of them never meet.
 * Readers do not queue.  The journal is a write-ahead log, or, on network
 * file systems, where that cannot work, a rollback journal.
 *
 * A handle is used by the process that opened it and never crosses a fork;
 * a statement that writes outside db_begin ... db_commit is a bug.  Knows
 * no JSON and nothing of what is stored.  Errors: ERR_TEMP (locked for too
 * long), ERR_DATA (damaged or foreign), ERR_CONFIG (newer than we are),
 * ERR_CANTCREAT, ERR_DENIED, ERR_IO (disk full, disk broken).
 */
#ifndef DB_DB_H
#define DB_DB_H

#include "base/base.h"
#include "base/err.h"

struct db;
struct db_stmt;

struct db_schema {
	uint32_t	 id;		/* application id, not 0 */
	/* Step i, counted from 0, leads from version i to i + 1; ends with
	 * NULL.  Steps that were once released are never changed. */
	const char *const *steps;
};

enum db_flags {
	DB_WRITE = 0,		/* made when it is missing */
	DB_READ = 1,		/* must be there; nothing is written, but an
				 * older version brought up to date */
	DB_NO_WAL = 2,		/* a rollback journal, as on network disks */
};

#define DB_TIMEOUT_MS	30000	/* how long locks are waited for */

/*
 * Open the file at path, whose folder must exist; it is made with mode
 * 0600 and brought to the newest schema.  The strings of s must outlive the
 * handle.  NULL with e filled.  With DB_READ a missing or empty file is
 * ERR_NOINPUT.
 */
struct db *db_open(const char *path, const struct db_schema *s,
    enum db_flags flags, struct err *e);
/* Roll back what is open and close; NULL is fine.  In a child of the
 * process that opened it, only memory is given back. */
void db_close(struct db *d);
/* Wait at most ms for locks from now on. */
void db_timeout(struct db *d, int ms);
/*
 * Whether a commit is on the disk when db_commit returns (the default), or
 * only safe from the death of processes, which costs much less.
 */
void db_durable(struct db *d, bool on);
/* The file itself, for what shall lie beside it under one name: absolute, links
 * followed.  Valid as long as d. */
const char *db_file(const struct db *d);
/* Something that people should know about this file, or NULL. */
const char *db_note(const struct db *d);
/*
 * Memory for pages, in KiB, and how much of the file may be mapped when it
 * is open for reading; SQLite's own measure otherwise.
 */
void db_cache(struct db *d, int kib, int64_t map);
/*
 * Overwrite what was deleted in all files of the database: deleted bytes in
 * the file are zeros already, so the log is written back and emptied.
 * ERR_TEMP when readers hold it for too long.  Outside a transaction.
 */
int db_scrub(struct db *d, struct err *e);
/* Write all that is in the database into a new file at path: a copy of one
 * moment, made while others go on. */
int db_copy(struct db *d, const char *path, struct err *e);
/* Look for damage: 0, or -1 with ERR_DATA.  Reads the whole file. */
int db_check(struct db *d, struct err *e);

/* Between these all is read as of one moment, and cheaper; nothing may be
 * written. */
int db_read_begin(struct db *d, struct err *e);
void db_read_end(struct db *d);

/* Begin a transaction that writes: waits in the queue, then has the only
 * right to write.  ERR_CANCELLED when a signal arrives meanwhile. */
int db_begin(struct db *d, struct err *e);
/* End it; on failure it is rolled back. */
int db_commit(struct db *d, struct err *e);
/*
 * Wait until everything that this handle committed is on the disk, for one
 * that is not durable by itself (db_durable).  Processes that wait at the
 * same time share one flush, so many small commits do not wait for the disk
 * one after the other.  0, or -1 with e filled: it may not be there after a
 * power cut.
 */
int db_sync(struct db *d, struct err *e);
/* Give it up; does nothing outside one. */
void db_rollback(struct db *d);

/*
 * The statement sql, made once per handle, reset, and bound to the values
 * that follow, of which each letter of kinds names the type:
 *	i  int64_t	d  double	s  const char *, NULL is null
 *	b  const void *, size_t		n  null, no value
 * Strings and bytes are copied.  It stays owned by d and is good until the
 * same sql is asked for again.  NULL with e filled.
 */
struct db_stmt *db_query(struct db *d, struct err *e, const char *sql,
    const char *kinds, ...);
/* The next row: 1; 0 at the end, -1 with e filled, and then it is reset. */
int db_step(struct db_stmt *st, struct err *e);
/* Leave the rest of the rows. */
void db_done(struct db_stmt *st);
/* Columns of the current row, from 0.  Text and bytes are valid until the
 * next step; db_text is NULL for null. */
int64_t db_int(struct db_stmt *st, int col);
double db_real(struct db_stmt *st, int col);
const char *db_text(struct db_stmt *st, int col);
const void *db_blob(struct db_stmt *st, int col, size_t *n);
bool db_null(struct db_stmt *st, int col);
/* db_query and all its steps: 0, or -1 with e filled. */
int db_run(struct db *d, struct err *e, const char *sql, const char *kinds,
    ...);
/* Rows that the last INSERT, UPDATE or DELETE changed; the last row id. */
int64_t db_changes(const struct db *d);
int64_t db_last_id(const struct db *d);

#endif
