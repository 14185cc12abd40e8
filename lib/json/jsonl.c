/*
 * jsonl.c - JSON Lines: framing, and nothing of what the lines mean.
 *
 * The buffer holds what was read and not yet given out.  Consumed bytes are
 * dropped before the next feed, not at each line, so that many short lines
 * in one read cost one move; scan remembers how far there is no LF, so that
 * a long line arriving in pieces is looked at once.
 */
#include "json/jsonl.h"

#include "base/fdio.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#define READ_SIZE	(256 * 1024)

void
jsonl_init(struct jsonl *r, const char *name)
{
	memset(r, 0, sizeof(*r));
	r->cap = BASE_LINE_MAX;
	r->name = name;
}

void
jsonl_free(struct jsonl *r)
{
	buf_free(&r->buf);
}

static void
compact(struct jsonl *r)
{
	if (r->pos == 0)
		return;
	buf_shift(&r->buf, r->pos);
	r->scan -= r->pos;
	r->pos = 0;
	/* Give back what one long line took. */
	if (r->buf.len == 0 && r->buf.cap > 4 * READ_SIZE)
		buf_free(&r->buf);
}

void
jsonl_feed(struct jsonl *r, const char *p, size_t n)
{
	compact(r);
	buf_add(&r->buf, p, n);
}

void
jsonl_eof(struct jsonl *r)
{
	r->eof = true;
}

/* Forget the bytes of a line that is longer than the cap. */
static void
drop(struct jsonl *r)
{
	r->pos = r->scan = r->buf.len;
	r->skipping = true;
}

/* The next raw line: 1, or 0 when there is none yet (or at all). */
static int
next_raw(struct jsonl *r, const char **p, size_t *n)
{
	const char *lf = NULL;

	if (r->scan < r->buf.len)
		lf = memchr(r->buf.data + r->scan, '\n',
		    r->buf.len - r->scan);
	if (lf == NULL) {
		r->scan = r->buf.len;
		if (!r->eof || r->pos == r->buf.len)
			return 0;
		r->torn = true;
	}
	*p = r->buf.data + r->pos;
	*n = (lf != NULL ? (size_t)(lf - r->buf.data) : r->buf.len) - r->pos;
	r->pos += *n + (lf != NULL ? 1 : 0);
	r->scan = r->pos;
	return 1;
}

static bool
blank(const char *p, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (p[i] != ' ' && p[i] != '\t' && p[i] != '\r')
			return false;
	return true;
}

static enum jsonl_status
too_long(struct jsonl *r, struct err *e)
{
	err_set(e, ERR_DATA, "%s line %llu: longer than %zu bytes; split it",
	    r->name, (unsigned long long)r->lineno, r->cap);
	return JSONL_ERROR;
}

enum jsonl_status
jsonl_line(struct jsonl *r, const char **p, size_t *n, struct err *e)
{
	while (next_raw(r, p, n) == 1) {
		if (r->skipping) {	/* the rest of a line over the cap */
			r->skipping = false;
			continue;
		}
		r->lineno++;
		if (*n > r->cap)
			return too_long(r, e);
		if (r->lineno == 1 && *n >= 3 &&
		    memcmp(*p, "\xef\xbb\xbf", 3) == 0) {
			*p += 3;
			*n -= 3;
		}
		if (*n != 0 && (*p)[*n - 1] == '\r')
			(*n)--;
		if (!blank(*p, *n))
			return JSONL_ITEM;
	}
	if (!r->skipping && r->buf.len - r->pos > r->cap) {
		r->lineno++;
		drop(r);
		return too_long(r, e);
	}
	if (r->skipping)
		drop(r);
	return r->eof ? JSONL_END : JSONL_MORE;
}

enum jsonl_status
jsonl_next(struct jsonl *r, jv *v, const char **p, size_t *n, struct err *e)
{
	const char *line;
	size_t len;
	enum jsonl_status st = jsonl_line(r, &line, &len, e);

	*v = js_none();
	if (st != JSONL_ITEM)
		return st;
	if (p != NULL) {
		*p = line;
		*n = len;
	}
	*v = js_parse(line, len, e);
	if (js_is_valid(*v))
		return JSONL_ITEM;
	err_wrap(e, "%s line %llu", r->name, (unsigned long long)r->lineno);
	if (r->torn)
		err_wrap(e, "the last line has no end and may be cut off");
	return JSONL_ERROR;
}

/* More bytes from fd, or the end of them: false when reading failed. */
static bool
fill(struct jsonl *r, int fd, struct err *e)
{
	ssize_t got;

	compact(r);
	buf_grow(&r->buf, READ_SIZE);
	got = fd_read_wait(fd, r->buf.data + r->buf.len, READ_SIZE);
	if (got == -1) {
		err_sys(e, "read %s", r->name);
		r->eof = true;
		r->pos = r->scan = r->buf.len;
		return false;
	}
	if (got == 0) {
		jsonl_eof(r);
		return true;
	}
	r->buf.len += (size_t)got;
	r->buf.data[r->buf.len] = '\0';
	return true;
}

enum jsonl_status
jsonl_read_line(struct jsonl *r, int fd, const char **p, size_t *n,
    struct err *e)
{
	enum jsonl_status st;

	while ((st = jsonl_line(r, p, n, e)) == JSONL_MORE)
		if (!fill(r, fd, e))
			return JSONL_ERROR;
	return st;
}

enum jsonl_status
jsonl_read(struct jsonl *r, int fd, jv *v, const char **p, size_t *n,
    struct err *e)
{
	enum jsonl_status st;

	while ((st = jsonl_next(r, v, p, n, e)) == JSONL_MORE)
		if (!fill(r, fd, e))
			return JSONL_ERROR;
	return st;
}

int
jsonl_write_bytes(int fd, const char *p, size_t n, struct err *e)
{
	struct buf line = BUF_INIT;
	int rc = 0;

	buf_grow(&line, n + 1);
	buf_add(&line, p, n);
	buf_addc(&line, '\n');
	if (fd_write_all(fd, line.data, line.len) == -1)
		rc = err_sys(e, "write");
	buf_free(&line);
	return rc;
}

int
jsonl_write(int fd, jv v, struct err *e)
{
	struct buf line = BUF_INIT;
	int rc = 0;

	js_dump(&line, v);
	buf_addc(&line, '\n');
	if (fd_write_all(fd, line.data, line.len) == -1)
		rc = err_sys(e, "write");
	buf_free(&line);
	return rc;
}
