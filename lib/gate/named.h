/*
 * named.h - a body that names its model.
 */
#ifndef GATE_NAMED_H
#define GATE_NAMED_H

#include "base/base.h"
#include "base/buf.h"

/*
 * Append the body of a request, a sound JSON object of n bytes, byte for byte;
 * where it names no model, with this one at its front, unless that is NULL.
 * Pure.
 */
void named_add(struct buf *out, const char *body, size_t n,
    const char *model);

#endif
