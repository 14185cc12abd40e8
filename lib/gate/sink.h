/*
 * sink.h - where an answer goes while it comes, and who may stop it.
 */
#ifndef GATE_SINK_H
#define GATE_SINK_H

#include "base/base.h"
#include "base/err.h"
#include "gate/delta.h"
#include "net/http.h"

struct sink {
	/* A piece came; NULL when nobody wants pieces. */
	delta_fn	*delta;
	/* All pieces that arrived together were told; may be NULL.  -1 with
	 * e filled ends the request. */
	int		(*flush)(void *arg, struct err *e);
	/* An event to pass on (retry, notice); ev is borrowed. */
	void		(*event)(void *arg, jv ev);
	void		*arg;
	/* Descriptors that may cancel. */
	const struct http_watch *watch;
	size_t		 nwatch;
};

/*
 * Wait until something can be read from fd (-1: nothing), or until (of
 * clock_ms, -1 never): 1 or 0.  -1 with ERR_CANCELLED when a watch says so.
 */
int sink_wait(const struct sink *sink, int fd, int64_t until, struct err *e);

#endif
