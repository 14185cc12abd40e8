/*
 * md_table.c - tables: columns as wide as what is in them, as far as the
 * terminal allows; cells that are too long go over several lines.
 */
#include "base/mem.h"
#include "base/utf8.h"
#include "chat/md_in.h"

#include <stdlib.h>
#include <string.h>

#define COLUMNS	32

struct cell {
	const char	*p;
	size_t		 n;
};

enum align { LEFT, RIGHT, CENTRE };

struct table {
	struct md	*m;
	size_t		 columns;
	unsigned	 widths[COLUMNS];
	enum align	 align[COLUMNS];
};

/* The cells of a row; bars in code and behind a backslash are text. */
static size_t
cells_of(const char *p, struct cell *c)
{
	size_t n = 0;
	bool code = false;

	if (*p == '|')
		p++;
	while (*p != '\0' && n < COLUMNS) {
		const char *from = p, *to;

		for (; *p != '\0' && (*p != '|' || code); p++) {
			if (*p == '\\' && p[1] != '\0')
				p++;
			else if (*p == '`')
				code = !code;
		}
		to = p;
		while (from < to && (*from == ' ' || *from == '\t'))
			from++;
		while (to > from && (to[-1] == ' ' || to[-1] == '\t'))
			to--;
		c[n].p = from;
		c[n++].n = (size_t)(to - from);
		code = false;
		if (*p == '|' && *++p == '\0')
			break;
	}
	return n;
}

/* The row below the heads: |:---|---:| */
static bool
delimiter(const char *row, struct table *t)
{
	struct cell c[COLUMNS];
	size_t n = cells_of(row, c);

	for (size_t i = 0; i < n; i++) {
		bool left = c[i].n > 0 && c[i].p[0] == ':';
		bool right = c[i].n > 1 && c[i].p[c[i].n - 1] == ':';
		size_t dashes = 0;

		for (size_t k = 0; k < c[i].n; k++)
			dashes += c[i].p[k] == '-';
		if (dashes == 0 || dashes + left + right != c[i].n)
			return false;
		t->align[i] = left && right ? CENTRE : right ? RIGHT : LEFT;
	}
	t->columns = n;
	return n > 0;
}

/* A cell as lines of at most width columns (0: one line). */
static void
render(const struct md *like, const struct cell *c, unsigned width,
    bool bold, struct buf *out)
{
	struct md m;

	md_init(&m, width, like->colour, like->unicode);
	m.base = bold ? MD_BOLD : 0;
	m.state = MD_TEXT;
	buf_add(&m.in, c->p, c->n);
	md_text(&m, true, out);
	md_word(&m, out);
	md_sgr(&m, 0, out);
	md_free(&m);
}

static void
measure(struct table *t)
{
	const struct vec *rows = &t->m->rows;

	for (size_t i = 0; i < rows->n; i++) {
		struct cell c[COLUMNS];
		size_t n = i != 1 ? cells_of(rows->v[i], c) : 0;

		for (size_t k = 0; k < n && k < t->columns; k++) {
			struct buf b = BUF_INIT;
			unsigned w;

			render(t->m, &c[k], 0, false, &b);
			w = md_columns(b.data, b.len);
			if (w > t->widths[k])
				t->widths[k] = w;
			buf_free(&b);
		}
	}
}

/* Take from the widest columns until the table fits. */
static void
fit(struct table *t)
{
	unsigned room = t->m->width, sum = 2 * t->m->quote;

	for (size_t k = 0; k < t->columns; k++) {
		if (t->widths[k] == 0)
			t->widths[k] = 1;
		sum += t->widths[k] + (k > 0 ? 3 : 0);
	}
	while (room != 0 && sum > room) {
		size_t most = 0;

		for (size_t k = 1; k < t->columns; k++)
			if (t->widths[k] > t->widths[most])
				most = k;
		if (t->widths[most] <= 4)
			return;	/* the terminal has to wrap it */
		t->widths[most]--;
		sum--;
	}
}

static void
blanks(struct buf *b, unsigned n)
{
	while (n-- > 0)
		buf_addc(b, ' ');
}

/* Line number `line` of a rendered cell, filled to its column. */
static void
cell_line(const struct table *t, size_t k, const struct buf *b, size_t line,
    bool last, struct buf *out)
{
	const char *p = buf_str(b), *end;
	unsigned w, left = 0, space;

	for (; line > 0 && p != NULL; line--) {
		p = strchr(p, '\n');
		if (p != NULL)
			p++;
	}
	if (p == NULL)
		p = "";
	end = strchrnul(p, '\n');
	w = md_columns(p, (size_t)(end - p));
	space = w < t->widths[k] ? t->widths[k] - w : 0;
	if (t->align[k] == RIGHT)
		left = space;
	else if (t->align[k] == CENTRE)
		left = space / 2;
	blanks(out, left);
	buf_add(out, p, (size_t)(end - p));
	if (!last)
		blanks(out, space - left);
}

static void
row(const struct table *t, const char *text, bool head, struct buf *out)
{
	struct cell c[COLUMNS];
	struct buf b[COLUMNS];
	size_t n = cells_of(text, c), lines = 1;

	for (size_t k = 0; k < t->columns; k++) {
		size_t high = 1;

		b[k] = (struct buf)BUF_INIT;
		if (k < n)
			render(t->m, &c[k], t->widths[k], head, &b[k]);
		for (size_t i = 0; i < b[k].len; i++)
			high += b[k].data[i] == '\n';
		if (high > lines)
			lines = high;
	}
	for (size_t i = 0; i < lines; i++) {
		md_begin(t->m, 0, out);
		for (size_t k = 0; k < t->columns; k++) {
			bool last = k + 1 == t->columns;

			cell_line(t, k, &b[k], i, last, out);
			if (!last)
				buf_adds(out, t->m->unicode ?
				    " \xe2\x94\x82 " : " | ");
		}
		md_newline(t->m, out);
	}
	for (size_t k = 0; k < t->columns; k++)
		buf_free(&b[k]);
}

static void
rule(const struct table *t, struct buf *out)
{
	md_begin(t->m, 0, out);
	for (size_t k = 0; k < t->columns; k++) {
		for (unsigned i = 0; i < t->widths[k]; i++)
			buf_adds(out, t->m->unicode ? "\xe2\x94\x80" : "-");
		if (k + 1 < t->columns)
			buf_adds(out, t->m->unicode ?
			    "\xe2\x94\x80\xe2\x94\xbc\xe2\x94\x80" : "-+-");
	}
	md_newline(t->m, out);
}

/* Rows that are no table are lines of text. */
static void
plain(struct md *m, struct buf *out)
{
	for (size_t i = 0; i < m->rows.n; i++) {
		md_begin(m, 0, out);
		buf_adds(&m->in, m->rows.v[i]);
		md_text(m, true, out);
		md_newline(m, out);
	}
}

void
md_table(struct md *m, struct buf *out)
{
	struct table t = { .m = m };
	struct buf in = m->in;

	if (m->rows.n == 0)
		return;
	/* The line under way comes behind the table. */
	m->in = (struct buf)BUF_INIT;
	if (m->rows.n < 2 || !delimiter(m->rows.v[1], &t)) {
		plain(m, out);
	} else {
		measure(&t);
		fit(&t);
		for (size_t i = 0; i < m->rows.n; i++)
			if (i != 1)
				row(&t, m->rows.v[i], i == 0, out);
			else
				rule(&t, out);
	}
	vec_free(&m->rows);
	buf_free(&m->in);
	m->in = in;
}
