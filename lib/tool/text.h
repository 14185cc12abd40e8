/*
 * text.h - file contents on their way to a model: opened safely, told apart
 * from binaries, shown line by line.
 */
#ifndef TOOL_TEXT_H
#define TOOL_TEXT_H

#include "base/base.h"
#include "base/buf.h"
#include "tool/path.h"
#include "tool/result.h"

#include <sys/stat.h>

/* A line of a file that is longer is shown up to here, in bytes. */
#define TEXT_LINE_MAX	2000

/*
 * Open the regular file p for reading.  A descriptor, or -1 with r filled:
 * what is there instead, and a similar name when nothing is.
 */
int text_open(const struct path *p, struct stat *st, struct result *r);
/* What the first n bytes of a file are when they are no text ("a PNG
 * image"), else NULL.  n of 8192 is enough. */
const char *text_binary(const char *p, size_t n);
/* Append one line (without its end) safely, cut to max bytes with a note.
 * It has total bytes, of which n are at p. */
void text_line(struct buf *out, const char *p, size_t n, size_t total,
    size_t max);
/* Number of lines in n bytes; a last one without LF counts. */
size_t text_lines(const char *p, size_t n);

#endif
