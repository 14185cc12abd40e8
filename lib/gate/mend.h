/*
 * mend.h - characters that were torn apart between two pieces of text.
 *
 * Servers that cut their output by tokens send one half of a character in
 * one chunk and the other half in the next: bytes that are no UTF-8 by
 * themselves, or single halves of surrogate pairs as \u escapes.  JSON
 * readers make U+FFFD of both.  So such bytes are marked before parsing
 * (each becomes one private character) and put together afterwards.
 */
#ifndef GATE_MEND_H
#define GATE_MEND_H

#include "base/base.h"
#include "base/buf.h"

/* The bytes of a character that is not whole yet. */
struct mend {
	char	carry[4];
	size_t	n;
};

/*
 * Mark what is torn in the n bytes of a JSON text.  True when there was
 * something: then out holds the text to parse.  False, the usual case,
 * leaves out alone.
 */
bool mend_in(struct buf *out, const char *p, size_t n);
/*
 * Append the parsed string p to out, taking marks back when marked, with
 * what the last call left over; torn characters that stay torn become
 * U+FFFD.  out is well-formed.
 */
void mend_out(struct mend *m, struct buf *out, const char *p, size_t n,
    bool marked);
/* The end: append what is left over, as U+FFFD. */
void mend_end(struct mend *m, struct buf *out);

#endif
