/*
 * edit_file.c - the tool that replaces text within a file.
 *
 * One text by another, several such, or the hunks of a diff; all of them are
 * done or none.  The old text must be there exactly, and once, unless all
 * are meant: a model that misremembers a file must notice, not damage it.
 * When it is not there, the answer shows what looks most like it
 * (nearest.h).
 */
#include "tool/tool.h"

#include "base/mem.h"
#include "sys/fd.h"
#include "tool/hunk.h"
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

/* One text by another. */
struct change {
	struct buf	 from, to;	/* as they stand in the file */
	bool		 all;
	bool		 hunk;		/* of a diff, which says at which... */
	size_t		 line;		/* line it stands, 0 unknown */
	bool		 bare;		/* the file ends there, without LF */
};

struct edit {
	struct path	 path;
	struct buf	 file;
	struct change	*v;
	size_t		 n;
	const char	*list;		/* what they are called, or NULL */
	bool		 ended;		/* a last LF was put in */
	size_t		 first;		/* line of the first, 0 none yet */
	size_t		 done;		/* replacements */
};

static struct change *
add_change(struct edit *d)
{
	d->v = xreallocarray(d->v, d->n + 1, sizeof(*d->v));
	d->v[d->n] = (struct change){ .from = BUF_INIT, .to = BUF_INIT };
	return &d->v[d->n++];
}

/* A failure of change i, which is named when there are several. */
static void
refuse(const struct edit *d, size_t i, enum result_code code,
    struct result *r, const char *text)
{
	if (d->list != NULL)
		result_error(r, code, "%s %zu: %s", d->list, i + 1, text);
	else
		result_error(r, code, "%s", text);
}

/* ---- what is asked ---------------------------------------------------- */

static bool
take_pair(struct edit *d, jv o, struct result *r)
{
	size_t nfrom = 0, nto = 0, i = d->n;
	const char *from = js_str_len(o, "old_text", &nfrom);
	const char *to = js_str_len(o, "new_text", &nto);
	struct change *c = add_change(d);

	if (from == NULL || nfrom == 0 || to == NULL) {
		refuse(d, i, CODE_ARGUMENTS, r, from == NULL || to == NULL ?
		    "old_text and new_text are both needed." :
		    "old_text is empty.\nwrite_file makes new files.");
		return false;
	}
	if (nfrom == nto && memcmp(from, to, nto) == 0) {
		refuse(d, i, CODE_ARGUMENTS, r, "old_text and new_text are "
		    "the same; nothing to change.");
		return false;
	}
	buf_add(&c->from, from, nfrom);
	buf_add(&c->to, to, nto);
	c->all = js_bool(o, "replace_all", false);
	return true;
}

static bool
take_edits(struct edit *d, jv list, struct result *r)
{
	bool good = js_len(list) > 0;

	d->list = "edit";
	if (!good)
		result_error(r, CODE_ARGUMENTS, "edits is empty.");
	for (size_t i = 0; good && i < js_len(list); i++) {
		jv o = js_at(list, i);

		good = take_pair(d, o, r);
		js_free(o);
	}
	return good;
}

static bool
take_diff(struct edit *d, const char *text, size_t n, struct result *r)
{
	struct buf why = BUF_INIT;
	struct hunk *v;
	int hunks = hunk_parse(&v, text, n, &why);

	if (hunks == -1)
		result_error(r, CODE_ARGUMENTS, "diff: %s.\nSend hunks as "
		    "of diff -u, or old_text and new_text.", buf_str(&why));
	d->list = "hunk";
	for (int i = 0; i < hunks; i++) {
		struct change *c = add_change(d);

		c->from = v[i].from;
		c->to = v[i].to;
		c->line = v[i].line;
		c->bare = v[i].bare;
		c->hunk = true;
		v[i].from = v[i].to = (struct buf)BUF_INIT;
	}
	if (hunks != -1)
		hunk_free(v, hunks);
	buf_free(&why);
	return hunks != -1;
}

