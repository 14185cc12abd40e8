/*
 * keeper.h - a process that sees to it that another one does not outlive us.
 *
 * It stands between us and the engine.  Whatever ends us, even SIGKILL, the
 * kernel tells it, and it ends the engine with everything that the engine
 * started; if it is killed itself, the engine dies with it.
 */
#ifndef SERVE_KEEPER_H
#define SERVE_KEEPER_H

#include "base/base.h"
#include "base/err.h"

#include <sys/types.h>

/*
 * Start argv below a keeper.  Both write to out (stdout and stderr of the
 * program), which stays the caller's.  Returns the keeper's pid, to be
 * waited for and to be sent SIGTERM, which ends all of it; -1 with e filled.
 * The keeper ends as soon as the program does, 127 when it did not start.
 */
pid_t keeper_start(char *const *argv, int out, struct err *e);

#endif
