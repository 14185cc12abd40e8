/*
 * approval.h - who is asked when the policy says "ask".
 *
 * Nobody (then it is no), the user at the terminal, a program at the other
 * end of a descriptor or of a spool folder, the parent of a coprocess over
 * the protocol, or nobody because the one who started us has said yes to
 * everything.  A question and its answer are the events permission.request
 * and permission.reply, whatever the way.  Nothing here blocks; but for the
 * protocol there is one question at a time.
 */
#ifndef TOOL_APPROVAL_H
#define TOOL_APPROVAL_H

#include "base/base.h"
#include "base/buf.h"
#include "base/err.h"
#include "json/js.h"

#include <poll.h>

enum approval_way {
	APPROVAL_NONE,
	APPROVAL_YES,
	APPROVAL_PROTOCOL,	/* who runs us sees to it */
	APPROVAL_TERMINAL,
	APPROVAL_FD,
	APPROVAL_SPOOL,
};

struct approval {
	enum approval_way way;
	int		 events;	/* where permission.* go, or -1 */
	int64_t		 limit_ms;	/* of an answer; 0 none */
	int		 in, out;	/* terminal, or descriptors; or -1 */
	int		 spool;		/* the folder, or -1 */
	bool		 open;		/* there is a question */
	bool		 gone;		/* nobody will answer any more */
	bool		 editing;	/* other arguments are being typed */
	struct buf	 heard;		/* read, not yet a whole line */
	jv		 question;	/* while one is open */
};

/* How often a spool folder is looked at, in ms. */
#define APPROVAL_LOOK	200

/*
 * From what the user wrote: none, yes, protocol, terminal, fd:N, fd:IN,OUT,
 * spool:DIR; NULL for the terminal if there is one.  coprocess says whether
 * there is a parent that can be asked; a spool folder may not lie in the
 * workspace.  0, or -1 with e filled.
 */
int approval_open(struct approval *a, const char *spec, bool coprocess,
    const char *workspace, struct err *e);
void approval_close(struct approval *a);
/* "none", "yes", ... */
const char *approval_name(const struct approval *a);

/* Ask; -1 when nobody can hear it, with a->gone. */
int approval_ask(struct approval *a, jv request);
/* What to wait for; returns how many (0 or 1). */
size_t approval_fds(const struct approval *a, struct pollfd *p);
/*
 * The answer if it is there: 1 and *reply owned (it may make no sense yet);
 * 0 for none yet; -1 when none will come, with a->gone.
 */
int approval_hear(struct approval *a, jv *reply);
/* That answer made no sense: say so, and go on waiting. */
void approval_again(struct approval *a, const struct err *why);
/* The question is over. */
void approval_over(struct approval *a);

/* Of approval_tty.c: the user at the terminal. */
int approval_tty_open(void);
void approval_tty_ask(struct approval *a);
/* A line that was typed, without its end: the reply, or an invalid value
 * when there is something more to type. */
jv approval_tty_typed(struct approval *a, const char *line, size_t n);

/* Of approval_spool.c: a folder, which is safe to use. */
int approval_spool_open(const char *dir, const char *workspace,
    struct err *e);
int approval_spool_ask(struct approval *a);
jv approval_spool_look(struct approval *a);
void approval_spool_again(struct approval *a);
void approval_spool_over(struct approval *a);

#endif
