/*
 * porter.c - the proxy: one process that listens, one for each connection.
 *
 * A connection that hangs, floods or breaks its process is no matter to the
 * others, and all end with the one that listens.
 */
#include "netgate/porter.h"

#include "netgate/client.h"
#include "sys/fd.h"
#include "sys/sig.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

int
porter_receive(int control, int *fd, struct err *e)
{
	union {
		struct cmsghdr	 head;
		char		 room[CMSG_SPACE(sizeof(int))];
	} u;
	char byte;
	struct iovec iov = { &byte, 1 };
	struct msghdr m = { .msg_iov = &iov, .msg_iovlen = 1,
	    .msg_control = u.room, .msg_controllen = sizeof(u.room) };
	struct cmsghdr *c;
	ssize_t n;
	int on = 0;
	socklen_t size = sizeof(on);

	*fd = -1;
	do
		n = recvmsg(control, &m, MSG_CMSG_CLOEXEC);
	while (n == -1 && errno == EINTR && sig_caught() == 0);
	if (n == -1)
		return err_sys(e, "the control socket");
	if (n == 0)
		return 0;
	c = CMSG_FIRSTHDR(&m);
	if (c == NULL || c->cmsg_level != SOL_SOCKET ||
	    c->cmsg_type != SCM_RIGHTS ||
	    c->cmsg_len != CMSG_LEN(sizeof(int)))
		return err_set(e, ERR_PROTOCOL, "no socket came over the "
		    "control socket");
	memcpy(fd, CMSG_DATA(c), sizeof(int));
	if (getsockopt(*fd, SOL_SOCKET, SO_ACCEPTCONN, &on, &size) == -1 ||
	    !on) {
		fd_close(fd);
		return err_set(e, ERR_PROTOCOL, "what came over the control "
		    "socket does not listen");
	}
	return 1;
}

static int
reap(int children)
{
	while (children > 0 && waitpid(-1, NULL, WNOHANG) > 0)
		children--;
	return children;
}

static void
child(const struct porter *s, int fd, pid_t parent)
{
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (getppid() != parent)
		_exit(0);
	sig_reset_child();
	signal(SIGPIPE, SIG_IGN);
	close(s->listener);
	if (s->control != -1)
		close(s->control);
	client_attend(s->allow, fd, s->quiet);
	_exit(0);
}

/* One more client; how many there are now. */
static int
welcome(const struct porter *s, int children)
{
	int fd = accept4(s->listener, NULL, NULL, SOCK_CLOEXEC);
	pid_t parent = getpid(), pid;

	if (fd == -1)
		return children;
	pid = fork();
	if (pid == 0)
		child(s, fd, parent);
	close(fd);
	return children + (pid > 0);
}

int
porter_run(const struct porter *s, struct err *e)
{
	int children = 0;

	while (sig_caught() == 0) {
		struct pollfd p[3] = {
			{ s->control, POLLIN, 0 }, { sig_fd(), POLLIN, 0 },
			{ children < PORTER_MAX ? s->listener : -1, POLLIN, 0 },
		};

		/* The wait is for children: their end is no event here. */
		if (poll(p, 3, children > 0 ? 500 : -1) == -1 &&
		    errno != EINTR)
			return err_sys(e, "poll");
		children = reap(children);
		if (p[0].revents != 0)
			break;
		if (p[2].revents & (POLLERR | POLLNVAL))
			return err_set(e, ERR_IO, "the socket no longer "
			    "listens");
		if (p[2].revents != 0)
			children = welcome(s, children);
	}
	return 0;
}
