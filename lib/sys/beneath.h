/*
 * beneath.h - files below a directory descriptor, and never outside it.
 *
 * A root is opened once; every path is relative to it and is resolved by
 * the kernel in one step (openat2(2) with RESOLVE_BENEATH), or, where the
 * kernel has no openat2, component by component without following any
 * symbolic link.  Results are descriptors, never names to be opened again,
 * so nobody can swap a directory between a check and its use.
 * Paths are clean: beneath_clean() makes them so.
 */
#ifndef SYS_BENEATH_H
#define SYS_BENEATH_H

#include "base/base.h"
#include "base/buf.h"

#include <sys/types.h>

enum beneath_how {
	BENEATH_LINKS = 0,	/* links are followed while they stay below */
	BENEATH_NOLINKS = 1,	/* a symbolic link anywhere is ELOOP */
};

/*
 * Append to out the path with empty components, "." and ".." taken away by
 * their names alone; "." for nothing left.  -1 when ".." leads above the
 * start, or the path is absolute.
 */
int beneath_clean(struct buf *out, const char *path);
/*
 * What remains of the absolute path below the absolute directory dir, both
 * compared by name: appended clean to out.  -1 when it is not below.
 */
int beneath_relative(struct buf *out, const char *dir, const char *path);
/*
 * Open rel below root with the flags of open(2); O_CLOEXEC, O_NOCTTY and
 * O_NONBLOCK are added, so neither a FIFO nor a device makes it wait.
 * A descriptor, or -1 with errno: EXDEV when the path leads outside, ELOOP
 * for a link where none may be.
 */
int beneath_open(int root, const char *rel, int flags, enum beneath_how how);
/* The same without openat2: no link is followed.  For old kernels. */
int beneath_walk(int root, const char *rel, int flags);
/*
 * The directory that holds the last component of rel, without following
 * links; with make its missing directories are made (mode 0777 and the
 * umask).  Returns a descriptor, and in *leaf the last component, a part of
 * rel.  -1 with errno.
 */
int beneath_parent(int root, const char *rel, bool make, const char **leaf);

#endif
