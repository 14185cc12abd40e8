/*
 * quick.h - the usual chunk of a stream, without building values.
 *
 * Nearly every chunk holds one choice with one piece of text.  Such a chunk
 * is read with the scanner alone, several times faster; and when only the
 * piece differs from the chunk before, that piece is all that is looked at.
 * Any other chunk is left for delta_take(), which gives the same result for
 * these, too.
 */
#ifndef GATE_QUICK_H
#define GATE_QUICK_H

#include "gate/delta.h"

/* The usual chunk taken last: what stands around its piece of text. */
struct quick {
	struct buf	 frame;		/* bytes before the piece, then after */
	size_t		 before;	/* how many of them are before */
	enum delta_kind	 kind;
};

void quick_free(struct quick *q);
/*
 * Take the n bytes at p if they are the chunk before with another piece.
 * False: nothing was taken.
 */
bool quick_again(struct quick *q, struct delta *d, const char *p, size_t n);
/*
 * Take the n bytes at p, one sound JSON text in well-formed UTF-8 without
 * unpaired surrogates.  False when it is not the usual chunk: then nothing
 * was taken.
 */
bool quick_take(struct quick *q, struct delta *d, const char *p, size_t n);

#endif
