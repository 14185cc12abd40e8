/*
 * exact.h - values written with the numbers of the text that they are from.
 *
 * A number of libjq is a double: whole ones beyond 2^53 are another number
 * when they are written again, and 1.0 is 1.  Where a value is handed on to
 * somebody else, the text that it was read from says what it has to be.
 */
#ifndef JSON_EXACT_H
#define JSON_EXACT_H

#include "base/base.h"
#include "base/buf.h"
#include "json/js.h"

/*
 * Append v (borrowed) to b as js_dump does, but with every number written as
 * the n bytes at p write the number at the same place, if that is the same
 * double.  The text may be of another shape than v, of a part of it, or no
 * JSON at all: then numbers are those of v.
 */
void exact_dump(struct buf *b, jv v, const char *p, size_t n);
/* v as it can be shown and compared: what only exact_dump keeps is a string.
 * Owned. */
jv exact_shown(jv v, const char *p, size_t n);

#endif
