/*
 * fetch.h - one document of the web, from a URL that a stranger named.
 *
 * The address of every connection is judged at every hop, by what is
 * connected to and not by names (base/admit.h): whatever a name resolves to
 * and however an address is spelt.  http and https, ports 80 and 443 and
 * those of allowed hosts.  At most FETCH_HOPS redirects, never from https
 * to http, and a body that was posted is sent on to the same host only.  No
 * cookies, logins, .netrc, kept connections or referrers; no proxy but one
 * that is named on purpose.  Sizes are of what was unpacked.
 */
#ifndef FETCH_FETCH_H
#define FETCH_FETCH_H

#include "base/admit.h"
#include "base/base.h"
#include "base/buf.h"
#include "base/err.h"

#define FETCH_HOPS	5
#define FETCH_BYTES	((size_t)5 * 1000 * 1000)
#define FETCH_BYTES_MAX	((size_t)64 * 1000 * 1000)
#define FETCH_MS	60000

/* What to ask; all is borrowed. */
struct fetch_ask {
	const char	*url;
	const void	*body;		/* to POST, or NULL to GET */
	size_t		 len;
	const struct admit *allow;	/* hosts that may be local */
	const char	*proxy;		/* URL, or NULL */
	int64_t		 total_ms;
	size_t		 max_bytes;
	bool		 judged;	/* somebody looked at the host in url:
					 * it has to be plain, and a redirect
					 * to another is told, not followed */
};

/* What came of it. */
struct fetch_page {
	char		*url;		/* the last one */
	char		*elsewhere;	/* where it redirects to, or NULL */
	int		 status, hops;
	char		 type[96];	/* as in struct http_reply */
	char		 full_type[128]; /* with its parameters */
	struct buf	 body;
	bool		 cut;		/* the body is not all of it */
	int64_t		 after_ms;	/* Retry-After, or -1 */
};

/*
 * Ask and wait.  0 when an answer came, whatever its status; -1 with e
 * filled: as http_perform(), ERR_USAGE for a URL that is none, and
 * ERR_DENIED for what is not reached, redirects included.  page is zeroed
 * by the caller and freed with fetch_free() either way.
 */
int fetch_page(struct fetch_page *page, const struct fetch_ask *q,
    struct err *e);
void fetch_free(struct fetch_page *page);

#endif
