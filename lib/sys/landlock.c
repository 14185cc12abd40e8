/*
 * Landlock, straight on its three system calls.
 *
 * Invariant: everything the running ABI can mediate is handled, so a right
 * that is not granted here is denied.  What no ABI mediates (stat, chmod,
 * chown, utime, extended attributes) is not this module's to promise.
 */
#include "sys/landlock.h"

#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

/* The same numbers on every architecture. */
enum { NR_CREATE = 444, NR_ADD_RULE = 445, NR_RESTRICT = 446 };

enum {
	FS_EXECUTE = 1 << 0, FS_WRITE_FILE = 1 << 1, FS_READ_FILE = 1 << 2,
	FS_READ_DIR = 1 << 3, FS_REMOVE_DIR = 1 << 4, FS_REMOVE_FILE = 1 << 5,
	FS_MAKE_CHAR = 1 << 6, FS_MAKE_DIR = 1 << 7, FS_MAKE_REG = 1 << 8,
	FS_MAKE_SOCK = 1 << 9, FS_MAKE_FIFO = 1 << 10, FS_MAKE_BLOCK = 1 << 11,
	FS_MAKE_SYM = 1 << 12, FS_REFER = 1 << 13, FS_TRUNCATE = 1 << 14,
	FS_IOCTL_DEV = 1 << 15,
	FS_OF_FILE = FS_EXECUTE | FS_WRITE_FILE | FS_READ_FILE | FS_TRUNCATE |
	    FS_IOCTL_DEV,
	NET_BIND_TCP = 1, NET_CONNECT_TCP = 2,
	SCOPE_ABSTRACT_UNIX = 1, SCOPE_SIGNAL = 2,
	RULE_PATH_BENEATH = 1, RULE_NET_PORT = 2, CREATE_VERSION = 1,
};

struct ruleset_attr {
	uint64_t fs, net, scoped;
};

struct path_beneath {
	uint64_t allowed;
	int32_t parent_fd;
} __attribute__((packed));

struct net_port {
	uint64_t allowed, port;
};

static uint64_t
handled_fs(int abi)
{
	if (abi >= 5)
		return (1 << 16) - 1;
	if (abi >= 3)
		return (1 << 15) - 1;
	return abi == 2 ? (1 << 14) - 1 : (1 << 13) - 1;
}

static uint64_t
rights(enum landlock_grant grant)
{
	uint64_t ro = FS_READ_FILE | FS_READ_DIR;

	switch (grant) {
	case LANDLOCK_DATA:
		return ro;
	case LANDLOCK_RO:
		return ro | FS_EXECUTE;
	case LANDLOCK_DEV:
		return FS_READ_FILE | FS_WRITE_FILE | FS_TRUNCATE |
		    FS_IOCTL_DEV;
	case LANDLOCK_RW:
		break;
	}
	return ro | FS_EXECUTE | FS_WRITE_FILE | FS_TRUNCATE |
	    FS_REMOVE_DIR | FS_REMOVE_FILE | FS_MAKE_DIR | FS_MAKE_REG |
	    FS_MAKE_SOCK | FS_MAKE_FIFO | FS_MAKE_SYM | FS_REFER;
}

int
landlock_abi(void)
{
	long v = syscall(NR_CREATE, NULL, 0, CREATE_VERSION);

	return v > 0 ? (int)v : 0;
}

int
landlock_open(int abi, enum landlock_flags flags)
{
	struct ruleset_attr a = { .fs = handled_fs(abi) };
	size_t size = abi >= 6 ? 24 : abi >= 4 ? 16 : 8;

	if (abi >= 4 && !(flags & LANDLOCK_NET))
		a.net = NET_BIND_TCP | NET_CONNECT_TCP;
	if (abi >= 6)
		a.scoped = SCOPE_ABSTRACT_UNIX | SCOPE_SIGNAL;
	return (int)syscall(NR_CREATE, &a, size, 0);
}

int
landlock_allow_kind(int rules, int abi, int fd, bool directory,
    enum landlock_grant grant)
{
	struct path_beneath p = { .parent_fd = fd };

	p.allowed = rights(grant) & handled_fs(abi);
	if (!directory)
		p.allowed &= FS_OF_FILE;
	return (int)syscall(NR_ADD_RULE, rules, RULE_PATH_BENEATH, &p, 0);
}

int
landlock_allow(int rules, int abi, int fd, enum landlock_grant grant)
{
	struct stat st;

	if (fstat(fd, &st) < 0)
		return -1;
	return landlock_allow_kind(rules, abi, fd, S_ISDIR(st.st_mode),
	    grant);
}

int
landlock_allow_at(int rules, int abi, int dirfd, const char *path,
    enum landlock_grant grant)
{
	int fd = openat(dirfd, path, O_PATH | O_CLOEXEC);
	int r, e;

	if (fd < 0)
		return errno == ENOENT || errno == EACCES ||
		    errno == ELOOP || errno == ENOTDIR ? 0 : -1;
	r = landlock_allow(rules, abi, fd, grant);
	e = errno;
	close(fd);
	errno = e;
	return r < 0 ? -1 : 1;
}

int
landlock_allow_port(int rules, int abi, uint16_t port)
{
	struct net_port p = { .allowed = NET_CONNECT_TCP, .port = port };

	if (abi < 4)
		return 0;
	return (int)syscall(NR_ADD_RULE, rules, RULE_NET_PORT, &p, 0);
}

int
landlock_enforce(int rules)
{
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0)
		return -1;
	return (int)syscall(NR_RESTRICT, rules, 0);
}
