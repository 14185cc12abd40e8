/*
 * redact_shape.h - what in a text has the shape of a secret.  Pure.
 */
#ifndef BASE_REDACT_SHAPE_H
#define BASE_REDACT_SHAPE_H

#include "base/base.h"

/*
 * The first secret in the n bytes at p from offset from on: what it is
 * ("private-key", "github-token", ...), and where; NULL when there is none.
 * The work over a whole text is linear.
 */
const char *shape_next(const char *p, size_t n, size_t from, size_t *start,
    size_t *end);

#endif
