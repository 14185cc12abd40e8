/*
 * ask.c - what can be asked of a table: its first, last, some, or certain
 * rows; how many there are; what its columns hold.
 */
#include "view/ask.h"

#include "base/mem.h"
#include "base/utf8.h"
#include "view/ask_stats.h"
#include "view/show.h"
#include "view/stats.h"
#include "view/view.h"
#include "view/where.h"

#include <stdlib.h>
#include <string.h>

#define KEPT_BYTES	((size_t)8 * 1024 * 1024)

const char *const ask_names[] = { "head", "tail", "shape", "columns",
	"describe", "sample", "filter", NULL };

bool
ask_what(const char *name, enum ask_what *what)
{
	for (size_t i = 0; ask_names[i] != NULL; i++)
		if (strcmp(ask_names[i], name) == 0) {
			*what = (enum ask_what)i;
			return true;
		}
	return false;
}

/* "[data.csv: CSV, UTF-8; ", to be gone on with. */
void
ask_begin(const struct ask *a, const struct view *v, struct buf *out)
{
	buf_addc(out, '[');
	utf8_escape(out, a->shown, strlen(a->shown), UTF8_LINE);
	buf_adds(out, ": ");
	utf8_escape(out, buf_str(&v->form), v->form.len, UTF8_LINE);
	buf_adds(out, "; ");
}

void
ask_end(const struct view *v, struct buf *out)
{
	if (v->ops->note != NULL)
		v->ops->note(v, out);
	buf_adds(out, "]\n");
}

static void
number(struct buf *out, uint64_t n, const char *what)
{
	buf_addf(out, "%llu %s%s", (unsigned long long)n, what, n == 1 ? "" :
	    "s");
}

/* Rows that are kept, or printed; *n of them fit in the answer. */
static void
print(const struct ask *a, const struct view *v, const struct kept *k,
    size_t begin, size_t n, size_t cap, struct buf *out)
{
	size_t from = out->len;

	if (v->names.n != 0)
		show_names(out, &v->names);
	for (size_t i = 0; i < n; i++) {
		if (out->len - from > a->cap) {
			buf_addf(out, "[cut here, %zu rows are left out; ask "
			    "for fewer]\n", n - i);
			break;
		}
		show_row(out, &k[(begin + i) % cap].row, v->names.n);
	}
}

/* As many as are asked for, and as memory holds. */
static size_t
room(const struct ask *a, const struct view *v)
{
	size_t row = (v->names.n != 0 ? v->names.n : 64) * (SHOW_CELL + 64);
	size_t most = KEPT_BYTES / row;

	most = most < 2 ? 2 : most;
	return a->rows < most ? a->rows : most;
}

static void
free_kept(struct kept *k, size_t n)
{
	for (size_t i = 0; i < n; i++)
		kept_free(&k[i]);
	free(k);
}

/* ---- rows ---- */

static int
head(const struct ask *a, struct view *v, struct buf *out, struct err *e)
{
	struct view_row r = { .bytes = NULL };
	size_t cap = room(a, v), n = 0;
	struct kept *k = xcalloc(cap, sizeof(*k));
	int rc = 1;

	while (n < cap && (rc = v->ops->next(v, &r, e)) == 1)
		kept_set(&k[n++], &r);
	if (rc != -1) {
		ask_begin(a, v, out);
		buf_adds(out, n < cap || cap == 0 ? "all " : "the first ");
		number(out, n, "row");
		ask_end(v, out);
		print(a, v, k, 0, n, cap, out);
	}
	view_row_free(&r);
	free_kept(k, cap);
	return rc == -1 ? -1 : 0;
}

static int
tail(const struct ask *a, struct view *v, struct buf *out, struct err *e)
{
	struct view_row r = { .bytes = NULL };
	size_t cap = room(a, v), n = 0;
	struct kept *k = xcalloc(cap, sizeof(*k));
	int rc = v->ops->tail != NULL ? v->ops->tail(v, cap, e) : 0;

	while (rc != -1 && (rc = v->ops->next(v, &r, e)) == 1)
		kept_set(&k[n++ % cap], &r);
	if (rc == 0) {
		size_t have = n < cap ? n : cap;

		ask_begin(a, v, out);
		buf_adds(out, "the last ");
		number(out, have, "row");
		ask_end(v, out);
		print(a, v, k, n < cap ? 0 : n % cap, have, cap, out);
	}
	view_row_free(&r);
	free_kept(k, cap);
	return rc;
}

static int
by_place(const void *a, const void *b)
{
	const struct kept *x = a, *y = b;

	/* Their number is kept where fields were. */
	return x->row.fields < y->row.fields ? -1 :
	    x->row.fields > y->row.fields;
}

