/*
 * cmd_index.c - a tree of sources and documents as chunks.
 *
 * A file is cut at the borders of its functions and sections (chunk.h); each
 * piece is a memory of kind chunk, whose source is the path from the top of
 * the tree and whose id says the lines.  A file that has not changed, by
 * size and time or by its hash, is left as it is; what a file no longer has
 * is forgotten.
 */
#include "mem/cmd.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/mem.h"
#include "base/utf8.h"
#include "core/ids.h"
#include "mem/chunk.h"
#include "sys/fd.h"
#include "sys/walk.h"

#define FILE_MAX	((size_t)2 * 1024 * 1024)	/* larger is data */
#define AT_ONCE		64	/* changed files in one transaction */
#define STEP		2	/* seconds between two times of change */

struct indexing {
	struct cmd	*c;
	struct err	*e;
	char		*space;
	struct store_ns	*ns;
	int64_t		 round;		/* marks the files that are there */
	int64_t		 files, changed, chunks, gone;
	size_t		 open;		/* changed since the last commit */
	bool		 failed;
	/* The file being cut. */
	const char	*path;
	char		 hash[65];
};

static int
begin(struct indexing *x)
{
	x->open = 0;
	if (store_begin(&x->c->s, x->e) == -1)
		return -1;
	return store_space(&x->c->s, x->space, true, &x->ns, x->e) == -1 ? -1 :
	    0;
}

/* Take away all chunks of a path. */
static int
drop(struct indexing *x, const char *path)
{
	for (;;) {
		struct db_stmt *st = db_query(x->c->s.db, x->e, "SELECT "
		    ITEM_COLUMNS ITEM_FROM "WHERE m.ns = ? AND m.source = ?"
		    " AND m.kind = 'chunk' LIMIT 1", "is", x->ns->id, path);
		int rc = st != NULL ? db_step(st, x->e) : -1;
		struct item it;

		if (rc != 1)
			return rc;
		item_row(&it, st);
		db_done(st);
		rc = store_remove(&x->c->s, &it, x->e);
		item_free(&it);
		if (rc == -1)
			return -1;
	}
}

static void
on_chunk(const struct chunk *k, void *arg)
{
	struct indexing *x = arg;
	struct buf text = BUF_INIT;
	enum store_status status;
	struct item it;
	jv line;

	if (x->failed)
		return;
	/* The title is searched with the text. */
	if (*k->title != '\0')
		buf_addf(&text, "%s\n", k->title);
	buf_add(&text, k->text, k->len);
	line = js_set(js_obj(), "text", js_from_buf(&text));
	buf_free(&text);
	line = js_set(line, "id", js_fmt("%s:%zu-%zu", x->path, k->first,
	    k->last));
	line = js_set_str(line, "kind", "chunk");
	line = js_set_str(line, "source", x->path);
	line = js_set(line, "lines", js_push(js_push(js_arr(),
	    js_from_int((int64_t)k->first)), js_from_int((int64_t)k->last)));
	line = js_set_str(line, "part", chunk_kind_name(k->kind));
	if (*k->title != '\0')
		line = js_set_str(line, "title", k->title);
	line = js_set_str(line, "file_sha256", x->hash);
	/* What is no text, or has a path too long for an id, is left out. */
	if (item_read(&it, line, x->c->s.now, x->e) == -1) {
		*x->e = (struct err)ERR_INIT;
		js_free(line);
		return;
	}
	js_free(line);
	if (store_put(&x->c->s, x->ns, &it, &status, x->e) == -1)
		x->failed = true;
	x->chunks++;
	item_free(&it);
}

/* Its time of change, or -1 while a change that comes now may leave that as it
 * is: some file systems count in steps of two seconds. */
static int64_t
mtime(const struct indexing *x, const struct stat *st)
{
	if (st->st_mtim.tv_sec >= x->c->s.now / 1000 - STEP)
		return -1;
	return (int64_t)st->st_mtim.tv_sec * 1000000000 + st->st_mtim.tv_nsec;
}

/* Note that the file is there, as it is now. */
static int
note(struct indexing *x, const struct stat *st)
{
	return db_run(x->c->s.db, x->e, "INSERT OR REPLACE INTO file(ns, path,"
	    " size, mtime, hash, round) VALUES(?, ?, ?, ?, ?, ?)", "isiisi",
	    x->ns->id, x->path, (int64_t)st->st_size, mtime(x, st), x->hash,
	    x->round);
}

/* What is known of the file: 2 it is unchanged, 1 it may be, 0 new, -1. */
static int
known(struct indexing *x, const struct stat *st, char hash[65])
{
	struct db_stmt *q = db_query(x->c->s.db, x->e, "SELECT size, mtime,"
	    " hash FROM file WHERE ns = ? AND path = ?", "is", x->ns->id,
	    x->path);
	int rc = q != NULL ? db_step(q, x->e) : -1;

	if (rc != 1)
		return rc;
	if (db_text(q, 2) != NULL)
		snprintf(hash, 65, "%s", db_text(q, 2));
	if (db_int(q, 0) == st->st_size && db_int(q, 1) != -1 &&
	    db_int(q, 1) == mtime(x, st))
		rc = 2;
	db_done(q);
	return rc;
}

static int
cut(struct indexing *x, const struct stat *st, const struct buf *b)
{
	const char *name = strrchr(x->path, '/');

	if (drop(x, x->path) == -1)
		return -1;
	chunk_cut(chunk_lang(name != NULL ? name + 1 : x->path,
	    buf_str(b), b->len), buf_str(b), b->len, on_chunk, x);
	x->changed++;
	x->open++;
	return x->failed ? -1 : note(x, st);
}

