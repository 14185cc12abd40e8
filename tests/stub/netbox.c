/*
 * netbox - run a command in a network of its own, with names of its own.
 *
 *	netbox [-a ADDRESS]... [-n NAME=ADDRESS[,ADDRESS...][/LATER...]]... CMD
 *
 * The network has loopback and, on it, every ADDRESS given: so a server at a
 * public address can be had without any.  A name server at 127.0.0.1:53,
 * which /etc/resolv.conf inside names, knows the NAMEs and nothing else;
 * behind a slash stands what it answers from the second time on, which is
 * how DNS rebinding is done.  Needs root or user namespaces; status 125 when
 * there are none.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <net/if.h>
#include <netinet/in.h>
#include <sched.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#define NAMES 64

struct in6_ifreq {
	struct in6_addr	addr;
	uint32_t	prefix;
	int		index;
};

static struct name {
	const char	*name, *first, *later;
	int		 asked;
} names[NAMES];
static int nnames;

static _Noreturn void __attribute__((format(printf, 1, 2)))
die(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	fprintf(stderr, "netbox: ");
	vfprintf(stderr, fmt, ap);
	fprintf(stderr, ": %s\n", strerror(errno));
	va_end(ap);
	exit(125);
}

static void
put(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0644);

	if (fd < 0 || write(fd, text, strlen(text)) < 0)
		die("%s", path);
	close(fd);
}

static void
enter(void)
{
	uid_t uid = geteuid();
	gid_t gid = getegid();
	char map[64];

	if (uid == 0 ? unshare(CLONE_NEWNET | CLONE_NEWNS) :
	    unshare(CLONE_NEWUSER | CLONE_NEWNET | CLONE_NEWNS))
		die("unshare");
	if (uid != 0) {
		put("/proc/self/setgroups", "deny");
		snprintf(map, sizeof(map), "0 %u 1", uid);
		put("/proc/self/uid_map", map);
		snprintf(map, sizeof(map), "0 %u 1", gid);
		put("/proc/self/gid_map", map);
	}
	if (mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL))
		die("mount");
}

static void
resolver(void)
{
	char path[] = "/tmp/netbox.XXXXXX";
	int fd = mkstemp(path);
	static const char text[] = "nameserver 127.0.0.1\n"
	    "options timeout:2 attempts:2\n";

	if (fd < 0 || write(fd, text, sizeof(text) - 1) < 0 ||
	    fchmod(fd, 0644))
		die("%s", path);
	close(fd);
	if (mount(path, "/etc/resolv.conf", NULL, MS_BIND, NULL))
		die("/etc/resolv.conf");
	unlink(path);
}

static void
address(const char *text, int n)
{
	struct ifreq r = { .ifr_flags = 0 };
	struct sockaddr_in v4 = { .sin_family = AF_INET };
	struct in6_ifreq r6 = { .prefix = 128 };
	int six = strchr(text, ':') != NULL;
	int fd = socket(six ? AF_INET6 : AF_INET, SOCK_DGRAM | SOCK_CLOEXEC,
	    0);

	if (fd < 0)
		die("socket");
	if (six) {
		r6.index = (int)if_nametoindex("lo");
		if (inet_pton(AF_INET6, text, &r6.addr) != 1 ||
		    ioctl(fd, SIOCSIFADDR, &r6))
			die("%s", text);
	} else {
		snprintf(r.ifr_name, sizeof(r.ifr_name), "lo:%d", n);
		if (inet_pton(AF_INET, text, &v4.sin_addr) != 1)
			die("%s", text);
		memcpy(&r.ifr_addr, &v4, sizeof(v4));
		if (ioctl(fd, SIOCSIFADDR, &r))
			die("%s", text);
		v4.sin_addr.s_addr = 0xffffffff;
		memcpy(&r.ifr_netmask, &v4, sizeof(v4));
		ioctl(fd, SIOCSIFNETMASK, &r);
	}
	close(fd);
}

static void
loopback(void)
{
	struct ifreq r = { .ifr_name = "lo" };
	int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);

	if (fd < 0 || ioctl(fd, SIOCGIFFLAGS, &r))
		die("lo");
	r.ifr_flags |= IFF_UP;
	if (ioctl(fd, SIOCSIFFLAGS, &r))
		die("lo");
	close(fd);
}

/* ---- the name server ------------------------------------------------- */

