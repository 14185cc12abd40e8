/*
 * runs.c - the event files of conversations, and when they go.
 */
#include "plan/runs.h"

#include "base/mem.h"

#include <sys/file.h>
#include <sys/stat.h>

#include <dirent.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

struct run_file {
	char	*name;
	time_t	 time;
	int64_t	 bytes;
};

/* TASK.N.jsonl */
static bool
is_run(const char *s)
{
	size_t n = strspn(s, "0123456789"), m;

	if (n == 0 || s[n] != '.')
		return false;
	m = strspn(s + n + 1, "0123456789");
	return m > 0 && strcmp(s + n + 1 + m, ".jsonl") == 0;
}

static struct run_file *
list(int dir, size_t *n)
{
	struct run_file *v = NULL;
	int fd = openat(dir, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *d = fd != -1 ? fdopendir(fd) : NULL;
	struct dirent *de;
	struct stat st;

	*n = 0;
	if (d == NULL && fd != -1)
		close(fd);
	while (d != NULL && (de = readdir(d)) != NULL) {
		if (!is_run(de->d_name) || fstatat(dir, de->d_name, &st,
		    AT_SYMLINK_NOFOLLOW) == -1 || !S_ISREG(st.st_mode))
			continue;
		v = xreallocarray(v, *n + 1, sizeof(*v));
		v[(*n)++] = (struct run_file){ xstrdup(de->d_name),
		    st.st_mtime, st.st_size };
	}
	if (d != NULL)
		closedir(d);
	return v;
}

static int
by_age(const void *a, const void *b)
{
	const struct run_file *x = a, *y = b;

	return (x->time > y->time) - (x->time < y->time);
}

/* Whether its round has ended, or is not known any more; not so when it can
 * not be told. */
static bool
has_ended(struct plan *p, const char *name)
{
	struct err e = ERR_INIT;
	struct db_stmt *st = db_query(p->db, &e, "SELECT 1 FROM round WHERE"
	    " file = ? AND ended IS NULL", "s", name);
	int rc = st != NULL ? db_step(st, &e) : -1;

	if (rc == 1)
		db_done(st);
	return rc == 0;
}

/* Remove it, unless somebody writes to it. */
static bool
drop(int dir, const char *name)
{
	int fd = openat(dir, name, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
	bool gone = fd != -1 && flock(fd, LOCK_EX | LOCK_NB) == 0 &&
	    unlinkat(dir, name, 0) == 0;

	if (fd != -1)
		close(fd);
	return gone;
}

void
runs_prune(struct plan *p)
{
	char *path = xasprintf("%s/runs", p->dir);
	int dir = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW);
	time_t old = time(NULL) - (time_t)RUNS_DAYS * 24 * 60 * 60;
	int64_t sum = 0;
	struct run_file *v = NULL;
	size_t n = 0;

	free(path);
	if (dir == -1)
		return;
	v = list(dir, &n);
	for (size_t i = 0; i < n; i++)
		sum += v[i].bytes;
	if (n > 0)
		qsort(v, n, sizeof(*v), by_age);
	for (size_t i = 0; i < n; i++)
		if ((v[i].time < old || sum > RUNS_BYTES) &&
		    has_ended(p, v[i].name) && drop(dir, v[i].name))
			sum -= v[i].bytes;
	for (size_t i = 0; i < n; i++)
		free(v[i].name);
	free(v);
	close(dir);
}
