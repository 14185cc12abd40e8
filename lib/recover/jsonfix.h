/*
 * jsonfix.h - one JSON value as models write it.
 *
 * Reads a value at the start of bytes that go on with something else, and
 * may not all be there yet.  What is no JSON but has only one meaning is
 * repaired; what a string contains stays what it is.  The only place of
 * the toolkit that repairs JSON.
 */
#ifndef RECOVER_JSONFIX_H
#define RECOVER_JSONFIX_H

#include "base/base.h"
#include "base/buf.h"

enum jsonfix_status {
	JSONFIX_OK,
	JSONFIX_MORE,		/* the bytes end within the value */
	JSONFIX_BAD,
};

/* What was repaired. */
enum jsonfix_fix {
	JSONFIX_COMMA = 1,	/* a comma before a closing bracket */
	JSONFIX_QUOTE = 2,	/* strings in single quotes */
	JSONFIX_PYTHON = 4,	/* True, False, None */
	JSONFIX_CONTROL = 8,	/* newlines and tabs within strings */
	JSONFIX_CLOSE = 16,	/* closing brackets were missing */
	JSONFIX_COMMENT = 32,	/* comments */
	JSONFIX_ESCAPE = 64,	/* escapes that JSON does not know */
	JSONFIX_KEY = 128,	/* keys without quotes */
};

struct jsonfix {
	struct buf	text;	/* the value as sound JSON (RFC 8259) */
	size_t		len;	/* bytes it took of the input */
	unsigned	fixes;	/* 0: text is the input's own bytes */
};

#define JSONFIX_INIT	{ BUF_INIT, 0, 0 }

/*
 * Read the value at p.  Where one of the NULL-terminated list of stops
 * (NULL: none) stands in the place of a comma or closing bracket, missing
 * brackets are added.  Without repair only sound JSON is OK.  On MORE and
 * BAD len tells how far was read.
 */
enum jsonfix_status jsonfix_read(struct jsonfix *j, const char *p, size_t n,
    const char *const *stops, bool repair);
void jsonfix_free(struct jsonfix *j);
/* Append the names of the repairs in fixes, with commas between. */
void jsonfix_names(struct buf *b, unsigned fixes);

#endif
