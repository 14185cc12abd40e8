/*
 * ask_stats.c - what the columns of a table hold, a line for each.
 */
#include "view/ask_stats.h"

#include "base/mem.h"
#include "view/datum.h"
#include "view/show.h"
#include "view/stats.h"

#include <math.h>
#include <string.h>

/* All rows into s. */
static int
read_all(struct view *v, struct stats *s, bool deep, struct err *e)
{
	struct view_row r = { .bytes = NULL };
	int rc;

	stats_begin(s, v->growing ? 0 : v->names.n, deep);
	while ((rc = v->ops->next(v, &r, e)) == 1)
		stats_add(s, &r);
	view_row_free(&r);
	return rc;
}

static void
begin(const struct ask *a, const struct view *v, const struct stats *s,
    struct buf *out)
{
	ask_begin(a, v, out);
	buf_addf(out, "%llu row%s, %zu column%s", (unsigned long long)s->rows,
	    s->rows == 1 ? "" : "s", v->names.n, v->names.n == 1 ? "" : "s");
	if (s->ragged != 0)
		buf_addf(out, "; %llu row%s more or fewer fields",
		    (unsigned long long)s->ragged, s->ragged == 1 ? " has" :
		    "s have");
	ask_end(v, out);
}

/* "integer", or what is mixed: "text (98% integer)". */
static void
type(struct buf *out, const struct stats_column *c, const char *declared)
{
	uint64_t all = 0, most = 0;
	int which = KIND_TEXT;

	for (int k = 0; k < VIEW_KINDS; k++) {
		if (k == KIND_NULL)
			continue;
		all += c->kinds[k];
		if (c->kinds[k] > most) {
			most = c->kinds[k];
			which = k;
		}
	}
	buf_adds(out, datum_name(c->kind));
	if (c->kind == KIND_TEXT && most < all)
		buf_addf(out, " (%.0f%% %s)", floor(100.0 * (double)most /
		    (double)all), datum_name((enum view_kind)which));
	if (declared != NULL && *declared != '\0') {
		buf_adds(out, " as ");
		buf_add(out, declared, strnlen(declared, 60));
	}
}

static void
comma(struct buf *out, const struct buf *cell)
{
	show_cell(out, buf_str(cell), cell->len, cell->len, SHOW_CELL);
	buf_addc(out, ',');
}

/* The name and the type. */
static void
lead(struct buf *out, const struct view *v, const struct stats *s, size_t i)
{
	static const struct stats_column none = { .kind = KIND_NULL };
	struct buf b = BUF_INIT;

	show_cell(out, v->names.v[i], strlen(v->names.v[i]),
	    strlen(v->names.v[i]), SHOW_CELL);
	buf_addc(out, ',');
	type(&b, i < s->n ? &s->v[i] : &none, i < v->types.n ?
	    v->types.v[i] : NULL);
	comma(out, &b);
	buf_free(&b);
}

/* True when the answer is long enough. */
static bool
full(const struct ask *a, const struct view *v, size_t i, size_t from,
    struct buf *out)
{
	if (out->len - from <= a->cap)
		return false;
	buf_addf(out, "[cut here, %zu columns are left out]\n",
	    v->names.n - i);
	return true;
}

int
ask_columns(const struct ask *a, struct view *v, struct buf *out,
    struct err *e)
{
	struct stats s;
	int rc = read_all(v, &s, false, e);
	size_t from = out->len;

	if (rc == 0) {
		begin(a, v, &s, out);
		buf_adds(out, "column,type,nulls,example\n");
	}
	for (size_t i = 0; rc == 0 && i < v->names.n &&
	    !full(a, v, i, from, out); i++) {
		lead(out, v, &s, i);
		buf_addf(out, "%llu,", (unsigned long long)stats_nulls(&s,
		    i));
		if (i < s.n)
			show_cell(out, s.v[i].example, s.v[i].nexample,
			    s.v[i].example_total, 40);
		buf_addc(out, '\n');
	}
	stats_free(&s);
	return rc;
}

/* A number as people write it: whole where it is, else some digits. */
static void
number(struct buf *out, struct stats_number k)
{
	double x = k.v.x;

	if (k.whole)
		buf_addf(out, "%lld,", (long long)k.v.n);
	else if (x == floor(x) && fabs(x) < 1e15)
		buf_addf(out, "%.0f,", x);
	else
		buf_addf(out, "%.6g,", x);
}

static void
range(struct buf *out, struct stats_column *c)
{
	if (c->numbers == 0) {
		comma(out, &c->least);
		buf_adds(out, ",,,");
		comma(out, &c->greatest);
		buf_adds(out, ",,");
		return;
	}
	number(out, (struct stats_number){ c->whole, c->min });
	for (double q = 0.25; q < 1; q += 0.25)
		number(out, stats_quantile(c, q));
	number(out, (struct stats_number){ c->whole, c->max });
	number(out, stats_mean(c));
	if (c->numbers > 1)
		number(out, (struct stats_number){ .v.x = sqrt(c->squares /
		    (double)(c->numbers - 1)) });
	else
		buf_addc(out, ',');
}

static void
top(struct buf *out, const struct stats *s, const struct stats_column *c)
{
	const struct stats_value *v = stats_top(s, c);

	if (v == NULL)
		return;
	show_cell(out, v->text, v->n, v->n, sizeof(v->text));
	if (v->cut)
		buf_adds(out, "...");
	buf_addf(out, " x%llu", (unsigned long long)v->count);
}

static void
describe(struct buf *out, const struct stats *s, struct stats_column *c)
{
	buf_addf(out, c->many ? ">%zu," : "%zu,", c->many ? s->value_max - 1 :
	    c->nvalues);
	range(out, c);
	top(out, s, c);
}

int
ask_describe(const struct ask *a, struct view *v, struct buf *out,
    struct err *e)
{
	struct stats s;
	int rc = read_all(v, &s, true, e);
	size_t from = out->len;

	if (rc == 0) {
		begin(a, v, &s, out);
		buf_adds(out, "column,type,count,nulls,distinct,min,25%,50%,"
		    "75%,max,mean,std,most frequent\n");
	}
	for (size_t i = 0; rc == 0 && i < v->names.n &&
	    !full(a, v, i, from, out); i++) {
		uint64_t nulls = stats_nulls(&s, i);

		lead(out, v, &s, i);
		buf_addf(out, "%llu,%llu,", (unsigned long long)(s.rows -
		    nulls), (unsigned long long)nulls);
		if (i < s.n)
			describe(out, &s, &s.v[i]);
		else
			buf_adds(out, "0,,,,,,,,");
		buf_addc(out, '\n');
	}
	stats_free(&s);
	return rc;
}
