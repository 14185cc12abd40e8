/*
 * many.h - many HTTP requests at a time, for a program with a loop.
 *
 * The counterpart of http.h for servers: nothing here waits.  The program
 * polls one descriptor, calls many_run() when it is readable or the time of
 * many_left() has come, and is told of the rest by callbacks.  Connections
 * are kept and used again; the rules of http.h hold (http and https only,
 * no redirects, proxies, certificates, what is tried again).
 */
#ifndef NET_MANY_H
#define NET_MANY_H

#include "base/base.h"
#include "base/buf.h"
#include "base/err.h"
#include "net/http.h"

struct many;
struct many_call;

enum many_more {
	MANY_GO,		/* go on */
	MANY_PAUSE,		/* this was not taken: many_go() says when */
	MANY_ENOUGH,		/* the rest is not wanted */
};

/* Called from many_run() only; many_cancel() is not allowed in them. */
struct many_ops {
	/* Status and headers are here, in r. */
	void (*on_head)(void *arg, const struct http_reply *r);
	/* The next n bytes of the body, whatever the status. */
	enum many_more (*on_body)(void *arg, const char *p, size_t n);
	/*
	 * The end, once: e is NULL when all came or MANY_ENOUGH was said,
	 * else the errors of http_perform().  The call is gone afterwards.
	 */
	void (*on_end)(void *arg, const struct http_reply *r,
	    const struct err *e);
};

/* NULL with e filled when libcurl does not start. */
struct many *many_open(struct err *e);
/* Drop all calls without a word and free everything; NULL is allowed. */
void many_close(struct many *m);
/* The descriptor to poll for reading. */
int many_fd(const struct many *m);
/* Milliseconds until many_run() is wanted at the latest; -1 for never. */
int many_left(const struct many *m);
/* Do what there is to do. */
void many_run(struct many *m);
/*
 * Ask.  Method, url, headers and time limits of q count, and are copied;
 * body is taken over and emptied (NULL: none).  NULL with e filled when the
 * request cannot be made.
 */
struct many_call *many_start(struct many *m, const struct http_request *q,
    struct buf *body, const struct many_ops *ops, void *arg, struct err *e);
/* Go on after MANY_PAUSE: the bytes are given again. */
void many_go(struct many_call *c);
/* Forget the call and close its connection; nothing is called any more. */
void many_cancel(struct many_call *c);

#endif
