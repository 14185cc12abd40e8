/*
 * cmd_sessions.c - past conversations of the project as memories.
 *
 * What the user and the assistant said in the session files, agent-events(5),
 * each a memory with its session and its place there.  A file that has not
 * changed is passed over; one that has grown gives what is new.  What tools
 * said is not kept: it is long, and was about the files of that day.
 */
#include "mem/cmd.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/log.h"
#include "base/mem.h"
#include "core/state.h"
#include "json/jsonl.h"

#define TEXT_MAX	((size_t)32 * 1024)	/* longer ones are cut */

struct talks {
	struct cmd	*c;
	char		*space;
	struct store_ns	*ns;
	int64_t		 files, changed, turns;
};

/* The text of a message: a string, or the text parts of an array. */
static void
text_of(jv line, struct buf *b)
{
	jv content = js_get(line, "content");
	const char *p;
	size_t n;

	if ((p = js_bytes(content, &n)) != NULL)
		buf_add(b, p, n);
	for (size_t i = 0; js_is_arr(content) && i < js_len(content); i++) {
		jv part = js_at(content, i);

		p = js_str_is(part, "type", "text") ? js_str_len(part,
		    "text", &n) : NULL;
		if (p != NULL)
			buf_add(b, p, n);
		js_free(part);
	}
	js_free(content);
	if (b->len > TEXT_MAX)
		buf_cut(b, TEXT_MAX);
}

/* A message of a session as a memory. */
static int
put(struct talks *t, jv line, struct err *e)
{
	const char *session = js_str(line, "session_id");
	struct buf b = BUF_INIT;
	enum store_status status;
	struct err fault = ERR_INIT;
	struct item it;
	int64_t seq;
	int rc = 0;
	jv v;

	if (!js_str_is(line, "type", "message") || session == NULL ||
	    (!js_str_is(line, "role", "user") && !js_str_is(line, "role",
	    "assistant")) || !js_int(line, "seq", 0, INT32_MAX, &seq))
		return 0;
	text_of(line, &b);
	v = js_set(js_obj(), "text", js_from_buf(&b));
	v = js_set(v, "id", js_fmt("%s:%lld", session, (long long)seq));
	v = js_set_str(v, "kind", "turn");
	v = js_set_str(v, "session", session);
	v = js_set_int(v, "turn", seq);
	v = js_copy_key(v, "speaker", line, "role");
	v = js_copy_key(v, "date", line, "ts");
	if (b.len > 0 && item_read(&it, v, t->c->s.now, &fault) == 0) {
		rc = store_put(&t->c->s, t->ns, &it, &status, e);
		t->turns += rc == 0 && status == STORE_NEW;
		item_free(&it);
	}
	js_free(v);
	buf_free(&b);
	return rc;
}

/* Whether the file is as it was when it was read last. */
static int
unchanged(struct talks *t, const char *name, const struct stat *st,
    struct err *e)
{
	struct db_stmt *q = db_query(t->c->s.db, e, "SELECT size FROM file"
	    " WHERE ns = ? AND path = ?", "is", t->ns->id, name);
	int rc = q != NULL ? db_step(q, e) : -1;
	bool same = rc == 1 && db_int(q, 0) == st->st_size;

	if (rc == 1)
		db_done(q);
	return rc == -1 ? -1 : same;
}

static int
read_lines(struct talks *t, int fd, const char *name, struct err *e)
{
	struct jsonl in;
	enum jsonl_status st;
	jv v = js_none();
	int rc = 0;

	jsonl_init(&in, name);
	while (rc == 0 && (st = jsonl_read(&in, fd, &v, NULL, NULL, e)) !=
	    JSONL_END) {
		/* A torn line is the end of one that is being written. */
		if (st == JSONL_ERROR && e->kind == ERR_DATA) {
			*e = (struct err)ERR_INIT;
			continue;
		}
		if (st == JSONL_ERROR) {
			rc = -1;
			break;
		}
		rc = put(t, v, e);
		js_free(v);
	}
	jsonl_free(&in);
	return rc;
}

/* One file, in a transaction of its own. */
static int
take(struct talks *t, int dir, const char *name, struct err *e)
{
	int fd = openat(dir, name, O_RDONLY | O_CLOEXEC | O_NOFOLLOW |
	    O_NONBLOCK), rc = 0;
	char *key = xasprintf("session:%s", name);
	struct stat st;

	if (fd == -1 || fstat(fd, &st) == -1 || !S_ISREG(st.st_mode)) {
		log_warn("%s: passed over", name);
		goto out;
	}
	t->files++;
	rc = store_begin(&t->c->s, e);
	if (rc == 0)
		rc = store_space(&t->c->s, t->space, true, &t->ns, e) == -1 ?
		    -1 : 0;
	if (rc == 0)
		rc = unchanged(t, key, &st, e);
	if (rc != 0) {
		store_rollback(&t->c->s);
		rc = rc == 1 ? 0 : -1;
		goto out;
	}
	rc = read_lines(t, fd, name, e);
	if (rc == 0)
		rc = db_run(t->c->s.db, e, "INSERT OR REPLACE INTO file(ns,"
		    " path, size, mtime, hash, round) VALUES(?, ?, ?, 0, '',"
		    " -1)", "isi", t->ns->id, key, (int64_t)st.st_size);
	if (rc == 0)
		rc = store_commit(&t->c->s, e);
	else
		store_rollback(&t->c->s);
	t->changed++;
out:
	free(key);
	if (fd != -1)
		close(fd);
	return rc;
}

static int
take_all(struct talks *t, const char *path, struct err *e)
{
	DIR *d = opendir(path);
	struct dirent *f;
	int rc = 0;

	/* No conversation yet. */
	if (d == NULL)
		return errno == ENOENT ? 0 : err_sys(e, "%s", path);
	while (rc == 0 && (f = readdir(d)) != NULL) {
		size_t n = strlen(f->d_name);

		if (n > 6 && strcmp(f->d_name + n - 6, ".jsonl") == 0)
			rc = take(t, dirfd(d), f->d_name, e);
	}
	closedir(d);
	return rc;
}

int
cmd_sessions(struct cmd *c, struct err *e)
{
	struct talks t = { .c = c };
	char *workspace, *project = NULL, *path = NULL;
	int fd = -1, rc = -1;
	jv v;

	if (c->words.n > 1)
		return err_set(e, ERR_USAGE, "index --sessions: at most one "
		    "folder, that of the project");
	workspace = state_workspace(c->words.n == 1 ? c->words.v[0] : NULL,
	    &fd, e);
	if (workspace != NULL) {
		close(fd);
		project = state_project(workspace, e);
	}
	t.space = c->spaces.n > 0 ? xstrdup(c->spaces.v[0]) : cmd_project(e);
	if (project != NULL && t.space != NULL) {
		path = xasprintf("%s/sessions", project);
		rc = take_all(&t, path, e);
	}
	if (rc == 0) {
		v = js_set_int(js_obj(), "files", t.files);
		v = js_set_int(v, "changed", t.changed);
		cmd_line_take(c, js_set_int(v, "turns", t.turns));
	}
	free(workspace);
	free(project);
	free(path);
	free(t.space);
	return rc;
}
