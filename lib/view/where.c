/*
 * where.c - which rows fit a condition.
 */
#include "view/where.h"

#include "base/mem.h"
#include "base/opt.h"
#include "view/datum.h"
#include "view/where_in.h"

#include <ctype.h>
#include <string.h>
#include <strings.h>

/* ---- columns ---- */

static ssize_t
find(const struct vec *names, const char *name)
{
	for (size_t i = 0; i < names->n; i++)
		if (strcmp(names->v[i], name) == 0)
			return (ssize_t)i;
	for (size_t i = 0; i < names->n; i++)
		if (strcasecmp(names->v[i], name) == 0)
			return (ssize_t)i;
	return -1;
}

static void
not_found(const char *name, const struct vec *names, struct buf *why)
{
	const char *near = names->n != 0 ? opt_nearest(name,
	    (const char *const *)names->v) : NULL;

	buf_addf(why, "there is no column %.100s", name);
	if (near != NULL)
		buf_addf(why, "; did you mean %.100s?", near);
	else
		for (size_t i = 0; i < names->n && i < 30; i++)
			buf_addf(why, "%s %.60s", i == 0 ? "; the columns are" :
			    ",", names->v[i]);
}

bool
where_bind(struct where *w, const struct vec *names, struct buf *why)
{
	for (int i = 0; i < w->n; i++) {
		struct where_node *t = &w->node[i];

		if (t->name == NULL || t->column != -1)
			continue;
		t->column = find(names, t->name);
		if (t->column == -1) {
			not_found(t->name, names, why);
			return false;
		}
	}
	return true;
}

/* ---- values ---- */

struct cell {
	const char	*p;
	size_t		 n;
	enum view_kind	 kind;
};

static bool
is_number(enum view_kind k)
{
	return k == KIND_INTEGER || k == KIND_NUMBER;
}

static int
order(double a, double b)
{
	return a < b ? -1 : a > b;
}

static int
text_order(const char *a, size_t an, const char *b, size_t bn)
{
	size_t n = an < bn ? an : bn;
	int c = n != 0 ? memcmp(a, b, n) : 0;

	return c != 0 ? c : order((double)an, (double)bn);
}

/* Whole numbers of any length. */
static int
whole_order(const char *a, size_t an, const char *b, size_t bn)
{
	bool am, bm;
	int c;

	while (an != 0 && (*a == ' ' || *a == '\t' || *a == '+')) {
		a++;
		an--;
	}
	while (an != 0 && (a[an - 1] == ' ' || a[an - 1] == '\t'))
		an--;
	while (bn != 0 && *b == '+') {
		b++;
		bn--;
	}
	am = an != 0 && *a == '-';
	bm = bn != 0 && *b == '-';
	if (am != bm)
		return am ? -1 : 1;
	c = an != bn ? order((double)an, (double)bn) :
	    text_order(a, an, b, bn);
	return am ? -c : c;
}

/* False when the two cannot be put in an order. */
static bool
compare(const struct cell *c, const struct where_value *v, int *order_of)
{
	if (is_number(v->kind) && is_number(c->kind)) {
		if (c->kind == KIND_INTEGER && v->kind == KIND_INTEGER &&
		    (c->n > 15 || v->n > 15))
			*order_of = whole_order(c->p, c->n, v->text, v->n);
		else
			*order_of = order(datum_value(c->p, c->n), v->number);
		return true;
	}
	if (c->kind == KIND_BOOLEAN && c->n == v->n)
		*order_of = strncasecmp(c->p, v->text, v->n);
	else
		*order_of = text_order(c->p, c->n, v->text, v->n);
	/* A number and a word are different, and that is all. */
	return *order_of == 0 || is_number(v->kind) == is_number(c->kind);
}

static bool
same_letter(char a, char b)
{
	return tolower((unsigned char)a) == tolower((unsigned char)b);
}

