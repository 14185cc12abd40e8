/*
 * sibling.h - what a program beside us has to say, soon or not at all.
 */
#ifndef CHAT_SIBLING_H
#define CHAT_SIBLING_H

#include "base/base.h"
#include "base/buf.h"
#include "base/vec.h"

#define SIBLING_MAX	((size_t)16 * 1024)	/* bytes that are taken */

/*
 * Run argv for the project at workspace and append what it writes to
 * standard output to b.  It has two seconds, and is killed after that.
 * Returns its status, or -1.
 */
int sibling_run(struct buf *b, struct vec *argv, const char *workspace);
/* The same with another time, and at most max bytes. */
int sibling_run_for(struct buf *b, struct vec *argv, const char *workspace,
    int64_t ms, size_t max);

#endif
