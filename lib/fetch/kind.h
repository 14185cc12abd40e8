/*
 * kind.h - what sort of thing came: a page, JSON, other text, or no text.
 *
 * By the media type, and where that says nothing, or something that the
 * bytes are not, by the bytes.  Pure.
 */
#ifndef FETCH_KIND_H
#define FETCH_KIND_H

#include "base/base.h"

enum kind { KIND_HTML, KIND_JSON, KIND_TEXT, KIND_BINARY };

/* type: the media type in small letters without parameters, or "". */
enum kind kind_of(const char *type, const char *p, size_t n);
/* The media type of a body that somebody gave without one. */
const char *kind_to_send(const char *p, size_t n);

#endif
