/*
 * fd.c - descriptors: pipes, flags, whole files.
 */
#include "sys/fd.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

int
fd_slurp(int fd, struct buf *b, size_t max)
{
	size_t start = b->len;
	size_t chunk = 16 * 1024;

	for (;;) {
		ssize_t r;

		buf_grow(b, chunk);
		r = fd_read_wait(fd, b->data + b->len, chunk);
		if (r == -1)
			return -1;
		if (r == 0)
			break;
		b->len += (size_t)r;
		if (b->len - start > max) {
			errno = EFBIG;
			return -1;
		}
		if ((size_t)r == chunk && chunk < 1024 * 1024)
			chunk *= 2;
	}
	b->data[b->len] = '\0';
	return 0;
}

int
fd_pipe(int fds[2])
{
	return pipe2(fds, O_CLOEXEC);
}

int
fd_nonblock(int fd, bool on)
{
	int flags = fcntl(fd, F_GETFL);

	if (flags == -1)
		return -1;
	flags = on ? flags | O_NONBLOCK : flags & ~O_NONBLOCK;
	return fcntl(fd, F_SETFL, flags);
}

void
fd_close(int *fd)
{
	int saved = errno;

	if (*fd >= 0)
		close(*fd);
	*fd = -1;
	errno = saved;
}

void
fd_sanitize(void)
{
	for (int fd = 0; fd <= 2; fd++) {
		int got;

		if (fcntl(fd, F_GETFD) != -1 || errno != EBADF)
			continue;
		/* The wrong direction on purpose: reading an absent stdin
		 * gives end of file, writing an absent stdout must fail. */
		got = open("/dev/null", O_RDONLY);
		if (got != -1 && got != fd) {
			dup2(got, fd);
			close(got);
		}
	}
}
