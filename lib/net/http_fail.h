/*
 * http_fail.h - the texts of failed requests; used by http.c only.
 *
 * Every function fills e and returns -1.  Only scheme, host and port of a
 * URL are named.
 */
#ifndef NET_HTTP_FAIL_H
#define NET_HTTP_FAIL_H

#include "base/err.h"
#include "net/http.h"

/* 0 when url begins as one we can ask; ERR_CONFIG otherwise. */
int http_fail_url(struct err *e, const char *url);
/* The limit of that name and length passed. */
int http_fail_limit(struct err *e, const char *url, const char *which,
    int64_t ms);
/* The server points elsewhere, to the Location given ("" for none). */
int http_fail_redirect(struct err *e, const char *url, int status,
    const char *location);
/* libcurl ended with code (a CURLcode), errno os, and its own text; sets
 * r->final. */
int http_fail(struct err *e, const struct http_request *q,
    struct http_reply *r, int code, int os, const char *text);

#endif
