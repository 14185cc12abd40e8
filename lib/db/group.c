/*
 * group.c - many processes wait for the disk together.
 *
 * Every commit that is not durable by itself takes a number while it holds
 * the queue's lock.  Whoever needs his commit on the disk then waits at a
 * second lock; the first one there flushes the log once and writes down up
 * to which number that was good, and those behind him find theirs covered.
 * The two numbers stand in FILE-queue, which is not flushed itself: after a
 * power cut they may be old, in either order, which group_ticket() heals.
 *
 * Commits and the log's own consistency do not depend on any of this: the
 * log is checked by its sums, and SQLite flushes it before a checkpoint.
 */
#include "db/handle.h"

#include "base/mem.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* What stands in FILE-queue. */
enum { AT_COMMITTED = 0, AT_FLUSHED = 8 };

static uint64_t
get(const struct db *d, off_t at)
{
	uint64_t v;

	return pread(d->queue, &v, sizeof(v), at) == (ssize_t)sizeof(v) ?
	    v : 0;
}

static bool
put(const struct db *d, off_t at, uint64_t v)
{
	return pwrite(d->queue, &v, sizeof(v), at) == (ssize_t)sizeof(v);
}

void
group_ticket(struct db *d)
{
	uint64_t last = get(d, AT_COMMITTED), flushed = get(d, AT_FLUSHED);

	d->ticket = (last > flushed ? last : flushed) + 1;
	/* Where it cannot be written, nobody's flush will cover ours. */
	if (!put(d, AT_COMMITTED, d->ticket))
		d->ticket = UINT64_MAX;
}

static int
lock(const struct db *d, short type)
{
	struct flock l = { .l_type = type, .l_whence = SEEK_SET,
	    .l_start = AT_FLUSHED, .l_len = 1 };
	int rc;

	do
		rc = fcntl(d->queue, F_OFD_SETLKW, &l);
	while (rc == -1 && errno == EINTR);
	return rc;
}

static int
flush(struct db *d, struct err *e)
{
	char *name;
	int rc = 0;

	if (d->log == -1) {
		name = xasprintf("%s-wal", d->file);
		d->log = open(name, O_RDWR | O_CLOEXEC | O_NOFOLLOW);
		if (d->log == -1)
			rc = err_sys(e, "%s", name);
		free(name);
	}
	if (rc == 0 && fdatasync(d->log) == -1)
		rc = err_sys(e, "%s-wal: flush", d->path);
	if (rc == -1)
		e->kind = ERR_IO;
	return rc;
}

int
db_sync(struct db *d, struct err *e)
{
	uint64_t upto;
	int rc = 0;

	BUG(d->in_tx);
	/* Durable ones were flushed by their commit. */
	if (d->durable || d->ticket == 0)
		return 0;
	if (lock(d, F_WRLCK) == -1)
		return flush(d, e);
	if (d->ticket == UINT64_MAX || get(d, AT_FLUSHED) < d->ticket) {
		upto = get(d, AT_COMMITTED);
		rc = flush(d, e);
		if (rc == 0 && d->ticket != UINT64_MAX && upto >= d->ticket)
			put(d, AT_FLUSHED, upto);
	}
	lock(d, F_UNLCK);
	if (rc == 0)
		d->ticket = 0;
	return rc;
}
