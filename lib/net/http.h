/*
 * http.h - one HTTP request at a time, streamed, with deadlines.
 *
 * A handle keeps its connections for the next request, so that the n-th
 * costs no more than the first; a kept connection that the server closed
 * meanwhile is replaced without the caller noticing, as long as no byte of
 * the answer came.  Nothing is followed, guessed or tried again beyond
 * that: redirects are errors, retries are the caller's (net/retry.h).
 *
 * Only http and https.  Certificates are verified, against SSL_CERT_FILE
 * when set.  Proxies as the environment says (http_proxy, https_proxy,
 * all_proxy, no_proxy), never for loopback hosts.  No signal is used or
 * caught; the program ignores SIGPIPE.  No message shows the user and
 * password of a URL, its query, or a header's value.
 */
#ifndef NET_HTTP_H
#define NET_HTTP_H

#include "base/base.h"
#include "base/buf.h"
#include "base/err.h"

#define HTTP_CONNECT_MS	10000		/* defaults of http_request */
#define HTTP_FIRST_MS	120000
#define HTTP_IDLE_MS	120000
#define HTTP_HEADER_MAX	((size_t)128 * 1024)	/* of one reply, all */
#define HTTP_BODY_MAX	((size_t)16 * 1024 * 1024)	/* when collected */
#define HTTP_ERROR_MAX	((size_t)256 * 1024)	/* kept of an error body */

struct http;

/*
 * A descriptor polled together with the transfer.  When it is readable or
 * hung up, wake(arg) is called, which reads from it and returns 0 to go
 * on, 1 to cancel the request, -1 to stop watching this descriptor.  (At
 * end of file it must not return 0, for it would be called for ever.)
 * Without wake, anything readable cancels.
 */
struct http_watch {
	int	  fd;
	int	(*wake)(void *arg);
	void	 *arg;
};

/*
 * Takes n bytes of the body of a 2xx reply, decoded.  Status and headers
 * are in the reply already.  0 goes on; -1 with e filled ends the request
 * with that error; 1 means enough: the rest is thrown away, and
 * http_perform returns 0 (within 50 ms: it lets the reply come to its end
 * if that is at hand, so that the connection can be used again).
 */
typedef int http_fn(void *arg, const char *p, size_t n, struct err *e);

/*
 * Of a URL that a stranger named.  admit(arg, sa, n) is asked with the
 * address itself each time before a socket is made for it, and again with
 * the peer's when the connection stands, before anything is sent; false
 * refuses.  With a guard no proxy of the environment is used, for then only
 * the proxy's address would be seen; proxy names the one to use instead,
 * whose work the guarding then is, and admit is not asked.  And a redirect
 * is an answer like others: status and header are there, the caller judges.
 */
struct sockaddr;
struct http_guard {
	bool	(*admit)(void *arg, const struct sockaddr *sa, unsigned n);
	void	 *arg;
	const char *proxy;		/* URL, or NULL */
};

/*
 * What to ask.  Everything is borrowed until http_perform returns; nothing
 * is copied but the headers.  Zero means the default, so that an
 * initialiser names only what matters.
 */
struct http_request {
	const char	*method;	/* NULL: POST with a body, else GET */
	const char	*url;
	const char *const *headers;	/* "Name: value" ..., NULL; or NULL */
	const void	*body;
	size_t		 len;
	int64_t		 connect_ms;	/* name, TCP and TLS; -1 none */
	int64_t		 first_ms;	/* from then to the first byte of
					 * the reply, while nothing of the
					 * request moves; -1 none */
	int64_t		 idle_ms;	/* between two bytes; -1 none */
	int64_t		 total_ms;	/* all of it; 0 or -1 none */
	const struct http_watch *watch;	/* descriptors to poll too */
	size_t		 nwatch;	/* at most HTTP_WATCH_MAX */
	http_fn		*on_body;	/* NULL: collected in reply.body */
	int		(*on_pause)(void *arg, struct err *e);
					/* what arrived together was handed
					 * over, and a wait comes; -1 with e
					 * filled ends the request; or NULL */
	void		*arg;		/* of on_body and on_pause */
	const struct http_guard *guard;	/* or NULL */
};

#define HTTP_WATCH_MAX	4

/* The answer; filled while it comes. */
struct http_reply {
	int		 status;	/* 0 until the headers are here */
	char		 type[96];	/* media type in small letters without
					 * parameters, "" when none */
	int64_t		 after_ms;	/* retry-after-ms or Retry-After, -1 */
	struct buf	 headers;	/* "Name: value\n" ... */
	struct buf	 body;		/* of a status other than 2xx, or of
					 * all when there is no on_body */
	uint64_t	 received;	/* bytes of body, as decoded */
	bool		 reused;	/* no new connection was made */
	bool		 final;		/* failed in a way that no retry can
					 * mend: certificate, protocol */
	int64_t		 first_ms;	/* start to first byte, -1 none came */
	int64_t		 total_ms;	/* start to end */
};

/* A handle; cheap, nothing of libcurl is touched before the first
 * request.  Never NULL. */
struct http *http_open(void);
/* Close its connections and free it; NULL is allowed. */
void http_close(struct http *h);

/* An empty reply. */
void http_reply_init(struct http_reply *r);
void http_reply_free(struct http_reply *r);
/*
 * The value of the first header of that name (any case), without blanks
 * around it, NUL-terminated in out and cut to size; false when there is
 * none.
 */
bool http_header(const struct http_reply *r, const char *name, char *out,
    size_t size);

/*
 * Ask and wait for the end of the answer.  The reply is emptied first.
 * Returns 0 when a whole answer came, whatever its status: the caller
 * looks at r->status, and for errors at r->body and http_classify.  (The
 * body of an error status may have been cut or cut short; the status is
 * what counts.)  Returns -1 with e filled otherwise; e->http_status is the
 * status if one had come:
 *  ERR_UNAVAILABLE  name unknown, refused, unreachable, TLS, no connection
 *                   in time
 *  ERR_TIMEOUT      first byte, idle or total limit; the text names it
 *  ERR_CUT          the connection ended within the reply or before it
 *  ERR_PROTOCOL     what came is no HTTP, or its headers or the body to
 *                   collect have no end
 *  ERR_CONFIG       URL or header malformed, redirect
 *  ERR_CANCELLED    a watch said so
 *  or what on_body put there.
 */
int http_perform(struct http *h, const struct http_request *q,
    struct http_reply *r, struct err *e);

/* What a status means for a caller; ERR_NONE for 2xx. */
enum err_kind http_classify(int status);
/* The words that belong to a status, such as "Too Many Requests". */
const char *http_reason(int status);
/* Append url as it may be shown: no user, password, query or fragment. */
void http_show_url(struct buf *b, const char *url);
/* True when the host of url is this machine: localhost, 127.0.0.0/8, ::1. */
bool http_is_loopback(const char *url);

#endif
