/*
 * fdio.c - bytes through a descriptor, over everything that interrupts.
 */
#include "base/fdio.h"

#include <errno.h>
#include <poll.h>
#include <sys/stat.h>
#include <unistd.h>

int
fd_write_all(int fd, const void *p, size_t n)
{
	const char *s = p;

	while (n != 0) {
		ssize_t w = write(fd, s, n);

		if (w >= 0) {
			s += w;
			n -= (size_t)w;
		} else if (errno == EAGAIN || errno == EWOULDBLOCK) {
			struct pollfd pfd = { .fd = fd, .events = POLLOUT };

			if (poll(&pfd, 1, -1) == -1 && errno != EINTR)
				return -1;
		} else if (errno != EINTR) {
			return -1;
		}
	}
	return 0;
}

ssize_t
fd_read(int fd, void *p, size_t n)
{
	ssize_t r;

	do
		r = read(fd, p, n);
	while (r == -1 && errno == EINTR);
	return r;
}

ssize_t
fd_read_wait(int fd, void *p, size_t n)
{
	struct pollfd pfd = { .fd = fd, .events = POLLIN };
	ssize_t r;

	while ((r = fd_read(fd, p, n)) == -1 && (errno == EAGAIN ||
	    errno == EWOULDBLOCK))
		if (poll(&pfd, 1, -1) == -1 && errno != EINTR)
			return -1;
	return r;
}

int
fd_piped(int fd)
{
	struct stat st;

	return fstat(fd, &st) == 0 && (S_ISFIFO(st.st_mode) ||
	    S_ISSOCK(st.st_mode)) ? fd : -1;
}

bool
fd_left(int fd)
{
	struct pollfd pfd = { .fd = fd, .events = 0 };

	return poll(&pfd, 1, 0) == 1 && (pfd.revents & (POLLERR | POLLHUP));
}
