/*
 * ferry.h - bytes both ways between two sockets until one side is done.
 */
#ifndef NETGATE_FERRY_H
#define NETGATE_FERRY_H

#include "base/base.h"
#include "base/buf.h"

struct ferry {
	int		 from, to;	/* the client, the server */
	struct buf	 held;		/* for the server already */
	uint64_t	 limit;		/* what more it may be sent;
					 * UINT64_MAX: no limit */
};

/* Until the server is done, or both are, or nothing moved for 10 minutes. */
void ferry_run(struct ferry *r);

#endif
