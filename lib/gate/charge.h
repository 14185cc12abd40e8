/*
 * charge.h - from a request to its reservation, and from its end to what is
 * written down.
 *
 * What a server reports counts.  Where it reports nothing, what came is
 * estimated; and where nobody knows what was used, because the answer never
 * came, what was held counts: no tokens and no money are lost sight of.
 * Nothing counts when the server was not reached or refused the request.
 */
#ifndef GATE_CHARGE_H
#define GATE_CHARGE_H

#include "base/base.h"
#include "base/buf.h"
#include "base/err.h"
#include "gate/account.h"
#include "gate/delta.h"
#include "gate/sink.h"

#define CHARGE_OUTPUT	1024	/* tokens of an answer, when nobody knows */

struct charge_end {
	const struct err *fault;	/* kind ERR_NONE: a good answer */
	int		 status;	/* of the reply, 0 when none came */
	bool		 reached;	/* the server may have got it */
	int64_t		 after_ms;	/* Retry-After, -1 when none */
	jv		 usage;		/* as the server wrote it, borrowed */
	int64_t		 output;	/* tokens that came, estimated */
};

/* It is over. */
void charge(struct account *a, struct booking *b,
    const struct charge_end *end);
/* The tokens of what came, estimated. */
int64_t charge_output(const struct delta *d);

/*
 * Wait until the request may be sent; the sink's watches may cancel.  0
 * when it is granted; -1 with e filled.
 */
int charge_wait(struct account *a, struct booking *b,
    const struct account_ask *q, const struct sink *sink, struct err *e);

/* What the JSON body of a request asks for: its model, which the caller
 * frees (NULL: none), and its tokens into q. */
char *charge_body(const struct buf *body, bool embeds,
    struct account_ask *q);
/* The model alone, which the caller frees. */
char *charge_model(const struct buf *body);
/* The tokens of an answer that tells of no usage, from its length. */
int64_t charge_text(const struct buf *body);
/* The usage in the JSON body of an answer, owned, or an invalid value. */
jv charge_usage(const struct buf *body);

#endif
