/*
 * link.h - a URL that somebody else wrote, taken apart by the parser that
 * will also be used to connect.
 *
 * http and https only.  No user or password, nothing of a URL that needs
 * guessing; a missing scheme is https.  The host is as libcurl understands
 * it: numbers in other forms, such as 0x7f.1, have become addresses.
 */
#ifndef NET_LINK_H
#define NET_LINK_H

#include "base/base.h"
#include "base/err.h"

#define LINK_BYTES	8192		/* bytes of a URL */

struct link {
	char	*url;		/* normalised, no fragment */
	char	*host;		/* IPv6 in brackets */
	int	 port;
	bool	 tls;
};

#define LINK_INIT	{ NULL, NULL, 0, false }

/*
 * Fill l, which is empty, from text; with base, text may be relative to it,
 * as a Location header is.  ERR_USAGE when it is malformed, ERR_DENIED when
 * it is something that is not fetched: another scheme, a login.  The
 * message does not repeat a login.
 */
int link_parse(struct link *l, const struct link *base, const char *text,
    struct err *e);
void link_free(struct link *l);

#endif