/* Addresses of the kind asked for, as records; how many. */
static int
records(unsigned char **at, const char *list, size_t n, int type)
{
	int count = 0;
	char one[64];

	while (n > 0) {
		size_t len = 0, size = type == 1 ? 4 : 16;

		while (len < n && list[len] != ',')
			len++;
		snprintf(one, sizeof(one), "%.*s", (int)len, list);
		if ((strchr(one, ':') != NULL) == (type == 28)) {
			/* name as in the question, class IN, TTL 0 */
			memcpy(*at, "\xc0\x0c\0\0\0\1\0\0\0\0\0", 12);
			(*at)[3] = (unsigned char)type;
			(*at)[11] = (unsigned char)size;
			if (inet_pton(type == 1 ? AF_INET : AF_INET6, one,
			    *at + 12) == 1) {
				*at += 12 + size;
				count++;
			}
		}
		list += len + (len < n);
		n -= len + (len < n);
	}
	return count;
}

static size_t
reply(unsigned char *p, size_t n)
{
	unsigned char *at = p + 12;
	char name[300] = "";
	int type, count = 0;

	while (at < p + n && *at != 0 && strlen(name) + *at + 2 < 300) {
		if (*name != '\0')
			strcat(name, ".");
		strncat(name, (char *)at + 1, *at);
		at += *at + 1;
	}
	at++;
	type = at[1];
	at += 4;
	p[2] = 0x81;
	p[3] = 0x83;		/* no such name */
	for (int i = 0; i < nnames; i++) {
		struct name *k = &names[i];
		const char *list = k->asked > 0 ? k->later : k->first;

		if (strcasecmp(k->name, name) != 0)
			continue;
		p[3] = 0x80;
		if (type == 1 || type == 28)
			count = records(&at, list, strcspn(list, "/"), type);
		k->asked += type == 1;
	}
	p[6] = 0;
	p[7] = (unsigned char)count;
	memset(p + 8, 0, 4);
	return (size_t)(at - p);
}

static void
serve(int fd)
{
	for (;;) {
		unsigned char p[2048];
		struct sockaddr_in from;
		socklen_t size = sizeof(from);
		ssize_t n = recvfrom(fd, p, 512, 0, (void *)&from, &size);

		if (n > 16)
			sendto(fd, p, reply(p, (size_t)n), 0, (void *)&from,
			    size);
	}
}

static pid_t
start_server(void)
{
	struct sockaddr_in a = { .sin_family = AF_INET,
	    .sin_port = htons(53), .sin_addr.s_addr = htonl(0x7f000001) };
	int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	pid_t pid;

	if (fd < 0 || bind(fd, (void *)&a, sizeof(a)))
		die("127.0.0.1:53");
	pid = fork();
	if (pid == 0) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		serve(fd);
	}
	close(fd);
	return pid;
}

static void
add_name(char *text)
{
	char *eq = strchr(text, '='), *slash;

	if (eq == NULL || nnames == NAMES)
		die("-n %s", text);
	*eq++ = '\0';
	slash = strchr(eq, '/');
	names[nnames++] = (struct name){ text, eq, slash != NULL ? slash + 1 :
	    eq, 0 };
}

int
main(int argc, char **argv)
{
	const char *addresses[NAMES];
	int c, n = 0, status;
	pid_t server, pid;

	while ((c = getopt(argc, argv, "+a:n:")) != -1) {
		if (c == 'n')
			add_name(optarg);
		else if (c == 'a' && n < NAMES)
			addresses[n++] = optarg;
		else
			return 2;
	}
	if (optind == argc)
		return 2;
	enter();
	loopback();
	for (int i = 0; i < n; i++)
		address(addresses[i], i);
	resolver();
	server = start_server();
	pid = fork();
	if (pid == 0) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		execvp(argv[optind], argv + optind);
		die("%s", argv[optind]);
	}
	while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
		continue;
	kill(server, SIGKILL);
	return WIFEXITED(status) ? WEXITSTATUS(status) :
	    128 + WTERMSIG(status);
}
