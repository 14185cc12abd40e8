/*
 * failio.c - LD_PRELOAD shim: make the nth call of one kind fail.
 *
 *	FAILIO_CALL    read write close fsync rename open malloc, or several with
 *	               commas; pread, pwrite, writev, readv, fdatasync, openat,
 *	               renameat, renameat2, calloc, realloc count as their kind
 *	FAILIO_N       which call fails, from 1; "N+" that one and all after it,
 *	               "N+M" that one and every Mth after it
 *	FAILIO_ERRNO   EIO (default) ENOSPC ENOMEM EINTR EAGAIN EPIPE EACCES EMFILE
 *	               or a number; "short" makes reads and writes move one byte,
 *	               of those of several parts the first part
 *	FAILIO_PATH    count only files whose path contains this (by descriptor:
 *	               the target of /proc/self/fd/N); not for malloc
 *	FAILIO_PROG    count only in programs whose name contains this
 *	FAILIO_COUNT   append "CALL TOTAL\n" to this file at exit, so that a test
 *	               knows when N has passed the last call
 *
 *	FAILIO_CLOCK   by itself: a file with the seconds by which the wall clock
 *	               is wrong, read whenever it is asked; none or empty: 0
 *
 *	FAILIO_FSTYPE  statfs() says this type (a number as statfs(2) lists them)
 *	               of files whose path contains FAILIO_PATH
 *
 * close() really closes before it reports failure, as Linux does.  Calls that
 * the C library makes inside itself (stdio's writes) are not seen by a shim;
 * /dev/full and a closed descriptor 1 reach those.
 */
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/time.h>
#include <sys/uio.h>
#include <sys/vfs.h>
#include <time.h>
#include <unistd.h>

static struct {
	const char *call, *path, *count, *clock;
	long n, seen, step;
	int err;
	bool onwards, shorten, on, inside;
} fail;

#define REAL(name)	real_##name
#define LOAD(name)	do { if (!real_##name) \
	*(void **)&real_##name = dlsym(RTLD_NEXT, #name); } while (0)
#define DECLARE(ret, name, ...)	static ret (*real_##name)(__VA_ARGS__)

DECLARE(ssize_t, read, int, void *, size_t);
DECLARE(ssize_t, pread, int, void *, size_t, off_t);
DECLARE(ssize_t, readv, int, const struct iovec *, int);
DECLARE(ssize_t, write, int, const void *, size_t);
DECLARE(ssize_t, pwrite, int, const void *, size_t, off_t);
DECLARE(ssize_t, writev, int, const struct iovec *, int);
DECLARE(int, close, int);
DECLARE(int, fsync, int);
DECLARE(int, fdatasync, int);
DECLARE(int, rename, const char *, const char *);
DECLARE(int, renameat, int, const char *, int, const char *);
DECLARE(int, renameat2, int, const char *, int, const char *, unsigned);
DECLARE(int, open, const char *, int, ...);
DECLARE(int, openat, int, const char *, int, ...);
DECLARE(int, statfs, const char *, struct statfs *);
DECLARE(int, clock_gettime, clockid_t, struct timespec *);
DECLARE(void *, malloc, size_t);
DECLARE(void *, calloc, size_t, size_t);
DECLARE(void *, realloc, void *, size_t);

static int
errno_named(const char *s)
{
	static const struct { const char *name; int num; } known[] = {
		{ "EIO", EIO }, { "ENOSPC", ENOSPC }, { "ENOMEM", ENOMEM },
		{ "EINTR", EINTR }, { "EAGAIN", EAGAIN }, { "EPIPE", EPIPE },
		{ "EACCES", EACCES }, { "EMFILE", EMFILE },
		{ "EDQUOT", EDQUOT }, { "EROFS", EROFS },
	};

	for (size_t i = 0; i < sizeof known / sizeof *known; i++)
		if (strcmp(known[i].name, s) == 0)
			return known[i].num;
	return (int)strtol(s, NULL, 10);
}

static void __attribute__((constructor))
setup(void)
{
	const char *n = getenv("FAILIO_N"), *e = getenv("FAILIO_ERRNO");
	const char *prog = getenv("FAILIO_PROG");

	fail.call = getenv("FAILIO_CALL");
	fail.path = getenv("FAILIO_PATH");
	fail.count = getenv("FAILIO_COUNT");
	fail.n = n ? strtol(n, NULL, 10) : 0;
	fail.onwards = n && strchr(n, '+') != NULL;
	if (fail.onwards)
		fail.step = strtol(strchr(n, '+') + 1, NULL, 10);
	fail.clock = getenv("FAILIO_CLOCK");
	fail.shorten = e && strcmp(e, "short") == 0;
	fail.err = e && !fail.shorten ? errno_named(e) : EIO;
	fail.on = fail.call != NULL && (prog == NULL ||
	    strstr(program_invocation_short_name, prog) != NULL);
}

