/*
 * nearest.h - what in a file looks most like a text that is not in it.
 */
#ifndef TOOL_NEAREST_H
#define TOOL_NEAREST_H

#include "base/base.h"
#include "base/buf.h"

/*
 * Append to out what to tell a model whose old text (m bytes at what) was
 * not found among the n bytes at file: the lines that are nearest, exactly
 * as they are and with their numbers, and how they differ.
 */
void nearest_describe(struct buf *out, const char *file, size_t n,
    const char *what, size_t m);

#endif
