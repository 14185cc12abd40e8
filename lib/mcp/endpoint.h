/*
 * endpoint.h - the URL that a service of the oldest transport names for what
 * is sent to it.
 *
 * A stranger's text must not choose where our headers go: it is taken when
 * it leads to the very scheme, host and port of the service's own URL.
 */
#ifndef MCP_ENDPOINT_H
#define MCP_ENDPOINT_H

#include "base/err.h"

/* text, n bytes, may be relative to base; owned, or NULL with e filled
 * (ERR_PROTOCOL when it is no URL, ERR_DENIED when it leads elsewhere). */
char *endpoint_url(const char *base, const char *text, size_t n,
    struct err *e);

#endif
