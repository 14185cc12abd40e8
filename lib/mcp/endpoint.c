/*
 * endpoint.c - the URL that a service of the oldest transport names.
 */
#include "mcp/endpoint.h"

#include "base/mem.h"
#include "net/link.h"

#include <stdlib.h>
#include <string.h>

char *
endpoint_url(const char *base, const char *text, size_t n, struct err *e)
{
	struct link from = LINK_INIT, to = LINK_INIT;
	struct err why = ERR_INIT;
	char *given = xmemdup(text, n), *url = NULL;

	if (n == 0 || strlen(given) != n || n > LINK_BYTES)
		err_set(e, ERR_PROTOCOL, "its endpoint is no URL");
	else if (link_parse(&from, NULL, base, e) == -1)
		;
	else if (link_parse(&to, &from, given, &why) == -1)
		err_set(e, ERR_PROTOCOL, "its endpoint is no URL");
	else if (strcmp(from.host, to.host) != 0 || from.port != to.port ||
	    from.tls != to.tls)
		err_set(e, ERR_DENIED, "its endpoint is on another host");
	else
		url = xstrdup(to.url);
	link_free(&from);
	link_free(&to);
	free(given);
	return url;
}
