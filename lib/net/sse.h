/*
 * sse.h - event streams, pushed in as bytes, handed out as events.
 *
 * Follows the event stream format of the HTML standard (section 9.2,
 * "Server-sent events"), with two kindnesses to real servers: an event
 * that the end of the stream left without its blank line is still handed
 * out, and a line that starts with '{' is an event of its own, so that
 * newline-delimited JSON passes too.  The parser looks at every byte once,
 * however the input is cut, and copies nothing of an event that is whole
 * in one piece of input.  It knows no JSON and no [DONE]: those are the
 * words of the service, not of the format.
 */
#ifndef NET_SSE_H
#define NET_SSE_H

#include "base/base.h"
#include "base/buf.h"
#include "base/err.h"

/* The most that one event may hold when sse_init is told 0. */
#define SSE_EVENT_MAX	((size_t)16 * 1024 * 1024)

/* All pointers are valid during the callback only. */
struct sse_event {
	const char	*type;	/* the event field; "message" when none */
	const char	*data;	/* NOT ended by NUL; several data lines of one
				 * event are joined by newlines */
	size_t		 len;
	const char	*id;	/* the last id field of the stream, or "" */
	bool		 cut;	/* the stream ended within its last line */
};

/*
 * Takes one event.  0 goes on; anything else ends sse_feed or sse_end at
 * once with that value: -1 with e filled for an error, 1 for enough.
 */
typedef int sse_fn(void *arg, const struct sse_event *ev, struct err *e);

struct sse {
	struct buf	 line;		/* a line that is not whole yet */
	struct buf	 data;		/* data lines of the event so far */
	struct buf	 type;		/* its event field */
	struct buf	 id;		/* last id, kept over events */
	const char	*span;		/* its only data line, not copied */
	size_t		 span_len;
	size_t		 max;
	int64_t		 retry_ms;	/* last retry field; -1 when none */
	uint64_t	 events;	/* handed out so far */
	bool		 has_data;	/* a data line was seen */
	bool		 skip_lf;	/* a CR ended the last line */
	bool		 begun;		/* the first line is behind us */
	bool		 dead;		/* an error or a callback ended it */
};

/* Ready for the first byte; max is the cap per event, 0 for the default. */
void sse_init(struct sse *s, size_t max);
/*
 * Take n more bytes and call cb for each event they complete.  Returns 0,
 * -1 with e filled (ERR_PROTOCOL: an event is longer than the cap), or
 * what cb returned when that was not 0.  After anything but 0 the parser
 * takes no more: further calls return 1 and do nothing.
 */
int sse_feed(struct sse *s, const void *p, size_t n, sse_fn *cb, void *arg,
    struct err *e);
/* The stream is over: hand out what is left.  Returns as sse_feed. */
int sse_end(struct sse *s, sse_fn *cb, void *arg, struct err *e);
/* Release the memory; sse_init makes it usable again. */
void sse_free(struct sse *s);

#endif
