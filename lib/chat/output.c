/*
 * output.c - what a run leaves besides its stream: -o, -MD, --skip-done,
 * and the lock that keeps a second one from starting.
 */
#include "chat/chat.h"

#include "base/mem.h"
#include "chat/done.h"
#include "core/ids.h"
#include "core/state.h"
#include "sys/fd.h"
#include "sys/file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

/* ---- -o ---- */

/* Can the file of this option be written at all? */
static int
check_file(const char *option, const char *path, struct err *e)
{
	const char *slash;
	struct stat st;
	char *dir;
	int rc;

	if (path == NULL)
		return 0;
	if (*path == '\0')
		return err_set(e, ERR_USAGE, "%s: give the name of a file",
		    option);
	if (stat(path, &st) == 0 && S_ISDIR(st.st_mode))
		return err_set(e, ERR_CANTCREAT, "%s %s: is a folder; give "
		    "the name of a file", option, path);
	if (file_is_open(path))
		return 0;
	slash = strrchr(path, '/');
	dir = slash == NULL ? xstrdup(".") :
	    xmemdup(path, slash == path ? 1 : (size_t)(slash - path));
	rc = access(dir, W_OK | X_OK);
	if (rc == -1) {
		err_sys(e, "%s %s", option, path);
		e->kind = ERR_CANTCREAT;
	}
	free(dir);
	return rc;
}

int
chat_check_out(struct chat *c, struct err *e)
{
	if (fstat(STDIN_FILENO, &c->input_was) == -1)
		c->input_was.st_mode = 0;
	return check_file("-o", c->o->out_file, e) == -1 ||
	    check_file("-MD", c->o->deps_file, e) == -1 ? -1 : 0;
}

/* What was asked has changed meanwhile: the answer is as old as what it
 * answers, so that make(1) has it made again. */
static void
date_back(const struct stat *was, const char *path)
{
	const struct timespec t[2] = { { 0, UTIME_OMIT }, was->st_mtim };
	struct stat now;

	if (S_ISREG(was->st_mode) && fstat(STDIN_FILENO, &now) == 0 &&
	    (now.st_ctim.tv_sec != was->st_ctim.tv_sec ||
	    now.st_ctim.tv_nsec != was->st_ctim.tv_nsec))
		(void)!utimensat(AT_FDCWD, path, t, 0);
}

static int
write_out_file(const struct chat *c, const struct buf *text, struct err *e)
{
	const char *path = c->o->out_file;
	struct buf b = BUF_INIT;
	mode_t mask = umask(0);
	int rc = 0;

	umask(mask);
	buf_add(&b, text->data, text->len);
	if (b.len > 0 && b.data[b.len - 1] != '\n')
		buf_addc(&b, '\n');
	if (!c->o->if_changed || !file_same(path, buf_str(&b), b.len)) {
		rc = file_put(path, buf_str(&b), b.len, 0666 & ~mask, e);
		if (rc == -1)
			err_wrap(e, "-o");
		else if (!file_is_open(path))
			date_back(&c->input_was, path);
	}
	if (rc == -1 && e->kind != ERR_IO)
		e->kind = ERR_CANTCREAT;
	buf_free(&b);
	return rc;
}

/* ---- --skip-done ---- */

/* A hash of all that decides about the answer before the model is asked. */
static void
fingerprint(const struct chat *c, const struct buf *prompt, char out[65])
{
	/* What the memory and the plan know comes and goes. */
	struct brief brief = { .parts = c->brief & (BRIEF_AGENTS |
	    BRIEF_SKILLS), .files = &c->files };
	const struct chat_opts *o = c->o;
	const char *words[] = { o->model != NULL ? o->model :
	    c->usual_model, o->url,
	    o->system, o->tools, o->schema, o->check, o->brief };
	struct buf b = BUF_INIT, file = BUF_INIT;
	struct err ignored = ERR_INIT;
	jv used = js_arr();

	for (size_t i = 0; i < BASE_NITEMS(words); i++)
		buf_addf(&b, "%zu %s\n", i, words[i] != NULL ? words[i] : "");
	buf_addf(&b, "%d %d\n", o->no_tools, o->read_only);
	/* Who answers in place of the usual server. */
	if (o->offline || o->gemini || o->replay != NULL)
		buf_addf(&b, "%d %d %s\n", o->offline, o->gemini,
		    o->replay != NULL ? o->replay : "");
	if (c->head.narrow)
		js_dump(&b, c->head.said);
	if (o->schema != NULL &&
	    file_read(o->schema, &file, (size_t)1 << 20, &ignored) == 0)
		buf_add(&b, file.data, file.len);
	if (o->system != NULL && *o->system == '@' &&
	    file_read(o->system + 1, &file, (size_t)1 << 20, &ignored) == 0)
		buf_add(&b, file.data, file.len);
	brief_add(&b, &brief, c->workspace, &used, NULL);
	js_free(used);
	buf_add(&b, prompt->data, prompt->len);
	if (o->attach != NULL && o->attach->n > 0)
		attach_dump(&c->attach, &b);
	ids_sha256(out, b.data, b.len);
	buf_free(&file);
	buf_free(&b);
}

