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
#include "json/jsonl.h"
#include "core/event.h"
#include "chat/attach.h"
#include "chat/brief.h"
#include "chat/check.h"
#include "chat/context.h"
#include "chat/input.h"
#include "chat/loop.h"
#include "chat/prompt.h"
#include "chat/session.h"
#include "chat/talk.h"
#include "chat/view.h"

#include <poll.h>
#include <sys/stat.h>

enum chat_command { CHAT_TALK, CHAT_BUDGET, CHAT_DOCTOR };

/* What a prompt is made of; all of it is borrowed, and may be NULL. */
struct chat_given {
	const char	*text;
	const char	*skill;		/* its body goes before the rest */
	const char	*template;	/* a prompt file; the words fill it */
	const struct vec *words;
};

/* What the command line says; strings are borrowed. */
struct chat_opts {
	enum chat_command command;
	struct chat_given given;
	enum input_mode	 input;
	int64_t		 stdin_wait_ms;
	bool		 interactive;	/* -i */
	bool		 coprocess;	/* --coprocess */
	const char	*workspace;	/* -w, NULL: the usual one */
	/* For agent-gate. */
	const char	*model, *url, *replay, *record;
	const char	*max_cost, *budget;
	const char	*schema;
	bool		 offline, demo, gemini;
	/* For agent-tool. */
	bool		 no_tools, read_only, yes;
	const char	*policy, *approval;
	const char	*fallback;	/* a stronger model, for agent-gate */
	const char	*check;		/* command, auto, none; NULL: as set */
	bool		 no_guard;
	const char	*brief;		/* words of the parts; NULL: as set */
	const struct vec *attach;	/* files of -a, or NULL */
	const char	*tools;
	const char	*system;	/* text, or @file */
	bool		 no_session, go_on;	/* --no-session, -c */
	const char	*resume;	/* id, or its beginning */
	enum view_format format;
	enum view_color	 color;
	const char	*out_file;	/* -o */
	const char	*deps_file;	/* -MD */
	const char	*lock;
	bool		 skip_done, force, if_changed, fork, undo;
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
	bool		 was_done;	/* --skip-done: nothing to do */
	struct view	 view;
	struct loop	 loop;
	struct context	 context;
	enum brief_part	 brief;
	struct vec	 files;		/* names of instructions */
	const char	*first_words;	/* of the prompt; for the memory */
	struct buf	 brief_text;
	jv		 instructions;	/* files of the system prompt */
	struct attach	 attach;	/* goes with the next prompt */
	struct vec	 deps;		/* files that were read */
	char		 fingerprint[65];	/* of what is asked */
	struct stat	 input_was;	/* standard input, at first */
	int		 lock_fd;	/* of --lock, -1 none */
	char		*parent;	/* session that this is a fork of */
	struct check	 check;
	struct buf	 check_tell;	/* what the model is to be told of it */
	struct {
		int		 tty;		/* -1 none */
		jv		 question;	/* the request, or none */
		struct buf	 heard;
		bool		 editing;
		bool		 sent;		/* the answer is given */
		bool		 can;		/* there is somebody to ask */
	} ask;
	bool		 repl;		/* a person types prompts */
	struct chat_opts own;		/* *o, once a person changed it */
	struct prompt	 prompt;	/* file that is about to be asked */
	struct {
		jv	 said;		/* member agent of its message */
		bool	 narrow;	/* only these tools are offered */
		struct vec tools;
		char	*model;		/* that own.model is, or NULL */
	} head;				/* of a prompt file, for its turn */
	char		*model;		/* that was chosen since */
	char		*usual_model;	/* of the settings, NULL: none */
	struct vec	 models;	/* for completion, once wanted */
	/* Of a coprocess. */
	struct jsonl	 in;		/* its standard input */
	bool		 deaf;		/* that is at its end */
	bool		 stop;		/* the turn is to end: a cancel came */
	bool		 stop_next;	/* the one that is about to begin is */
	jv		 asked;		/* prompts, those from asked_at due */
	size_t		 asked_at;
	bool		 offline;	/* the gate was started so */
	int64_t		 patience;	/* ms that a child has to get ready */
	int64_t		 began;		/* clock_ms of the start */
	int64_t		 began_wall;	/* the same in clock_wall_ms */
	struct vec	 payers;	/* sessions that asked the model */
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
/* The command line was refused for that reason: to the format that o asks for
 * say so, as a whole stream; nothing to text. */
void chat_refuse(const struct chat_opts *o, const struct err *why);

/* ---- between the files of this directory ---- */

/* opts.c: 0, or -1 with e (ERR_USAGE) where options exclude each other. */
int chat_opts_check(const struct chat_opts *o, struct err *e);

/* settings.c: what files and the environment say beside the options.  -1
 * with e filled (ERR_USAGE, ERR_CONFIG). */
int chat_settings(struct chat *c, struct err *e);

/* start.c: start the children; open the session; wait until both are
 * ready, and begin the stream.  -1 with e filled. */
int chat_start(struct chat *c, struct err *e);
int chat_open_session(struct chat *c, struct err *e);
int chat_ready(struct chat *c, struct err *e);
/* Whether the tool of that name is offered to the model. */
bool chat_has_tool(const struct chat *c, const char *name);
/* Open the session whose id begins so, or the last one (id NULL), of those
 * in dir, and go on in a copy of it when fork is set; -1 with e filled. */
int chat_open_old(struct chat *c, const char *dir, const char *id, bool fork,
    struct err *e);
/* The session event: the first line of a new file, and of every stream. */
void chat_begin_stream(struct chat *c);
/* The system prompt of a new session, kept and sent; -1 with e filled when it
 * can not be read. */
int chat_begin_system(struct chat *c, struct err *e);
/* Begin the stream of a run that does nothing, with no session. */
void chat_begin_done(struct chat *c);
/* The prompt made of what was given, appended to b; the prompt file is the one
 * of chat_head().  -1 with e filled (ERR_NOINPUT: there is no such skill). */
int chat_prompt(struct chat *c, const struct chat_given *g, struct buf *b,
    struct err *e);
/* include.c: the text of the prompt file that was given, filled with its
 * words and with what its commands write, appended to b; *filled: the words
 * had a place there.  -1 with e filled (ERR_DENIED) when the user has not
 * agreed to the commands. */
int chat_include(struct chat *c, const struct chat_given *g,
    const struct buf *text, struct buf *b, bool *filled, struct err *e);
/*
 * head.c: take up a prompt file: it is read, chat_prompt() takes its text, and
 * its turn has the tools and the model of its head, until chat_head_end().  -1
 * with e filled (ERR_NOINPUT, ERR_DATA), and all is as it was.
 */
int chat_head(struct chat *c, const char *name, struct err *e);
/* The same for a message (borrowed) that is asked again. */
int chat_head_again(struct chat *c, jv msg, struct err *e);
void chat_head_end(struct chat *c);
/* Once agent-tool is ready: whether there are such tools; -1 with e filled. */
int chat_head_check(const struct chat *c, struct err *e);
/* The tools that are offered in this turn, an array or nothing (owned), and
 * whether that one is; what agent-gate and agent-tool said counts in the
 * window from now on. */
jv chat_offered(const struct chat *c);
bool chat_offers(const struct chat *c, const char *name);
void chat_know(struct chat *c);
/* Start a child again that is gone, and tell it what it has to know. */
int chat_restart(struct chat *c, struct coproc *p, struct err *e);
/* The id of the session, under which a request is paid for. */
const char *chat_payer(struct chat *c);

/* files.c: read a file that goes with the next prompt, and show a picture
 * to a person; -1 with e filled when it can not be read.  Whether the model
 * takes what is attached: -1 with e filled (ERR_CONFIG) when it does not. */
int chat_attach(struct chat *c, const char *path, struct err *e);
int chat_takes(const struct chat *c, struct err *e);
/* With -MD: the answer is made of that file, too; relative to the current
 * folder. */
void chat_depends(struct chat *c, const char *path);

/* turn.c: one prompt and all that follows; how it went is in c->loop. */
void chat_turn(struct chat *c, const char *text, size_t len);
/* The same for a message of the user (borrowed). */
void chat_turn_message(struct chat *c, jv msg);
/* A turn that cannot even begin: the prompt is kept, with the reason. */
void chat_turn_failed(struct chat *c, const char *text, size_t len,
    const struct err *why);
/* Wait until something happens, at most until deadline (-1: none), and do
 * the children's reading and writing; extra (may be NULL) is polled too. */
void chat_wait(struct chat *c, int64_t deadline, struct pollfd *extra);
/* The same for an answer: a person is shown what is waited for, and what the
 * parent of a coprocess writes is heard. */
void chat_wait_busy(struct chat *c, int64_t deadline);
/* When the time of --timeout or --max-time is over; -1 never. */
int64_t chat_due(const struct chat *c);
/* start.c: whether it is, and what was not done by then: -1 with e filled. */
int chat_overdue(const struct chat *c, const char *what, struct err *e);
/* Put an event into the file (if keep) and before the user. */
void chat_event(struct chat *c, jv ev, bool keep);

/* room.c: make the talk fit, because of what the server said in why (NULL:
 * because it is too long by our own count).  -1 with e filled (ERR_LIMIT)
 * when it can not be made short enough. */
int chat_make_room(struct chat *c, const struct err *why, struct err *e);
/* Shorten it although nothing forces it: what /compact does. */
int chat_compact(struct chat *c, struct err *e);
/* Give agent-gate the whole talk; make it forget the old one first. */
void chat_send_talk(struct chat *c);
void chat_send_anew(struct chat *c);
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
/* Ask it to call a tool: 0 when it answered, and whether by a call. */
int chat_try_call(struct chat *c, bool *called, struct err *e);

/* ask.c: whether there is a terminal to ask at; look at a line (borrowed) of
 * agent-tool, which may be a permission.request or how an answer was taken;
 * whether a question is open; take what was typed; forget the question; the
 * end. */
bool chat_can_ask(const struct chat *c);
void chat_ask_line(struct chat *c, jv line);
bool chat_asking(const struct chat *c);
void chat_ask_work(struct chat *c, short revents);
void chat_ask_close(struct chat *c);
void chat_ask_end(struct chat *c);
/* Of a coprocess, whose parent is asked: look at such a line, and at what the
 * parent answers (both borrowed); say no for one that has ended. */
void chat_ask_parent(struct chat *c, jv line);
void chat_ask_answered(struct chat *c, jv reply);
void chat_ask_nobody(struct chat *c);
/* ask_show.c: the open question as text for a terminal, appended to b. */
void chat_ask_show(const struct chat *c, bool all, struct buf *b);

/* output.c: before any token is spent, whether the files of -o and -MD can be
 * written; 1 when the answer is there already; note what a call reads; write
 * the files at the end; take the lock. */
int chat_check_out(struct chat *c, struct err *e);
int chat_skip(struct chat *c, const struct buf *prompt, struct err *e);
void chat_note_read(struct chat *c, jv ev);
int chat_leave_files(struct chat *c, struct err *e);
int chat_lock(struct chat *c, struct err *e);
/* history.c: take the last turn back: its prompt is appended to b; then ask
 * it again with chat_turn().  -1 with e filled (ERR_NEGATIVE) when there is
 * none. */
int chat_undo(struct chat *c, struct buf *b, struct err *e);
/* Go on in a session of its own from here on. */
int chat_fork(struct chat *c, struct err *e);
/* Leave this session as it is and go on with the one of that id or name;
 * -1 with e filled, and still in this one, when it can not be opened. */
int chat_resume(struct chat *c, const char *id, struct err *e);
/* Leave this session and begin a new one, with a talk of its own; -1 with e
 * filled, and still in this one, when none can be made. */
int chat_new(struct chat *c, struct err *e);
/* Give the session a name. */
void chat_name(struct chat *c, const char *name);
/* chat.c: the line of type result, for the session's file or the stream. */
void chat_put_result(struct chat *c, int status, const struct err *why,
    bool to_file);

/* about.c: the arithmetic of the window, appended to b; the same to stdout
 * (ERR_LIMIT when the talk is too long); what works and what does not, gate
 * and tool saying why a child is not ready (ERR_NEGATIVE). */
void chat_show_context(struct chat *c, struct buf *b);
int chat_budget(struct chat *c, bool json, struct err *e);
int chat_doctor(struct chat *c, const struct err *gate,
    const struct err *tool, struct err *e);
/* start.c: wait for both children, whatever becomes of one, and report. */
int chat_examine(struct chat *c, struct err *e);

/* serve.c: a coprocess.  Say that it is ready; take in what came; serve. */
void chat_say_ready(struct chat *c);
void chat_hear(struct chat *c);
void chat_serve(struct chat *c);

/* repl.c: say why the last turn ended, when it did not end well; read prompts
 * until the user leaves. */
void chat_say_end(struct chat *c);
/* Three quotation marks open a text of several lines. */
bool repl_is_block(const struct buf *line);
void chat_repl(struct chat *c);

#endif
