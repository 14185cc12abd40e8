/*
 * session.h - one session's file: an event file that survives its writer.
 *
 * Every event is appended with one write(2) of a whole line; a write that
 * fails half-way is taken back.  The file is locked while it is open, so
 * nobody else writes to it.  Opening one again repairs it: a torn last line
 * goes to FILE.torn-N (nothing is thrown away), damaged lines are skipped
 * and counted, calls without a result get a message that says so and are
 * never run again.  It knows nothing of models and tools.
 */
#ifndef CHAT_SESSION_H
#define CHAT_SESSION_H

#include "base/base.h"
#include "base/err.h"
#include "chat/replay.h"
#include "core/event.h"
#include "json/js.h"

#include <sys/types.h>

struct session {
	int		 fd;
	char		*path;		/* NULL: in memory only */
	struct event_ctx ctx;		/* what the next event carries */
	int64_t		 turns;		/* in the file when it was opened */
	off_t		 size;		/* of the file, whole lines */
	char		 last_id[64];	/* of the last message, "" for none */
	bool		 fresh;		/* made by this process */
	bool		 used;		/* holds something worth keeping */
	bool		 grown;		/* since it was made, or open */
	bool		 header;	/* has its session event */
	bool		 system;	/* has a system message */
	/* What opening it found; for one line to the user each. */
	char		*torn;		/* where the torn tail went, or NULL */
	uint64_t	 bad_lines;
	size_t		 unverified;	/* calls that got no result */
	bool		 unfinished;	/* the run before left no result */
};

/* Make a new one below directory dir; ERR_CANTCREAT when that fails. */
int session_create(struct session *s, const char *dir, struct err *e);
/* Remove the file at path, and what was put aside of it; ERR_TEMP when another
 * process has it. */
int session_remove(const char *path, struct err *e);
/* Take away what runs that were killed left in dir before they had a session:
 * a fork that was not whole, a file with nothing in it.  Nobody has them
 * locked. */
void session_sweep(const char *dir);
/* While it is filled, the file of a fork has this behind its name. */
#define SESSION_NEW	".new"
/* One that is never seen in a folder and vanishes with the process. */
int session_memory(struct session *s, struct err *e);
/*
 * Open the file at path, which must be a regular one, lock it (ERR_TEMP
 * when another process has it), repair it, and write down what was found.
 */
int session_open(struct session *s, const char *path, struct err *e);
/*
 * Append ev (consumed), stamped; messages get their parent_id.  0, or -1
 * with e filled and the file as it was.
 */
int session_append_take(struct session *s, jv ev, struct err *e);
/* Put what was appended on the disk. */
int session_sync(struct session *s, struct err *e);
/* Read the file from its beginning through r. */
int session_replay(struct session *s, struct replay *r, struct err *e);
/* Unlock and close; a new file that was never used is removed. */
void session_close(struct session *s);

#endif
