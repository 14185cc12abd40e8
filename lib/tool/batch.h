/*
 * batch.h - all calls of one message: which run when, and their results in
 * the order of the calls.
 *
 * Calls that only read run beside each other, up to four; one that writes
 * or runs a program waits for all before it, and all after it wait for it.
 * Every call has exactly one result.
 */
#ifndef TOOL_BATCH_H
#define TOOL_BATCH_H

#include "base/base.h"
#include "base/err.h"
#include "json/js.h"
#include "tool/job.h"

#define BATCH_PARALLEL	4
#define BATCH_CALLS	256	/* of one message that are run */

struct batch {
	struct tool_env	*env;
	jv		 msg;		/* owned */
	size_t		 n;		/* calls */
	size_t		 made;		/* jobs made so far */
	size_t		 sent;		/* results written so far */
	struct job	*job[BATCH_PARALLEL];	/* sent..made, a ring */
	struct proc	 left[BATCH_PARALLEL];	/* of calls that are answered */
	size_t		 nleft;
	bool		 cancelled;
	int		 out;
	bool		 closed;	/* nobody reads out any more */
};

enum batch_event {
	BATCH_ERROR = -1,	/* e is filled */
	BATCH_DONE,		/* every result was written */
	BATCH_GO_ON,		/* call again */
	BATCH_INPUT,		/* the extra descriptor is readable */
	BATCH_SIGNAL,		/* sig_caught() says which */
	BATCH_CLOSED,		/* nobody reads the results any more */
};

/* Begin with an assistant message (a reference is taken). */
void batch_begin(struct batch *b, struct tool_env *env, jv msg, int out);
/* End whatever runs and forget the rest. */
void batch_end(struct batch *b);
/* The remaining calls are answered as cancelled. */
void batch_cancel(struct batch *b);
/* Take an answer to a question about one of the calls; false, with e filled
 * (ERR_DATA), when it made no sense.  One to no question is ignored. */
bool batch_answer(struct batch *b, jv reply, struct err *e);
/* Start what may start, wait until something happens, write what is done.
 * in is a descriptor to watch besides, or -1. */
enum batch_event batch_step(struct batch *b, int in, struct err *e);

#endif
