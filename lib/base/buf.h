/*
 * buf.h - a growable byte buffer.
 *
 * Invariants: after BUF_INIT or any call, data is never NULL when len > 0,
 * data[len] is NUL once anything was put in, and the content may hold NUL
 * bytes itself.  buf_str() is the way to read it as a C string.
 * The owner calls buf_free(); buf_detach() hands the bytes over instead.
 * Lowest layer: knows no JSON, no descriptors.
 */
#ifndef BASE_BUF_H
#define BASE_BUF_H

#include "base/base.h"

#include <stdarg.h>

struct buf {
	char	*data;
	size_t	 len;
	size_t	 cap;
};

#define BUF_INIT	{ NULL, 0, 0 }

/* Release the memory and leave an empty buffer that may be used again. */
void buf_free(struct buf *b);
/* Empty the buffer, keeping its memory. */
void buf_reset(struct buf *b);
/* Make room for n more bytes (and the NUL); content is unchanged. */
void buf_grow(struct buf *b, size_t n);
/* Append n bytes, a string, a character, formatted text. */
void buf_add(struct buf *b, const void *p, size_t n);
void buf_adds(struct buf *b, const char *s);
void buf_addc(struct buf *b, char c);
void buf_addf(struct buf *b, const char *fmt, ...) BASE_PRINTF(2, 3);
void buf_vaddf(struct buf *b, const char *fmt, va_list ap) BASE_PRINTF(2, 0);
/* Cut to len bytes; len must not be greater than b->len. */
void buf_cut(struct buf *b, size_t len);
/* Remove the first n bytes; n must not be greater than b->len. */
void buf_shift(struct buf *b, size_t n);
/* The content as a C string, "" when empty; valid until the next change. */
const char *buf_str(const struct buf *b);
/* The content as memory that the caller frees; b is empty afterwards. */
char *buf_detach(struct buf *b);

#endif
