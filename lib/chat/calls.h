/*
 * calls.h - tool calls and results as messages and as events.
 *
 * Pure conversions between agent-message(5) and agent-events(5).
 */
#ifndef CHAT_CALLS_H
#define CHAT_CALLS_H

#include "base/base.h"
#include "base/buf.h"
#include "json/js.h"

/* Call i of a message as an event of type tool.call.  Owned. */
jv calls_event(jv msg, size_t i);
/* A tool message of our own for call i of msg.  Owned. */
jv calls_answer(jv msg, size_t i, const char *status, const char *text);
/* The message with those of its calls that are not done (an array of one for
 * each).  Owned. */
jv calls_open(jv msg, const bool *done);
/* The event tool.result of a tool message.  Owned. */
jv calls_result(jv msg);
/* The tool message (consumed) as an event with a new id. */
jv calls_message_take(jv msg);
/* What a call is about in at most max columns, for a person: append its
 * first telling argument, on one line and safe on a terminal. */
void calls_brief(struct buf *b, jv arguments, size_t max);
/* "812B", "2.3kB", "1.0MB" appended. */
void calls_size(struct buf *b, uint64_t bytes);

#endif
