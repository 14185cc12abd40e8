/*
 * key_cmd.c - a key that a command of the user's prints.
 */
#include "gate/key_cmd.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/fdio.h"
#include "base/mem.h"
#include "sys/fd.h"
#include "sys/proc.h"
#include "sys/sig.h"

/* Whether the terminal listens to us.  Then the command may ask there for a
 * word, which needs our process group; else it is without one, so that asking
 * fails at once, and it can be ended with all it began. */
static bool
foreground(void)
{
	int fd = open("/dev/tty", O_RDWR | O_CLOEXEC | O_NOCTTY);
	bool ours = fd != -1 && tcgetpgrp(fd) == getpgrp();

	fd_close(&fd);
	return ours;
}

/* Take what is there to read: false at its end. */
static bool
drain(int fd, struct buf *b)
{
	ssize_t n = -1;

	while (b->len <= KEY_CMD_MAX && (n = fd_read(fd, b->data + b->len,
	    KEY_CMD_MAX + 1 - b->len)) > 0)
		b->len += (size_t)n;
	return b->len <= KEY_CMD_MAX && n == -1 && errno == EAGAIN;
}

/* All that it prints, until it has ended: whoever it leaves behind may keep
 * its output open. */
static int
listen_to(struct proc *p, int64_t ms, struct buf *b, struct err *e)
{
	int64_t until = clock_ms() + ms;
	struct pollfd f[3] = { { p->fd[1], POLLIN, 0 },
	    { proc_end_fd(p), POLLIN, 0 }, { sig_fd(), POLLIN, 0 } };
	int end = f[1].fd;

	while (e->kind == ERR_NONE && !proc_poll(p)) {
		int left = clock_left(until);

		/* Without a descriptor for the end it is looked for. */
		poll(f, BASE_NITEMS(f), end == -1 && left > 20 ? 20 : left);
		if (f[0].fd != -1 && !drain(f[0].fd, b))
			f[0].fd = -1;
		if (sig_caught() != 0)
			err_set(e, ERR_CANCELLED, "interrupted");
		else if (left == 0)
			err_set(e, ERR_TIMEOUT, "it did not end within %lld "
			    "s", (long long)(ms + 999) / 1000);
		else if (b->len > KEY_CMD_MAX)
			break;
	}
	fd_close(&end);
	drain(p->fd[1], b);
	if (b->len > KEY_CMD_MAX && e->kind == ERR_NONE)
		err_set(e, ERR_CONFIG, "it printed more than %zu KiB",
		    KEY_CMD_MAX / 1024);
	return e->kind == ERR_NONE ? 0 : -1;
}

static int
judge(const struct proc *p, struct err *e)
{
	if (p->status == 0)
		return 0;
	return WIFSIGNALED(p->status) ? err_set(e, ERR_AUTH, "it was killed "
	    "by signal %d", WTERMSIG(p->status)) : err_set(e, ERR_AUTH, "it "
	    "ended with status %d; try it in a shell",
	    WEXITSTATUS(p->status));
}

static int
first_line(struct buf *b, char **line, struct err *e)
{
	const char *nl = memchr(b->data, '\n', b->len);
	size_t n = nl != NULL ? (size_t)(nl - b->data) : b->len;

	/* Half of a key, as of one in UTF-16, is none. */
	if (memchr(b->data, '\0', n) != NULL)
		return err_set(e, ERR_CONFIG, "its first line holds a NUL "
		    "byte; try another encoding");
	b->data[n] = '\0';
	*line = xmemdup(b->data, strcspn(b->data, "\r"));
	return 0;
}

int
key_cmd_run(const char *command, int64_t ms, char **line, struct err *e)
{
	char *argv[] = { (char *)(uintptr_t)"/bin/sh",
	    (char *)(uintptr_t)"-c", (char *)(uintptr_t)command, NULL };
	struct buf b = BUF_INIT;
	struct proc p;
	int rc;

	proc_init(&p, argv);
	p.how[0] = PROC_NULL;
	p.how[1] = PROC_PIPE;
	p.group = p.session = !foreground();
	p.die_with_us = true;
	if (proc_start(&p, e) == -1)
		return -1;
	/* Never moved, so that no copy of it stays in memory. */
	buf_grow(&b, KEY_CMD_MAX + 2);
	fd_nonblock(p.fd[1], true);
	rc = listen_to(&p, ms, &b, e);
	if (rc == -1)
		proc_end(&p, 0);
	else
		rc = judge(&p, e);
	fd_close(&p.fd[1]);
	if (rc == 0)
		rc = first_line(&b, line, e);
	explicit_bzero(b.data, b.cap);
	buf_free(&b);
	return rc;
}
