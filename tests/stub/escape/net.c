/*
 * Sockets of every kind, and ways round a filter of calls.
 */
#include "escape.h"

#include <netinet/in.h>
#include <stddef.h>
#include <sys/socket.h>
#include <sys/un.h>

static int
sock(int family, int type, int proto)
{
	return got(socket(family, type, proto));
}
static int
connect_to(int family, int type, const void *a, socklen_t n)
{
	int s = socket(family, type, 0);

	return got(s < 0 ? -1 : connect(s, a, n));
}
static struct sockaddr_in
loopback(int port)
{
	struct sockaddr_in a = { .sin_family = AF_INET };

	a.sin_port = htons((uint16_t)port);
	a.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	return a;
}
static int
tcp_connect(void)
{
	struct sockaddr_in a = loopback(PORT);

	return connect_to(AF_INET, SOCK_STREAM, &a, sizeof a);
}
static int
tcp_listen(void)
{
	struct sockaddr_in a = loopback(0);
	int s = socket(AF_INET, SOCK_STREAM, 0);

	return got(s < 0 || bind(s, (void *)&a, sizeof a) < 0 ? -1 :
	    listen(s, 1));
}
static int
udp_send(void)
{
	struct sockaddr_in a = loopback(PORT);
	int s = socket(AF_INET, SOCK_DGRAM, 0);

	return got(s < 0 ? -1 : sendto(s, "x", 1, 0, (void *)&a, sizeof a));
}
static int tcp6(void) { return sock(AF_INET6, SOCK_STREAM, 0); }
static int
mptcp(void)
{
	int s = socket(AF_INET, SOCK_STREAM, 262);

	return s < 0 && errno == EPROTONOSUPPORT ? absent() : got(s);
}
static int
unix_to(const char *name, int abstract)
{
	struct sockaddr_un a = { .sun_family = AF_UNIX };
	size_t n = strlen(name);

	if (n > 100)
		return NOT_HERE;
	memcpy(a.sun_path + abstract, name, n);
	return connect_to(AF_UNIX, SOCK_STREAM, &a, (socklen_t)
	    (offsetof(struct sockaddr_un, sun_path) + n + 1));
}
static const char *
abstract_name(void)
{
	return NAME_OF(PORT) + 1;
}
static int unix_path(void) { return unix_to(aim("SOCK"), 0); }
static int unix_abstract(void) { return unix_to(abstract_name(), 1); }
static int vsock(void)
{
	int r = sock(AF_VSOCK, SOCK_STREAM, 0);

	return r && errno == EAFNOSUPPORT ? absent() : r;
}
static int netlink(void) { return sock(AF_NETLINK, SOCK_RAW, 0); }
/* What the kernel tells of devices. */
static int uevent(void) { return sock(AF_NETLINK, SOCK_DGRAM, 15); }
static int packet(void) { return sock(AF_PACKET, SOCK_RAW, 0); }
static int icmp(void) { return sock(AF_INET, SOCK_RAW, 1); }
static int
alg(void)
{
	int s = socket(AF_ALG, SOCK_SEQPACKET, 0);

	return s < 0 && errno == EAFNOSUPPORT ? absent() : got(s);
}
static int
socketpair_inet(void)
{
	int v[2];

	/* The kernel answers EOPNOTSUPP when it gets to see the call. */
	return reached(socketpair(AF_INET, SOCK_STREAM, 0, v));
}
#ifdef __x86_64__
/* int 0x80: the i386 table, where socket is 359 and getpid 20. */
static int
int80(void)
{
	pid_t p = fork();
	int status;

	if (p == 0) {
		long r;

		__asm__ volatile("int $0x80" : "=a"(r) : "a"(359L), "b"(1L),
		    "c"(1L), "d"(0L) : "memory", "r8", "r9", "r10", "r11");
		_exit(r >= 0 ? 0 : 1);
	}
	waitpid(p, &status, 0);
	if (WIFSIGNALED(status) && WTERMSIG(status) == SIGSEGV)
		return absent();
	return status == 0 ? OUT_OF_JAIL : REFUSED;
}
/* Refused as if the kernel had no such thing, which many have not. */
static int
x32(void)
{
	long r = syscall(0x40000000L | 39);

	return r < 0 && errno == ENOSYS ? absent() : got(r);
}
static int
get_iopl(void)
{
	long r = syscall(SYS_iopl, 0);

	return r < 0 && errno == ENOSYS ? absent() : reached(r);
}
static int
ldt(void)
{
	char b[64];

	return got(syscall(SYS_modify_ldt, 0, b, sizeof b));
}
#else
static int int80(void) { return NOT_HERE; }
static int x32(void) { return NOT_HERE; }
static int get_iopl(void) { return NOT_HERE; }
static int ldt(void) { return NOT_HERE; }
#endif

const struct attempt attempts_net[] = {
	A(tcp_connect), A(tcp_listen), A(udp_send), A(tcp6), A(mptcp),
	A(unix_path), A(unix_abstract), A(vsock), A(netlink), A(uevent),
	A(packet), A(icmp), A(alg), A(socketpair_inet), A(int80), A(x32),
	A(get_iopl), A(ldt), { NULL, NULL },
};
