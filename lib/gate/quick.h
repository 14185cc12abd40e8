/*
 * quick.h - the usual chunk of a stream, without building values.
 *
 * Nearly every chunk holds one choice with one piece of text.  Such a chunk
 * is read with the scanner alone, several times faster; any other is left
 * for delta_take(), which gives the same result for these, too.
 */
#ifndef GATE_QUICK_H
#define GATE_QUICK_H

#include "gate/delta.h"

/*
 * Take the n bytes at p, one sound JSON text in well-formed UTF-8 without
 * unpaired surrogates.  False when it is not the usual chunk: then nothing
 * was taken.
 */
bool quick_take(struct delta *d, const char *p, size_t n);

#endif
