/*
 * file.c - whole files: read, replace without tearing, directories.
 */
#include "sys/file.h"

#include "base/mem.h"
#include "sys/fd.h"
#include "sys/sig.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#define TEMPORARY	".%.200s.tmp-%u"	/* the name and a number */
#define WRITERS		8	/* of one file at once, mostly */

int
file_open_regular(const char *path, struct err *e)
{
	struct stat st;
	/* O_NONBLOCK: opening a FIFO must not wait for a writer. */
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);

	if (fd == -1)
		return err_sys(e, "open %s", path);
	if (fstat(fd, &st) == -1)
		err_sys(e, "stat %s", path);
	else if (!S_ISREG(st.st_mode))
		err_set(e, ERR_DATA, "%s: not a regular file", path);
	else
		return fd;
	close(fd);
	return -1;
}

int
file_take(int fd, const char *path, struct buf *b, size_t max,
    struct err *e)
{
	int rc = -1;

	if (fd_slurp(fd, b, max) == 0)
		rc = 0;
	else if (errno == EFBIG)
		err_set(e, ERR_DATA, "%s: larger than %zu bytes", path, max);
	else
		err_sys(e, "read %s", path);
	close(fd);
	return rc;
}

int
file_read(const char *path, struct buf *b, size_t max, struct err *e)
{
	int fd = file_open_regular(path, e);

	return fd == -1 ? -1 : file_take(fd, path, b, max, e);
}

/* The mode and owner that a new file takes over from the old one. */
static void
keep_mode(int dirfd, const char *name, int fd, mode_t mode)
{
	struct stat st;

	if (fstatat(dirfd, name, &st, AT_SYMLINK_NOFOLLOW) == 0 &&
	    S_ISREG(st.st_mode)) {
		mode = st.st_mode & 07777;
		/* Only root can give files away; for others it is theirs. */
		if (fchown(fd, st.st_uid, st.st_gid) == -1)
			mode &= 0777;
	}
	fchmod(fd, mode);
}

/* Whether name in dirfd is still the regular file that fd is. */
static bool
is_still(int dirfd, const char *name, int fd)
{
	struct stat a, b;

	return fstat(fd, &a) == 0 && S_ISREG(a.st_mode) &&
	    fstatat(dirfd, name, &b, AT_SYMLINK_NOFOLLOW) == 0 &&
	    a.st_dev == b.st_dev && a.st_ino == b.st_ino;
}

/*
 * Whose writer was killed nobody has locked: it is removed.  Never used
 * again, for others may have kept it open.
 */
static bool
remove_stale(int dirfd, const char *tmp)
{
	int fd = openat(dirfd, tmp, O_RDONLY | O_CLOEXEC | O_NOFOLLOW |
	    O_NONBLOCK);
	bool gone = fd != -1 && flock(fd, LOCK_EX | LOCK_NB) == 0 &&
	    is_still(dirfd, tmp, fd) && unlinkat(dirfd, tmp, 0) == 0;

	fd_close(&fd);
	return gone;
}

/*
 * Those that were killed while another wrote, too, under the names behind
 * number i.  As many as write one file at once; a folder is not searched.
 */
static void
sweep(int dirfd, const char *name, unsigned i)
{
	char *tmp;

	while (++i < WRITERS) {
		tmp = xasprintf(TEMPORARY, name, i);
		remove_stale(dirfd, tmp);
		free(tmp);
	}
}

/*
 * A new file for what shall become name, locked as long as it is written;
 * *tmp is its name, which the caller frees.  -1 with errno.
 */
static int
temporary(int dirfd, const char *name, char **tmp)
{
	int fd;

	for (unsigned i = 0, tries = 0; i < 100; i++) {
		free(*tmp);
		*tmp = xasprintf(TEMPORARY, name, i);
		fd = openat(dirfd, *tmp, O_WRONLY | O_CREAT | O_EXCL |
		    O_CLOEXEC | O_NOFOLLOW, 0600);
		if (fd != -1) {
			/* Where there are no locks nobody takes it away. */
			if ((flock(fd, LOCK_EX | LOCK_NB) == 0 ||
			    errno != EWOULDBLOCK) &&
			    is_still(dirfd, *tmp, fd)) {
				sweep(dirfd, name, i);
				return fd;
			}
			fd_close(&fd);
		} else if (errno != EEXIST) {
			return -1;
		} else if (remove_stale(dirfd, *tmp) && tries++ < 100) {
			i--;
		}
		errno = EEXIST;
	}
	return -1;
}

static int
replace(int dirfd, const char *name, const void *p, size_t n, mode_t mode,
    bool sync, struct err *e)
{
	char *tmp = NULL;
	int fd = temporary(dirfd, name, &tmp), rc = -1;

	if (fd == -1) {
		err_sys(e, "create %s", name);
		if (e->kind == ERR_IO || e->kind == ERR_DENIED ||
		    e->kind == ERR_NOINPUT)
			e->kind = ERR_CANTCREAT;
		goto out;
	}
	keep_mode(dirfd, name, fd, mode);
	if (fd_write_all(fd, p, n) == -1 || (sync && fsync(fd) == -1)) {
		err_sys(e, "write %s", name);
		goto undo;
	}
	/* Closed behind it: until then the name is locked. */
	if (renameat(dirfd, tmp, dirfd, name) == -1) {
		err_sys(e, "rename to %s", name);
		goto undo;
	}
	/* The new name must survive a power cut; where the file system
	 * cannot sync a directory there is nothing more to do. */
	if (sync && fsync(dirfd) == -1 && errno == EIO) {
		err_sys(e, "sync the folder of %s", name);
		goto out;
	}
	rc = 0;
	goto out;
undo:
	unlinkat(dirfd, tmp, 0);
out:
	fd_close(&fd);
	free(tmp);
	return rc;
}

