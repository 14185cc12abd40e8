/*
 * key_cmd.h - a key that a command of the user's prints.
 */
#ifndef GATE_KEY_CMD_H
#define GATE_KEY_CMD_H

#include "base/base.h"
#include "base/err.h"

#define KEY_CMD_MS	45000	/* that a person has to unlock a store */
#define KEY_CMD_MAX	((size_t)64 * 1024)	/* bytes that it may print */

/*
 * Run command by /bin/sh -c: our environment and standard error, nothing to
 * read, the terminal if it is ours.  The first line that it prints, at most
 * ms later, is put into *line, owned by the caller, who overwrites it when it
 * is of no more use.  0, or -1 with e filled: ERR_AUTH it failed, ERR_TIMEOUT,
 * ERR_CONFIG it printed too much, ERR_CANCELLED a signal came.
 */
int key_cmd_run(const char *command, int64_t ms, char **line, struct err *e);

#endif