static bool
contains(const struct cell *c, const struct where_value *v)
{
	for (size_t i = 0; i + v->n <= c->n; i++) {
		size_t k = 0;

		while (k < v->n && same_letter(c->p[i + k], v->text[k]))
			k++;
		if (k == v->n)
			return true;
	}
	return false;
}

/* LIKE of SQL: % is any text, _ any character.  Linear but for the last
 * %, to which it returns. */
static bool
like(const struct cell *c, const struct where_value *v)
{
	size_t i = 0, k = 0, back_i = 0, back_k = SIZE_MAX;

	while (i < c->n) {
		if (k < v->n && v->text[k] == '%') {
			back_k = ++k;
			back_i = i;
		} else if (k < v->n && v->text[k] == '_') {
			k++;
			i++;
			while (i < c->n && ((unsigned char)c->p[i] & 0xc0) ==
			    0x80)
				i++;
		} else if (k < v->n && same_letter(v->text[k], c->p[i])) {
			k++;
			i++;
		} else if (back_k != SIZE_MAX) {
			k = back_k;
			i = ++back_i;
		} else {
			return false;
		}
	}
	while (k < v->n && v->text[k] == '%')
		k++;
	return k == v->n;
}

static bool
regex(struct where *w, struct where_node *t, const struct cell *c)
{
	buf_reset(&w->text);
	buf_add(&w->text, c->p, c->n);
	return regexec(&t->re, buf_str(&w->text), 0, NULL, 0) == 0;
}

static bool
is_in(const struct where_node *t, const struct cell *c)
{
	int o;

	for (size_t i = 0; i < t->n; i++)
		if (compare(c, &t->v[i], &o) && o == 0)
			return true;
	return false;
}

static struct cell
cell_of(const struct where_node *t, const struct view_row *r)
{
	struct cell c = { "", 0, KIND_NULL };

	if (t->column >= 0 && (size_t)t->column < r->n) {
		const struct view_cell *v = &r->v[t->column];

		c = (struct cell){ r->bytes + v->at, v->n, v->kind };
		if (c.n == 0)
			c.p = "";
		if (c.kind == KIND_RAW)
			c.kind = datum_kind(c.p, c.n);
	}
	return c;
}

static bool
fits(struct where *w, struct where_node *t, const struct view_row *r)
{
	struct cell c = cell_of(t, r);
	int o = 0, o2 = 0;
	bool ordered;

	if (c.kind == KIND_NULL || t->op == WHERE_NULL)
		return t->op == WHERE_NULL && c.kind == KIND_NULL;
	switch (t->op) {
	case WHERE_CONTAINS:
		return contains(&c, &t->v[0]);
	case WHERE_LIKE:
		return like(&c, &t->v[0]);
	case WHERE_REGEX:
		return regex(w, t, &c);
	case WHERE_IN:
		return is_in(t, &c);
	case WHERE_BETWEEN:
		return compare(&c, &t->v[0], &o) && compare(&c, &t->v[1],
		    &o2) && o >= 0 && o2 <= 0;
	default:
		break;
	}
	ordered = compare(&c, &t->v[0], &o);
	switch (t->op) {
	case WHERE_EQ: return ordered && o == 0;
	case WHERE_NE: return !ordered || o != 0;
	case WHERE_LT: return ordered && o < 0;
	case WHERE_LE: return ordered && o <= 0;
	case WHERE_GT: return ordered && o > 0;
	default: return ordered && o >= 0;
	}
}

static bool
holds(struct where *w, int i, const struct view_row *r)
{
	struct where_node *t = &w->node[i];

	switch (t->op) {
	case WHERE_AND:
		return holds(w, t->left, r) && holds(w, t->right, r);
	case WHERE_OR:
		return holds(w, t->left, r) || holds(w, t->right, r);
	case WHERE_NOT:
		return !holds(w, t->left, r);
	default:
		return fits(w, t, r);
	}
}

bool
where_match(struct where *w, const struct view_row *r)
{
	return holds(w, w->root, r);
}
