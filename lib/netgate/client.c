/*
 * client.c - one connection of the proxy.
 *
 * The address that is connected to is the one that was judged: names are
 * looked up once, here.
 */
#include "netgate/client.h"

#include "base/addr.h"
#include "base/clock.h"
#include "base/log.h"
#include "netgate/errand.h"
#include "netgate/ferry.h"
#include "netgate/hello.h"
#include "sys/fd.h"
#include "sys/seccomp.h"

#include <errno.h>
#include <netdb.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define HEAD_MS		15000
#define CONNECT_MS	10000
#define TRIES		6		/* addresses of one name */

struct client {
	const struct admit *allow;
	int		 fd, server;
	bool		 quiet;
	struct buf	 in;		/* what it sent so far */
	struct errand	 r;
};

/* ---- telling it ------------------------------------------------------ */

static const char *
reason(int status)
{
	switch (status) {
	case 400: return "Bad Request";
	case 403: return "Forbidden";
	case 411: return "Length Required";
	case 431: return "Request Header Fields Too Large";
	case 502: return "Bad Gateway";
	case 504: return "Gateway Timeout";
	default: return "Error";
	}
}

static void
answer(struct client *c, int status, const char *why)
{
	struct buf text = BUF_INIT, out = BUF_INIT;

	buf_adds(&text, "agent-netgate: ");
	if (c->r.host[0] != '\0')
		buf_addf(&text, "%s:%d: ", c->r.host, c->r.port);
	buf_addf(&text, "%s\n", why);
	buf_addf(&out, "HTTP/1.1 %d %s\r\nContent-Type: text/plain\r\n"
	    "Content-Length: %zu\r\nConnection: close\r\n\r\n%s", status,
	    reason(status), text.len, buf_str(&text));
	if (!c->quiet && c->r.host[0] != '\0')
		log_note("%s:%d: %s", c->r.host, c->r.port, why);
	fd_write_all(c->fd, out.data, out.len);
	/* So that what it still sends does not reset the answer. */
	shutdown(c->fd, SHUT_WR);
	buf_free(&text);
	buf_free(&out);
}

/* ---- hearing it ------------------------------------------------------ */

/* More bytes, before the deadline; false at the end. */
static bool
hear(struct client *c, int64_t deadline)
{
	struct pollfd p = { c->fd, POLLIN, 0 };
	ssize_t n;

	if (poll(&p, 1, clock_left(deadline)) <= 0)
		return false;
	buf_grow(&c->in, 16384);
	n = fd_read(c->fd, c->in.data + c->in.len, 16384);
	if (n <= 0)
		return false;
	c->in.len += (size_t)n;
	return true;
}

static bool
read_head(struct client *c)
{
	int64_t deadline = clock_ms() + HEAD_MS;
	long n;

	while ((n = errand_read(&c->r, buf_str(&c->in), c->in.len)) == 0)
		if (!hear(c, deadline))
			return false;
	if (n < 0) {
		answer(c, c->r.status, c->r.why);
		return false;
	}
	buf_shift(&c->in, (size_t)n);
	return true;
}

/* ---- the server ------------------------------------------------------ */

static int
try_address(const struct addrinfo *a, int64_t deadline)
{
	int fd = socket(a->ai_family, SOCK_STREAM | SOCK_CLOEXEC |
	    SOCK_NONBLOCK, 0);
	struct pollfd p = { fd, POLLOUT, 0 };
	int error = 0;
	socklen_t size = sizeof(error);

	if (fd == -1)
		return -1;
	if (connect(fd, a->ai_addr, a->ai_addrlen) == 0 ||
	    (errno == EINPROGRESS && poll(&p, 1, clock_left(deadline)) == 1 &&
	    getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &size) == 0 &&
	    error == 0))
		return fd;
	close(fd);
	return -1;
}

/* The first address that may be used and answers. */
static bool
reach(struct client *c)
{
	const struct addrinfo hint = { .ai_socktype = SOCK_STREAM,
	    .ai_flags = AI_NUMERICSERV };
	struct addrinfo *list = NULL;
	int64_t deadline = clock_ms() + CONNECT_MS;
	char port[8];
	int tries = 0;

	snprintf(port, sizeof(port), "%d", c->r.port);
	if (getaddrinfo(c->r.host, port, &hint, &list) != 0) {
		answer(c, 502, "the host name is not known");
		return false;
	}
	for (struct addrinfo *a = list; a != NULL && c->server == -1 &&
	    tries < TRIES; a = a->ai_next) {
		if (!admit_address(c->allow, false, c->r.host, c->r.port,
		    a->ai_addr, a->ai_addrlen))
			continue;
		tries++;
		c->server = try_address(a, deadline);
	}
	if (list != NULL)
		freeaddrinfo(list);
	if (c->server == -1 && tries == 0)
		answer(c, 403, "its address is not a public one");
	else if (c->server == -1)
		answer(c, clock_left(deadline) == 0 ? 504 : 502,
		    "it cannot be reached");
	return c->server != -1;
}

/* ---- through --------------------------------------------------------- */

/* On the port of https, TLS for the host that was asked for. */
static bool
same_name(struct client *c)
{
	int64_t deadline = clock_ms() + HEAD_MS;
	struct sockaddr_storage sa;
	char name[ADMIT_HOST];
	enum hello h;

	while ((h = hello_read((const unsigned char *)buf_str(&c->in),
	    c->in.len, name)) == HELLO_MORE)
		if (!hear(c, deadline))
			return false;
	if (h == HELLO_NAMED && strcmp(name, c->r.host) == 0)
		return true;
	/* Addresses have no names in TLS. */
	if (h == HELLO_NAMELESS && addr_parse(c->r.host, 0, &sa) != 0)
		return true;
	if (!c->quiet)
		log_note("%s:443: %s", c->r.host, h == HELLO_NAMED ?
		    "TLS for another name" : "not TLS with its name");
	return false;
}

static void
pass(struct client *c)
{
	static const char ok[] = "HTTP/1.1 200 Connection established\r\n\r\n";
	struct ferry to = { .from = c->fd, .to = c->server,
	    .limit = UINT64_MAX };

	if (!c->r.tunnel) {
		to.limit = c->r.body;
		buf_add(&to.held, c->r.head.data, c->r.head.len);
	} else if (fd_write_all(c->fd, ok, sizeof(ok) - 1) == -1 ||
	    (c->r.port == 443 && !same_name(c))) {
		return;
	}
	if (c->in.len > to.limit)
		buf_cut(&c->in, (size_t)to.limit);
	if (c->in.len > 0)
		buf_add(&to.held, c->in.data, c->in.len);
	to.limit -= to.limit == UINT64_MAX ? 0 : c->in.len;
	ferry_run(&to);
	buf_free(&to.held);
}

void
client_attend(const struct admit *allow, int fd, bool quiet)
{
	struct client c = { .allow = allow, .fd = fd, .server = -1,
	    .quiet = quiet };

	/* The last of what it could do, besides looking up and connecting. */
	seccomp_install(SECCOMP_NET | SECCOMP_NO_EXEC | SECCOMP_NO_IPC |
	    SECCOMP_NO_FORK | SECCOMP_THREADS);
	if (read_head(&c)) {
		if (!admit_names(allow, c.r.host, c.r.port))
			answer(&c, 403, "this host is not allowed");
		else if (reach(&c))
			pass(&c);
	}
	fd_close(&c.server);
	close(fd);
	buf_free(&c.in);
	errand_free(&c.r);
}
