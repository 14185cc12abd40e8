/*
 * batch_journal.c - what a batch writes, and its memory between two runs.
 */
#include "gate/batch_journal.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/mem.h"
#include "gate/batch_line.h"
#include "sys/fd.h"
#include "sys/file.h"

#define CHUNK		(256 * 1024)
#define SYNC_MS		1000

/* ---- reading ---- */

static ssize_t
read_at(int fd, char *p, size_t n, off_t at)
{
	ssize_t got;

	do
		got = pread(fd, p, n, at);
	while (got == -1 && errno == EINTR);
	return got;
}

int
batch_journal_walk(const struct batch_journal *j, batch_walk_fn *fn,
    void *arg, off_t *tail, struct err *e)
{
	struct buf b = BUF_INIT;
	off_t at = 0;		/* of the first byte in b */
	size_t seen = 0;	/* no LF before this */
	ssize_t n;
	int rc = 0;

	for (;;) {
		char *p, *lf;
		size_t used = 0;

		buf_grow(&b, CHUNK);
		n = read_at(j->fd, b.data + b.len, CHUNK, at + (off_t)b.len);
		if (n <= 0)
			break;
		b.len += (size_t)n;
		while (rc == 0 && (lf = memchr(b.data + seen, '\n',
		    b.len - seen)) != NULL) {
			p = b.data + used;
			rc = fn(arg, p, (size_t)(lf - p), at + (off_t)used,
			    e);
			used = seen = (size_t)(lf - b.data) + 1;
		}
		buf_shift(&b, used);
		at += (off_t)used;
		seen = b.len;
		if (rc != 0)
			break;
	}
	if (n == -1 && rc == 0)
		rc = err_sys(e, "read %s", j->name);
	*tail = at;
	buf_free(&b);
	return rc;
}

/* ---- opening ---- */

struct loading {
	struct batch_journal *j;
	struct batch_ids *ids;
	uint64_t	 good;
};

static void
place(struct batch_journal *j, const struct batch_ids *ids,
    struct batch_entry *entry, off_t at)
{
	size_t i = (size_t)(entry - ids->e);

	if (entry->at != 0)
		j->stale++;
	if (i < j->last)
		j->disorder = true;
	j->last = i;
	entry->at = (uint64_t)at + 1;
}

static int
load(void *arg, const char *p, size_t n, off_t at, struct err *e)
{
	struct loading *l = arg;
	struct batch_entry *entry;
	struct batch_said s;

	if (n == 0)
		return 0;
	if (!batch_line_read(p, n, &s)) {
		if (l->good == 0)
			return err_set(e, ERR_DATA, "%s: it holds something "
			    "else than results of a batch; try another file",
			    l->j->name);
		l->j->bad++;
		return 0;
	}
	l->good++;
	entry = batch_ids_find(l->ids, s.key);
	if (entry == NULL)
		return 0;
	place(l->j, l->ids, entry, at);
	entry->state = s.state;
	entry->tries = s.tries;
	if (s.state == BATCH_FAILED && l->j->again) {
		entry->state = BATCH_RETRYABLE;
		entry->tries = 0;
	}
	return 0;
}

/* True when these bytes may be the beginning of a line of ours. */
static bool
like_ours(const char *p, size_t n)
{
	static const char head[] = "{\"id\":\"";
	size_t zero = 0;

	while (zero < n && p[zero] == '\0')
		zero++;
	return zero == n || memcmp(p, head, n < sizeof(head) - 1 ? n :
	    sizeof(head) - 1) == 0;
}

static int
cut(struct batch_journal *j, off_t tail, struct err *e)
{
	char text[160];

	if (ftruncate(j->fd, tail) == -1)
		return err_sys(e, "%s", j->name);
	snprintf(text, sizeof(text), "%.80s: the last line was cut off; it is "
	    "dropped and asked again", j->name);
	j->note(text);
	j->end = tail;
	return 0;
}

/* What stands behind the last LF: nothing, a line without it, or a part of
 * one. */
