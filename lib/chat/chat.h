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
#include "core/event.h"
#include "chat/context.h"
#include "chat/input.h"
#include "chat/loop.h"
#include "chat/session.h"
#include "chat/talk.h"
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
	int64_t		 max_tokens;	/* of all requests, 0: no limit */
	int64_t		 timeout_ms;	/* 0: none */
	int64_t		 max_time_ms;	/* the same, but a limit: status 3 */
	const char	*compact;	/* auto, rules, off; NULL: as set */
};

struct chat {
	const struct chat_opts *o;
	char		*workspace;
	struct coproc	 gate, tool;
	struct session	 session;
	bool		 has_session;
	struct view	 view;
	struct loop	 loop;
	struct context	 context;
	bool		 repl;		/* a person types prompts */
	bool		 offline;	/* the gate was started so */
	int64_t		 began;		/* clock_ms of the start */
	int64_t		 deadline;	/* of --timeout, -1 none */
	int64_t		 limit;		/* of --max-time, -1 none */
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

/* settings.c: what files and the environment say beside the options.  -1
 * with e filled (ERR_USAGE, ERR_CONFIG). */
int chat_settings(struct chat *c, struct err *e);

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

/* room.c: make the talk fit, because of what the server said in why (NULL:
 * because it is too long by our own count).  -1 with e filled (ERR_LIMIT)
 * when it can not be made short enough. */
int chat_make_room(struct chat *c, const struct err *why, struct err *e);
/* Shorten it although nothing forces it: what /compact does. */
int chat_compact(struct chat *c, struct err *e);
/* Give agent-gate the whole talk. */
void chat_send_talk(struct chat *c);
/* A line of agent-tool (borrowed) with a result that is not longer than it
 * may be; owned. */
jv chat_cap_result(struct chat *c, jv line);
/* The callback compact.save. */
bool chat_keep_result(void *arg, jv msg, struct buf *path);
/* start.c: tell agent-gate the tools. */
void chat_send_tools(struct chat *c);
/* aside.c: ask the model something beside the talk, which agent-gate then
 * has no more; the answer is put into text.  0, or -1 with e filled, or with
 * ERR_NONE when it said nothing. */
int chat_aside(struct chat *c, const struct buf *system,
    const struct buf *user, struct buf *text, struct err *e);

/* repl.c: read prompts until the user leaves. */
void chat_repl(struct chat *c);

#endif
