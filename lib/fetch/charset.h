/*
 * charset.h - text of the web in whatever character set, as UTF-8.
 *
 * Follows the Encoding standard of WHATWG for which labels there are and
 * what they mean (latin1 is windows-1252), and for the order in which a
 * byte order mark, the label of the transport and the <meta> of a page
 * count.  Only sets that the standard knows are ever asked of iconv(3).
 */
#ifndef FETCH_CHARSET_H
#define FETCH_CHARSET_H

#include "base/base.h"
#include "base/buf.h"

/* The set that a label of n bytes means, as iconv calls it, or NULL. */
const char *charset_of(const char *label, size_t n);
/*
 * The label in the charset parameter of a Content-Type header, and in *n
 * its length; NULL when there is none.
 */
const char *charset_in_type(const char *type, size_t *n);
/*
 * Append the n bytes at p as well-formed UTF-8; what is none becomes U+FFFD.
 * type is the Content-Type header, or NULL; with html a <meta> counts as
 * well.  Returns the name of the set it was taken for.
 */
const char *charset_utf8(struct buf *out, const char *p, size_t n,
    const char *type, bool html);

#endif
