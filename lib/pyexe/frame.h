/*
 * frame.h - pieces on a byte stream: a letter, four bytes of length (the
 * high one first), that many bytes.
 *
 * The tool, the keeper and the interpreter speak so:
 *	x code		to the keeper and the interpreter: run this
 *	t seconds	to the keeper, before x: at most so long
 *	r 		to the keeper: end the interpreter; q: and yourself
 *	i 		to the interpreter: interrupt what runs
 *	o bytes		from the keeper: output
 *	d words		from both: it ended, and how
 * What the interpreter says is not trusted: whatever runs there can say it.
 */
#ifndef PYEXE_FRAME_H
#define PYEXE_FRAME_H

#include "base/base.h"
#include "base/buf.h"

#define FRAME_HEAD	5
#define FRAME_MAX	((size_t)64 * 1024 * 1024)

struct frame {
	char		 kind;
	const char	*p;
	size_t		 n;
};

/* Write one; -1 with errno. */
int frame_write(int fd, char kind, const void *p, size_t n);
/*
 * Take a whole frame from the front of b at *at, which moves behind it:
 * 1, or 0 when more bytes are needed, -1 when it is too long.  The bytes
 * stay valid until b changes.
 */
int frame_take(const struct buf *b, size_t *at, struct frame *f);

#endif
