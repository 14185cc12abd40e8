/*
 * jsfix.h - repair JSON text that is sound but for its Unicode.
 *
 * Servers do split emoji between two chunks and send half a surrogate pair,
 * and bytes that are no UTF-8; libjq refuses the whole text for the first.
 */
#ifndef JSON_JSFIX_H
#define JSON_JSFIX_H

#include "base/base.h"
#include "base/buf.h"

/*
 * Append the n bytes of JSON text to out with every unpaired surrogate
 * escape rewritten as \ufffd and every ill-formed byte sequence as U+FFFD.
 * Nothing else changes.
 */
void jsfix_unicode(struct buf *out, const char *p, size_t n);

#endif