static bool
take_args(struct edit *d, jv args, struct result *r)
{
	size_t n;
	const char *diff = js_str_len(args, "diff", &n);
	jv edits = js_get(args, "edits");
	bool pair = js_has(args, "old_text") || js_has(args, "new_text");
	bool list = js_is_arr(edits), good;

	if (pair + list + (diff != NULL) != 1) {
		result_error(r, CODE_ARGUMENTS, "give one of the three: "
		    "old_text with new_text, edits, or diff.");
		good = false;
	} else if (diff != NULL) {
		good = take_diff(d, diff, n, r);
	} else {
		good = list ? take_edits(d, edits, r) : take_pair(d, args, r);
	}
	js_free(edits);
	return good;
}

/* ---- the file --------------------------------------------------------- */

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
crlf(const struct edit *d, const struct change *c)
{
	return d->file.len != 0 && memmem(d->file.data, d->file.len, "\r\n",
	    2) != NULL && c->from.len != 0 &&
	    memchr(c->from.data, '\n', c->from.len) != NULL;
}

/* The next place of the text at or after offset at; -1 none.  What a hunk
 * wants are whole lines. */
static ssize_t
find(const struct edit *d, const struct change *c, size_t at)
{
	while (at + c->from.len <= d->file.len) {
		const char *p = memmem(d->file.data + at, d->file.len - at,
		    c->from.data, c->from.len);

		if (p == NULL)
			return -1;
		at = (size_t)(p - d->file.data);
		if (!c->hunk || at == 0 || p[-1] == '\n')
			return (ssize_t)at;
		at++;
	}
	return -1;
}

static size_t
count(const struct edit *d, const struct change *c)
{
	size_t n = 0;

	for (ssize_t at = 0; (at = find(d, c, (size_t)at)) != -1; n++)
		at += (ssize_t)c->from.len;
	return n;
}

static size_t
line_at(const struct edit *d, size_t at)
{
	size_t line = 1;

	for (size_t i = 0; i < at; i++)
		line += d->file.data[i] == '\n';
	return line;
}

static void
refuse_many(const struct edit *d, size_t i, size_t n, struct result *r)
{
	const struct change *c = &d->v[i];
	struct buf b = BUF_INIT;
	ssize_t at = 0;

	buf_addf(&b, "%s occurs %zu times in %s, at lines",
	    c->hunk ? "what it replaces" : "old_text", n, d->path.shown);
	for (size_t k = 0; k < n && k < 20; k++) {
		at = find(d, c, (size_t)at);
		buf_addf(&b, "%s %zu", k != 0 ? "," : "",
		    line_at(d, (size_t)at));
		at += (ssize_t)c->from.len;
	}
	buf_addf(&b, "%s.\n%s", n > 20 ? " ..." : "", c->hunk ?
	    "Put more lines around it, or the right line after @@ -." :
	    "Put more of the lines around it into old_text, or set "
	    "replace_all.");
	refuse(d, i, CODE_NOT_UNIQUE, r, buf_str(&b));
	buf_free(&b);
}

static void
refuse_none(const struct edit *d, size_t i, struct result *r)
{
	const struct change *c = &d->v[i];
	struct buf b = BUF_INIT;

	buf_addf(&b, "%s not in %s%s.", c->hunk ? "the lines it replaces are"
	    : "old_text is", d->path.shown, i != 0 ? ", as the ones before "
	    "left it" : "");
	refuse(d, i, CODE_NO_MATCH, r, buf_str(&b));
	nearest_describe(&r->text, buf_str(&d->file), d->file.len,
	    c->from.data, c->from.len);
	buf_free(&b);
}

/* Put the new text in place of the old at that offset. */
static size_t
replace(struct edit *d, const struct change *c, size_t at)
{
	struct buf out = BUF_INIT;

	if (d->first == 0)
		d->first = line_at(d, at);
	d->done++;
	buf_grow(&out, d->file.len - c->from.len + c->to.len);
	buf_add(&out, d->file.data, at);
	buf_add(&out, buf_str(&c->to), c->to.len);
	buf_add(&out, d->file.data + at + c->from.len,
	    d->file.len - at - c->from.len);
	if (c->bare && at + c->to.len == out.len)
		d->ended = true;
	buf_free(&d->file);
	d->file = out;
	return at + c->to.len;
}

