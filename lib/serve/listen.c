/*
 * listen.c - the socket to listen on, from "HOST:PORT".
 */
#include "serve/listen.h"

#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/num.h"
#include "serve/guard.h"
#include "sys/fd.h"

#define BACKLOG		512
#define INHERITED	3	/* SD_LISTEN_FDS_START of sd_listen_fds(3) */

int
listen_parse(struct listen *l, const char *where, struct err *e)
{
	const char *colon = strrchr(where, ':'), *port = "8000";
	size_t n = strlen(where);
	int64_t number;

	*l = (struct listen){ .fd = -1 };
	if (strspn(where, "0123456789") == n && n > 0) {
		port = where;
		n = 0;
	} else if (colon != NULL && (where[0] != '[' || colon[-1] == ']')) {
		n = (size_t)(colon - where);
		port = colon + 1;
	}
	if (n >= sizeof(l->host) || (where[0] != '[' &&
	    memchr(where, ':', n) != NULL))
		return err_set(e, ERR_USAGE, "--listen %.80s: expected "
		    "HOST:PORT, or [ADDRESS]:PORT", where);
	if (num_int(port, 0, 65535, "--listen: the port", &number, e) == -1)
		return -1;
	snprintf(l->host, sizeof(l->host), "%.*s", n > 0 ? (int)n : 9,
	    n > 0 ? where : "127.0.0.1");
	l->port = (int)number;
	l->loopback = guard_is_loopback(l->host);
	return 0;
}

bool
listen_is(const struct listen *l, const char *url)
{
	struct listen to;
	struct err e = ERR_INIT;
	char where[sizeof(to.host) + 8];
	size_t n;

	/* Without TLS, which this server has not, and with a port. */
	if (strncmp(url, "http://", 7) != 0)
		return false;
	n = strcspn(url + 7, "/?#");
	if (n >= sizeof(where))
		return false;
	snprintf(where, sizeof(where), "%.*s", (int)n, url + 7);
	if (strchr(where, ':') == NULL || where[n - 1] == ']' ||
	    listen_parse(&to, where, &e) == -1 || to.port != l->port)
		return false;
	if (strcmp(to.host, l->host) == 0)
		return true;
	/* Names and addresses of one machine's own. */
	return to.loopback && (strcmp(l->host, "0.0.0.0") == 0 ||
	    strcmp(l->host, "[::]") == 0 || (l->loopback &&
	    (strcmp(to.host, "localhost") == 0 ||
	    strcmp(l->host, "localhost") == 0)));
}

static int
try_bind(const struct addrinfo *a)
{
	int on = 1;
	int fd = socket(a->ai_family, a->ai_socktype | SOCK_CLOEXEC |
	    SOCK_NONBLOCK, a->ai_protocol);

	if (fd == -1)
		return -1;
	setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
	if (a->ai_family == AF_INET6)
		setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &on, sizeof(on));
	if (bind(fd, a->ai_addr, a->ai_addrlen) == -1 ||
	    listen(fd, BACKLOG) == -1)
		fd_close(&fd);
	return fd;
}

static int
bound_port(int fd)
{
	struct sockaddr_storage s;
	socklen_t n = sizeof(s);

	if (getsockname(fd, (struct sockaddr *)&s, &n) == -1)
		return 0;
	return ntohs(s.ss_family == AF_INET6 ?
	    ((struct sockaddr_in6 *)&s)->sin6_port :
	    ((struct sockaddr_in *)&s)->sin_port);
}

/* Where a socket listens, as listen_parse would have it. */
static int
describe(struct listen *l)
{
	struct sockaddr_storage s;
	socklen_t n = sizeof(s);
	int yes = 0;
	socklen_t len = sizeof(yes);
	char host[64];

	if (getsockopt(l->fd, SOL_SOCKET, SO_ACCEPTCONN, &yes, &len) == -1 ||
	    !yes || getsockname(l->fd, (struct sockaddr *)&s, &n) == -1 ||
	    (s.ss_family != AF_INET && s.ss_family != AF_INET6) ||
	    getnameinfo((struct sockaddr *)&s, n, host, sizeof(host), NULL, 0,
	    NI_NUMERICHOST) != 0)
		return -1;
	snprintf(l->host, sizeof(l->host), s.ss_family == AF_INET6 ? "[%s]" :
	    "%s", host);
	l->port = bound_port(l->fd);
	l->loopback = guard_is_loopback(l->host);
	return 0;
}

int
listen_inherit(struct listen *l, struct err *e)
{
	const char *pid = getenv("LISTEN_PID"), *fds = getenv("LISTEN_FDS");
	char self[24];
	bool one, ours;

	snprintf(self, sizeof(self), "%ld", (long)getpid());
	ours = pid != NULL && fds != NULL && strcmp(pid, self) == 0;
	one = ours && strcmp(fds, "1") == 0;
	/* Not for what we start. */
	unsetenv("LISTEN_PID");
	unsetenv("LISTEN_FDS");
	unsetenv("LISTEN_FDNAMES");
	if (!ours)
		return 0;
	*l = (struct listen){ .fd = INHERITED };
	if (!one || describe(l) == -1)
		return err_set(e, ERR_USAGE, "LISTEN_FDS: expected one socket "
		    "that listens on TCP; try a single ListenStream");
	if (fcntl(l->fd, F_SETFD, FD_CLOEXEC) == -1 ||
	    fd_nonblock(l->fd, true) == -1)
		return err_sys(e, "the socket that was handed in");
	return 1;
}

int
listen_open(struct listen *l, struct err *e)
{
	struct addrinfo hints = { .ai_socktype = SOCK_STREAM,
	    .ai_flags = AI_PASSIVE | AI_NUMERICSERV }, *list, *a;
	char host[264], port[16];
	size_t n = strlen(l->host);
	int rc;

	if (l->fd != -1)
		return 0;
	snprintf(host, sizeof(host), "%s", l->host);
	if (host[0] == '[') {
		memmove(host, host + 1, n);
		host[strcspn(host, "]")] = '\0';
	}
	/* The name means both families; pages and tools expect this one. */
	if (strcmp(host, "localhost") == 0)
		hints.ai_family = AF_INET;
	snprintf(port, sizeof(port), "%d", l->port);
	rc = getaddrinfo(host, port, &hints, &list);
	if (rc != 0)
		return err_set(e, ERR_USAGE, "--listen %s: %s", l->host,
		    gai_strerror(rc));
	for (a = list; a != NULL && l->fd == -1; a = a->ai_next)
		l->fd = try_bind(a);
	freeaddrinfo(list);
	if (l->fd == -1) {
		bool used = errno == EADDRINUSE;

		err_sys(e, "cannot listen on %s:%d", l->host, l->port);
		e->kind = ERR_UNAVAILABLE;
		if (used)
			err_set(e, ERR_UNAVAILABLE, "cannot listen on %s:%d: "
			    "somebody else does; try --listen=%s:0",
			    l->host, l->port, l->host);
		return -1;
	}
	l->port = bound_port(l->fd);
	return 0;
}
