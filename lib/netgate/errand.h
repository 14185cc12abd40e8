/*
 * errand.h - what a client asks of the proxy, read strictly.
 *
 * CONNECT host:port, and requests for http URLs (RFC 9110 and 9112).  A
 * head that two programs could read in two ways is refused: bare line feeds,
 * folded lines, several lengths, a transfer coding.  Pure.
 */
#ifndef NETGATE_ERRAND_H
#define NETGATE_ERRAND_H

#include "base/admit.h"
#include "base/base.h"
#include "base/buf.h"

#define ERRAND_HEAD	((size_t)64 * 1024)	/* bytes of a head */

struct errand {
	bool		 tunnel;	/* CONNECT */
	char		 host[ADMIT_HOST];
	int		 port;
	uint64_t	 body;		/* bytes that follow the head */
	struct buf	 head;		/* what the server is sent instead */
	int		 status;	/* of a refusal */
	const char	*why;		/* ... in words */
};

/*
 * Read the n bytes at p; r is zeroed.  The length of the head when it is
 * whole and good, 0 when more is needed, -1 when it is refused.
 */
long errand_read(struct errand *r, const char *p, size_t n);
void errand_free(struct errand *r);

#endif
