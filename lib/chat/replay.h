/*
 * replay.h - a session's events made into a talk that a server accepts.
 *
 * Pure: events in, messages out through a callback, and between them the
 * events compaction and undo, which change the talk so far.  However damaged
 * the file was, every call in what comes out has exactly one result right
 * after it, and every result its call: results without a call and second
 * results are dropped, a missing one is replaced by a message that says that
 * the call's effect is not known.  It also keeps the last numbers of the
 * file, so that the next event goes on from them.
 */
#ifndef CHAT_REPLAY_H
#define CHAT_REPLAY_H

#include "base/base.h"
#include "json/js.h"

#define REPLAY_UNVERIFIED						\
	"effect unverified: the previous run ended before this call's "	\
	"result was recorded; check before repeating it"

struct replay {
	void		(*emit)(void *arg, jv ev);	/* borrows */
	void		*arg;
	jv		 pending;	/* {"id","name"} without result */
	int64_t		 seq, turn;	/* greatest; -1 and 0 when none */
	int64_t		 messages;	/* handed on */
	int64_t		 dropped;	/* results that fit no call */
	int64_t		 unfit;		/* messages that no server takes */
	bool		 header;	/* a session event was there */
	bool		 finished;	/* the last event was a result */
	bool		 system;	/* a system message was there */
	char		 last_id[64];	/* of the last message event */
};

/* emit may be NULL. */
void replay_init(struct replay *r, void (*emit)(void *arg, jv ev),
    void *arg);
void replay_free(struct replay *r);
/* Take the next event (borrowed); anything but an object is ignored. */
void replay_feed(struct replay *r, jv ev);
/* The tool message for call {"id","name"}, marked unverified.  Owned. */
jv replay_unverified(jv call);
/* Hand on such a message for every call that is still pending. */
void replay_end(struct replay *r);

#endif
