/*
 * event.h - events of schema agent-events/1, agent-events(5).
 */
#ifndef CORE_EVENT_H
#define CORE_EVENT_H

#include "base/base.h"
#include "base/err.h"
#include "json/js.h"

#define EVENT_SCHEMA	"agent-events/1"

/* Where a stream of events stands: what each line carries. */
struct event_ctx {
	char		session_id[64];
	int64_t		seq;		/* of the next event */
	int64_t		turn;		/* 0: outside a turn */
};

/* {"type":type}. Owned. */
jv event_new(const char *type);
/* Put ts, seq (counted up), session_id and turn after the type: consumes
 * ev, returns it owned. */
jv event_stamp_take(struct event_ctx *c, jv ev);
/* An event line from a message (consumed): type message, id when given. */
jv event_message_take(jv msg, const char *id);
/* {"type":"error",code,message,retryable,http_status?} from e. */
jv event_error(const struct err *e);
/* The kind and text of an error event, into e. */
void event_to_err(jv ev, struct err *e);

#endif
