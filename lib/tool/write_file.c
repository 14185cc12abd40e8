/*
 * write_file.c - the tool that creates or replaces a whole file, and what
 * it shares with edit_file: the one way a file is changed.
 *
 * The new text is written beside the old one and renamed over it, so there
 * is never half a file; another hard link keeps the old text.
 */
#include "tool/write_file.h"

#include "base/diff.h"
#include "base/mem.h"
#include "sys/beneath.h"
#include "sys/fd.h"
#include "sys/file.h"
#include "tool/text.h"
#include "tool/tool.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* The leaf is a link: say where to, so that the model can write there. */
static void
refuse_link(const struct path *p, int dir, const char *leaf,
    struct result *r)
{
	char to[1024];
	ssize_t n = readlinkat(dir, leaf, to, sizeof(to));

	result_error(r, CODE_DENIED, "%s is a symbolic link to %.*s, and "
	    "links are not written through.\nWrite to the file itself.",
	    p->shown, n > 0 ? (int)n : 1, n > 0 ? to : "?");
}

bool
write_place(struct write_place *w, const struct path *p, bool make,
    struct result *r)
{
	w->exists = false;
	w->dir = beneath_parent(p->root, buf_str(&p->rel), make &&
	    r->preview == NULL, &w->leaf);
	if (w->dir == -1) {
		/* The directories would be made, too. */
		if (r->preview != NULL && make && errno == ENOENT)
			return true;
		result_errno(r, errno, "write", p->shown);
		return false;
	}
	if (fstatat(w->dir, w->leaf, &w->st, AT_SYMLINK_NOFOLLOW) == -1) {
		if (errno == ENOENT)
			return true;
		result_errno(r, errno, "write", p->shown);
		return false;
	}
	w->exists = true;
	if (S_ISLNK(w->st.st_mode))
		refuse_link(p, w->dir, w->leaf, r);
	else if (S_ISDIR(w->st.st_mode))
		result_errno(r, EISDIR, "write", p->shown);
	else if (!S_ISREG(w->st.st_mode))
		result_errno(r, ENXIO, "write", p->shown);
	return r->code == CODE_OK;
}

void
write_close(struct write_place *w)
{
	fd_close(&w->dir);
}

/* What would change, for somebody who is asked. */
static bool
preview(const struct write_place *w, const char *text, size_t n,
    struct buf *out)
{
	struct buf old = BUF_INIT;
	int fd = w->exists ? openat(w->dir, w->leaf, O_RDONLY | O_NOFOLLOW |
	    O_NONBLOCK | O_NOCTTY | O_CLOEXEC) : -1;
	size_t more;

	if (fd != -1 && fd_slurp(fd, &old, WRITE_PREVIEW_FILE) == -1) {
		buf_addf(out, "(it has %jd bytes now and will have %zu)\n",
		    (intmax_t)w->st.st_size, n);
	} else {
		more = diff_unified(out, buf_str(&old), old.len, text, n,
		    WRITE_PREVIEW_MAX);
		if (w->exists && old.len == n &&
		    memcmp(buf_str(&old), text, n) == 0)
			buf_adds(out, "(it has just this content already)\n");
		if (more > 0)
			buf_addf(out, "(%zu more lines)\n", more);
	}
	fd_close(&fd);
	buf_free(&old);
	return true;
}

bool
write_replace(const struct write_place *w, const struct path *p,
    const char *text, size_t n, struct result *r)
{
	struct err e = ERR_INIT;
	mode_t mask = umask(0);

	umask(mask);
	if (r->preview != NULL)
		return preview(w, text, n, r->preview);
	errno = 0;
	if (file_replace_at(w->dir, w->leaf, text, n, 0666 & ~mask, &e) == 0)
		return true;
	if (errno != 0)
		result_errno(r, errno, "write", p->shown);
	else
		result_error(r, CODE_IO, "%s", e.msg);
	return false;
}

void
write_note_links(const struct write_place *w, struct result *r)
{
	if (w->exists && w->st.st_nlink > 1)
		buf_addf(&r->text, "Its %ju other hard links keep the old "
		    "text.\n", (uintmax_t)w->st.st_nlink - 1);
}

void
tool_write_file(const struct tool_env *env, jv args, struct result *r)
{
	struct write_place w = WRITE_PLACE_INIT;
	struct path p = PATH_INIT;
	size_t n = 0;
	const char *text = js_str_len(args, "content", &n);
	size_t lines = text_lines(text, n);

	if (path_writable(&p, env, args, "path", r) &&
	    write_place(&w, &p, true, r) &&
	    write_replace(&w, &p, text, n, r)) {
		buf_addf(&r->text, "%s %s: %zu bytes, %zu line%s", w.exists ?
		    "Replaced" : "Created", p.shown, n, lines,
		    lines == 1 ? "" : "s");
		if (w.exists)
			buf_addf(&r->text, " (it had %jd bytes)",
			    (intmax_t)w.st.st_size);
		buf_adds(&r->text, ".\n");
		write_note_links(&w, r);
		r->bytes = n;
	}
	write_close(&w);
	path_free(&p);
}
