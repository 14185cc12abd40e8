/*
 * listen.h - the socket to listen on, from "HOST:PORT" or handed in.
 */
#ifndef SERVE_LISTEN_H
#define SERVE_LISTEN_H

#include "base/base.h"
#include "base/err.h"

struct listen {
	char	host[264];	/* as it was given, [] around IPv6 */
	int	port;		/* the real one */
	bool	loopback;	/* reached from this machine only */
	int	fd;
};

/*
 * Split and check where; HOST, HOST:PORT, :PORT and PORT are understood,
 * 127.0.0.1 and 8000 stand for what is missing.  Opens nothing (fd is -1).
 * 0, or -1 with e filled (ERR_USAGE).
 */
int listen_parse(struct listen *l, const char *where, struct err *e);
/*
 * Take the socket that the parent listens on for us, as sd_listen_fds(3) says:
 * descriptor 3, when LISTEN_PID is this process; the variables are removed.
 * 1, or 0 when there is none, or -1 with e filled.
 */
int listen_inherit(struct listen *l, struct err *e);
/* True when the URL leads to that very address, as far as its text tells. */
bool listen_is(const struct listen *l, const char *url);
/* Open it, where that was not done.  0, or -1 with e filled. */
int listen_open(struct listen *l, struct err *e);

#endif
