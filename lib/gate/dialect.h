/*
 * dialect.h - messages in the words that one server takes.
 *
 * A talk is kept in one form; here each message is written as the server at
 * hand wants it, by the repairs of fault.h that a profile names or that the
 * server's complaints asked for.  Without any of them a message is copied.
 * What concerns neighbours (order, merging) is seen to as well, so messages
 * are given one after the other.  Pure.
 */
#ifndef GATE_DIALECT_H
#define GATE_DIALECT_H

#include "base/base.h"
#include "base/buf.h"
#include "json/js.h"

/* What stands before a message in the store of request.h. */
enum dialect_mark {
	DIALECT_SYSTEM = 's', DIALECT_USER = 'u', DIALECT_TOOL = 't',
	DIALECT_ANSWER = 'a',		/* of the assistant */
	DIALECT_CALLS = 'c',		/* with calls */
	DIALECT_THOUGHT = 'A',		/* with reasoning */
	DIALECT_THOUGHT_CALLS = 'C',
	DIALECT_EXTRA = 'x',		/* with calls that have extra_content */
	DIALECT_THOUGHT_EXTRA = 'X',
};

/* True for those with calls. */
bool dialect_calls(char mark);

struct dialect {
	unsigned	 repair;	/* fault_repair bits */
	const char	*preamble;	/* put into the system message, or NULL;
					 * borrowed */
	char		 last;		/* mark of the message before, 0 none */
	size_t		 last_at;	/* where it begins in the output */
};

/* Begin with an empty list of messages. */
void dialect_reset(struct dialect *d);
/* Append the message of n bytes, with a comma when there is one before. */
void dialect_add(struct dialect *d, struct buf *out, enum dialect_mark mark,
    const char *p, size_t n);
/* The schemas with names that every server takes; consumed, owned. */
jv dialect_names_take(jv tools);
/* Append the id as nine letters and digits: itself when it is that. */
void dialect_id(struct buf *out, const char *id);

#endif
