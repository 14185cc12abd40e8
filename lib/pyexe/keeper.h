/*
 * keeper.h - the process that holds the interpreter of a session.
 *
 * A tool's process lives for one call, and the variables of a conversation
 * for all of them.  So there is a keeper for each session: it listens at a
 * socket in the project's state folder, runs the interpreter in agent-jail,
 * and passes code in and output out, one caller at a time.  It ends when its
 * owner does, or when nobody came for half an hour, and the interpreter with
 * it.
 */
#ifndef PYEXE_KEEPER_H
#define PYEXE_KEEPER_H

#include <sys/types.h>

#include "base/base.h"
#include "base/err.h"

#define KEEPER_IDLE_S	1800	/* without a caller */
#define KEEPER_WAIT_S	60	/* of a call that names no time */
#define KEEPER_MAX_S	600

/*
 * Connect to the keeper of the session, started if there is none.  owner is
 * the process that it ends with, 0 for none.  A descriptor, or -1 with e
 * filled.
 */
int keeper_connect(const char *workspace, const char *session, pid_t owner,
    struct err *e);

#endif
