/*
 * Strings and directories kept for the life of the process, in one static
 * pool.  A full pool is an error (E2BIG), never a cut string.
 */
#include "jail/jail.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static char pool[1 << 17];
static size_t used;

char *
keep(const char *s, size_t n)
{
	char *p = pool + used;

	if (n >= sizeof pool - used) {
		errno = E2BIG;
		return NULL;
	}
	memcpy(p, s, n);
	p[n] = '\0';
	used += n + 1;
	return p;
}

char *
keep_join(const char *a, const char *b)
{
	size_t n = strlen(a), m = strlen(b);
	char *p = pool + used;

	if (n == 0)
		return keep(b, m);
	if (n + m + 2 > sizeof pool - used) {
		errno = E2BIG;
		return NULL;
	}
	memcpy(p, a, n);
	p[n] = '/';
	memcpy(p + n + 1, b, m + 1);
	used += n + m + 2;
	return p;
}

/* The name of an open directory, without /proc and without a second walk. */
static const char *
name_of_dir(int fd)
{
	char buf[4096];
	int here = open(".", O_PATH | O_DIRECTORY | O_CLOEXEC);
	const char *p = NULL;

	if (fchdir(fd) == 0 && getcwd(buf, sizeof buf) && buf[0] == '/')
		p = keep(buf, strlen(buf));
	if (here >= 0) {
		if (fchdir(here) < 0)
			p = NULL;
		close(here);
	}
	return p;
}

/* A file: its directory's name and its last component, which is no link. */
static const char *
name_of_file(const char *path)
{
	const char *slash = strrchr(path, '/');
	const char *base = slash ? slash + 1 : path;
	char *head = slash ? keep(path, (size_t)(slash - path) + 1) : NULL;
	int fd = open(head ? head : ".", O_PATH | O_DIRECTORY | O_CLOEXEC);
	const char *p;

	if (fd < 0)
		return NULL;
	p = name_of_dir(fd);
	close(fd);
	return p ? keep_join(p[1] ? p : "", base) : NULL;
}

int
keep_dir(struct dir *d, const char *path, bool file_ok)
{
	struct stat st;

	d->fd = open(path, O_PATH | O_CLOEXEC);
	if (d->fd < 0 || fstat(d->fd, &st) < 0)
		return -1;
	d->dev = st.st_dev;
	d->ino = st.st_ino;
	d->isdir = S_ISDIR(st.st_mode);
	if (!d->isdir && !file_ok) {
		errno = ENOTDIR;
		return -1;
	}
	d->path = d->isdir ? name_of_dir(d->fd) : name_of_file(path);
	return d->path ? 0 : -1;
}
