/*
 * http_easy.h - a request as libcurl's easy handle wants it; for http.c and
 * many.c only.
 */
#ifndef NET_HTTP_EASY_H
#define NET_HTTP_EASY_H

#include <curl/curl.h>

#include "base/err.h"
#include "net/http.h"

/* The headers of q as a list that the caller frees; ERR_CONFIG when one
 * holds a line break. */
int http_easy_headers(const struct http_request *q, struct curl_slist **out,
    struct err *e);
/*
 * Set method, URL, headers, body and everything that concerns the
 * connection on a handle that is fresh or was reset; all is borrowed.
 */
void http_easy_setup(CURL *c, const struct http_request *q,
    struct curl_slist *headers);

/* The head of a reply while its lines come. */
struct http_head {
	struct http_reply *r;
	int64_t		 start;		/* clock_ms of the request */
	int		 status;	/* of the block being read */
	size_t		 read;		/* bytes of head so far, of all */
	bool		 done;		/* r is filled but for the body */
};

/*
 * Take a line of the head, as libcurl's header function gets it.  0, or -1
 * with e filled (ERR_PROTOCOL) when it is too long in all.
 */
int http_head_line(struct http_head *h, const char *p, size_t n,
    struct err *e);

#endif