/* A file that is text: its chunks are those that it has now. */
static int
take(struct indexing *x, int fd, const struct stat *st, const char *before)
{
	struct buf b = BUF_INIT;
	int rc = 0;

	if (fd_slurp(fd, &b, FILE_MAX) == 0 && b.len > 0 &&
	    memchr(b.data, '\0', b.len) == NULL &&
	    utf8_valid(b.data, b.len)) {
		ids_sha256(x->hash, b.data, b.len);
		rc = strcmp(x->hash, before) == 0 ? note(x, st) : cut(x, st,
		    &b);
	}
	buf_free(&b);
	if (rc == 0 && x->open >= AT_ONCE) {
		rc = store_commit(&x->c->s, x->e);
		if (rc == 0)
			rc = begin(x);
	}
	return rc;
}

/* Look at a file; one that is as it was is not even opened. */
static int
look(struct indexing *x, const struct walk_entry *w)
{
	char before[65] = "";
	struct stat st;
	int fd, rc;

	if (fstatat(w->dir, w->name, &st, AT_SYMLINK_NOFOLLOW) == -1 ||
	    !S_ISREG(st.st_mode) || (size_t)st.st_size > FILE_MAX)
		return 0;
	x->path = strncmp(w->path, "./", 2) == 0 ? w->path + 2 : w->path;
	rc = known(x, &st, before);
	if (rc == -1)
		return -1;
	if (rc == 2) {
		x->files++;
		return db_run(x->c->s.db, x->e, "UPDATE file SET round = ?"
		    " WHERE ns = ? AND path = ?", "iis", x->round, x->ns->id,
		    x->path);
	}
	fd = openat(w->dir, w->name, O_RDONLY | O_NOFOLLOW | O_CLOEXEC |
	    O_NONBLOCK);
	if (fd == -1)
		return 0;
	rc = 0;
	if (fstat(fd, &st) == 0 && S_ISREG(st.st_mode) &&
	    (size_t)st.st_size <= FILE_MAX) {
		x->files++;
		rc = take(x, fd, &st, before);
	}
	close(fd);
	return rc;
}

static enum walk_next
on_entry(const struct walk_entry *w, void *arg)
{
	struct indexing *x = arg;

	if (w->ignored || (w->type == DT_DIR && walk_dull(w->name)) ||
	    (w->type == DT_DIR && w->name[0] == '.'))
		return WALK_SKIP;
	if (w->type != DT_REG || !utf8_valid(w->path, strlen(w->path)))
		return WALK_ON;
	if (look(x, w) == -1)
		x->failed = true;
	return x->failed ? WALK_STOP : WALK_ON;
}

/* Forget what was there and is not. */
static int
sweep(struct indexing *x)
{
	for (;;) {
		struct db_stmt *st = db_query(x->c->s.db, x->e, "SELECT path"
		    " FROM file WHERE ns = ? AND round <> ? AND round >= 0"
		    " LIMIT 1", "ii",
		    x->ns->id, x->round);
		int rc = st != NULL ? db_step(st, x->e) : -1;
		char *path;

		if (rc != 1)
			return rc;
		path = xstrdup(db_text(st, 0));
		db_done(st);
		rc = drop(x, path);
		if (rc == 0)
			rc = db_run(x->c->s.db, x->e, "DELETE FROM file WHERE"
			    " ns = ? AND path = ?", "is", x->ns->id, path);
		free(path);
		if (rc == -1)
			return -1;
		x->gone++;
	}
}

static int
index_tree(struct indexing *x, const char *dir)
{
	int top = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC), at;
	int rc;

	if (top == -1)
		return err_sys(x->e, "%s", dir);
	at = openat(top, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	rc = begin(x);
	if (rc == 0) {
		walk_tree(top, ".", at, on_entry, x);
		at = -1;
		rc = x->failed ? -1 : sweep(x);
		if (rc == 0)
			rc = store_commit(&x->c->s, x->e);
		else
			store_rollback(&x->c->s);
	}
	fd_close(&at);
	close(top);
	return rc;
}

/*
 * One at a time: between its transactions another would take what this one has
 * marked as there for gone.  The lock is held until the descriptor is closed;
 * -1 where there are no locks.
 */
static int
take_turn(const struct cmd *c)
{
	char *name = xasprintf("%s-index", db_file(c->s.db));
	int fd = open(name, O_RDWR | O_CREAT | O_CLOEXEC | O_NOCTTY |
	    O_NOFOLLOW, 0600);

	free(name);
	while (fd != -1 && flock(fd, LOCK_EX) == -1)
		if (errno != EINTR)
			fd_close(&fd);
	return fd;
}

static int
index_folder(struct cmd *c, struct err *e)
{
	struct indexing x = { .c = c, .e = e };
	int rc;
	jv v;

	if (c->words.n != 1)
		return err_set(e, ERR_USAGE, "index: one folder is needed");
	x.space = c->spaces.n > 0 ? xstrdup(c->spaces.v[0]) : cmd_project(e);
	if (x.space == NULL)
		return -1;
	x.round = clock_wall_ms();
	rc = index_tree(&x, c->words.v[0]);
	if (rc == 0) {
		v = js_set_int(js_obj(), "files", x.files);
		v = js_set_int(v, "changed", x.changed);
		v = js_set_int(v, "chunks", x.chunks);
		cmd_line_take(c, js_set_int(v, "gone", x.gone));
	}
	free(x.space);
	return rc;
}

int
cmd_index(struct cmd *c, struct err *e)
{
	int turn = take_turn(c);
	int rc = c->sessions ? cmd_sessions(c, e) : index_folder(c, e);

	fd_close(&turn);
	return rc;
}
