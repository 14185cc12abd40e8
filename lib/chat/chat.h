/*
 * chat.h - a conversation: two coprocesses, a session file, a view, a loop.
 *
 * Everything that waits is in here: one poll over both children, the
 * signals and standard output.  No timer ticks and nothing is looked at
 * twice.  Whatever ends the conversation, the session file and the stream
 * get their result, and no child is left.
 */
#ifndef CHAT_CHAT_H
#define CHAT_CHAT_H

#include "base/base.h"
#include "base/err.h"
#include "core/coproc.h"
#include "chat/input.h"
#include "chat/loop.h"
#include "chat/session.h"
#include "chat/view.h"

#include <poll.h>

/* What the command line says; strings are borrowed. */
struct chat_opts {
	const char	*prompt;	/* NULL: none given */
	enum input_mode	 input;
	int64_t		 stdin_wait_ms;
	bool		 interactive;	/* -i */
	const char	*workspace;	/* -w, NULL: the usual one */
	/* For agent-gate. */
	const char	*model, *url, *replay, *record;
	const char	*max_cost, *budget;
	const char	*schema;
	bool		 offline, demo, gemini;
	/* For agent-tool. */
	bool		 no_tools, read_only;
	const char	*tools;
	const char	*system;	/* text, or @file */
	bool		 no_session, go_on;	/* --no-session, -c */
	const char	*resume;	/* id, or its beginning */
	enum view_format format;
	const char	*out_file;	/* -o */
	bool		 no_stream, quiet, verbose;
	int64_t		 max_steps, max_calls;	/* max_calls 0: no limit */
	int64_t		 timeout_ms;	/* 0: none */
};

struct chat {
	const struct chat_opts *o;
	char		*workspace;
	struct coproc	 gate, tool;
	struct session	 session;
	bool		 has_session;
	struct view	 view;
	struct loop	 loop;
	bool		 repl;		/* a person types prompts */
	bool		 offline;	/* the gate was started so */
	int64_t		 began;		/* clock_ms of the start */
	int64_t		 deadline;	/* of --timeout, -1 none */
	int64_t		 kill_at;	/* a cancelled child, -1 none */
	int64_t		 interrupted;	/* clock_ms of the last Ctrl-C */
	int		 signal;	/* that ends us, 0 none */
	bool		 advise;	/* no server: main has advice */
	struct err	 fatal;		/* nothing can go on after this */
};

/*
 * The whole program after its options: returns the exit status; a message
 * that main has yet to print is in e.  *signal is the one to die by, or 0;
 * *advise is set when no model server was found.
 */
int chat_main(const struct chat_opts *o, int *signal, bool *advise,
    struct err *e);
/* "agent-chat sessions": to stdout, as lines for people or of JSON. */
int chat_sessions(const char *workspace, bool json, struct err *e);

/* ---- between the files of this directory ---- */

/* start.c: start the children; open the session; wait until both are
 * ready; begin the stream.  -1 with e filled. */
int chat_start(struct chat *c, struct err *e);
int chat_open_session(struct chat *c, struct err *e);
int chat_ready(struct chat *c, struct err *e);
/* Start a child again that is gone, and tell it what it has to know. */
int chat_restart(struct chat *c, struct coproc *p, struct err *e);

/* turn.c: one prompt and all that follows; how it went is in c->loop. */
void chat_turn(struct chat *c, const char *text, size_t len);
/* A turn that cannot even begin: the prompt is kept, with the reason. */
void chat_turn_failed(struct chat *c, const char *text, size_t len,
    const struct err *why);
/* Wait until something happens, at most until deadline (-1: none), and do
 * the children's reading and writing; extra (may be NULL) is polled too. */
void chat_wait(struct chat *c, int64_t deadline, struct pollfd *extra);
/* Put an event into the file (if keep) and before the user. */
void chat_event(struct chat *c, jv ev, bool keep);

/* repl.c: read prompts until the user leaves. */
void chat_repl(struct chat *c);

#endif
