/*
 * The system-call filter of everything that runs on a model's behalf.
 *
 * It takes away what no build, test or script needs and what past escapes
 * used: sockets, foreign processes' memory, mounts and namespaces, kernel
 * keys, io_uring, the 32-bit entry, device nodes, set-id bits, terminal
 * injection.  It is inherited and cannot be undone.
 * Nothing here allocates, prints or exits.
 */
#ifndef SYS_SECCOMP_H
#define SYS_SECCOMP_H

enum seccomp_flags {
	SECCOMP_NET = 1,	/* allow INET, INET6 and NETLINK sockets */
	SECCOMP_UNIX = 2,	/* with NET: allow UNIX sockets too */
	SECCOMP_NO_EXEC = 4,	/* no execve: for workers in-process */
	SECCOMP_NO_FORK = 8,	/* no new process or thread */
	SECCOMP_NO_IPC = 16,	/* no System V or POSIX queues, which outlive */
	SECCOMP_THREADS = 64,	/* with NO_FORK: threads may be made */
	SECCOMP_OPENAT2 = 32,	/* keep openat2 (its mode cannot be seen) */
	SECCOMP_NO_TRUNCATE = 128,	/* no truncate by name */
};

/* Whether the running kernel takes filters, found by asking it. */
int seccomp_probe(void);

/*
 * Sets no_new_privs and installs the filter on the calling thread for good.
 * Refused calls answer EPERM or EACCES (sockets), ENOSYS where a library has
 * a fallback; a foreign architecture's call kills the process.
 * Returns 0, or -1 with errno (ENOTSUP: no table for this processor).
 */
int seccomp_install(enum seccomp_flags flags);

struct sock_filter;	/* <linux/filter.h> */

/*
 * The filter itself, to be looked at: points *op to its instructions, good
 * until the next call of any of these.  Returns how many there are, or -1
 * with errno.
 */
int seccomp_show(enum seccomp_flags flags, const struct sock_filter **op);

#endif
