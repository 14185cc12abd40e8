/*
 * jobs.c - a client of make's job server.
 *
 * The pipe is shared with make and its other children, so its flags are not
 * ours to change: it is opened anew, which gives a description of our own
 * that need not block.
 */
#include "gate/jobs.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/mem.h"
#include "sys/fd.h"

static struct jobs *current;	/* for the end of the process */

/* The value of the last --jobserver-auth in flags; caller frees. */
static char *
auth(const char *flags)
{
	static const char word[] = "--jobserver-auth=";
	const char *last = NULL, *s;

	for (s = flags; (s = strstr(s, word)) != NULL; s++)
		if (s == flags || s[-1] == ' ')
			last = s + sizeof(word) - 1;
	return last != NULL ? xmemdup(last, strcspn(last, " \t")) : NULL;
}

/* One end of make's pipe, opened anew; -1 when it is none. */
static int
own(int fd, int mode)
{
	char path[40];
	struct stat st;
	int flags = fcntl(fd, F_GETFL);

	if (flags == -1 || fstat(fd, &st) == -1 || !S_ISFIFO(st.st_mode))
		return -1;
	if ((flags & O_ACCMODE) != O_RDWR && (flags & O_ACCMODE) != mode)
		return -1;
	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	return open(path, mode | O_NONBLOCK | O_CLOEXEC);
}

static void
at_exit(void)
{
	if (current != NULL)
		jobs_close(current);
}

static bool
connect_to(struct jobs *j, const char *how)
{
	int r = -1, w = -1;
	struct stat st;

	if (strncmp(how, "fifo:", 5) == 0) {
		j->rfd = open(how + 5, O_RDWR | O_NONBLOCK | O_CLOEXEC);
		if (j->rfd != -1 && fstat(j->rfd, &st) == 0 &&
		    S_ISFIFO(st.st_mode))
			j->wfd = dup(j->rfd);
	} else if (sscanf(how, "%d,%d", &r, &w) == 2 && r >= 0 && w >= 0) {
		j->rfd = own(r, O_RDONLY);
		j->wfd = own(w, O_WRONLY);
	}
	return j->rfd != -1 && j->wfd != -1;
}

void
jobs_open(struct jobs *j, const char *flags)
{
	static bool registered;
	char *how = flags != NULL ? auth(flags) : NULL;

	*j = (struct jobs){ .kind = JOBS_NONE, .rfd = -1, .wfd = -1 };
	/* A negative descriptor says that there is none on purpose. */
	if (how == NULL || *how == '-') {
		free(how);
		return;
	}
	j->kind = connect_to(j, how) ? JOBS_MAKE : JOBS_CLOSED;
	free(how);
	if (j->kind == JOBS_CLOSED) {
		fd_close(&j->rfd);
		fd_close(&j->wfd);
		return;
	}
	fcntl(j->wfd, F_SETFD, FD_CLOEXEC);
	current = j;
	if (!registered)
		atexit(at_exit);
	registered = true;
}

void
jobs_close(struct jobs *j)
{
	jobs_need(j, 0);
	fd_close(&j->rfd);
	fd_close(&j->wfd);
	if (current == j)
		current = NULL;
	j->kind = JOBS_NONE;
}

bool
jobs_have(struct jobs *j, size_t n)
{
	char c;

	if (j->kind == JOBS_NONE || n <= 1)
		return true;
	while (j->kind == JOBS_MAKE && j->held + 1 < n &&
	    j->held < JOBS_MAX && fd_read(j->rfd, &c, 1) == 1)
		j->token[j->held++] = c;
	return j->held + 1 >= n;
}

void
jobs_need(struct jobs *j, size_t n)
{
	while (j->held > 0 && j->held + 1 > n)
		if (fd_write_all(j->wfd, &j->token[--j->held], 1) == -1)
			return;
}

int
jobs_fd(const struct jobs *j)
{
	return j->kind == JOBS_MAKE ? j->rfd : -1;
}