static void __attribute__((destructor))
report(void)
{
	char line[64];

	if (!fail.on || fail.count == NULL)
		return;
	fail.on = false;
	int fd = open(fail.count, O_WRONLY | O_CREAT | O_APPEND, 0600);
	int len = snprintf(line, sizeof line, "%.20s %ld\n", fail.call,
	    fail.seen);
	if (fd >= 0 && write(fd, line, (size_t)len) == len)
		close(fd);
}

static bool
wanted(const char *kind)
{
	size_t n = strlen(kind);

	for (const char *s = fail.call; s && *s; s += *s == ',') {
		size_t len = strcspn(s, ",");
		if (len == n && memcmp(s, kind, n) == 0)
			return true;
		s += len;
	}
	return false;
}

static bool
path_counts(int fd, const char *path)
{
	char link[64], target[4096];

	if (fail.path == NULL)
		return true;
	if (path != NULL)
		return strstr(path, fail.path) != NULL;
	snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
	ssize_t n = readlink(link, target, sizeof target - 1);
	if (n < 0)
		return false;
	target[n] = '\0';
	return strstr(target, fail.path) != NULL;
}

/* Whether this call is the one; errno is set if so. */
static bool
strikes(const char *kind, int fd, const char *path)
{
	int saved = errno;
	bool hit;

	if (!fail.on || fail.inside || !wanted(kind))
		return false;
	fail.inside = true;
	hit = (fd == -2 || path_counts(fd, path)) && (++fail.seen == fail.n ||
	    (fail.onwards && fail.n > 0 && fail.seen > fail.n &&
	    (fail.step < 2 || (fail.seen - fail.n) % fail.step == 0)));
	fail.inside = false;
	errno = hit ? fail.err : saved;
	return hit;
}

/* The parts up to and with the first that is not empty. */
static int
first(const struct iovec *v, int n)
{
	int i = 0;

	while (i < n && v[i++].iov_len == 0)
		;
	return i;
}

ssize_t
read(int fd, void *p, size_t n)
{
	LOAD(read);
	if (strikes("read", fd, NULL)) {
		if (!fail.shorten)
			return -1;
		n = n > 1 ? 1 : n;
	}
	return REAL(read)(fd, p, n);
}

ssize_t
pread(int fd, void *p, size_t n, off_t at)
{
	LOAD(pread);
	if (strikes("read", fd, NULL)) {
		if (!fail.shorten)
			return -1;
		n = n > 1 ? 1 : n;
	}
	return REAL(pread)(fd, p, n, at);
}

ssize_t
readv(int fd, const struct iovec *v, int n)
{
	LOAD(readv);
	if (strikes("read", fd, NULL)) {
		if (!fail.shorten)
			return -1;
		n = first(v, n);
	}
	return REAL(readv)(fd, v, n);
}

ssize_t
write(int fd, const void *p, size_t n)
{
	LOAD(write);
	if (strikes("write", fd, NULL)) {
		if (!fail.shorten)
			return -1;
		n = n > 1 ? 1 : n;
	}
	return REAL(write)(fd, p, n);
}

ssize_t
pwrite(int fd, const void *p, size_t n, off_t at)
{
	LOAD(pwrite);
	if (strikes("write", fd, NULL)) {
		if (!fail.shorten)
			return -1;
		n = n > 1 ? 1 : n;
	}
	return REAL(pwrite)(fd, p, n, at);
}

ssize_t
writev(int fd, const struct iovec *v, int n)
{
	LOAD(writev);
	if (strikes("write", fd, NULL)) {
		if (!fail.shorten)
			return -1;
		n = first(v, n);
	}
	return REAL(writev)(fd, v, n);
}

int
close(int fd)
{
	LOAD(close);
	bool hit = strikes("close", fd, NULL);
	int r = REAL(close)(fd);

	if (hit)
		errno = fail.err;
	return hit ? -1 : r;
}

int
fsync(int fd)
{
	LOAD(fsync);
	return strikes("fsync", fd, NULL) ? -1 : REAL(fsync)(fd);
}

int
fdatasync(int fd)
{
	LOAD(fdatasync);
	return strikes("fsync", fd, NULL) ? -1 : REAL(fdatasync)(fd);
}

int
rename(const char *from, const char *to)
{
	LOAD(rename);
	return strikes("rename", -1, to) ? -1 : REAL(rename)(from, to);
}

int
renameat(int fd, const char *from, int fd2, const char *to)
{
	LOAD(renameat);
	return strikes("rename", -1, to) ? -1 :
	    REAL(renameat)(fd, from, fd2, to);
}

int
renameat2(int fd, const char *from, int fd2, const char *to, unsigned flags)
{
	LOAD(renameat2);
	return strikes("rename", -1, to) ? -1 :
	    REAL(renameat2)(fd, from, fd2, to, flags);
}

static mode_t
mode_of(int flags, va_list ap)
{
	return flags & (O_CREAT | O_TMPFILE) ? (mode_t)va_arg(ap, int) : 0;
}

int
open(const char *path, int flags, ...)
{
	va_list ap;

	LOAD(open);
	va_start(ap, flags);
	mode_t mode = mode_of(flags, ap);
	va_end(ap);
	return strikes("open", -1, path) ? -1 : REAL(open)(path, flags, mode);
}

