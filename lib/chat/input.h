/*
 * input.h - when to read standard input, and how long to wait for it.
 *
 * With a prompt on the command line, input is extra context: a file or a
 * pipe is read, a terminal, /dev/null or another device never.  A pipe on
 * which nothing comes is somebody's mistake more often than not, so the
 * wait is announced after two seconds and ends after a settable time.
 */
#ifndef CHAT_INPUT_H
#define CHAT_INPUT_H

#include "base/base.h"
#include "base/buf.h"
#include "base/err.h"

enum input_mode {
	INPUT_AUTO,		/* by the rule above */
	INPUT_NEVER,		/* -n */
	INPUT_ALWAYS,		/* "-": whatever it is, however long */
};

#define INPUT_MAX	((size_t)16 * 1024 * 1024)	/* bytes taken */

/* True when standard input is a terminal. */
bool input_is_tty(void);
/*
 * Append standard input to b, if it is to be read at all.  With have_prompt,
 * ERR_NOINPUT when not one byte came in wait_ms (0: no limit).  Ends with
 * ERR_CANCELLED when a signal was caught, and with ERR_TIMEOUT when it has not
 * ended at due (clock_ms, -1: never).
 */
int input_read(enum input_mode mode, bool have_prompt, int64_t wait_ms,
    int64_t due, struct buf *b, struct err *e);

#endif
