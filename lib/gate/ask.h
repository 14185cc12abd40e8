/*
 * ask.h - one question to a server over HTTP, with all that can go wrong.
 *
 * Tries again what may succeed when tried again, as long as nothing of the
 * answer reached the user (a server of this machine that was never there is not
 * waited for); mends requests that a server refuses for a
 * member it does not know, once for each, and remembers.
 */
#ifndef GATE_ASK_H
#define GATE_ASK_H

#include "base/base.h"
#include "base/err.h"
#include "gate/account.h"
#include "gate/request.h"
#include "gate/sink.h"
#include "net/http.h"

struct ask {
	struct http	*http;
	char		*url;		/* of chat/completions */
	char		*shown;		/* the base, for messages */
	char		*auth;		/* the header, or NULL */
	int64_t		 connect_ms, first_ms, idle_ms, total_ms;
	int64_t		 beat_ms;	/* tell that we wait, 0 never */
	int		 retries;
	int64_t		 patience_ms;	/* with a server at rest (rest.h) */
	bool		 known;		/* it has answered before */
	struct account	*account;	/* every try is reserved there, or NULL;
					 * borrowed */
	int64_t		 tokens;	/* of the request, estimated */
};

/* Ready to ask the server at base over the connections of h, which is
 * borrowed; key may be NULL.  Copies base and key. */
void ask_init(struct ask *a, struct http *h, const char *base,
    const char *key);
void ask_free(struct ask *a);
/*
 * Send the request and take the answer into d, which is fresh, and has the
 * sink's delta as its callback or none.  0 when the answer is complete;
 * -1 with e filled otherwise, and d holds what came (ERR_CANCELLED when a
 * watch of the sink said so).
 */
int ask_run(struct ask *a, struct request *r, bool stream,
    const struct sink *sink, struct delta *d, struct err *e);

#endif