int
openat(int dir, const char *path, int flags, ...)
{
	va_list ap;

	LOAD(openat);
	va_start(ap, flags);
	mode_t mode = mode_of(flags, ap);
	va_end(ap);
	return strikes("open", -1, path) ? -1 :
	    REAL(openat)(dir, path, flags, mode);
}

/* The type that a path is to have, or what it has. */
static long
fs_type(const char *path, long is)
{
	const char *type = getenv("FAILIO_FSTYPE");

	return type != NULL && (fail.path == NULL ||
	    strstr(path, fail.path) != NULL) ? strtol(type, NULL, 0) : is;
}

int
statfs(const char *path, struct statfs *s)
{
	int rc;

	LOAD(statfs);
	rc = REAL(statfs)(path, s);
	if (rc == 0)
		s->f_type = fs_type(path, s->f_type);
	return rc;
}

#ifndef statfs64	/* with musl it is the one above */
DECLARE(int, statfs64, const char *, struct statfs64 *);
/* What the same call is named where files may be large. */
int
statfs64(const char *path, struct statfs64 *s)
{
	int rc;

	LOAD(statfs64);
	rc = REAL(statfs64)(path, s);
	if (rc == 0)
		s->f_type = fs_type(path, s->f_type);
	return rc;
}
#endif

/* ---- the wall clock ---- */

static time_t
wrong_by(void)
{
	char text[32];
	ssize_t n = -1;
	int fd, saved = errno;

	LOAD(open);
	LOAD(read);
	if (fail.clock == NULL)
		return 0;
	fd = REAL(open)(fail.clock, O_RDONLY | O_CLOEXEC);
	if (fd != -1) {
		n = REAL(read)(fd, text, sizeof text - 1);
		LOAD(close);
		REAL(close)(fd);
	}
	text[n > 0 ? n : 0] = '\0';
	errno = saved;
	return (time_t)strtoll(text, NULL, 10);
}

int
clock_gettime(clockid_t id, struct timespec *t)
{
	LOAD(clock_gettime);
	int r = REAL(clock_gettime)(id, t);

	if (r == 0 && (id == CLOCK_REALTIME || id == CLOCK_REALTIME_COARSE))
		t->tv_sec += wrong_by();
	return r;
}

time_t
time(time_t *where)
{
	struct timespec t = { 0, 0 };

	clock_gettime(CLOCK_REALTIME, &t);
	if (where != NULL)
		*where = t.tv_sec;
	return t.tv_sec;
}

int
gettimeofday(struct timeval *restrict v, void *restrict zone)
{
	struct timespec t = { 0, 0 };
	int r = clock_gettime(CLOCK_REALTIME, &t);

	(void)zone;
	v->tv_sec = t.tv_sec;
	v->tv_usec = t.tv_nsec / 1000;
	return r;
}

/* What fortified programs and 64-bit file names call. */
ssize_t __read_chk(int, void *, size_t, size_t);
ssize_t __pread_chk(int, void *, size_t, off_t, size_t);
int __open_2(const char *, int);
int __openat_2(int, const char *, int);
#undef open64
#undef openat64
#undef pread64
#undef pwrite64
int open64(const char *, int, ...) __attribute__((alias("open")));
int openat64(int, const char *, int, ...) __attribute__((alias("openat")));
#if __SIZEOF_LONG__ == 8
ssize_t pread64(int, void *, size_t, off_t) __attribute__((alias("pread")));
ssize_t pwrite64(int, const void *, size_t, off_t)
    __attribute__((alias("pwrite")));
#endif

ssize_t
__read_chk(int fd, void *p, size_t n, size_t room)
{
	if (n > room)
		abort();
	return read(fd, p, n);
}

ssize_t
__pread_chk(int fd, void *p, size_t n, off_t at, size_t room)
{
	if (n > room)
		abort();
	return pread(fd, p, n, at);
}

int
__open_2(const char *path, int flags)
{
	return open(path, flags);
}

int
__openat_2(int dir, const char *path, int flags)
{
	return openat(dir, path, flags);
}

/* dlsym may itself call calloc before we know the real one. */
static char early[4096];
static size_t early_used;

void *
malloc(size_t n)
{
	LOAD(malloc);
	return strikes("malloc", -2, NULL) ? NULL : REAL(malloc)(n);
}

void *
calloc(size_t n, size_t size)
{
	static bool loading;

	if (real_calloc == NULL && loading) {
		size_t need = (n * size + 15) & ~(size_t)15;
		if (early_used + need > sizeof early)
			return NULL;
		early_used += need;
		return early + early_used - need;
	}
	loading = true;
	LOAD(calloc);
	loading = false;
	return strikes("malloc", -2, NULL) ? NULL : REAL(calloc)(n, size);
}

void *
realloc(void *p, size_t n)
{
	LOAD(realloc);
	return strikes("malloc", -2, NULL) ? NULL : REAL(realloc)(p, n);
}
