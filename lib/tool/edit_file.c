/*
 * edit_file.c - the tool that replaces text within a file.
 *
 * The old text must be there exactly, and once, unless all are meant: a
 * model that misremembers a file must notice, not damage it.  When it is
 * not there, the answer shows what looks most like it (nearest.h).
 */
#include "tool/tool.h"

#include "base/mem.h"
#include "sys/fd.h"
#include "tool/nearest.h"
#include "tool/path.h"
#include "tool/text.h"
#include "tool/write_file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define FILE_MAX	((size_t)32 * 1024 * 1024)

struct edit {
	struct path	 path;
	struct buf	 file;
	struct buf	 from, to;	/* as they stand in the file */
	bool		 all;
};

static bool
load(struct edit *d, const struct write_place *w, struct result *r)
{
	const char *kind;
	struct stat st;
	bool ok = false;
	int fd = openat(w->dir, w->leaf, O_RDONLY | O_NOFOLLOW | O_NONBLOCK |
	    O_NOCTTY | O_CLOEXEC);

	if (fd == -1 || fstat(fd, &st) == -1)
		result_errno(r, errno, "open", d->path.shown);
	else if (!S_ISREG(st.st_mode))
		result_errno(r, ENXIO, "open", d->path.shown);
	else if (fd_slurp(fd, &d->file, FILE_MAX) == -1 && errno == EFBIG)
		result_error(r, CODE_TOO_LARGE, "%s is larger than %zu MiB."
		    "\nUse sed or ed in the shell.", d->path.shown,
		    FILE_MAX >> 20);
	else if (d->file.len == 0 && st.st_size != 0)
		result_errno(r, EIO, "read", d->path.shown);
	else if ((kind = text_binary(buf_str(&d->file), d->file.len < 8192 ?
	    d->file.len : 8192)) != NULL)
		result_error(r, CODE_ENCODING, "%s is %s and cannot be "
		    "edited as text.", d->path.shown, kind);
	else
		ok = true;
	fd_close(&fd);
	return ok;
}

static const char *
find(const char *p, const char *end, const struct buf *what)
{
	return memmem(p, (size_t)(end - p), what->data, what->len);
}

static size_t
count(const struct edit *d)
{
	const char *p = d->file.data, *end = p + d->file.len;
	size_t n = 0;

	while ((p = find(p, end, &d->from)) != NULL) {
		p += d->from.len;
		n++;
	}
	return n;
}

/* LF becomes CRLF in b. */
static void
to_crlf(struct buf *b)
{
	struct buf out = BUF_INIT;

	for (size_t i = 0; i < b->len; i++) {
		if (b->data[i] == '\n' && (i == 0 || b->data[i - 1] != '\r'))
			buf_addc(&out, '\r');
		buf_addc(&out, b->data[i]);
	}
	buf_free(b);
	*b = out;
}

/* The file has lines as DOS ends them, which read_file does not show. */
static bool
crlf(const struct edit *d)
{
	return d->file.len != 0 && memmem(d->file.data, d->file.len, "\r\n",
	    2) != NULL && memchr(d->from.data, '\n', d->from.len) != NULL;
}

static void
refuse_many(const struct edit *d, size_t n, struct result *r)
{
	const char *start = d->file.data, *p = start, *end = p + d->file.len;
	size_t line = 1;

	result_error(r, CODE_NOT_UNIQUE, "old_text occurs %zu times in %s, "
	    "at lines", n, d->path.shown);
	for (size_t i = 0; i < n && i < 20; i++) {
		const char *at = find(p, end, &d->from);

		for (; start < at; start++)
			line += *start == '\n';
		buf_addf(&r->text, "%s %zu", i != 0 ? "," : "", line);
		p = at + d->from.len;
	}
	buf_addf(&r->text, "%s.\nPut more of the lines around it into "
	    "old_text, or set replace_all.", n > 20 ? " ..." : "");
}

static void
refuse_none(const struct edit *d, struct result *r)
{
	result_error(r, CODE_NO_MATCH, "old_text is not in %s.",
	    d->path.shown);
	nearest_describe(&r->text, d->file.data, d->file.len, d->from.data,
	    d->from.len);
}

static void
apply(const struct edit *d, const struct write_place *w, size_t n,
    struct result *r)
{
	const char *p = d->file.data, *end = p + d->file.len, *at;
	size_t first = 0;
	struct buf out = BUF_INIT;

	buf_grow(&out, d->file.len + (d->to.len > d->from.len ?
	    n * (d->to.len - d->from.len) : 0));
	while ((at = find(p, end, &d->from)) != NULL) {
		buf_add(&out, p, (size_t)(at - p));
		if (first == 0)
			first = text_lines(out.data, out.len) + (out.len ==
			    0 || out.data[out.len - 1] == '\n');
		buf_add(&out, d->to.data, d->to.len);
		p = at + d->from.len;
	}
	buf_add(&out, p, (size_t)(end - p));
	if (write_replace(w, &d->path, out.data, out.len, r)) {
		buf_addf(&r->text, "Edited %s: %zu replacement%s%s line %zu; "
		    "it has %zu lines now.\n", d->path.shown, n,
		    n == 1 ? "" : "s", n == 1 ? " at" : ", the first at",
		    first, text_lines(out.data, out.len));
		write_note_links(w, r);
		r->bytes = out.len;
	}
	buf_free(&out);
}

static void
edit(struct edit *d, const struct write_place *w, struct result *r)
{
	size_t n;

	if (!load(d, w, r))
		return;
	buf_grow(&d->file, 0);
	n = d->file.len == 0 ? 0 : count(d);
	if (n == 0 && crlf(d)) {
		to_crlf(&d->from);
		to_crlf(&d->to);
		n = count(d);
	}
	if (n == 0)
		refuse_none(d, r);
	else if (n > 1 && !d->all)
		refuse_many(d, n, r);
	else
		apply(d, w, n, r);
}

void
tool_edit_file(const struct tool_env *env, jv args, struct result *r)
{
	struct edit d = { .path = PATH_INIT };
	struct write_place w = WRITE_PLACE_INIT;
	const char *from, *to;
	size_t nfrom = 0, nto = 0;

	from = js_str_len(args, "old_text", &nfrom);
	to = js_str_len(args, "new_text", &nto);
	if (nfrom == 0 || from == NULL || to == NULL) {
		result_error(r, CODE_ARGUMENTS, "old_text is empty.\n"
		    "write_file makes new files.");
		return;
	}
	if (nfrom == nto && memcmp(from, to, nto) == 0) {
		result_error(r, CODE_ARGUMENTS, "old_text and new_text are "
		    "the same; nothing to change.");
		return;
	}
	buf_add(&d.from, from, nfrom);
	buf_add(&d.to, to, nto);
	d.all = js_bool(args, "replace_all", false);
	if (path_writable(&d.path, env, args, "path", r) &&
	    write_place(&w, &d.path, false, r)) {
		if (!w.exists)
			result_errno(r, ENOENT, "edit", d.path.shown);
		else
			edit(&d, &w, r);
	}
	write_close(&w);
	path_free(&d.path);
	buf_free(&d.file);
	buf_free(&d.from);
	buf_free(&d.to);
}
