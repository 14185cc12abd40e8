/*
 * wire.h - the body of a reply, as it comes, to an answer or an error.
 *
 * Sees by the first bytes whether the body is an event stream, one JSON
 * document, JSON lines, or something else (a page of HTML), whatever was
 * asked for and whatever the headers say.  Errors are found in each.
 * Knows when an answer is complete: a finish reason or [DONE] came.
 */
#ifndef GATE_WIRE_H
#define GATE_WIRE_H

#include "base/base.h"
#include "base/buf.h"
#include "base/err.h"
#include "gate/delta.h"
#include "gate/quick.h"
#include "net/sse.h"

enum wire_form { WIRE_UNKNOWN, WIRE_EVENTS, WIRE_JSON, WIRE_OTHER };

struct wire {
	enum wire_form	 form;
	struct delta	*delta;		/* borrowed */
	struct sse	 sse;
	struct buf	 body;		/* all of it, when not events */
	struct quick	 quick;		/* the usual chunk */
	struct buf	 marked;	/* scratch of mend_in */
	struct err	 fault;		/* the error report that ended it */
	bool		 done;		/* [DONE] came */
	uint64_t	 noise;		/* events that made no sense */
	uint64_t	 chunks;	/* events that did */
};

/* Ready for the first byte; chunks go to d. */
void wire_init(struct wire *w, struct delta *d);
void wire_free(struct wire *w);
/*
 * Take n bytes.  0 goes on; 1 enough, the answer is complete; -1 with e
 * filled: it is an error report, or too much.
 */
int wire_feed(struct wire *w, const char *p, size_t n, struct err *e);
/*
 * The body ended (clean tells that the connection did so in an orderly
 * way).  0 when the answer is complete, else -1 with e filled: an error
 * report, ERR_CUT or ERR_PROTOCOL.
 */
int wire_end(struct wire *w, struct err *e);
/*
 * True when the body of n bytes reports what the model wrote and the server
 * could not read as a call: then that is the answer, as text.
 */
bool wire_unread(struct wire *w, const char *p, size_t n);
/* True when nothing is missing, even if the connection broke. */
bool wire_complete(const struct wire *w);

#endif
