/*
 * url.c - what may be shown of a URL, and whether it is this machine's.
 *
 * Text only; libcurl does the connecting.  When in doubt about where a
 * password might be, it shows less.
 */
#include "net/http.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <string.h>
#include <strings.h>

struct parts {
	const char	*scheme;	/* with its "://" */
	size_t		 scheme_len;
	const char	*host;		/* host and port, no user */
	size_t		 host_len;
	const char	*path;		/* up to ? or # */
	size_t		 path_len;
};

static void
split(const char *url, struct parts *p)
{
	const char *sep = strstr(url, "://");
	const char *slash = strpbrk(url, "/?#");
	const char *at;

	p->scheme = url;
	p->scheme_len = 0;
	if (sep != NULL && slash == sep + 1)
		p->scheme_len = (size_t)(sep - url) + 3;
	p->host = url + p->scheme_len;
	p->host_len = strcspn(p->host, "/?#");
	p->path = p->host + p->host_len;
	p->path_len = strcspn(p->path, "?#");
	at = memrchr(p->host, '@', p->host_len);
	if (at != NULL) {
		p->host_len -= (size_t)(at + 1 - p->host);
		p->host = at + 1;
	}
}

/* The length of the host without its port; -1 when the port is no number,
 * as when "user:pa/ss@host" was cut at its slash. */
static int
host_only(const struct parts *p)
{
	const char *end = p->host + p->host_len;
	const char *from = p->host, *colon;

	if (p->host_len > 0 && *from == '[') {
		from = memchr(from, ']', p->host_len);
		if (from == NULL)
			return -1;
	}
	colon = memchr(from, ':', (size_t)(end - from));
	if (colon == NULL)
		return (int)p->host_len;
	for (const char *s = colon + 1; s < end; s++)
		if (*s < '0' || *s > '9')
			return -1;
	return (int)(colon - p->host);
}

void
http_show_url(struct buf *b, const char *url)
{
	struct parts p;

	split(url, &p);
	buf_add(b, p.scheme, p.scheme_len);
	if (host_only(&p) == -1) {
		buf_adds(b, "...");
		return;
	}
	buf_add(b, p.host, p.host_len);
	buf_add(b, p.path, p.path_len);
}

static bool
ends_with(const char *s, const char *tail)
{
	size_t n = strlen(s), t = strlen(tail);

	return n >= t && strcasecmp(s + n - t, tail) == 0;
}

bool
http_is_loopback(const char *url)
{
	char host[256];
	struct in6_addr v6;
	struct in_addr v4;
	struct parts p;
	int n;

	split(url, &p);
	n = host_only(&p);
	if (n <= 0 || (size_t)n >= sizeof(host))
		return false;
	if (*p.host == '[') {
		p.host++;
		n -= 2;
	}
	memcpy(host, p.host, (size_t)n);
	if (n > 0 && host[n - 1] == '.')
		n--;
	host[n] = '\0';
	if (strcasecmp(host, "localhost") == 0 ||
	    ends_with(host, ".localhost"))
		return true;
	if (inet_pton(AF_INET, host, &v4) == 1)
		return ntohl(v4.s_addr) >> 24 == 127 || v4.s_addr == 0;
	if (inet_pton(AF_INET6, host, &v6) == 1)
		return IN6_IS_ADDR_LOOPBACK(&v6) ||
		    IN6_IS_ADDR_UNSPECIFIED(&v6);
	return false;
}
