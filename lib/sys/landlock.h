/*
 * Landlock: an unprivileged allow-list of files, TCP ports and scopes that a
 * process lays on itself and on all that it starts, never to be undone.
 *
 * The kernel's structures and constants are defined in landlock.c, so the
 * headers of the distribution may be older than the running kernel.
 * Nothing here allocates, prints or exits.
 */
#ifndef SYS_LANDLOCK_H
#define SYS_LANDLOCK_H

#include <stdbool.h>
#include <stdint.h>

enum landlock_flags {
	LANDLOCK_NET = 1,	/* leave TCP bind and connect alone */
};

enum landlock_grant {
	LANDLOCK_RO,		/* read, list, execute */
	LANDLOCK_DATA,		/* read, list; not execute */
	LANDLOCK_RW,		/* RO, write, create and remove; no devices */
	LANDLOCK_DEV,		/* read, write and ioctl of a device node */
};

/*
 * The ABI version of the running kernel, found by calling it; 0 when there
 * is no Landlock or a filter above us refuses the call.
 */
int landlock_abi(void);

/*
 * A new rule set that denies every access this kernel can mediate (abi as
 * from landlock_abi); from ABI 6 also signals to, and abstract sockets of,
 * processes outside.  Returns a close-on-exec descriptor that the caller
 * closes, or -1 with errno.
 */
int landlock_open(int abi, enum landlock_flags flags);

/*
 * Grants access beneath the directory (or to the file) behind fd, which may
 * be O_PATH and stays the caller's.  Returns 0, or -1 with errno.
 */
int landlock_allow(int rules, int abi, int fd, enum landlock_grant grant);
/* The same for a caller who knows whether it is a directory. */
int landlock_allow_kind(int rules, int abi, int fd, bool directory,
    enum landlock_grant grant);

/*
 * The same by path, relative to dirfd, symbolic links followed.
 * Returns 1 when granted, 0 when there is no such file, -1 with errno.
 */
int landlock_allow_at(int rules, int abi, int dirfd, const char *path,
    enum landlock_grant grant);

/*
 * From ABI 4: grants TCP connections to the port, whatever the address.
 * Returns 0 (also where the ABI knows no ports), or -1 with errno.
 */
int landlock_allow_port(int rules, int abi, uint16_t port);

/*
 * Sets no_new_privs and lays the rules on the calling thread for good.
 * rules stays open.  Returns 0, or -1 with errno.
 */
int landlock_enforce(int rules);

#endif
