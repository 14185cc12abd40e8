/*
 * paste.h - what a terminal sends, apart from what is typed: pasted text.
 *
 * Pure.  With bracketed paste (xterm's mode 2004) a terminal puts marks
 * around what is pasted.  A pasted line goes into the line as if it was
 * typed, without control characters, which would be keys; several lines
 * stand in the line as "[paste 1: 200 lines]" and come back when the line is
 * sent.  A paste without its end is taken as it is once it is too long.
 */
#ifndef CHAT_PASTE_H
#define CHAT_PASTE_H

#include "base/base.h"
#include "base/buf.h"
#include "base/vec.h"

#define PASTE_MAX	((size_t)8 * 1024 * 1024)

struct paste {
	struct buf	 raw;		/* as it came, not looked at yet */
	struct buf	 keys;		/* to be taken as typed */
	size_t		 keys_at;
	bool		 within;	/* between the marks */
	struct buf	 text;		/* of the paste under way */
	struct vec	 kept;		/* pastes of several lines */
};

void paste_free(struct paste *p);
/* Bytes that the terminal sent; idle: no more are there for now, so that a
 * lone escape is a key. */
void paste_feed(struct paste *p, const char *s, size_t n, bool idle);
/* Text of our own, to be taken as typed before what else there is. */
void paste_type(struct paste *p, const char *s, size_t n);
/* The next character that is to be taken as typed: 1 and *cp; 0 when there
 * is none. */
int paste_key(struct paste *p, uint32_t *cp);
/* Put the kept pastes where the line names them; they are forgotten. */
void paste_expand(struct paste *p, struct buf *line);

#endif
