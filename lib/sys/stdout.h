/*
 * stdout.h - what a program says last, on standard output.
 *
 * Output that cannot be written is an error (ERR_IO), never silence; but
 * where the reader has gone, as head(1) does, there is nobody to tell: the
 * process ends as SIGPIPE ends it (status 141), without a word.
 */
#ifndef SYS_STDOUT_H
#define SYS_STDOUT_H

#include "base/base.h"
#include "base/err.h"

/* The n bytes at p, past the stream stdout; 0, or -1 with e filled. */
int stdout_write(const void *p, size_t n, struct err *e);
/* What the stream stdout still holds; 0, or -1 with e filled. */
int stdout_flush(struct err *e);

#endif
