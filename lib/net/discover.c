/*
 * discover.c - which TCP ports of this machine accept connections.
 */
#include "net/discover.h"

#include <errno.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/clock.h"

enum state { TRYING, OPEN, CLOSED };

/* Begin to connect; the descriptor, or -1 when the port is closed. */
static int
begin(uint16_t port, enum state *state)
{
	struct sockaddr_in to = {
		.sin_family = AF_INET,
		.sin_port = htons(port),
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK),
	};
	int fd;

	*state = CLOSED;
	if (port == 0)
		return -1;
	fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	if (fd == -1)
		return -1;
	if (connect(fd, (struct sockaddr *)&to, sizeof(to)) == 0)
		*state = OPEN;
	else if (errno == EINPROGRESS)
		*state = TRYING;
	return fd;
}

/* How the connection attempt of a writable socket ended. */
static enum state
outcome(int fd, uint16_t port)
{
	struct sockaddr_in me;
	socklen_t n = sizeof(me);
	int error = 0;
	socklen_t len = sizeof(error);

	if (getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &len) == -1 ||
	    error != 0)
		return CLOSED;
	/* A socket may by chance be given the port it connects to, and so
	 * meet itself. */
	if (getsockname(fd, (struct sockaddr *)&me, &n) == 0 &&
	    ntohs(me.sin_port) == port)
		return CLOSED;
	return OPEN;
}

size_t
discover_ports(const uint16_t *ports, size_t n, int timeout_ms,
    uint16_t *open)
{
	int64_t deadline = clock_ms() + timeout_ms;
	struct pollfd fds[DISCOVER_MAX];
	enum state state[DISCOVER_MAX];
	size_t found = 0, trying = 0;

	if (n > DISCOVER_MAX)
		n = DISCOVER_MAX;
	for (size_t i = 0; i < n; i++) {
		fds[i].fd = begin(ports[i], &state[i]);
		fds[i].events = POLLOUT;
		fds[i].revents = 0;
		if (state[i] == OPEN)
			state[i] = outcome(fds[i].fd, ports[i]);
		trying += state[i] == TRYING;
	}
	while (trying > 0) {
		struct pollfd asked[DISCOVER_MAX];
		int left = clock_left(deadline);

		for (size_t i = 0; i < n; i++) {
			asked[i] = fds[i];
			if (state[i] != TRYING)
				asked[i].fd = -1;
		}
		if (left == 0 || (poll(asked, (nfds_t)n, left) == -1 &&
		    errno != EINTR))
			break;
		for (size_t i = 0; i < n; i++)
			if (asked[i].fd != -1 && asked[i].revents != 0) {
				state[i] = outcome(fds[i].fd, ports[i]);
				trying--;
			}
	}
	for (size_t i = 0; i < n; i++) {
		if (state[i] == OPEN)
			open[found++] = ports[i];
		if (fds[i].fd != -1)
			close(fds[i].fd);
	}
	return found;
}
