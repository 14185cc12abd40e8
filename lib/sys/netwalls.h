/*
 * netwalls.h - the sandbox of a program of ours that talks to the network
 * for a model: laid on itself, for good.
 *
 * Landlock leaves it what looking up names and checking certificates needs
 * to read, and TCP connections to some ports; seccomp leaves it Internet
 * sockets and takes programs, other processes and UNIX sockets away; limits
 * bound time, memory, files.  It cannot read a file of the user's, write any,
 * or listen.  Either of the two walls is enough to go on, neither is not.
 */
#ifndef SYS_NETWALLS_H
#define SYS_NETWALLS_H

#include "base/base.h"

#define NETWALLS_PORTS	64

struct netwalls {
	uint16_t	 ports[NETWALLS_PORTS];	/* besides 53, 80, 443 */
	int		 nports;	/* -1: every port */
	const char	*ca;		/* a file of certificates, or NULL */
	unsigned	 seconds;	/* of processor, 0 none */
	uint64_t	 memory;	/* bytes more than now */
	bool		 forks;		/* may make processes of its own kind */
};

/*
 * Lay them; the names of those that stand, such as "landlock,seccomp,
 * rlimits", are put into stood.  False when neither Landlock nor seccomp did.
 */
bool netwalls_raise(const struct netwalls *w, char *stood, size_t size);

#endif