int
file_replace_at(int dirfd, const char *name, const void *p, size_t n,
    mode_t mode, struct err *e)
{
	return replace(dirfd, name, p, n, mode, true, e);
}

static int
replace_path(const char *path, const void *p, size_t n, mode_t mode,
    bool sync, struct err *e)
{
	const char *slash = strrchr(path, '/');
	char *dir;
	int fd, rc;

	if (slash == NULL)
		dir = xstrdup(".");
	else if (slash == path)
		dir = xstrdup("/");
	else
		dir = xmemdup(path, (size_t)(slash - path));
	fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd == -1) {
		rc = err_sys(e, "open folder %s", dir);
		e->kind = ERR_CANTCREAT;
	} else {
		rc = replace(fd, slash != NULL ? slash + 1 : path, p, n,
		    mode, sync, e);
		close(fd);
	}
	free(dir);
	return rc;
}

int
file_replace(const char *path, const void *p, size_t n, mode_t mode,
    struct err *e)
{
	return replace_path(path, p, n, mode, true, e);
}

int
file_replace_hint(const char *path, const void *p, size_t n, mode_t mode,
    struct err *e)
{
	return replace_path(path, p, n, mode, false, e);
}

bool
file_is_open(const char *path)
{
	struct stat st;

	if (stat(path, &st) == 0 && !S_ISREG(st.st_mode))
		return true;
	/* A link that the system has there. */
	return (strncmp(path, "/proc/", 6) == 0 ||
	    (strncmp(path, "/dev/", 5) == 0 &&
	    strncmp(path, "/dev/shm/", 9) != 0)) &&
	    lstat(path, &st) == 0 && S_ISLNK(st.st_mode);
}

int
file_put(const char *path, const void *p, size_t n, mode_t mode,
    struct err *e)
{
	int fd, rc = 0;

	if (!file_is_open(path))
		return file_replace(path, p, n, mode, e);
	fd = open(path, O_WRONLY | O_APPEND | O_CLOEXEC | O_NOCTTY);
	if (fd == -1 || fd_write_all(fd, p, n) == -1)
		rc = err_sys(e, "%s", path);
	fd_close(&fd);
	return rc;
}

bool
file_same(const char *path, const void *p, size_t n)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK |
	    O_NOCTTY);
	char piece[16 * 1024];
	struct stat st;
	size_t at = 0;
	ssize_t got = -1;

	if (fd != -1 && fstat(fd, &st) == 0 && S_ISREG(st.st_mode) &&
	    (uint64_t)st.st_size == n)
		while ((got = fd_read(fd, piece, sizeof(piece))) > 0 &&
		    (size_t)got <= n - at &&
		    memcmp((const char *)p + at, piece, (size_t)got) == 0)
			at += (size_t)got;
	fd_close(&fd);
	return got == 0 && at == n;
}

int
file_change_lock(const char *path)
{
	const char *slash = strrchr(path, '/');
	char *dir = slash == NULL ? xstrdup(".") : slash == path ?
	    xstrdup("/") : xmemdup(path, (size_t)(slash - path));
	int fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	/* Whoever is told to end does not wait for one that was stopped. */
	while (fd != -1 && flock(fd, LOCK_EX) == -1)
		if (errno != EINTR || sig_caught() != 0)
			fd_close(&fd);
	free(dir);
	return fd;
}

int
file_mkdirs(const char *path, mode_t mode, struct err *e)
{
	char *copy = xstrdup(path);
	int rc = 0;

	for (char *p = copy + 1; rc == 0; p++) {
		char c = *p;

		if (c != '/' && c != '\0')
			continue;
		*p = '\0';
		if (mkdir(copy, mode) == -1 && errno != EEXIST) {
			struct stat st;
			int saved = errno;

			/* A read-only parent is fine if the folder is there. */
			if (stat(copy, &st) == -1 || !S_ISDIR(st.st_mode)) {
				errno = saved;
				rc = err_sys(e, "make folder %s", copy);
				e->kind = ERR_CANTCREAT;
			}
		}
		*p = c;
		if (c == '\0')
			break;
	}
	free(copy);
	return rc;
}

char *
file_exe_dir(void)
{
	char link[4096];
	ssize_t n = readlink("/proc/self/exe", link, sizeof(link));
	char *slash;

	if (n <= 0 || n == (ssize_t)sizeof(link))
		return NULL;
	link[n] = '\0';
	slash = strrchr(link, '/');
	if (slash == NULL)
		return NULL;
	*slash = '\0';
	return xstrdup(link);
}

char *
file_fd_name(int fd)
{
	char link[64], name[4096];
	struct stat a, b;
	ssize_t n;

	snprintf(link, sizeof(link), "/proc/self/fd/%d", fd);
	n = readlink(link, name, sizeof(name) - 1);
	if (n <= 0 || name[0] != '/')
		return NULL;
	name[n] = '\0';
	if (fstat(fd, &a) == -1 || stat(name, &b) == -1 ||
	    a.st_dev != b.st_dev || a.st_ino != b.st_ino)
		return NULL;
	return xstrdup(name);
}

char *
file_real_name(const char *path)
{
	int fd = open(path, O_PATH | O_CLOEXEC);
	char *name = fd != -1 ? file_fd_name(fd) : NULL;

	fd_close(&fd);
	return name;
}