static int
mend_tail(struct loading *l, off_t tail, off_t size, struct err *e)
{
	struct batch_journal *j = l->j;
	struct batch_said s;
	size_t n = (size_t)(size - tail);
	char *p;
	int rc;

	j->end = size;
	if (n == 0)
		return 0;
	p = xmalloc(n);
	if (read_at(j->fd, p, n, tail) != (ssize_t)n)
		rc = err_sys(e, "read %s", j->name);
	else if (!like_ours(p, n) && l->good == 0)
		rc = err_set(e, ERR_DATA, "%s: it holds something else than "
		    "results of a batch; try another file", j->name);
	else if (!batch_line_read(p, n, &s))
		rc = cut(j, tail, e);
	else if ((rc = load(l, p, n, tail, e)) == 0) {
		if (fd_write_all(j->fd, "\n", 1) == -1)
			rc = err_sys(e, "%s", j->name);
		j->end++;
	}
	free(p);
	return rc;
}

/* Open and lock; again, when the file was replaced meanwhile. */
static int
take(struct batch_journal *j, const char *path, struct err *e)
{
	struct stat mine, there;

	for (;;) {
		j->fd = open(path, O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC |
		    O_NOCTTY, 0666);
		if (j->fd == -1 && (errno == EISDIR || errno == EACCES ||
		    errno == ENXIO || errno == ENODEV || errno == EINVAL))
			j->fd = open(path, O_WRONLY | O_CLOEXEC | O_NOCTTY);
		if (j->fd == -1 || fstat(j->fd, &mine) == -1) {
			err_sys(e, "%s", path);
			e->kind = ERR_CANTCREAT;
			return -1;
		}
		if (!S_ISREG(mine.st_mode))
			return 0;
		if (flock(j->fd, LOCK_EX | LOCK_NB) == -1)
			return err_set(e, ERR_TEMP, "%s: another process is "
			    "writing it", path);
		if (stat(path, &there) == 0 && there.st_ino == mine.st_ino &&
		    there.st_dev == mine.st_dev)
			break;
		close(j->fd);
	}
	j->path = file_real_name(path);
	return 0;
}

int
batch_journal_open(struct batch_journal *j, const char *path,
    struct batch_ids *ids, struct err *e)
{
	struct loading l = { j, ids, 0 };
	struct stat st;
	off_t tail;
	char text[120];

	j->name = path != NULL ? path : "standard output";
	j->fd = path != NULL ? -1 : STDOUT_FILENO;
	if (path == NULL)
		return 0;
	if (take(j, path, e) == -1)
		return -1;
	if (j->path == NULL)
		return 0;
	if (fstat(j->fd, &st) == -1)
		return err_sys(e, "%s", path);
	if (batch_journal_walk(j, load, &l, &tail, e) == -1 ||
	    mend_tail(&l, tail, st.st_size, e) == -1)
		return -1;
	if (j->bad > 0) {
		snprintf(text, sizeof(text), "%.60s: %llu lines make no sense "
		    "and are passed over", path, (unsigned long long)j->bad);
		j->note(text);
	}
	return 0;
}

void
batch_journal_close(struct batch_journal *j)
{
	if (j->fd > STDERR_FILENO)
		close(j->fd);
	j->fd = -1;
	free(j->path);
	j->path = NULL;
}

/* ---- writing ---- */

int
batch_journal_add(struct batch_journal *j, const struct buf *line,
    struct batch_ids *ids, size_t i, struct err *e)
{
	int64_t now;

	if (fd_write_all(j->fd, line->data, line->len) == -1) {
		j->gone = errno == EPIPE;
		err_sys(e, "%s", j->name);
		e->kind = ERR_IO;
		/* A part of the line may be there. */
		if (j->path != NULL && ftruncate(j->fd, j->end) == -1)
			j->note("the last line could not be taken back");
		return -1;
	}
	if (j->path == NULL)
		return 0;
	place(j, ids, &ids->e[i], j->end);
	j->end += (off_t)line->len;
	now = clock_ms();
	if (now - j->synced >= SYNC_MS) {
		j->synced = now;
		fdatasync(j->fd);
	}
	return 0;
}

int
batch_journal_end(struct batch_journal *j, const struct batch_ids *ids,
    bool tidy, bool order, struct err *e)
{
	if (j->path == NULL)
		return 0;
	if (fdatasync(j->fd) == -1) {
		err_sys(e, "%s", j->name);
		e->kind = ERR_IO;
		return -1;
	}
	if (tidy && (j->stale > 0 || (order && j->disorder)))
		return batch_journal_tidy(j, ids, order, e);
	return 0;
}
