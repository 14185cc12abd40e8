/*
 * magic.h - what a file is, by how it begins, in a few words for a reader.
 *
 * The marks are those that the formats' own documents give.
 */
#ifndef BASE_MAGIC_H
#define BASE_MAGIC_H

#include "base/base.h"

/* "a PNG image", by the first n bytes at p; NULL when they are nothing that
 * is known.  Text that begins with the two letters of a mark, as BM or MZ,
 * is not taken for it: such a mark counts where a NUL byte follows. */
const char *magic_words(const char *p, size_t n);

#endif
