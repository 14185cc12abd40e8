/*
 * beat.h - a line now and then while a server lets us wait.
 *
 * A model that reads a long prompt sends nothing for minutes.  A beat is a
 * descriptor that wakes the transfer at an interval and tells people that
 * it is still being waited; it stops by itself with the first piece.
 */
#ifndef GATE_BEAT_H
#define GATE_BEAT_H

#include "base/base.h"
#include "gate/delta.h"
#include "net/http.h"

struct beat {
	int		 fd;		/* -1: none */
	int64_t		 start;		/* clock_ms */
	const char	*shown;		/* whom we wait for, borrowed */
	size_t		 bytes;		/* of the request */
	const struct delta *answer;	/* borrowed: what came */
};

/* Begin; every_ms <= 0 means none.  Never fails: there is no beat then. */
void beat_open(struct beat *b, int64_t every_ms, const char *shown,
    size_t bytes, const struct delta *answer);
void beat_close(struct beat *b);
/* The descriptor to poll, while fd is not -1. */
struct http_watch beat_watch(struct beat *b);

#endif
