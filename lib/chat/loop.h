/*
 * loop.h - the agent's loop as a state machine, apart from every descriptor.
 *
 * Lines of agent-protocol(7) go in, lines for the two coprocesses and events
 * of agent-events(5) come out through callbacks; it neither reads nor waits.
 * A turn is one message of the user and what follows it: ask the model, run
 * the calls of its answer, hand it the results, ask again, until an answer
 * has no calls or a limit is reached.
 *
 * Invariants: the message with its calls is kept and synced before a call
 * goes out; every call gets exactly one result message, whatever happens;
 * every turn that begins ends with one turn.end.  A step's own work does not
 * depend on the length of the conversation.
 */
#ifndef CHAT_LOOP_H
#define CHAT_LOOP_H

#include "base/base.h"
#include "base/buf.h"
#include "base/err.h"
#include "chat/guard.h"
#include "json/js.h"

enum loop_state {
	LOOP_IDLE,		/* between turns */
	LOOP_MODEL,		/* a request is under way */
	LOOP_TOOLS,		/* calls are under way */
	LOOP_ROOM,		/* the talk has to be shortened first */
	LOOP_CHECK,		/* the caller's check is under way */
};

struct loop_io {
	/* An event (borrowed); keep: it belongs into the session file. */
	void	(*event)(void *arg, jv ev, bool keep);
	/* Make sure that what was kept is on the disk; -1 when it is not. */
	int	(*sync)(void *arg);
	/* A line (borrowed) for agent-gate, for agent-tool. */
	void	(*to_gate)(void *arg, jv line);
	void	(*to_tool)(void *arg, jv line);
	/* Whether the talk fits into the model's window; may be NULL. */
	bool	(*fits)(void *arg);
	/* The model has answered and wants no more calls: whether something is
	 * to be checked first, state LOOP_CHECK; may be NULL. */
	bool	(*check)(void *arg);
	/* Whether the turn offers the tool of that name; may be NULL. */
	bool	(*offers)(void *arg, const char *name);
	void	*arg;
};

struct loop_usage {
	int64_t	in, out, cached, reasoning;
};

struct loop {
	/* Set by the caller before the first turn. */
	struct loop_io	 io;
	int64_t		 max_steps;	/* requests in a turn */
	int64_t		 max_calls;	/* calls in a turn; 0: no limit */
	int64_t		 max_tokens;	/* of all requests; 0: no limit */
	bool		 guarded;	/* judge: repeated calls, failures,
					 * empty answers */
	bool		 tools;		/* there is an agent-tool */
	bool		 stream;	/* ask for deltas */
	/* The turn under way, or the last one. */
	enum loop_state	 state;
	int64_t		 turn, steps, calls, began;
	struct guard	 guard;
	enum guard_verdict verdict;	/* worst of the step */
	bool		 in_turn;	/* between turn.start and turn.end */
	bool		 cancelled, asked_again;
	bool		 short_of_room;	/* the talk was shortened because the
					 * server refused it, or cut it */
	bool		 truncated;	/* the server cut the talk */
	struct err	 refusal;	/* for LOOP_ROOM: what it said */
	int64_t		 unapproved;	/* calls that nobody could allow */
	int64_t		 failures;	/* results in a row that failed */
	int		 halves;	/* of failures in them, msg_failed() */
	char		 id[64];	/* of the request and its answer */
	struct buf	 partial;	/* text of the answer so far */
	jv		 answer;	/* message event, once it is there */
	jv		 spare;		/* the one to a part of the talk, while
					 * room is made for the whole */
	bool		*answered;	/* which of its calls have a result */
	struct err	 err;		/* why the turn ended as it did */
	const char	*stop_reason;	/* of turn.end */
	/* Sums over all turns. */
	int64_t		 all_steps, all_calls;
	struct loop_usage usage, turn_usage;
	struct buf	 text;		/* of the last answer that had any */
};

void loop_init(struct loop *l);
void loop_free(struct loop *l);
/* Begin turn number l->turn + 1 with a message of the user; state IDLE. */
void loop_begin(struct loop *l, const char *text, size_t len);
/* The same with a message that is made already (consumed). */
void loop_begin_take(struct loop *l, jv msg);
/* A line that came from agent-gate, from agent-tool (borrowed). */
void loop_gate(struct loop *l, jv line);
void loop_tool(struct loop *l, jv line);
/*
 * Stop the turn for the reason in why: the coprocess at work is told, and
 * its last lines end the turn.  Does nothing when idle or cancelled before.
 */
void loop_cancel(struct loop *l, const struct err *why);
/*
 * End the turn now, because nothing more will come: the partial answer is
 * kept, open calls get a result that says that their effect is not known.
 * The reason is why, unless loop_cancel() gave one before.
 */
void loop_abort(struct loop *l, const struct err *why);
/* Send the request under way once more, to another agent-gate. */
void loop_again(struct loop *l);
/* State LOOP_ROOM: the talk was shortened, and agent-gate has it; or it
 * could not be, for the reason in why (NULL: it could). */
void loop_room(struct loop *l, const struct err *why);
/* State LOOP_CHECK: go on with words for the model (bytes of them, under
 * the name by), or end the turn, with text NULL. */
void loop_checked(struct loop *l, const char *by, const char *text,
    size_t len);
/* Count what an answer took, a message's member agent (borrowed). */
void loop_usage(struct loop *l, jv agent);
/* The exit status that the last turn calls for. */
int loop_exit(const struct loop *l);
/* The event of type result, for a process that leaves with status.  Owned. */
jv loop_result(const struct loop *l, int status, int64_t duration_ms);

/* ---- between the files of the loop ---- */

/* An event (consumed) for the file and the user. */
void loop_keep_take(struct loop *l, jv ev);
/* An event notice with that code. */
void loop_notice(struct loop *l, const char *code, const char *text);
/* The result (consumed) of call i as the model is to see it: with words to
 * it when it goes in circles or from failure to failure.  Owned. */
jv loop_judge_take(struct loop *l, size_t i, jv msg);
/* Take l->answer, which is complete. */
void loop_take_answer(struct loop *l);
/* End the turn for the reason in l->err; reason is stop_reason, NULL: the
 * usual one for it. */
void loop_end_badly(struct loop *l, const char *reason);
/* The request ended: true when the server did not take the whole talk and it
 * is to be made shorter, once, which is state LOOP_ROOM. */
bool loop_retry_shorter(struct loop *l);
/* {"input_tokens", ...}.  Owned. */
jv loop_usage_obj(const struct loop_usage *u);

#endif
