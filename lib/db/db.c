/*
 * db.c - one file of SQLite that many processes share: open, begin, end.
 */
#include "db/handle.h"

#include "base/buf.h"
#include "base/clock.h"
#include "base/mem.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <time.h>
#include <unistd.h>

/* What SQLite says, as far as a caller can act on it. */
static enum err_kind
kind_of(int code, int error)
{
	switch (code & 0xff) {
	case SQLITE_BUSY:
	case SQLITE_LOCKED:
	case SQLITE_PROTOCOL:
		return ERR_TEMP;
	case SQLITE_NOMEM:
		return ERR_NOMEM;
	case SQLITE_CORRUPT:
	case SQLITE_NOTADB:
	case SQLITE_CONSTRAINT:
	case SQLITE_TOOBIG:
	case SQLITE_FORMAT:
		return ERR_DATA;
	case SQLITE_CANTOPEN:
		return error == EACCES || error == EPERM || error == EROFS ?
		    ERR_DENIED : ERR_CANTCREAT;
	case SQLITE_READONLY:
	case SQLITE_PERM:
	case SQLITE_AUTH:
		return ERR_DENIED;
	case SQLITE_FULL:
	case SQLITE_IOERR:
		return ERR_IO;
	case SQLITE_INTERRUPT:
		return ERR_CANCELLED;
	default:
		return ERR_INTERNAL;
	}
}

int
db_fail(struct db *d, struct err *e, const char *doing)
{
	int code = sqlite3_extended_errcode(d->sql);
	int error = sqlite3_system_errno(d->sql);
	enum err_kind kind = kind_of(code, error);
	const char *more = "";

	if ((code & 0xff) == SQLITE_IOERR && (error == ENOSPC ||
	    error == EDQUOT))
		more = " (disk full)";
	else if ((code & 0xff) == SQLITE_FULL)
		more = "; nothing of this step was kept, make room";
	else if (kind == ERR_TEMP)
		more = "; another process is at it";
	return err_set(e, kind, "%s: %s%s%s%s", d->path,
	    doing != NULL ? doing : "", doing != NULL ? ": " : "",
	    sqlite3_errmsg(d->sql), more);
}

int
db_exec(struct db *d, const char *sql, struct err *e)
{
	if (sqlite3_exec(d->sql, sql, NULL, NULL, NULL) == SQLITE_OK)
		return 0;
	return db_fail(d, e, NULL);
}

/* File systems where processes on two machines may have the file open. */
static bool
on_network(const char *path)
{
	static const unsigned long magic[] = { 0x6969 /* NFS */,
	    0xff534d42 /* CIFS */, 0xfe534d42 /* SMB2 */, 0x517b /* SMB */,
	    0x65735546 /* FUSE */, 0x01021997 /* 9p */, 0x5346414f /* AFS */,
	    0x0bd00bd0 /* Lustre */, 0x00c36400 /* Ceph */,
	    0x01161970 /* GFS2 */, 0x47504653 /* GPFS */ };
	struct statfs fs;

	if (statfs(path, &fs) == -1)
		return false;
	for (size_t i = 0; i < BASE_NITEMS(magic); i++)
		if (((unsigned long)fs.f_type & 0xffffffff) == magic[i])
			return true;
	return false;
}

char *
db_plain(const char *path)
{
	return xasprintf("%s%s", *path == '/' ? "" : "./", path);
}

char *
db_uri(const char *path, const char *how)
{
	struct buf b = BUF_INIT;

	/* Of two slashes at the beginning a host would follow. */
	buf_adds(&b, *path == '/' ? "file://" : "file:");
	for (; *path != '\0'; path++)
		if (strchr("%?#", *path) != NULL)
			buf_addf(&b, "%%%02x", (unsigned char)*path);
		else
			buf_addc(&b, *path);
	buf_adds(&b, how);
	return buf_detach(&b);
}

/* Take the file and set what must be set before the first statement.  What lies
 * beside it (-wal, -queue) is named as SQLite names it. */
