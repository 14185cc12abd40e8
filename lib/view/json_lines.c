/*
 * json_lines.c - JSON values one after the other: a line each (JSON
 * Lines), or the elements of one array.
 *
 * One value at a time is held.  A line that is no JSON is passed over and
 * counted.
 */
#include "view/json_lines.h"

#include "base/mem.h"
#include "json/scan.h"
#include "view/feed.h"
#include "view/json_row.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

struct source {
	struct feed	 feed;
	struct json_row	 row;
	struct json_split split;
	bool		 ended;
	struct buf	 text;		/* a value that spans pieces */
	bool		 lost;		/* it is too long, and left out */
	uint64_t	 bad;
};

/* ---- where a value ends ---- */

/* Behind the LF, or n. */
static size_t
split_line(struct json_split *s, const char *p, size_t n, bool *whole)
{
	const char *nl = memchr(p, '\n', n);

	(void)s;
	*whole = nl != NULL;
	return nl != NULL ? (size_t)(nl - p) + 1 : n;
}

/* Behind the comma or the bracket at the end of an element. */
static size_t
split_element(struct json_split *s, const char *p, size_t n, bool *whole)
{
	size_t i = 0;

	*whole = false;
	for (; i < n && !*whole; i++) {
		char c = p[i];

		if (s->escape)
			s->escape = false;
		else if (s->string && c == '\\')
			s->escape = true;
		else if (c == '"')
			s->string = !s->string;
		else if (s->string)
			continue;
		else if (c == '[' || c == '{')
			s->depth++;
		else if (c == ']' || c == '}')
			*whole = --s->depth == 0;
		else if (c == ',')
			*whole = s->depth == 1;
	}
	return i;
}

size_t
json_split(struct json_split *s, const char *p, size_t n, bool *whole)
{
	return s->array ? split_element(s, p, n, whole) :
	    split_line(s, p, n, whole);
}

/* ---- values ---- */

/* The next value's text: 1, 0 at the end, -1. */
static int
value(struct source *s, const char **p, size_t *n, struct err *e)
{
	bool whole = false;

	buf_reset(&s->text);
	s->lost = false;
	for (;;) {
		size_t took;

		if (s->feed.left == 0 && !feed_next(&s->feed, e)) {
			s->ended = true;
			*p = buf_str(&s->text);
			*n = s->text.len;
			return e->kind != ERR_NONE ? -1 : s->text.len != 0;
		}
		*p = s->feed.p;
		took = json_split(&s->split, *p, s->feed.left, &whole);
		*n = took;
		feed_take(&s->feed, took);
		if (whole && s->text.len == 0)
			return 1;
		s->lost |= s->text.len + took > JSON_ROW_MAX;
		if (!s->lost)
			buf_add(&s->text, *p, took);
		if (whole)
			break;
	}
	*p = buf_str(&s->text);
	*n = s->text.len;
	return 1;
}

/* The comma, bracket or line end behind the value is no part of it. */
static size_t
without_end(const struct source *s, const char *p, size_t n)
{
	if (n != 0 && (s->split.array ? p[n - 1] == ',' || (p[n - 1] == ']' &&
	    s->split.depth == 0) : p[n - 1] == '\n'))
		n--;
	return n;
}

static int
next(struct view *v, struct view_row *r, struct err *e)
{
	struct source *s = v->state;
	const char *p;
	size_t n;
	int rc;

	while ((rc = value(s, &p, &n, e)) == 1) {
		n = without_end(s, p, n);
		if (!s->lost && scan_blank(p, n)) {
			if (s->ended)
				return 0;
			continue;
		}
		if (!s->lost && json_row(&s->row, &v->names, r, p, n))
			return 1;
		s->bad++;
	}
	return rc;
}

static void
note(const struct view *v, struct buf *out)
{
	uint64_t n = ((const struct source *)v->state)->bad;

	if (n != 0)
		buf_addf(out, "; %llu %s no JSON", (unsigned long long)n,
		    n == 1 ? "line is" : "lines are");
}

static void
finish(struct view *v)
{
	struct source *s = v->state;

	json_row_free(&s->row);
	buf_free(&s->text);
	feed_close(&s->feed);
	free(s);
}

static int
shape(struct view *v, struct view_shape *out, struct err *e)
{
	struct view_row r = { .bytes = NULL };
	int rc;

	while ((rc = next(v, &r, e)) == 1)
		out->rows++;
	view_row_free(&r);
	return rc;
}

static const struct view_ops ops = { .next = next, .shape = shape,
    .note = note, .close = finish };

int
json_lines(struct view *v, int fd, bool array, struct err *e)
{
	struct source *s = xcalloc(1, sizeof(*s));
	bool found = !array;

	s->split.array = array;
	v->state = s;
	v->ops = &ops;
	v->growing = true;
	if (feed_open(&s->feed, fd, e) == -1)
		return -1;
	/* Step into the array. */
	while (!found && (s->feed.left > 0 || feed_next(&s->feed, e))) {
		found = *s->feed.p == '[';
		feed_take(&s->feed, 1);
	}
	s->split.depth = 1;
	buf_adds(&v->form, array ? "JSON" : "JSON lines");
	return e->kind != ERR_NONE ? -1 : 0;
}

int
view_jsonl(struct view *v, int fd, const char *path, struct err *e)
{
	(void)path;
	return json_lines(v, fd, false, e);
}
