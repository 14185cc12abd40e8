/*
 * batch_tidy.c - write a journal anew: one line an id, in order if wanted.
 *
 * The new file is complete and synced before it takes the name of the old
 * one; lines that are not of this batch stay, in front.
 */
#include "gate/batch_journal.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/mem.h"
#include "gate/batch_line.h"
#include "sys/fd.h"

#define CHUNK	(256 * 1024)

struct tidy {
	struct batch_journal *j;
	const struct batch_ids *ids;
	bool		 order;
	int		 fd;
	struct buf	 b;		/* not written yet */
};

static int
flush(struct tidy *t, struct err *e)
{
	if (t->b.len > 0 && fd_write_all(t->fd, t->b.data, t->b.len) == -1) {
		err_sys(e, "%s: write it anew", t->j->name);
		e->kind = ERR_IO;
		return -1;
	}
	buf_reset(&t->b);
	return 0;
}

static int
emit(struct tidy *t, const char *p, size_t n, struct err *e)
{
	buf_add(&t->b, p, n);
	buf_addc(&t->b, '\n');
	return t->b.len >= CHUNK ? flush(t, e) : 0;
}

/* Whether this line stays, where it stands or, with order, in front. */
static int
copy(void *arg, const char *p, size_t n, off_t at, struct err *e)
{
	struct tidy *t = arg;
	const struct batch_entry *entry = NULL;
	struct batch_said s;

	if (n == 0)
		return 0;
	if (batch_line_read(p, n, &s))
		entry = batch_ids_find((struct batch_ids *)(uintptr_t)t->ids,
		    s.key);
	if (entry != NULL && (t->order || entry->at != (uint64_t)at + 1))
		return 0;
	return emit(t, p, n, e);
}

/* The line at that place of the old file. */
static int
copy_line(struct tidy *t, off_t at, struct err *e)
{
	char chunk[16384];
	const char *lf;
	ssize_t n;

	do {
		do
			n = pread(t->j->fd, chunk, sizeof(chunk), at);
		while (n == -1 && errno == EINTR);
		if (n <= 0)
			return err_set(e, ERR_IO, "%s: it changed meanwhile",
			    t->j->name);
		lf = memchr(chunk, '\n', (size_t)n);
		buf_add(&t->b, chunk, lf != NULL ? (size_t)(lf - chunk) + 1 :
		    (size_t)n);
		at += n;
	} while (lf == NULL);
	return t->b.len >= CHUNK ? flush(t, e) : 0;
}

static int
write_all(struct tidy *t, struct err *e)
{
	struct stat st;
	off_t tail;

	if (batch_journal_walk(t->j, copy, t, &tail, e) == -1)
		return -1;
	for (size_t i = 0; t->order && i < t->ids->n; i++)
		if (t->ids->e[i].at != 0 && copy_line(t,
		    (off_t)t->ids->e[i].at - 1, e) == -1)
			return -1;
	if (flush(t, e) == -1)
		return -1;
	if (fstat(t->j->fd, &st) == -1 || fchmod(t->fd, st.st_mode & 0777)
	    == -1 || fsync(t->fd) == -1) {
		err_sys(e, "%s: write it anew", t->j->name);
		e->kind = ERR_IO;
		return -1;
	}
	return 0;
}

static void
sync_folder(const char *path)
{
	const char *slash = strrchr(path, '/');
	char *dir = xasprintf("%.*s", slash > path ? (int)(slash - path) : 1,
	    path);
	int fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	if (fd != -1) {
		fsync(fd);
		close(fd);
	}
	free(dir);
}

int
batch_journal_tidy(struct batch_journal *j, const struct batch_ids *ids,
    bool order, struct err *e)
{
	struct tidy t = { .j = j, .ids = ids, .order = order };
	char *path = xasprintf("%s.agent-tidy", j->path);
	int rc;

	/* The journal is locked: it is of one that was killed. */
	unlink(path);
	t.fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	if (t.fd == -1) {
		err_sys(e, "%s", path);
		e->kind = ERR_CANTCREAT;
		free(path);
		return -1;
	}
	rc = write_all(&t, e);
	close(t.fd);
	if (rc == 0 && rename(path, j->path) == -1)
		rc = err_sys(e, "%s", j->name);
	if (rc == 0)
		sync_folder(j->path);
	else
		unlink(path);
	buf_free(&t.b);
	free(path);
	return rc;
}
