/*
 * http_server.h - a small server on loopback with bad manners to order.
 *
 * One forked process per connection; the path says how to behave.  Every
 * reply names its connection in X-Conn, so that a test sees reuse.
 */
#ifndef HTTP_SERVER_H
#define HTTP_SERVER_H

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/base.h"

static char	 req[1 << 16];		/* the request's head */
static size_t	 req_body;		/* bytes of body received */
static unsigned	 req_sum;		/* their sum */
static int	 req_count;		/* requests on this connection */

static void
nap(int ms)
{
	poll(NULL, 0, ms);
}

static void
say(int fd, const char *s)
{
	size_t n = strlen(s);

	while (n > 0) {
		ssize_t w = send(fd, s, n, MSG_NOSIGNAL);

		if (w <= 0)
			_exit(0);
		s += w;
		n -= (size_t)w;
	}
}

static void
ok_head(int fd, const char *more)
{
	char s[512];

	snprintf(s, sizeof(s), "HTTP/1.1 200 OK\r\nX-Conn: %d\r\n%s\r\n",
	    (int)getpid(), more);
	say(fd, s);
}

static void
whole(int fd, const char *status, const char *more, const char *body)
{
	char s[4096];

	snprintf(s, sizeof(s), "HTTP/1.1 %s\r\nX-Conn: %d\r\n%s"
	    "Content-Length: %zu\r\n\r\n%s", status, (int)getpid(), more,
	    strlen(body), body);
	say(fd, s);
}

static void
chunk(int fd, const char *s)
{
	char size[32];

	snprintf(size, sizeof(size), "%zx\r\n", strlen(s));
	say(fd, size);
	say(fd, s);
	say(fd, "\r\n");
}

static int
path_is(const char *path)
{
	const char *p = strchr(req, ' ');

	return p != NULL && strncmp(p + 1, path, strlen(path)) == 0 &&
	    strchr(" ?", p[1 + strlen(path)]) != NULL;
}

/* Answers before the body is here, as servers do that refuse it. */
static void
act_early(int fd)
{
	char b[4096];

	whole(fd, "413 Too Much", "Connection: close\r\n", "too much");
	shutdown(fd, SHUT_WR);
	while (recv(fd, b, sizeof(b), 0) > 0)
		continue;
	_exit(0);
}

/* Read one request; 0 at the end of the connection. */
static int
take_request(int fd)
{
	size_t n = 0, want = 0, head;
	const char *end = NULL, *len;
	ssize_t r;
	char b[65536];

	req_body = req_sum = 0;
	while (end == NULL && n < sizeof(req) - 1) {
		r = recv(fd, req + n, 1, 0);
		if (r <= 0)
			return 0;
		n += (size_t)r;
		req[n] = '\0';
		end = strstr(req, "\r\n\r\n");
	}
	head = n;
	len = strcasestr(req, "content-length:");
	want = len != NULL ? strtoul(len + 15, NULL, 10) : 0;
	if (path_is("/early"))
		act_early(fd);
	while (req_body < want) {
		r = recv(fd, b, sizeof(b), 0);
		if (r <= 0)
			return 0;
		for (ssize_t i = 0; i < r; i++)
			req_sum += (unsigned char)b[i];
		req_body += (size_t)r;
	}
	req_count++;
	return head > 0;
}

static void
hard_close(int fd)
{
	struct linger l = { .l_onoff = 1, .l_linger = 0 };

	setsockopt(fd, SOL_SOCKET, SO_LINGER, &l, sizeof(l));
	close(fd);
	_exit(0);
}

static void
act_stream(int fd, const char *kind)
{
	ok_head(fd, "Content-Type: Text/Event-Stream; charset=utf-8\r\n"
	    "Transfer-Encoding: chunked\r\n");
	chunk(fd, "data: one\n\n");
	nap(5);
	chunk(fd, "data: two\n\ndata: [DO");
	chunk(fd, "NE]\n\n");
	if (strcmp(kind, "whole") == 0)
		say(fd, "0\r\n\r\n");
	else if (strcmp(kind, "reset") == 0)
		hard_close(fd);
	else if (strcmp(kind, "open") == 0)
		nap(5000);
	if (strcmp(kind, "whole") != 0)
		_exit(0);
}

static void
act_slow(int fd)
{
	if (path_is("/stall"))
		nap(5000);
	if (path_is("/headstall"))
		say(fd, "HTTP/1.1 200 OK\r\nContent-Le");
	if (path_is("/bodystall"))
		ok_head(fd, "Content-Length: 10\r\n");
	if (path_is("/errstall"))
		say(fd, "HTTP/1.1 500 Oops\r\nContent-Length: 10\r\n\r\nabc");
	if (path_is("/dribble")) {
		ok_head(fd, "Content-Length: 20\r\n");
		for (int i = 0; i < 20; i++) {
			nap(15);
			say(fd, "x");
		}
		return;
	}
	nap(5000);
	_exit(0);
}

static void
act_endless(int fd)
{
	if (path_is("/bighead")) {
		say(fd, "HTTP/1.1 200 OK\r\n");
		for (;;)
			say(fd, "X-Filler: 0123456789012345678901234567890\r\n");
	}
	if (path_is("/longhead")) {
		say(fd, "HTTP/1.1 200 OK\r\nX-Filler: ");
		for (;;)
			say(fd, "0123456789012345678901234567890123456789");
	}
	if (path_is("/bigerror"))
		say(fd, "HTTP/1.1 500 Oops\r\n\r\n");
	else
		ok_head(fd, "");
	static char lot[65536];
	memset(lot, 'x', sizeof(lot) - 1);
	for (;;)
		say(fd, lot);
}

