/*
 * The one way out of a network namespace: a listening socket that is made
 * inside and served from outside.
 *
 * A socket belongs to the namespace it was made in, whoever holds it.  So
 * loopback is brought up, a socket listens at JAIL_GATE_PORT, and its
 * descriptor goes out to a proxy (agent-netgate) that waits at the other end
 * of the control socket; nothing else of the network is there.  The
 * supervisor keeps that control socket open for as long as the jail stands.
 */
#include "jail/jail.h"

#include <arpa/inet.h>
#include <net/if.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

bool
portal_stands(const struct jail *j, unsigned walls)
{
	return j->gate_fd >= 0 && (walls & WALL_NET);
}

static int
raise_loopback(int fd)
{
	struct ifreq r = { .ifr_name = "lo" };

	if (ioctl(fd, SIOCGIFFLAGS, &r) < 0)
		return -1;
	r.ifr_flags |= IFF_UP;
	return ioctl(fd, SIOCSIFFLAGS, &r);
}

static int
hand_out(int control, int fd)
{
	union {
		struct cmsghdr head;
		char room[CMSG_SPACE(sizeof(int))];
	} u = { .room = { 0 } };
	char byte = 0;
	struct iovec iov = { &byte, 1 };
	struct msghdr m = { .msg_iov = &iov, .msg_iovlen = 1,
		.msg_control = u.room, .msg_controllen = sizeof u.room };
	struct cmsghdr *c = CMSG_FIRSTHDR(&m);

	c->cmsg_level = SOL_SOCKET;
	c->cmsg_type = SCM_RIGHTS;
	c->cmsg_len = CMSG_LEN(sizeof(int));
	memcpy(CMSG_DATA(c), &fd, sizeof fd);
	return sendmsg(control, &m, MSG_NOSIGNAL) == 1 ? 0 : -1;
}

int
portal_open(int control)
{
	struct sockaddr_in a = { .sin_family = AF_INET,
		.sin_port = htons(JAIL_GATE_PORT),
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0), r;

	if (fd < 0)
		return -1;
	r = raise_loopback(fd) < 0 || bind(fd, (struct sockaddr *)&a,
	    sizeof a) < 0 || listen(fd, 128) < 0 ||
	    hand_out(control, fd) < 0 ? -1 : 0;
	close(fd);
	return r;
}
