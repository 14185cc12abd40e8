/*
 * admit.c - which hosts may be reached.
 */
#include "base/admit.h"

#include "base/addr.h"
#include "base/buf.h"
#include "base/mem.h"

#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

enum { PORT_USUAL = -1, PORT_ANY = 0 };

struct admit_entry {
	char		 host[ADMIT_HOST];	/* without the "*." */
	int		 port;			/* or PORT_... */
	bool		 below;			/* *.host */
	struct sockaddr_storage address;	/* when it is one */
	socklen_t	 n;			/* of address, or 0 */
};

void
admit_free(struct admit *a)
{
	free(a->v);
	a->v = NULL;
	a->n = 0;
}

/* Of what a host is made; without brackets no part of it is empty. */
static bool
fits(const char *s, size_t n, bool six)
{
	for (size_t i = 0; i < n; i++) {
		char c = s[i] >= 'A' && s[i] <= 'Z' ? (char)(s[i] + 32) : s[i];
		bool hex = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f');

		if (six ? !hex && c != ':' && c != '.' : !hex &&
		    !(c >= 'g' && c <= 'z') && c != '-' && c != '_' &&
		    (c != '.' || i == 0 || i + 1 == n || s[i + 1] == '.'))
			return false;
	}
	return !six || memchr(s, ':', n) != NULL;
}

void
admit_host(char out[ADMIT_HOST], const char *host)
{
	size_t n = strlen(host);
	bool six = n > 2 && *host == '[' && host[n - 1] == ']';

	out[0] = '\0';
	if (six) {
		host++;
		n -= 2;
	} else if (n > 1 && host[n - 1] == '.') {
		n--;
	}
	if (n == 0 || n >= ADMIT_HOST || !fits(host, n, six))
		return;
	for (size_t i = 0; i < n; i++)
		out[i] = host[i] >= 'A' && host[i] <= 'Z' ?
		    (char)(host[i] + 32) : host[i];
	out[n] = '\0';
}

/* Where the port begins in an entry of n bytes, or n. */
static size_t
port_at(const char *s, size_t n)
{
	const char *end = *s == '[' ? memchr(s, ']', n) : s;
	const char *colon = end != NULL ? memchr(end, ':', n -
	    (size_t)(end - s)) : NULL;

	return colon != NULL ? (size_t)(colon - s) : n;
}

static int
port_of(const char *s)
{
	char *end;
	long v;

	if (strcmp(s, "*") == 0)
		return PORT_ANY;
	if (*s < '0' || *s > '9' || strlen(s) > 5)
		return -2;
	v = strtol(s, &end, 10);
	return *end == '\0' && v >= 1 && v <= 65535 ? (int)v : -2;
}

static int
bad(const char *s, size_t n, const char *why, struct err *e)
{
	return err_set(e, ERR_USAGE, "allowed host '%.*s': %s", n > 80 ? 80 :
	    (int)n, s, why);
}

static int
add_one(struct admit *a, const char *s, size_t n, struct err *e)
{
	struct admit_entry t = { .port = PORT_USUAL };
	size_t at = port_at(s, n);
	char *host = xmemdup(s, at), *port = at < n ?
	    xmemdup(s + at + 1, n - at - 1) : NULL;
	const char *name = host;
	int rc = -1;

	if (strncmp(name, "*.", 2) == 0) {
		t.below = true;
		name += 2;
	}
	admit_host(t.host, name);
	t.n = addr_parse(t.host, 0, &t.address);
	if (port != NULL)
		t.port = port_of(port);
	if (a->n == ADMIT_MAX)
		bad(s, n, "there are more than 256", e);
	else if (strstr(host, "://") != NULL || (port != NULL &&
	    strncmp(port, "//", 2) == 0))
		bad(s, n, "a host, not a URL", e);
	else if (t.port == -2)
		bad(s, n, "the port is a number from 1 to 65535, or *; IPv6 "
		    "stands in brackets", e);
	else if (t.host[0] == '\0' || (t.below && t.n != 0) ||
	    (*host == '[' && t.n == 0))
		bad(s, n, "not a host name or address (names beyond ASCII in "
		    "their xn-- form)", e);
	else
		rc = 0;
	if (rc == 0) {
		a->v = xreallocarray(a->v, a->n + 1, sizeof(*a->v));
		a->v[a->n++] = t;
	}
	free(host);
	free(port);
	return rc;
}

int
admit_add(struct admit *a, const char *text, struct err *e)
{
	while (*(text += strspn(text, ", \t\n")) != '\0') {
		size_t n = strcspn(text, ", \t\n");

		if (add_one(a, text, n, e) == -1)
			return -1;
		text += n;
	}
	return 0;
}