/* The answer that is there, for the result line. */
static int
recall_answer(struct chat *c, struct err *e)
{
	struct buf *text = &c->loop.text;

	if (c->o->format == VIEW_TEXT)
		return 0;
	buf_reset(text);
	if (file_read(c->o->out_file, text, DONE_ANSWER_MAX, e) == -1)
		return -1;
	if (text->len > 0 && text->data[text->len - 1] == '\n')
		buf_cut(text, text->len - 1);
	return 0;
}

int
chat_skip(struct chat *c, const struct buf *prompt, struct err *e)
{
	if (!c->o->skip_done || c->o->out_file == NULL)
		return 0;
	fingerprint(c, prompt, c->fingerprint);
	switch (done_look(c->o->out_file, c->fingerprint)) {
	case DONE_SAME:
		c->was_done = true;
		return recall_answer(c, e) == -1 ? -1 : 1;
	case DONE_CHANGED:
		if (c->o->force)
			return 0;
		return err_set(e, ERR_CANTCREAT, "%s: was changed since it "
		    "was written; try --force to write it anew",
		    c->o->out_file);
	case DONE_NEW:
		break;
	}
	return 0;
}

/* ---- -MD ---- */

void
chat_note_read(struct chat *c, jv ev)
{
	jv list, one;
	const char *path;

	if (c->o->deps_file == NULL ||
	    !js_str_is(ev, "type", "tool.call") ||
	    !js_str_is(ev, "kind", "read"))
		return;
	list = js_get(ev, "locations");
	one = js_at(list, 0);
	path = js_str(one, "path");
	if (path != NULL && !vec_has(&c->deps, path) &&
	    strchr(path, '\n') == NULL)
		vec_push(&c->deps, path);
	js_free(one);
	js_free(list);
}

static int
write_deps(struct chat *c, struct err *e)
{
	char *here = getcwd(NULL, 0);
	struct buf b = BUF_INIT;
	struct vec there = VEC_INIT;
	int rc;

	if (c->o->system != NULL && *c->o->system == '@')
		chat_depends(c, c->o->system + 1);
	if (c->o->schema != NULL)
		chat_depends(c, c->o->schema);
	for (size_t i = 0; i < js_len(c->instructions); i++) {
		jv one = js_at(c->instructions, i);
		const char *path = js_str(one, "path");

		if (path != NULL)
			vec_push(&there, path);
		js_free(one);
	}
	for (size_t i = 0; i < c->deps.n; i++) {
		const char *path = c->deps.v[i];
		char *full = xasprintf("%s%s%s", *path == '/' ? "" :
		    c->workspace, *path == '/' ? "" : "/", path);
		struct stat st;

		/* make(1) wants files that are there. */
		if (stat(full, &st) == 0 && S_ISREG(st.st_mode))
			vec_push(&there, path);
		free(full);
	}
	done_rule(&b, c->o->out_file, &there, here != NULL &&
	    strcmp(here, c->workspace) == 0 ? NULL : c->workspace);
	rc = file_put(c->o->deps_file, b.data, b.len, 0644, e);
	if (rc == -1)
		err_wrap(e, "-MD");
	vec_free(&there);
	buf_free(&b);
	free(here);
	return rc;
}

int
chat_leave_files(struct chat *c, struct err *e)
{
	const struct buf *text = &c->loop.text;
	struct buf whole = BUF_INIT;
	int rc = 0;

	if (c->o->out_file == NULL || text->len == 0 || c->was_done)
		return 0;
	/* The answer last: what is said of it holds as soon as it is there. */
	if (c->o->deps_file != NULL)
		rc = write_deps(c, e);
	if (rc == 0 && c->o->skip_done) {
		buf_add(&whole, text->data, text->len);
		if (whole.data[whole.len - 1] != '\n')
			buf_addc(&whole, '\n');
		rc = done_note(c->o->out_file, c->fingerprint, &whole, e);
	}
	if (rc == 0)
		rc = write_out_file(c, text, e);
	buf_free(&whole);
	return rc;
}

/* ---- --lock ---- */

int
chat_lock(struct chat *c, struct err *e)
{
	const char *name = c->o->lock;
	char *root, *path;

	if (name == NULL)
		return 0;
	if (*name == '\0' || *name == '.' || strchr(name, '/') != NULL ||
	    strlen(name) > 100)
		return err_set(e, ERR_USAGE, "--lock: '%.60s' is no name: "
		    "letters, no slash", name);
	root = state_root(e);
	if (root == NULL)
		return -1;
	path = xasprintf("%s/locks", root);
	if (file_mkdirs(path, 0700, e) == 0) {
		free(path);
		path = xasprintf("%s/locks/%s", root, name);
		c->lock_fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC |
		    O_NOFOLLOW, 0600);
		if (c->lock_fd == -1)
			err_sys(e, "--lock: %s", path);
		else if (flock(c->lock_fd, LOCK_EX | LOCK_NB) == -1)
			err_set(e, ERR_TEMP, "--lock: another run has '%s'",
			    name);
	}
	free(path);
	free(root);
	return e->kind == ERR_NONE ? 0 : -1;
}
