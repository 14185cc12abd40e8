/*
 * talk.h - one answer of a model on its way to a client.
 *
 * Whatever answers gives its pieces to the delta (or its bytes to the wire)
 * in here; out comes the answer in the shape of the API.  When tools were
 * offered and the server made no calls, those that the model wrote as text
 * become normal ones.  Pure: no sockets, no clock.
 */
#ifndef SERVE_TALK_H
#define SERVE_TALK_H

#include "base/base.h"
#include "base/buf.h"
#include "base/err.h"
#include "gate/delta.h"
#include "gate/wire.h"
#include "json/js.h"
#include "recover/recover.h"
#include "serve/emit.h"

/* What of a request matters here. */
struct want {
	enum emit_kind	 kind;
	bool		 stream, usage;
	bool		 plain;		/* asks for more than one choice, or
					 * probabilities: not rewritten */
	jv		 tools;		/* fit for sending, or invalid: none */
};

/* Read it from the n bytes of a body that is sound JSON; owned. */
void want_read(struct want *w, enum emit_kind kind, const char *p, size_t n);
void want_free(struct want *w);

struct talk_call {
	size_t		 sent;		/* bytes of its arguments */
	bool		 open;		/* the client knows of it */
};

struct talk {
	struct emit	 emit;
	struct delta	 delta;
	struct wire	 wire;
	struct recover	*rec;		/* NULL: nothing is recovered */
	struct talk_call *calls;
	size_t		 ncalls;
	jv		 tools;
	jv		 used;		/* ids that are told already */
	size_t		 recovered;	/* calls, at the end */
};

/* Ready for the first piece; out is borrowed.  With recover, text is
 * searched for calls. */
void talk_init(struct talk *t, const struct want *w, struct buf *out,
    bool recover);
void talk_free(struct talk *t);
/* It came to its end: the rest of the stream, or the whole answer. */
void talk_end(struct talk *t);
/* The same for a recorded message. */
void talk_end_with(struct talk *t, jv msg);
/* It failed after pieces went out: an error in the stream. */
void talk_fail(struct talk *t, int status, const char *code,
    const char *text);

#endif
