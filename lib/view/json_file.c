/*
 * json_file.c - a JSON document as a table: the elements of its array, or
 * of an array that is a member of its object.
 */
#include "view/json_lines.h"

#include "base/mem.h"
#include "json/js.h"
#include "json/scan.h"
#include "sys/fd.h"
#include "view/json_row.h"
#include "view/view.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define DOCUMENT_MAX	((size_t)64 * 1024 * 1024)

struct source {
	struct buf	 text;
	struct scan_span rows;		/* the array, or the object */
	size_t		 pos;
	bool		 single;	/* one row: the object itself */
	struct json_row	 row;
};

static int
next(struct view *v, struct view_row *r, struct err *e)
{
	struct source *s = v->state;
	struct scan_span one = s->rows;

	(void)e;
	if (s->single ? s->pos++ != 0 : !scan_element(s->rows.p, s->rows.n,
	    &s->pos, &one))
		return 0;
	return json_row(&s->row, &v->names, r, one.p, one.n);
}

static void
finish(struct view *v)
{
	struct source *s = v->state;

	json_row_free(&s->row);
	buf_free(&s->text);
	free(s);
}

static const struct view_ops ops = { .next = next,
    .close = finish };

/* The first element of the array is an object, or an array. */
static bool
is_table(struct scan_span a)
{
	struct scan_span first;
	size_t pos = 0;

	return a.n != 0 && a.p[0] == '[' && scan_element(a.p, a.n, &pos,
	    &first) && (first.p[0] == '{' || first.p[0] == '[');
}

/* Which member holds the rows; table names it, or it is the only one. */
static int
choose(struct source *s, const char *table, struct err *e)
{
	const char *p = s->text.data;
	struct scan_span k, val;
	struct buf list = BUF_INIT;
	size_t pos = 0, tables = 0;
	int rc = 0;

	s->rows = (struct scan_span){ p, s->text.len };
	s->single = true;
	while (scan_member(p, s->text.len, &pos, &k, &val)) {
		bool named = table != NULL && strlen(table) == k.n &&
		    memcmp(table, k.p, k.n) == 0;

		if (!is_table(val) && !(named && val.p[0] == '['))
			continue;
		if (table != NULL && !named)
			continue;
		s->single = false;
		s->rows = val;
		buf_addf(&list, "%s%.*s", tables++ != 0 ? ", " : "",
		    k.n < 100 ? (int)k.n : 100, k.p);
	}
	if (table != NULL && tables == 0)
		rc = err_set(e, ERR_NOINPUT, "it has no array of that name, "
		    "%.100s", table);
	else if (table == NULL && tables > 1)
		rc = err_set(e, ERR_USAGE, "it has several arrays; say which "
		    "as table: %.300s", buf_str(&list));
	buf_free(&list);
	return rc;
}

static int
document(struct view *v, int fd, const char *table, struct err *e)
{
	struct source *s = xcalloc(1, sizeof(*s));
	struct scan_info info;

	v->state = s;
	v->ops = &ops;
	v->growing = true;
	buf_adds(&v->form, "JSON");
	if (lseek(fd, 0, SEEK_SET) == -1 ||
	    fd_slurp(fd, &s->text, DOCUMENT_MAX) == -1)
		return errno == EFBIG ? err_set(e, ERR_DATA, "it is an "
		    "object of more than %zu MiB; take the array out of it "
		    "with jq -c '.name[]' in the shell", DOCUMENT_MAX >> 20) :
		    err_sys(e, "read");
	if (s->text.len >= 3 && memcmp(s->text.data, "\xef\xbb\xbf", 3) == 0)
		buf_shift(&s->text, 3);
	if (!scan_text(buf_str(&s->text), s->text.len, JS_DEPTH, &info))
		return err_set(e, ERR_DATA, "it is no JSON: %s at byte %zu",
		    info.fault, info.at);
	return choose(s, table, e);
}

int
view_json(struct view *v, int fd, const char *table, struct err *e)
{
	char head[4096];
	ssize_t n = pread(fd, head, sizeof(head), 0);
	ssize_t i = 0;

	if (n == -1)
		return err_sys(e, "read");
	if (n >= 2 && ((head[0] == '\0') != (head[1] == '\0') ||
	    memcmp(head, "\xff\xfe", 2) == 0))
		return json_lines(v, fd, true, e);
	if (n >= 3 && memcmp(head, "\xef\xbb\xbf", 3) == 0)
		i = 3;
	while (i < n && strchr(" \t\r\n", head[i]) != NULL &&
	    head[i] != '\0')
		i++;
	if (i < n && head[i] == '[')
		return json_lines(v, fd, true, e);
	return document(v, fd, table, e);
}
