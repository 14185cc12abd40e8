/*
 * porter.h - the proxy: one process that listens, one for each connection.
 */
#ifndef NETGATE_PORTER_H
#define NETGATE_PORTER_H

#include "base/admit.h"
#include "base/base.h"
#include "base/err.h"

#define PORTER_MAX	64		/* connections at a time */

struct porter {
	const struct admit *allow;
	int	 listener;	/* where clients come */
	int	 control;	/* it ends when this is closed; -1: never */
	bool	 quiet;		/* do not tell what is refused */
};

/* Serve until control ends or a signal comes.  0, or -1 with e filled. */
int porter_run(const struct porter *s, struct err *e);
/*
 * The listener that comes as a descriptor over the socket control.  1 with
 * *fd set, 0 when the other side closed without one, -1 with e filled.
 */
int porter_receive(int control, int *fd, struct err *e);

#endif
