/*
 * The proxy's parsers: a request that is taken names a clean host, and the
 * head that is sent on has no line that was not there; a first word of TLS
 * is read within its bounds.
 */
#include "netgate/errand.h"

#include <stdlib.h>
#include <string.h>

#include "netgate/hello.h"

int	 LLVMFuzzerTestOneInput(const uint8_t *, size_t);

static void
request(const char *p, size_t n)
{
	struct errand r = { .status = 0 }, again = { .status = 0 };
	long len = errand_read(&r, p, n);
	char host[ADMIT_HOST];

	if (len > (long)n || len < -1 || (len == -1 && (r.status < 400 ||
	    r.why == NULL)))
		abort();
	if (len > 0) {
		admit_host(host, r.host);
		if ((strchr(r.host, ':') == NULL && strcmp(host, r.host)) ||
		    r.port < 1 || r.port > 65535)
			abort();
		if (!r.tunnel && (r.head.len < 20 || memcmp(r.head.data +
		    r.head.len - 4, "\r\n\r\n", 4) != 0 || memmem(r.head.data,
		    r.head.len - 2, "\r\n\r\n", 4) != NULL))
			abort();
		/* What follows the head does not change it. */
		if (errand_read(&again, p, (size_t)len) != len ||
		    strcmp(again.host, r.host) != 0)
			abort();
	}
	errand_free(&again);
	errand_free(&r);
}

int
LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	char host[ADMIT_HOST];

	request((const char *)p, n);
	if (hello_read(p, n, host) == HELLO_NAMED && *host == '\0')
		abort();
	return 0;
}