static void
act_cut(int fd)
{
	if (path_is("/cut"))
		ok_head(fd, "Content-Length: 10\r\n");
	if (path_is("/errcut"))
		say(fd, "HTTP/1.1 500 Oops\r\nContent-Length: 10\r\n\r\n");
	if (path_is("/garbage"))
		say(fd, "SSH-2.0-OpenSSH_9.2\r\n");
	if (path_is("/http10"))
		say(fd, "HTTP/1.0 200 OK\r\n\r\n");
	if (!path_is("/none"))
		say(fd, "half");
	if (path_is("/reset"))
		hard_close(fd);
	shutdown(fd, SHUT_WR);
	nap(20);
	_exit(0);
}

#define PREFIX	"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n" \
	"Transfer-Encoding: chunked\r\n\r\n9\r\ndata: a\n\n\r\n" \
	"9;x=y\r\ndata: b\n\n\r\n0\r\n\r\n"

/* The first bytes of a good reply, as many as asked, then the end. */
static void
act_prefix(int fd)
{
	size_t n = strtoul(strchr(req, '?') + 1, NULL, 10);

	if (send(fd, PREFIX, n, MSG_NOSIGNAL) == -1)
		_exit(0);
	if (strncmp(req, "GET /prefixreset", 16) == 0) {
		nap(1);
		hard_close(fd);
	}
	_exit(0);
}

static void
act_gzip(int fd)
{
	/* "hello, world\n" */
	static const unsigned char z[] = {
		0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3, 0xcb, 0x48, 0xcd, 0xc9,
		0xc9, 0xd7, 0x51, 0x28, 0xcf, 0x2f, 0xca, 0x49, 0xe1, 0x02,
		0, 0x25, 0x4f, 0x25, 0x5f, 13, 0, 0, 0,
	};

	ok_head(fd, "Content-Encoding: gzip\r\nContent-Length: 33\r\n");
	send(fd, z, sizeof(z), MSG_NOSIGNAL);
}

static void
answer(int fd)
{
	char s[256];

	if (path_is("/echo")) {
		snprintf(s, sizeof(s), "%.4s %zu %u%s%s%s", req, req_body,
		    req_sum, strcasestr(req, "x-test: yes") ? " yes" : "",
		    strcasestr(req, "expect:") ? " expects" : "",
		    strcasestr(req, "encoding: identity") ? "" : " packs");
		whole(fd, "200 OK", "", s);
	} else if (path_is("/stream")) {
		act_stream(fd, "whole");
	} else if (path_is("/streamcut")) {
		act_stream(fd, "cut");
	} else if (path_is("/streamreset")) {
		act_stream(fd, "reset");
	} else if (path_is("/streamopen")) {
		act_stream(fd, "open");
	} else if (path_is("/idleclose")) {
		whole(fd, "200 OK", "", "idle");
		_exit(0);
	} else if (path_is("/die")) {	/* the second time on a connection */
		if (req_count > 1)
			_exit(0);
		whole(fd, "200 OK", "", "lives");
	} else if (path_is("/dierst")) {
		if (req_count > 1)
			hard_close(fd);
		whole(fd, "200 OK", "", "lives");
	} else if (path_is("/429")) {
		whole(fd, "429 Slow Down", "retry-AFTER:   7\r\nX-A: b \r\n",
		    "{\"error\":1}");
	} else if (path_is("/429ms")) {
		whole(fd, "429 Slow", "Retry-After: 7\r\n"
		    "retry-after-ms: 1500\r\n", "");
	} else if (path_is("/redirect")) {
		whole(fd, "308 Moved", "Location: https://u:pw@example.com/v1"
		    "?key=sesame\r\n", "");
	} else if (path_is("/continue")) {
		say(fd, "HTTP/1.1 100 Continue\r\nX-A: no\r\n\r\n"
		    "HTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\n");
		whole(fd, "200 OK", "X-A: yes\r\n", "late");
	} else if (path_is("/prefix") || path_is("/prefixreset")) {
		act_prefix(fd);
	} else if (path_is("/gzip")) {
		act_gzip(fd);
	} else if (strstr(req, "stall ") || strstr(req, "/dribble")) {
		act_slow(fd);
	} else if (path_is("/cut") || path_is("/errcut") ||
	    path_is("/garbage") || path_is("/http10") || path_is("/none") ||
	    path_is("/reset")) {
		act_cut(fd);
	} else if (strstr(req, "GET /big") || strstr(req, "GET /long")) {
		act_endless(fd);
	} else {
		whole(fd, "404 Not Found", "", "{\"detail\":\"no\"}");
	}
}

static void
serve(int fd)
{
	while (take_request(fd))
		answer(fd);
	_exit(0);
}

/* A listening socket on a free port of loopback. */
static int
listener(int backlog, uint16_t *port)
{
	struct sockaddr_in a = { .sin_family = AF_INET,
	    .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	socklen_t n = sizeof(a);
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	if (fd == -1 || bind(fd, (struct sockaddr *)&a, n) == -1 ||
	    listen(fd, backlog) == -1 ||
	    getsockname(fd, (struct sockaddr *)&a, &n) == -1) {
		perror("listener");
		exit(1);
	}
	*port = ntohs(a.sin_port);
	return fd;
}

/* Start the server; its process, which dies with us. */
static BASE_UNUSED pid_t
server_start(uint16_t *port)
{
	int fd = listener(16, port);
	pid_t pid = fork();

	if (pid != 0) {
		close(fd);
		return pid;
	}
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	signal(SIGCHLD, SIG_IGN);
	for (;;) {
		int c = accept(fd, NULL, NULL);

		if (c != -1 && fork() == 0) {
			prctl(PR_SET_PDEATHSIG, SIGKILL);
			close(fd);
			serve(c);
		}
		if (c != -1)
			close(c);
	}
}

#endif
