/*
 * trail.h - what happened in a conversation, from its events.
 *
 * Fed with the lines of agent-events(5) as they come, also those of a
 * conversation that was cut off.  Pure; a line that is none is passed over.
 */
#ifndef PLAN_TRAIL_H
#define PLAN_TRAIL_H

#include "base/buf.h"
#include "json/js.h"
#include "json/jsonl.h"

struct trail {
	struct jsonl	 lines;
	char		 session[64];
	int64_t		 steps;		/* answers of the model */
	int64_t		 results;	/* of calls, whatever they say */
	int64_t		 tokens;	/* now in the conversation, about */
	int64_t		 most;		/* that any request had */
	int64_t		 used;		/* by all requests together */
	struct buf	 text;		/* of the last answer that had some */
	jv		 open;		/* calls without result: id -> text */
	jv		 unsure;	/* texts of calls with unknown effect */
	int64_t		 exit_code;	/* of the last result line; -1 none */
	char		 reason[32];	/* its stop_reason */
	struct buf	 error;		/* of the last error event */
};

void trail_init(struct trail *t);
void trail_free(struct trail *t);
void trail_feed(struct trail *t, const char *p, size_t n);
/* No more comes: what is open is unsure.  Safe to call again. */
void trail_end(struct trail *t);
/* Read the whole file, as far as it goes. */
int trail_file(struct trail *t, const char *path, struct err *e);

#endif
