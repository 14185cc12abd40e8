/*
 * endpoint.h - the base URL of a server, as people write it.
 */
#ifndef GATE_ENDPOINT_H
#define GATE_ENDPOINT_H

#include "base/base.h"
#include "base/err.h"

/* The compatible endpoint of Gemini, as endpoint_base() gives it. */
#define ENDPOINT_GEMINI \
	"https://generativelanguage.googleapis.com/v1beta/openai"

/* True when the base is at that host, and nothing else can be. */
bool endpoint_is_gemini(const char *base);
/*
 * The base in one form: with a scheme, without a slash at the end, without
 * /chat/completions, and with /v1 when there is no path at all.  Caller
 * frees.  NULL with e filled (ERR_CONFIG) when it is no URL of http or
 * https, or holds a password.
 */
char *endpoint_base(const char *url, struct err *e);
/* The base with path appended, before its query if it has one.  Caller
 * frees. */
char *endpoint_join(const char *base, const char *path);

#endif