/* Every row with the same chance, in the order of the file. */
static int
sample(const struct ask *a, struct view *v, struct buf *out, struct err *e)
{
	struct view_row r = { .bytes = NULL };
	size_t cap = room(a, v);
	uint64_t n = 0, state = 1;
	struct kept *k = xcalloc(cap, sizeof(*k));
	int rc;

	while ((rc = v->ops->next(v, &r, e)) == 1) {
		uint64_t at = n < cap ? n : stats_random(&state, n + 1);

		if (at < cap) {
			kept_set(&k[at], &r);
			k[at].row.fields = n;
		}
		n++;
	}
	if (rc == 0) {
		size_t have = n < cap ? (size_t)n : cap;

		qsort(k, have, sizeof(*k), by_place);
		ask_begin(a, v, out);
		buf_addf(out, "%zu of ", have);
		number(out, n, "row");
		buf_adds(out, ", by chance, the same ones every time");
		ask_end(v, out);
		print(a, v, k, 0, have, cap, out);
	}
	view_row_free(&r);
	free_kept(k, cap);
	return rc;
}

/* ---- filter ---- */

static int
complain(const struct buf *why, struct err *e)
{
	return err_set(e, ERR_USAGE, "where: %s", buf_str(why));
}

static int
matching(const struct ask *a, struct view *v, struct where *w,
    struct buf *out, struct err *e)
{
	struct view_row r = { .bytes = NULL };
	struct buf why = BUF_INIT;
	size_t cap = room(a, v), n = 0;
	uint64_t rows = 0, hits = 0;
	struct kept *k = xcalloc(cap, sizeof(*k));
	bool bound = false;
	int rc = 0;

	if (!v->growing && !where_bind(w, &v->names, &why))
		rc = complain(&why, e);
	while (rc != -1 && (rc = v->ops->next(v, &r, e)) == 1) {
		rows++;
		buf_reset(&why);
		bound = bound || where_bind(w, &v->names, &why);
		if (!where_match(w, &r))
			continue;
		hits++;
		if (n < cap)
			kept_set(&k[n++], &r);
	}
	/* Columns that no row had. */
	if (rc == 0 && rows != 0 && !bound)
		rc = complain(&why, e);
	if (rc == 0) {
		ask_begin(a, v, out);
		buf_addf(out, "%llu of ", (unsigned long long)hits);
		number(out, rows, "row");
		buf_adds(out, " fit");
		if (hits > n)
			buf_addf(out, ", the first %zu", n);
		ask_end(v, out);
		print(a, v, k, 0, n, cap, out);
	}
	buf_free(&why);
	view_row_free(&r);
	free_kept(k, cap);
	return rc;
}

static int
filter(const struct ask *a, struct view *v, struct buf *out, struct err *e)
{
	struct buf why = BUF_INIT;
	struct where *w;
	int rc;

	if (a->where == NULL || *a->where == '\0')
		return err_set(e, ERR_USAGE, "filter needs a condition as "
		    "where, such as: age >= 30 and city = 'Ulm'");
	w = where_parse(a->where, &why);
	rc = w != NULL ? matching(a, v, w, out, e) : complain(&why, e);
	where_free(w);
	buf_free(&why);
	return rc;
}

/* ---- how many ---- */

static int
shape(const struct ask *a, struct view *v, struct buf *out, struct err *e)
{
	struct view_row r = { .bytes = NULL };
	struct view_shape s = { 0, false };
	int rc = 0;

	if (v->ops->shape != NULL)
		rc = v->ops->shape(v, &s, e);
	else
		while ((rc = v->ops->next(v, &r, e)) == 1)
			s.rows++;
	view_row_free(&r);
	if (rc == -1)
		return -1;
	ask_begin(a, v, out);
	number(out, s.rows, "row");
	buf_adds(out, ", ");
	number(out, v->names.n, "column");
	buf_adds(out, s.ragged ? "; ragged, some rows have more or fewer "
	    "fields" : "");
	ask_end(v, out);
	show_names(out, &v->names);
	return 0;
}

int
ask(const struct ask *a, int fd, struct buf *out, struct err *e)
{
	static int (*const how[])(const struct ask *, struct view *,
	    struct buf *, struct err *) = { head, tail, shape, ask_columns,
	    ask_describe, sample, filter };
	struct view v;
	int rc;

	if (view_open(&v, fd, a->path, a->table, e) == -1)
		return -1;
	rc = how[a->what](a, &v, out, e);
	view_close(&v);
	return rc;
}
