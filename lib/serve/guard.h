/*
 * guard.h - which requests may come in at all.
 *
 * A server on this machine can be reached by every page in a browser here.
 * So the name it is called by must be one of its own, requests of pages are
 * refused, and beyond this machine a token is needed.  Heads that two
 * readers might read in two ways are refused, too.  Pure.
 */
#ifndef SERVE_GUARD_H
#define SERVE_GUARD_H

#include "base/base.h"
#include "base/vec.h"

struct guard {
	const char	*bound;		/* the host listened on */
	struct vec	 hosts;		/* more names */
	struct vec	 origins;	/* pages that may ask */
	char		*token;		/* NULL: none is needed */
	size_t		 body_max;
};

/* What the head of a request says; filled by guard_see(). */
struct guard_head {
	char		 host[264];
	const char	*origin, *auth, *key;	/* borrowed, or NULL */
	int64_t		 length;	/* -1 none */
	int		 hosts, lengths, codings, origins, auths;
	bool		 chunked;
	bool		 odd;		/* two readers might differ */
};

struct guard_verdict {
	int		 status;	/* 0: come in */
	const char	*code, *text;
};

/* Take a header of the request. */
void guard_see(struct guard_head *h, const char *name, size_t nn,
    const char *value, size_t nv);
/* What to answer; with open, no token is asked for. */
struct guard_verdict guard_judge(const struct guard *g,
    const struct guard_head *h, bool open);
/* True when host (with or without a port) is a loopback literal. */
bool guard_is_loopback(const char *host);
/* True when a Host header of this value is one of our own names. */
bool guard_knows_host(const struct guard *g, const char *host);
/* Compare without telling by the time where they differ. */
bool guard_same(const char *a, const char *b);

#endif
