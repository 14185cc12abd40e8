/*
 * line.h - a line of a talk, looked at without building values.
 *
 * Most lines are messages that can be sent as they are, but for what is
 * ours in them, or events that do not concern a model.  Both are told by
 * the scanner alone, many times faster than by parsing, and their bytes are
 * copied: numbers beyond 2^53 and the order of members stay.  Whatever is
 * unusual is left for the readers of values, which decide the same.
 */
#ifndef GATE_LINE_H
#define GATE_LINE_H

#include "base/base.h"
#include "base/buf.h"
#include "core/msg.h"
#include "json/scan.h"

enum line_kind {
	LINE_SLOW,		/* to be parsed: odd, broken or with calls */
	LINE_EVENT,		/* an event that is not for us */
	LINE_PLAIN,		/* a message, fit to be copied */
};

struct line {
	enum line_kind	 kind;
	enum msg_role	 role;
	bool		 thoughts;	/* has a member with reasoning */
	bool		 failed;	/* a result: agent.is_error */
	bool		 said_no;	/* of a command with such a status */
	bool		 refused;	/* an answer that refuses */
	struct scan_span id;		/* tool_call_id, between its quotes */
};

/* Look at the n bytes of one line. */
void line_read(struct line *l, const char *p, size_t n);
/* Append the message of a line of kind LINE_PLAIN as it is to be sent. */
void line_copy(struct buf *out, const char *p, size_t n);
/* Append the message without the members that hold reasoning. */
void line_drop_thoughts(struct buf *out, const char *p, size_t n);
/*
 * Append the text with every object that is the value of a member
 * "arguments" turned into a string of its bytes, so that its numbers are
 * not lost in parsing.  False, the usual case, leaves out alone.
 */
bool line_quote_args(struct buf *out, const char *p, size_t n);

#endif