/* All places in one pass. */
static void
replace_all(struct edit *d, const struct change *c)
{
	struct buf out = BUF_INIT;
	size_t from = 0;
	ssize_t at;

	while ((at = find(d, c, from)) != -1) {
		if (d->first == 0)
			d->first = line_at(d, (size_t)at);
		buf_add(&out, d->file.data + from, (size_t)at - from);
		buf_add(&out, buf_str(&c->to), c->to.len);
		from = (size_t)at + c->from.len;
		d->done++;
	}
	buf_add(&out, d->file.data + from, d->file.len - from);
	buf_free(&d->file);
	d->file = out;
}

/* A hunk that only adds: behind the line it names. */
static bool
insert(struct edit *d, size_t i, struct result *r)
{
	const struct change *c = &d->v[i];
	size_t at = 0, line = 0;

	for (; line < c->line && at < d->file.len; at++)
		line += d->file.data[at] == '\n';
	if (line < c->line || (c->line == 0 && d->file.len != 0)) {
		refuse(d, i, CODE_NO_MATCH, r, "it has no line around the "
		    "new ones that tells where they belong.");
		return false;
	}
	replace(d, c, at);
	return true;
}

/* The place among several that begins at the line the hunk names. */
static ssize_t
place_of(const struct edit *d, const struct change *c)
{
	for (ssize_t at = 0; (at = find(d, c, (size_t)at)) != -1; at++)
		if (line_at(d, (size_t)at) == c->line)
			return at;
	return -1;
}

static bool
apply(struct edit *d, size_t i, struct result *r)
{
	struct change *c = &d->v[i];
	size_t n;
	ssize_t at = 0;

	if (c->from.len == 0)
		return insert(d, i, r);
	n = count(d, c);
	if (n == 0 && crlf(d, c)) {
		to_crlf(&c->from);
		to_crlf(&c->to);
		n = count(d, c);
	}
	if (n > 1 && c->all) {
		replace_all(d, c);
		return true;
	}
	if (n > 1)
		at = c->hunk ? place_of(d, c) : -1;
	if (n == 0)
		refuse_none(d, i, r);
	else if (at == -1)
		refuse_many(d, i, n, r);
	else
		replace(d, c, (size_t)find(d, c, (size_t)at));
	return n == 1 || (n > 1 && at != -1);
}

static void
edit(struct edit *d, const struct write_place *w, struct result *r)
{
	bool lines;

	if (!load(d, w, r))
		return;
	/* The lines of a diff all have their end. */
	lines = d->v[0].hunk && d->file.len != 0;
	if (lines && d->file.data[d->file.len - 1] != '\n') {
		buf_addc(&d->file, '\n');
		d->ended = true;
	}
	buf_grow(&d->file, 1);
	for (size_t i = 0; i < d->n; i++)
		if (!apply(d, i, r))
			return;
	if (d->ended && d->file.len != 0 &&
	    d->file.data[d->file.len - 1] == '\n')
		buf_cut(&d->file, d->file.len - 1);
	if (!write_replace(w, &d->path, buf_str(&d->file), d->file.len, r))
		return;
	buf_addf(&r->text, "Edited %s: %zu replacement%s%s line %zu; it has "
	    "%zu lines now.\n", d->path.shown, d->done, d->done == 1 ? "" :
	    "s", d->done == 1 ? " at" : ", the first at", d->first,
	    text_lines(buf_str(&d->file), d->file.len));
	write_note_links(w, r);
	r->bytes = d->file.len;
}

void
tool_edit_file(const struct tool_env *env, jv args, struct result *r)
{
	struct edit d = { .path = PATH_INIT };
	struct write_place w = WRITE_PLACE_INIT;

	if (take_args(&d, args, r) &&
	    path_writable(&d.path, env, args, "path", r) &&
	    write_place(&w, &d.path, false, r)) {
		if (!w.exists)
			result_errno(r, ENOENT, "edit", d.path.shown);
		else
			edit(&d, &w, r);
	}
	write_close(&w);
	path_free(&d.path);
	buf_free(&d.file);
	for (size_t i = 0; i < d.n; i++) {
		buf_free(&d.v[i].from);
		buf_free(&d.v[i].to);
	}
	free(d.v);
}
