/*
 * beneath.c - files below a directory descriptor, and never outside it.
 */
#include "sys/beneath.h"

#include "base/mem.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

/* The kernel's interface in our own words: headers may be older. */
#ifndef SYS_openat2
#define SYS_openat2	437
#endif
#define OPEN_NO_MAGICLINKS	0x02
#define OPEN_NO_SYMLINKS	0x04
#define OPEN_BENEATH		0x08

struct how {
	uint64_t flags, mode, resolve;
};

#define ALWAYS	(O_CLOEXEC | O_NOCTTY | O_NONBLOCK)

static void
close_quietly(int fd)
{
	int saved = errno;

	close(fd);
	errno = saved;
}

/* O_PATH takes few flags beside it. */
static int
complete(int flags)
{
	return (flags & O_PATH) != 0 ? flags | O_CLOEXEC : flags | ALWAYS;
}

int
beneath_clean(struct buf *out, const char *path)
{
	size_t start = out->len;

	if (*path == '/')
		return -1;
	while (*path != '\0') {
		size_t n = strcspn(path, "/");

		if (n == 2 && memcmp(path, "..", 2) == 0) {
			size_t cut = out->len;

			if (cut == start)
				return -1;
			while (cut > start && out->data[cut - 1] != '/')
				cut--;
			buf_cut(out, cut > start ? cut - 1 : start);
		} else if (n != 0 && (n != 1 || *path != '.')) {
			if (out->len > start)
				buf_addc(out, '/');
			buf_add(out, path, n);
		}
		path += n;
		path += *path == '/';
	}
	if (out->len == start)
		buf_addc(out, '.');
	return 0;
}

int
beneath_relative(struct buf *out, const char *dir, const char *path)
{
	struct buf d = BUF_INIT, p = BUF_INIT;
	const char *rest = NULL;
	int rc = -1;

	if (*dir != '/' || *path != '/')
		return -1;
	while (*dir == '/')
		dir++;
	while (*path == '/')
		path++;
	if (beneath_clean(&d, dir) == -1 || beneath_clean(&p, path) == -1)
		goto out;
	if (strcmp(buf_str(&d), ".") == 0)
		rest = buf_str(&p);
	else if (strncmp(buf_str(&p), buf_str(&d), d.len) == 0 &&
	    (p.data[d.len] == '/' || p.data[d.len] == '\0'))
		rest = p.data + d.len + (p.data[d.len] == '/');
	if (rest == NULL)
		goto out;
	buf_adds(out, *rest != '\0' ? rest : ".");
	rc = 0;
out:
	buf_free(&d);
	buf_free(&p);
	return rc;
}

/* After ENOTDIR: the kernel says the same for a link and for a file. */
static void
tell_link(int dir, const char *name)
{
	struct stat st;

	if (fstatat(dir, name, &st, AT_SYMLINK_NOFOLLOW) == 0)
		errno = S_ISLNK(st.st_mode) ? ELOOP : ENOTDIR;
}

int
beneath_walk(int root, const char *rel, int flags)
{
	char *copy = xstrdup(rel), *p = copy, *slash;
	int dir = root, fd = -1;

	while ((slash = strchr(p, '/')) != NULL) {
		*slash = '\0';
		/* O_PATH with O_NOFOLLOW opens a link itself; O_DIRECTORY
		 * then refuses it. */
		if (strcmp(p, "..") == 0)
			errno = EXDEV;
		else
			fd = openat(dir, p, O_PATH | O_DIRECTORY |
			    O_NOFOLLOW | O_CLOEXEC);
		if (fd == -1 && errno == ENOTDIR)
			tell_link(dir, p);
		if (dir != root)
			close_quietly(dir);
		if (fd == -1)
			goto out;
		dir = fd;
		fd = -1;
		p = slash + 1;
	}
	if (strcmp(p, "..") == 0)
		errno = EXDEV;
	else
		fd = openat(dir, p, complete(flags | O_NOFOLLOW));
	if (dir != root)
		close_quietly(dir);
out:
	free(copy);
	return fd;
}

int
beneath_open(int root, const char *rel, int flags, enum beneath_how how)
{
	struct how h = {
		.flags = (uint64_t)complete(flags),
		.resolve = OPEN_BENEATH | OPEN_NO_MAGICLINKS,
	};
	long fd;

	if (*rel == '\0' || *rel == '/') {
		errno = *rel == '/' ? EXDEV : ENOENT;
		return -1;
	}
	if (how == BENEATH_NOLINKS)
		h.resolve |= OPEN_NO_SYMLINKS;
	/* EAGAIN: something was renamed meanwhile, the kernel is not sure. */
	for (int i = 0; i < 64; i++) {
		fd = syscall(SYS_openat2, root, rel, &h, sizeof(h));
		if (fd != -1 || (errno != EAGAIN && errno != EINTR))
			break;
	}
	/* EPERM as well: old container runtimes refuse unknown calls so. */
	if (fd == -1 && (errno == ENOSYS || errno == EPERM))
		return beneath_walk(root, rel, flags);
	return (int)fd;
}

/* Directory name in dir, made when missing; links are not followed. */
static int
enter(int dir, const char *name, bool make)
{
	int flags = O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC;
	int fd = openat(dir, name, flags);

	if (fd == -1 && errno == ENOENT && make &&
	    (mkdirat(dir, name, 0777) == 0 || errno == EEXIST))
		fd = openat(dir, name, flags);
	if (fd == -1 && errno == ENOTDIR)
		tell_link(dir, name);
	return fd;
}

int
beneath_parent(int root, const char *rel, bool make, const char **leaf)
{
	char *copy = xstrdup(rel), *p = copy, *slash;
	int dir = fcntl(root, F_DUPFD_CLOEXEC, 3);

	while (dir != -1 && (slash = strchr(p, '/')) != NULL) {
		int next = -1;

		*slash = '\0';
		if (*p == '\0' || strcmp(p, "..") == 0)
			errno = EXDEV;
		else
			next = enter(dir, p, make);
		close_quietly(dir);
		dir = next;
		p = slash + 1;
	}
	*leaf = rel + (p - copy);
	free(copy);
	if (dir != -1 && (**leaf == '\0' || strcmp(*leaf, "..") == 0 ||
	    strcmp(*leaf, ".") == 0)) {
		close(dir);
		errno = EISDIR;
		return -1;
	}
	return dir;
}