static int
take(struct db *d, const char *name, int flags, struct err *e)
{
	mode_t old = umask(077);
	int rc = sqlite3_open_v2(name, &d->sql, flags | SQLITE_OPEN_NOMUTEX |
	    SQLITE_OPEN_PRIVATECACHE | SQLITE_OPEN_EXRESCODE, NULL);

	umask(old);
	if (rc != SQLITE_OK) {
		if (d->sql != NULL)
			return db_fail(d, e, "open");
		return err_set(e, ERR_NOMEM, "%s: open: out of memory",
		    d->path);
	}
	d->file = sqlite3_db_filename(d->sql, "main");
	sqlite3_busy_timeout(d->sql, d->timeout_ms);
	sqlite3_db_config(d->sql, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
	sqlite3_db_config(d->sql, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, NULL);
	sqlite3_db_config(d->sql, SQLITE_DBCONFIG_ENABLE_LOAD_EXTENSION, 0,
	    NULL);
	sqlite3_db_config(d->sql, SQLITE_DBCONFIG_DQS_DML, 0, NULL);
	sqlite3_db_config(d->sql, SQLITE_DBCONFIG_DQS_DDL, 0, NULL);
	return 0;
}

/* None of these touches the file. */
static int
settings(struct db *d, struct err *e)
{
	return db_exec(d, "PRAGMA cell_size_check=ON;"
	    "PRAGMA foreign_keys=ON;"
	    "PRAGMA temp_store=MEMORY;"
	    "PRAGMA secure_delete=ON;"
	    "PRAGMA synchronous=FULL;"
	    "PRAGMA journal_size_limit=16777216", e);
}

/* A log of some length beside the file: what it holds would be missed. */
static bool
has_log(const struct db *d)
{
	char *name = xasprintf("%s-wal", d->file);
	struct stat st;
	bool has = stat(name, &st) == 0 && st.st_size > 0;

	free(name);
	return has;
}

static int
open_read(struct db *d, struct err *e)
{
	struct err fault = ERR_INIT;
	char *name = db_plain(d->path), *uri;
	bool ready;
	int rc = take(d, name, SQLITE_OPEN_READONLY, e);

	free(name);
	if (rc == -1 || head_check(d, &ready, e) == -1)
		return -1;
	if (settings(d, &fault) == 0 && head_confirm(d, &fault) == 0)
		return 0;
	if ((fault.kind != ERR_CANTCREAT && fault.kind != ERR_DENIED) ||
	    has_log(d)) {
		*e = fault;
		return -1;
	}
	/* A medium that cannot be written: no log can be made there. */
	db_forget(d);
	uri = db_uri(d->file, "?immutable=1");
	sqlite3_close(d->sql);
	d->sql = NULL;
	rc = take(d, uri, SQLITE_OPEN_READONLY | SQLITE_OPEN_URI, e);
	free(uri);
	if (rc == -1 || settings(d, e) == -1)
		return -1;
	return head_confirm(d, e);
}

/*
 * SQLite makes what lies beside the file with the rights that the file has at
 * that time, and cannot write it when those were less: give it what they are
 * now.  By name, as closing a descriptor would drop locks of this process.
 */
static void
same_rights(const char *path)
{
	static const char *const ends[] = { "-wal", "-shm" };
	struct stat is, st;

	if (stat(path, &is) == -1)
		return;
	for (size_t i = 0; i < BASE_NITEMS(ends); i++) {
		char *name = xasprintf("%s%s", path, ends[i]);

		if (lstat(name, &st) == 0 && S_ISREG(st.st_mode) &&
		    (is.st_mode & 0666 & ~st.st_mode) != 0)
			(void)!chmod(name, (is.st_mode | st.st_mode) & 0666);
		free(name);
	}
}

static int
open_write(struct db *d, struct err *e)
{
	char *name = db_plain(d->path);
	bool ready;
	int rc = take(d, name, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE, e);

	free(name);
	if (rc == -1)
		return -1;
	/* What is beside it is opened by the first statement. */
	same_rights(d->file);
	if (on_network(d->file)) {
		d->flags |= DB_NO_WAL;
		sqlite3_snprintf(sizeof(d->note), d->note, "on a network "
		    "file system the database is slower, and only as safe as "
		    "that system's locks");
	}
	if (head_check(d, &ready, e) == -1)
		return -1;
	if (sqlite3_db_readonly(d->sql, "main") == 1)
		return err_set(e, ERR_DENIED, "%s: cannot be written",
		    d->path);
	if (queue_open(d, e) == -1 || settings(d, e) == -1)
		return -1;
	if (ready)
		return head_confirm(d, e);
	if (queue_lock(d, e) == -1)
		return -1;
	rc = head_migrate(d, e);
	queue_unlock(d);
	return rc;
}

/* Bring a file of an older version up to date that is only to be read. */
static bool
update(struct db *d)
{
	struct err e = ERR_INIT;
	struct db *w;

	if (!d->old || !(d->flags & DB_READ))
		return false;
	w = db_open(d->path, d->schema, d->flags & ~DB_READ, &e);
	db_close(w);
	return w != NULL;
}

struct db *
db_open(const char *path, const struct db_schema *s, enum db_flags flags,
    struct err *e)
{
	struct db *d = xcalloc(1, sizeof(*d));
	struct stat st;
	int rc;

	d->path = xstrdup(path);
	d->schema = s;
	d->flags = flags;
	d->queue = d->log = -1;
	d->timeout_ms = DB_TIMEOUT_MS;
	d->pid = getpid();
	d->durable = true;
	while (s->steps[d->version] != NULL)
		d->version++;
	if (stat(path, &st) == 0 && !S_ISREG(st.st_mode))
		rc = err_set(e, ERR_DATA, "%s: no regular file", path);
	else if ((flags & DB_READ) && stat(path, &st) == -1)
		rc = err_sys(e, "%s", path);
	else
		rc = flags & DB_READ ? open_read(d, e) : open_write(d, e);
	if (rc == -1) {
		bool again = update(d);

		db_close(d);
		if (!again)
			return NULL;
		*e = (struct err)ERR_INIT;
		return db_open(path, s, flags, e);
	}
	return d;
}

void
db_close(struct db *d)
{
	bool held;

	if (d == NULL)
		return;
	/* A child shares the locks' descriptors: closing would drop them. */
	if (d->pid == getpid()) {
		db_rollback(d);
		db_forget(d);
		/* The last one to leave writes the log back, unless someone
		 * is writing: then it is not the last. */
		held = queue_try(d);
		if (d->sql != NULL && !held)
			sqlite3_db_config(d->sql,
			    SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, NULL);
		if (d->sql != NULL)
			sqlite3_close(d->sql);
		if (d->queue != -1)
			close(d->queue);
		if (d->log != -1)
			close(d->log);
	}
	free(d->path);
	free(d);
}

void
db_timeout(struct db *d, int ms)
{
	d->timeout_ms = ms;
	sqlite3_busy_timeout(d->sql, ms);
}

void
db_durable(struct db *d, bool on)
{
	if (d->durable == on || d->in_tx)
		return;
	/* A rollback journal is not safe without. */
	if (d->flags & DB_NO_WAL)
		return;
	if (sqlite3_exec(d->sql, on ? "PRAGMA synchronous=FULL" :
	    "PRAGMA synchronous=NORMAL", NULL, NULL, NULL) == SQLITE_OK)
		d->durable = on;
}

const char *
db_file(const struct db *d)
{
	return d->file;
}

const char *
db_note(const struct db *d)
{
	return d->note[0] != '\0' ? d->note : NULL;
}

void
db_cache(struct db *d, int kib, int64_t map)
{
	char sql[96];

	sqlite3_snprintf(sizeof(sql), sql, "PRAGMA cache_size=-%d;"
	    "PRAGMA mmap_size=%lld", kib, d->flags & DB_READ ?
	    (long long)map : 0);
	sqlite3_exec(d->sql, sql, NULL, NULL, NULL);
}

int
db_scrub(struct db *d, struct err *e)
{
	int64_t deadline = clock_ms() + d->timeout_ms;
	struct timespec nap = { 0, 20 * 1000000L };

	BUG(d->in_tx || (d->flags & DB_READ));
	if (d->flags & DB_NO_WAL)
		return 0;
	for (;;) {
		int log = 0, moved = 0, rc;

		if (queue_lock(d, e) == -1)
			return -1;
		/* The lock is held: only readers can be in the way. */
		sqlite3_busy_timeout(d->sql, 50);
		rc = sqlite3_wal_checkpoint_v2(d->sql, "main",
		    SQLITE_CHECKPOINT_TRUNCATE, &log, &moved);
		sqlite3_busy_timeout(d->sql, d->timeout_ms);
		if (rc == SQLITE_OK) {
			queue_unlock(d);
			return 0;
		}
		if ((rc & 0xff) != SQLITE_BUSY) {
			db_fail(d, e, "write back the log");
			queue_unlock(d);
			return -1;
		}
		queue_unlock(d);
		if (clock_left(deadline) == 0)
			return err_set(e, ERR_TEMP, "%s: deleted, but a "
			    "reader still needs the old pages in %s-wal",
			    d->path, d->path);
		nanosleep(&nap, NULL);
	}
}

int
db_copy(struct db *d, const char *path, struct err *e)
{
	struct db_stmt *st;
	char *name;
	mode_t old;
	int rc;

	if (access(path, F_OK) == 0)
		return err_set(e, ERR_CANTCREAT, "%s: exists already; move "
		    "it away or give another name", path);
	BUG(d->in_tx);
	name = db_plain(path);
	st = db_query(d, e, "VACUUM INTO ?", "s", name);
	free(name);
	if (st == NULL)
		return -1;
	old = umask(077);
	rc = sqlite3_step(st->st);
	umask(old);
	if (rc != SQLITE_DONE) {
		db_fail(d, e, "copy");
		unlink(path);
	}
	sqlite3_reset(st->st);
	return rc == SQLITE_DONE ? 0 : -1;
}

int
db_check(struct db *d, struct err *e)
{
	struct db_stmt *st = db_query(d, e, "PRAGMA quick_check(1)", "");
	const char *said;
	int rc;

	if (st == NULL || (rc = db_step(st, e)) == -1)
		return -1;
	said = rc == 1 ? db_text(st, 0) : NULL;
	if (said == NULL || strcmp(said, "ok") != 0)
		rc = err_set(e, ERR_DATA, "%s: damaged: %.200s", d->path,
		    said != NULL ? said : "nothing");
	db_done(st);
	return rc == -1 ? -1 : 0;
}

int
db_read_begin(struct db *d, struct err *e)
{
	BUG(d->in_tx);
	return db_exec(d, "BEGIN", e);
}

void
db_read_end(struct db *d)
{
	for (struct db_stmt *s = d->stmts; s != NULL; s = s->next)
		sqlite3_reset(s->st);
	sqlite3_exec(d->sql, "COMMIT", NULL, NULL, NULL);
}

int
db_begin(struct db *d, struct err *e)
{
	BUG(d->pid != getpid());
	BUG(d->in_tx || (d->flags & DB_READ));
	if (queue_lock(d, e) == -1)
		return -1;
	if (db_exec(d, "BEGIN IMMEDIATE", e) == -1) {
		queue_unlock(d);
		return -1;
	}
	d->in_tx = true;
	return 0;
}

int
db_commit(struct db *d, struct err *e)
{
	BUG(!d->in_tx);
	if (!d->durable)
		group_ticket(d);
	if (db_exec(d, "COMMIT", e) == -1) {
		db_rollback(d);
		return -1;
	}
	d->in_tx = false;
	queue_unlock(d);
	return 0;
}

void
db_rollback(struct db *d)
{
	if (!d->in_tx)
		return;
	/* Some errors have rolled back already; then this one fails. */
	for (struct db_stmt *s = d->stmts; s != NULL; s = s->next)
		sqlite3_reset(s->st);
	sqlite3_exec(d->sql, "ROLLBACK", NULL, NULL, NULL);
	d->in_tx = false;
	queue_unlock(d);
}
