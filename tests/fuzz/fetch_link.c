/*
 * URLs of strangers: what is taken is http or https without a login, means
 * the same when it is read again, and so does a link made absolute.
 */
#include "net/link.h"

#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/mem.h"
#include "fetch/html_link.h"

int	 LLVMFuzzerTestOneInput(const uint8_t *, size_t);

static void
check(const struct link *l)
{
	struct link again = LINK_INIT;
	struct err e = ERR_INIT;
	size_t n = l->tls ? 8 : 7, end = n + strcspn(l->url + n, "/?#");

	if (strncmp(l->url, l->tls ? "https://" : "http://", n) != 0 ||
	    l->port < 1 || l->port > 65535 || *l->host == '\0' ||
	    memchr(l->url, '@', end) != NULL || strchr(l->url, '#') != NULL ||
	    strpbrk(l->url, "\r\n\t ") != NULL)
		abort();
	if (strlen(l->url) <= LINK_BYTES && (link_parse(&again, NULL, l->url,
	    &e) == -1 || strcmp(again.host, l->host) != 0 ||
	    again.port != l->port || again.tls != l->tls))
		abort();
	link_free(&again);
}

/* The first line is a URL, the second one a link on its page. */
int
LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	char *s = xmemdup(p, n), *nl = strchr(s, '\n');
	struct link base = LINK_INIT, to = LINK_INIT;
	struct err e = ERR_INIT;
	struct buf b = BUF_INIT;

	if (nl != NULL)
		*nl++ = '\0';
	if (link_parse(&base, NULL, s, &e) == 0) {
		check(&base);
		if (nl != NULL && link_parse(&to, &base, nl, &e) == 0)
			check(&to);
		if (nl != NULL && html_link(&b, base.url, nl) &&
		    strncasecmp(buf_str(&b), "http", 4) != 0)
			abort();
	} else if (e.kind == ERR_NONE || base.url != NULL) {
		abort();
	}
	link_free(&to);
	link_free(&base);
	buf_free(&b);
	free(s);
	return 0;
}
