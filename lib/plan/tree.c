/*
 * tree.c - what the files of the workspace hold, to see what changed.
 */
#include "plan/tree.h"

#include "base/buf.h"
#include "core/ids.h"
#include "sys/fd.h"
#include "sys/walk.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define FILE_MAX	((size_t)8 * 1024 * 1024)	/* hashed */
#define ALL_MAX		((size_t)256 * 1024 * 1024)	/* of all files */

struct taking {
	jv		 files;
	size_t		 n, bytes;
	struct buf	 buf;
};

static void
mark(struct taking *t, const struct walk_entry *w, char out[64])
{
	int fd = openat(w->dir, w->name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK |
	    O_CLOEXEC);
	struct stat st;
	char sum[65];

	snprintf(out, 64, "?");
	if (fd != -1 && fstat(fd, &st) == 0) {
		snprintf(out, 64, "%lld@%lld.%09ld", (long long)st.st_size,
		    (long long)st.st_mtim.tv_sec, st.st_mtim.tv_nsec);
		buf_reset(&t->buf);
		if (S_ISREG(st.st_mode) && (size_t)st.st_size <= FILE_MAX &&
		    t->bytes <= ALL_MAX &&
		    fd_slurp(fd, &t->buf, FILE_MAX) == 0) {
			ids_sha256(sum, buf_str(&t->buf), t->buf.len);
			snprintf(out, 64, "%.16s", sum);
			t->bytes += t->buf.len;
		}
	}
	fd_close(&fd);
}

static enum walk_next
visit(const struct walk_entry *w, void *arg)
{
	struct taking *t = arg;
	char m[64];

	if (w->ignored)
		return WALK_SKIP;
	if (w->type == DT_DIR)
		return walk_dull(w->name) ? WALK_SKIP : WALK_ON;
	if (w->type != DT_REG)
		return WALK_ON;
	if (t->n++ >= TREE_FILES)
		return WALK_STOP;
	mark(t, w, m);
	t->files = js_set_str(t->files, w->path, m);
	return WALK_ON;
}

jv
tree_take(int root)
{
	struct taking t = { .files = js_obj(), .buf = BUF_INIT };
	int fd = openat(root, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	if (fd != -1)
		walk_tree(root, ".", fd, visit, &t);
	buf_free(&t.buf);
	return t.files;
}

/* ---- the difference ---- */

static jv
or_null(jv v)
{
	return js_is_valid(v) ? v : js_null();
}

static jv
entry(const char *path, jv was, jv now)
{
	jv o = js_set_str(js_obj(), "path", path);

	o = js_set(o, "was", or_null(was));
	return js_set(o, "now", or_null(now));
}

jv
tree_changed(jv before, jv now)
{
	jv out = js_arr(), keys = js_keys(now);

	for (size_t i = 0; i < js_len(keys); i++) {
		jv k = js_at(keys, i);
		const char *path = js_cstr(k);
		jv a = path != NULL ? js_get(before, path) : js_none();
		jv b = path != NULL ? js_get(now, path) : js_none();

		if (path != NULL && !js_eq(a, b))
			out = js_push(out, entry(path, js_ref(a), js_ref(b)));
		js_free(a);
		js_free(b);
		js_free(k);
	}
	js_free(keys);
	keys = js_keys(before);
	for (size_t i = 0; i < js_len(keys); i++) {
		jv k = js_at(keys, i);
		const char *path = js_cstr(k);

		if (path != NULL && !js_has(now, path))
			out = js_push(out, entry(path, js_get(before, path),
			    js_none()));
		js_free(k);
	}
	js_free(keys);
	return out;
}

jv
tree_join(jv first, jv then)
{
	jv all = js_obj(), out = js_arr(), keys;
	jv lists[] = { first, then };

	for (int l = 0; l < 2; l++)
		for (size_t i = 0; i < js_len(lists[l]); i++) {
			jv e = js_at(lists[l], i);
			const char *path = js_str(e, "path");
			jv old = path != NULL ? js_get(all, path) :
			    js_none();

			/* From what it was at first to what it is now. */
			if (path != NULL && js_is_obj(old))
				all = js_set(all, path, js_copy_key(js_ref(
				    old), "now", e, "now"));
			else if (path != NULL)
				all = js_set(all, path, js_ref(e));
			js_free(old);
			js_free(e);
		}
	keys = js_keys(all);
	for (size_t i = 0; i < js_len(keys); i++) {
		jv k = js_at(keys, i), e = js_get(all, js_cstr(k));
		jv was = js_get(e, "was"), now = js_get(e, "now");

		/* As it was: nothing to tell. */
		if (!js_is_valid(was) || !js_eq(was, now))
			out = js_push(out, js_ref(e));
		js_free(was);
		js_free(now);
		js_free(e);
		js_free(k);
	}
	js_free(keys);
	js_free(all);
	return out;
}
