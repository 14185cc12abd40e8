/*
 * coproc.h - a child that speaks agent-protocol(7).
 *
 * Lines to the child are queued and written when it takes them; lines from
 * it are framed and parsed; what it says on stderr is passed on, escaped,
 * once it is ready.  Nothing here blocks but coproc_close().  The child has
 * a process group of its own, so that the terminal's Ctrl-C is ours alone,
 * and dies with us, unless it is to end by itself at the end of its input.
 */
#ifndef CORE_COPROC_H
#define CORE_COPROC_H

#include "base/base.h"
#include "base/buf.h"
#include "base/err.h"
#include "base/vec.h"
#include "json/js.h"
#include "json/jsonl.h"
#include "sys/proc.h"

#include <poll.h>

#define COPROC_PROTOCOL	"agent-protocol/1"
#define COPROC_FDS	3	/* descriptors to poll */
#define COPROC_PATIENCE	60000	/* ms that it has to get ready, unless set */

struct coproc {
	const char	*name;		/* for messages; borrowed */
	struct proc	 proc;
	struct jsonl	 in;		/* from the child */
	struct buf	 out;		/* to the child, from out_at on */
	size_t		 out_at;
	struct buf	 said;		/* its stderr, not yet passed on */
	jv		 hello;		/* its ready line, or the error in place
					 * of it */
	struct err	 complaint;	/* its error line before that */
	int64_t		 patience;	/* set before the start: ms that it has
					 * to get ready */
	int64_t		 ready_by;	/* clock_ms of the end of that */
	bool		 started, ready, ended;
	bool		 cut;		/* a line to it was not written whole:
					 * what it says of that is dropped */
	bool		 outlives;	/* set before the start: it is not
					 * killed when we are, but sees the
					 * end of its input */
};

/* An empty one; safe to close. */
void coproc_init(struct coproc *c, const char *name);
/* Start it with argv; 0, or -1 with e filled. */
int coproc_start(struct coproc *c, struct vec *argv, struct err *e);
/* Queue a line (borrowed). */
void coproc_send(struct coproc *c, jv line);
/* The same with the numbers of like, see exact.h. */
void coproc_send_exact(struct coproc *c, jv line, const struct buf *like);
/* Fill in what to wait for; unused ones get the descriptor -1. */
void coproc_poll(struct coproc *c, struct pollfd fds[COPROC_FDS]);
/* Do what can be done after poll(2). */
void coproc_work(struct coproc *c, const struct pollfd fds[COPROC_FDS]);
/*
 * The next line: 1 and *line owned; 0 when there is none now; -1 with e
 * filled when there will be none, because the child ended or spoke
 * nonsense, or was not ready in time (ERR_TIMEOUT) and is killed.  The ready
 * line is taken in and not given.
 */
int coproc_next(struct coproc *c, jv *line, struct err *e);
/* When coproc_next() is to be asked again although nothing came (clock_ms):
 * its time to get ready is over then; -1 never. */
int64_t coproc_due(const struct coproc *c);
/* Kill it and whatever is in its group, now. */
void coproc_kill(struct coproc *c);
/* Close its stdin, so that it ends; does not wait. */
void coproc_hang_up(struct coproc *c);
/* Append to b the last line of what a program with that name has said on its
 * stderr, without the name, escaped for one line of ours. */
void coproc_last_words(const char *name, const char *said, size_t len,
    struct buf *b);
/* Hang up, wait at most grace ms, kill, reap, free. */
void coproc_close(struct coproc *c, int grace_ms);

#endif
