/*
 * read_file.c - the tool that shows a text file, whole or a range of lines.
 *
 * The file is read once in pieces, whatever its size; only the lines shown
 * are kept.  Line ends of DOS are shown as plain ones and told in the
 * header, so that edit_file finds what the model saw.
 */
#include "tool/tool.h"

#include "base/utf8.h"
#include "sys/fd.h"
#include "tool/path.h"
#include "tool/text.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#define PIECE	((size_t)256 * 1024)
#define FIRST	8192		/* bytes that tell text from binary */

struct reading {
	struct buf	 out;		/* lines shown */
	struct buf	 line;		/* the line being read, up to a cut */
	size_t		 length;	/* of that line, all of it */
	int64_t		 lineno;	/* lines ended so far */
	int64_t		 start, end;	/* wanted, counted from 1 */
	int64_t		 last;		/* last line shown, 0 none */
	uint64_t	 bytes;		/* read so far */
	size_t		 cap_bytes, cap_lines;
	bool		 full;		/* a cap was reached */
	bool		 crlf, bad;	/* met in the lines shown */
};

static void
end_line(struct reading *d)
{
	size_t n = d->line.len;
	int64_t no = ++d->lineno;

	if (no < d->start || no > d->end || d->full)
		goto out;
	if (n == d->length && n != 0 && d->line.data[n - 1] == '\r') {
		d->crlf = true;
		buf_cut(&d->line, --n);
		d->length--;
	}
	if ((size_t)(no - d->start) >= d->cap_lines || (d->out.len != 0 &&
	    d->out.len + n + 80 > d->cap_bytes)) {
		d->full = true;
		goto out;
	}
	d->bad |= !utf8_valid(d->line.data, utf8_cut(d->line.data, n));
	text_line(&d->out, d->line.data, n, d->length, TEXT_LINE_MAX);
	buf_addc(&d->out, '\n');
	d->last = no;
out:
	buf_reset(&d->line);
	d->length = 0;
}

static void
take(struct reading *d, const char *p, size_t n)
{
	while (n != 0) {
		const char *nl = memchr(p, '\n', n);
		size_t len = nl != NULL ? (size_t)(nl - p) : n;

		if (d->lineno + 1 >= d->start && d->lineno + 1 <= d->end &&
		    d->line.len < 4 * TEXT_LINE_MAX) {
			size_t room = 4 * TEXT_LINE_MAX - d->line.len;

			buf_grow(&d->line, 1);
			buf_add(&d->line, p, len < room ? len : room);
		}
		d->length += len;
		if (nl == NULL)
			break;
		end_line(d);
		p = nl + 1;
		n -= len + 1;
	}
}

static bool
refuse_binary(const struct path *p, const char *kind, off_t size,
    struct result *r)
{
	result_error(r, CODE_ENCODING, "%s is %s, %lld bytes, and cannot be "
	    "shown as text.%s", p->shown, kind, (long long)size,
	    strcmp(kind, "UTF-16 text") == 0 ?
	    "\nConvert it with iconv in the shell." : "");
	return false;
}

static bool
read_all(struct reading *d, const struct path *p, int fd, off_t size,
    struct result *r)
{
	struct buf piece = BUF_INIT;
	bool ok = false;
	ssize_t n;

	buf_grow(&piece, PIECE);
	while ((n = fd_read(fd, piece.data, PIECE)) > 0) {
		const char *text = piece.data;

		if (d->bytes == 0) {
			const char *kind = text_binary(text, (size_t)n <
			    FIRST ? (size_t)n : FIRST);

			if (kind != NULL) {
				refuse_binary(p, kind, size, r);
				goto out;
			}
		}
		d->bytes += (uint64_t)n;
		if (d->bytes == (uint64_t)n && n >= 3 &&
		    memcmp(text, "\xef\xbb\xbf", 3) == 0)
			take(d, text + 3, (size_t)n - 3);
		else
			take(d, text, (size_t)n);
	}
	if (n == -1) {
		result_errno(r, errno, "read", p->shown);
		goto out;
	}
	if (d->length != 0 || d->line.len != 0)
		end_line(d);
	ok = true;
out:
	buf_free(&piece);
	return ok;
}

static void
answer(struct reading *d, const struct path *p, struct result *r)
{
	if (d->lineno == 0) {
		buf_addf(&r->text, "[%s: empty file]\n", p->shown);
		return;
	}
	if (d->start > d->lineno) {
		result_error(r, CODE_ARGUMENTS, "start_line %lld is behind "
		    "the end: %s has %lld lines.", (long long)d->start,
		    p->shown, (long long)d->lineno);
		return;
	}
	buf_addf(&r->text, "[%s: lines %lld-%lld of %lld%s%s]\n", p->shown,
	    (long long)d->start, (long long)d->last, (long long)d->lineno,
	    d->crlf ? ", CRLF line ends" : "", d->bad ?
	    ", not UTF-8: odd bytes are shown as \\xNN" : "");
	buf_add(&r->text, d->out.data, d->out.len);
	if (d->full) {
		buf_addf(&r->text, "[cut here; go on with start_line %lld]\n",
		    (long long)d->last + 1);
		r->truncated = true;
	}
	r->bytes = d->bytes;
}

void
tool_read_file(const struct tool_env *env, jv args, struct result *r)
{
	struct reading d = { .start = 1, .end = INT64_MAX,
	    .cap_bytes = env->cap_bytes, .cap_lines = env->cap_lines };
	struct path p = PATH_INIT;
	struct stat st;
	int fd = -1;

	js_int(args, "start_line", 1, 1LL << 53, &d.start);
	js_int(args, "end_line", 1, 1LL << 53, &d.end);
	if (d.end < d.start) {
		result_error(r, CODE_ARGUMENTS, "end_line %lld is before "
		    "start_line %lld", (long long)d.end, (long long)d.start);
		return;
	}
	if (path_of(&p, env, args, "path", r) &&
	    (fd = text_open(&p, &st, r)) != -1 &&
	    read_all(&d, &p, fd, st.st_size, r))
		answer(&d, &p, r);
	fd_close(&fd);
	buf_free(&d.out);
	buf_free(&d.line);
	path_free(&p);
}
