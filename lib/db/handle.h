/*
 * handle.h - a database as the files of this layer see it; private to it.
 */
#ifndef DB_HANDLE_H
#define DB_HANDLE_H

#include "db/db.h"

#include <sqlite3.h>
#include <sys/types.h>

struct db {
	sqlite3		*sql;
	char		*path;		/* as it was given: for messages */
	const char	*file;		/* what SQLite opened: absolute, no
					 * links; owned by sql */
	const struct db_schema *schema;
	enum db_flags	 flags;
	int		 version;	/* newest that we know */
	int		 queue;		/* descriptor of FILE-queue, or -1 */
	int		 timeout_ms;
	int		 log;		/* descriptor of FILE-wal, or -1 */
	uint64_t	 ticket;	/* of our last commit, 0: none */
	pid_t		 pid;		/* who opened it */
	bool		 in_tx, durable, network;
	bool		 old;		/* of an older version, and read only */
	char		 note[200];
	struct db_stmt	*stmts;
};

struct db_stmt {
	struct db	*d;
	sqlite3_stmt	*st;
	const char	*sql;		/* as it was given; only its
					 * address counts */
	struct db_stmt	*next;
};

/* e from the last error of SQLite on d; doing may be NULL.  Returns -1. */
int db_fail(struct db *d, struct err *e, const char *doing);
/* Run statements without values; 0, or -1 with e filled. */
int db_exec(struct db *d, const char *sql, struct err *e);
/*
 * A name for SQLite that is the path's file, whatever it begins with: "file:x"
 * and ":memory:" would mean something else.  Caller frees.
 */
char *db_plain(const char *path);
/* The path as a URI of SQLite, with "?name=value" behind it; caller frees. */
char *db_uri(const char *path, const char *how);
/* Free every statement. */
void db_forget(struct db *d);

/* Open or make FILE-queue; -1 with e filled. */
int queue_open(struct db *d, struct err *e);
/* Wait for the lock, at most the timeout. */
int queue_lock(struct db *d, struct err *e);
/* Take it only when it is free. */
bool queue_try(struct db *d);
void queue_unlock(struct db *d);

/* Number the commit that is about to happen; the queue's lock is held. */
void group_ticket(struct db *d);

/*
 * Look at the head of the file, before SQLite does: *ready is true when
 * nothing is left to be made.  -1 with e filled for what is not ours.
 */
int head_check(struct db *d, bool *ready, struct err *e);
/* Make, or bring to the newest version; the queue's lock is held. */
int head_migrate(struct db *d, struct err *e);
/* The version again, now by SQL, in case it stands in the log only. */
int head_confirm(struct db *d, struct err *e);

#endif