void
admit_show(struct buf *b, const struct admit *a)
{
	for (size_t i = 0; i < a->n; i++) {
		const struct admit_entry *t = &a->v[i];
		bool six = t->address.ss_family == AF_INET6;

		buf_addf(b, "%s%s%s%s%s", i > 0 ? "," : "", t->below ? "*." :
		    "", six ? "[" : "", t->host, six ? "]" : "");
		if (t->port == PORT_ANY)
			buf_adds(b, ":*");
		else if (t->port > 0)
			buf_addf(b, ":%d", t->port);
	}
}

/* Whether the address is the one that the text spells. */
static bool
same_address(const struct sockaddr *a, socklen_t an,
    const struct admit_entry *t)
{
	const struct sockaddr *b = (const struct sockaddr *)&t->address;
	struct sockaddr_in a4, b4;
	struct sockaddr_in6 a6, b6;

	if (t->n == 0 || an < t->n || a->sa_family != b->sa_family)
		return false;
	if (a->sa_family == AF_INET) {
		memcpy(&a4, a, sizeof(a4));
		memcpy(&b4, b, sizeof(b4));
		return a4.sin_addr.s_addr == b4.sin_addr.s_addr;
	}
	memcpy(&a6, a, sizeof(a6));
	memcpy(&b6, b, sizeof(b6));
	return memcmp(&a6.sin6_addr, &b6.sin6_addr, 16) == 0;
}

static bool
below(const char *host, const char *name)
{
	size_t h = strlen(host), n = strlen(name);

	return h > n + 1 && host[h - n - 1] == '.' &&
	    strcmp(host + h - n, name) == 0;
}

static bool
for_port(const struct admit_entry *t, int port)
{
	if (t->port == PORT_USUAL)
		return port == 80 || port == 443;
	return t->port == PORT_ANY || t->port == port;
}

static bool
entry_names(const struct admit_entry *t, const char *host, int port)
{
	struct sockaddr_storage sa;
	socklen_t n;

	if (!for_port(t, port))
		return false;
	if (t->below)
		return below(host, t->host);
	if (strcmp(t->host, host) == 0)
		return true;
	/* One address may be spelt in several ways. */
	n = t->n != 0 ? addr_parse(host, 0, &sa) : 0;
	return n != 0 && same_address((struct sockaddr *)&sa, n, t);
}

bool
admit_names(const struct admit *a, const char *host, int port)
{
	char h[ADMIT_HOST];

	admit_host(h, host);
	for (size_t i = 0; *h != '\0' && i < a->n; i++)
		if (entry_names(&a->v[i], h, port))
			return true;
	return false;
}

static bool
is_localhost(const char *host)
{
	return strcmp(host, "localhost") == 0 || below(host, "localhost");
}

/* The address itself is on the list. */
static bool
listed(const struct admit *a, int port, const struct sockaddr *sa,
    socklen_t n)
{
	for (size_t i = 0; i < a->n; i++)
		if (for_port(&a->v[i], port) && same_address(sa, n, &a->v[i]))
			return true;
	return false;
}

/* Of an entry that names the host. */
static bool
entry_admits(const struct admit_entry *t, const char *host,
    const struct sockaddr *sa, socklen_t n)
{
	enum addr_kind kind = addr_kind(sa, n);

	if (t->n != 0)
		return same_address(sa, n, t);
	if (is_localhost(host))
		return kind == ADDR_LOOPBACK && !t->below;
	return kind == ADDR_PUBLIC || (!t->below && (kind == ADDR_PRIVATE ||
	    kind == ADDR_SHARED));
}

bool
admit_address(const struct admit *a, bool any, const char *host, int port,
    const struct sockaddr *sa, socklen_t n)
{
	char h[ADMIT_HOST];

	if (any && (port == 80 || port == 443) &&
	    addr_kind(sa, n) == ADDR_PUBLIC)
		return true;
	admit_host(h, host);
	for (size_t i = 0; *h != '\0' && i < a->n; i++)
		if (entry_names(&a->v[i], h, port) &&
		    (entry_admits(&a->v[i], h, sa, n) ||
		    listed(a, port, sa, n)))
			return true;
	return false;
}

int
admit_ports(const struct admit *a, uint16_t *ports, int max)
{
	int n = 0;

	for (size_t i = 0; i < a->n; i++) {
		int port = a->v[i].port, k = 0;

		if (port == PORT_ANY)
			return -1;
		if (port == PORT_USUAL || port == 80 || port == 443)
			continue;
		while (k < n && ports[k] != port)
			k++;
		if (k == n && n == max)
			return -1;
		if (k == n)
			ports[n++] = (uint16_t)port;
	}
	return n;
}
