/*
 * base64.h - bytes as base64: RFC 4648, section 4, with padding.
 */
#ifndef BASE_BASE64_H
#define BASE_BASE64_H

#include "base/base.h"
#include "base/buf.h"

/* Append the n bytes at p, encoded. */
void base64_add(struct buf *out, const void *p, size_t n);

/* Append what the n characters at p stand for; line ends and the padding may
 * be missing or there.  False when it is no base64: then out is as it was. */
bool base64_decode(struct buf *out, const char *p, size_t n);

#endif
