/*
 * diff.c - what changed between two texts, as a unified diff for a reader.
 */
#include "base/diff.h"

#include "base/mem.h"
#include "base/utf8.h"

#include <stdlib.h>
#include <string.h>

#define AROUND	3	/* lines before and behind a change */

struct line {
	const char	*p;
	size_t		 n;	/* its LF included */
	bool		 mark;	/* only in this text */
};

struct text {
	struct line	*v;
	size_t		 n;
};

static void
split(struct text *t, const char *p, size_t n)
{
	size_t cap = 0;

	t->v = NULL;
	t->n = 0;
	while (n > 0) {
		const char *nl = memchr(p, '\n', n);
		size_t len = nl != NULL ? (size_t)(nl - p) + 1 : n;

		if (t->n == cap) {
			cap = cap > 0 ? 2 * cap : 64;
			t->v = xreallocarray(t->v, cap, sizeof(*t->v));
		}
		t->v[t->n++] = (struct line){ .p = p, .n = len };
		p += len;
		n -= len;
	}
}

static bool
same(const struct line *a, const struct line *b)
{
	return a->n == b->n && memcmp(a->p, b->p, a->n) == 0;
}

/* ---- the shortest script ---- */

/* What is compared: the lines between what both have at their ends. */
struct middle {
	struct line	*a, *b;
	int		 n, m;
};

/* Go back over the furthest points that each number of edits reached, and
 * mark what was left out or put in. */
static void
mark(const struct middle *t, int *const *trace, int d)
{
	int x = t->n, y = t->m;

	for (; d > 0; d--) {
		const int *v = trace[d - 1] + d;
		int k = x - y, from;

		from = k == -d || (k != d && v[k - 1] < v[k + 1]) ? k + 1 :
		    k - 1;
		x = v[from];
		y = x - from;
		if (from == k + 1)
			t->b[y].mark = true;
		else
			t->a[x].mark = true;
	}
}

/* How far d edits go: next from prev, both with diagonal 0 in their middle.
 * True when that is the end. */
static bool
reach(const struct middle *t, const int *prev, int *next, int d)
{
	for (int k = -d; k <= d; k += 2) {
		int x = d == 0 ? 0 : k == -d || (k != d && prev[k - 1] <
		    prev[k + 1]) ? prev[k + 1] : prev[k - 1] + 1;

		while (x < t->n && x - k >= 0 && x - k < t->m &&
		    same(&t->a[x], &t->b[x - k]))
			x++;
		next[k] = x;
		if (x >= t->n && x - k >= t->m)
			return true;
	}
	return false;
}

static void
compare(const struct middle *t)
{
	int *trace[DIFF_EDITS + 1] = { NULL };
	bool found = false;
	int d;

	for (d = 0; d <= DIFF_EDITS && !found; d++) {
		/* One diagonal more on each side is looked at. */
		trace[d] = xcalloc((size_t)(2 * d + 3), sizeof(int));
		found = reach(t, d > 0 ? trace[d - 1] + d : NULL,
		    trace[d] + d + 1, d);
	}
	if (found) {
		mark(t, trace, d - 1);
	} else {
		for (int i = 0; i < t->n; i++)
			t->a[i].mark = true;
		for (int i = 0; i < t->m; i++)
			t->b[i].mark = true;
	}
	for (d = 0; d <= DIFF_EDITS; d++)
		free(trace[d]);
}

static void
find_changes(struct text *a, struct text *b)
{
	size_t head = 0, tail = 0, least = a->n < b->n ? a->n : b->n;
	struct middle t;

	while (head < least && same(&a->v[head], &b->v[head]))
		head++;
	while (tail < least - head && same(&a->v[a->n - 1 - tail],
	    &b->v[b->n - 1 - tail]))
		tail++;
	if (a->n > INT32_MAX / 2 || b->n > INT32_MAX / 2)
		return;
	t.a = a->v + head;
	t.b = b->v + head;
	t.n = (int)(a->n - head - tail);
	t.m = (int)(b->n - head - tail);
	if (t.n > 0 || t.m > 0)
		compare(&t);
}

/* ---- hunks ---- */

struct writer {
	struct buf	*out;
	size_t		 left;		/* bytes that may be written */
	size_t		 dropped;	/* lines that were not */
};

static void
put(struct writer *w, const struct buf *line)
{
	if (w->dropped > 0 || line->len > w->left) {
		w->dropped++;
		return;
	}
	w->left -= line->len;
	buf_add(w->out, line->data, line->len);
}

static void
put_line(struct writer *w, char sign, const struct line *l)
{
	bool ended = l->p[l->n - 1] == '\n';
	size_t n = ended ? l->n - 1 : l->n;
	struct buf b = BUF_INIT;

	buf_addc(&b, sign);
	buf_add(&b, l->p, n > DIFF_LINE ? utf8_cut(l->p, DIFF_LINE) : n);
	if (n > DIFF_LINE)
		buf_addf(&b, " [%zu more bytes]", n - DIFF_LINE);
	buf_adds(&b, ended ? "\n" : "\n\\ No newline at end of file\n");
	put(w, &b);
	buf_free(&b);
}

/* From line i of a and j of b on: how many lines are the same, up to max. */
static size_t
run(const struct text *a, const struct text *b, size_t i, size_t j,
    size_t max)
{
	size_t n = 0;

	while (n < max && i + n < a->n && j + n < b->n &&
	    !a->v[i + n].mark && !b->v[j + n].mark)
		n++;
	return n;
}

/* One line of the script at i and j; both go on. */
static void
step(struct writer *w, const struct text *a, const struct text *b,
    size_t *i, size_t *j)
{
	if (*i < a->n && a->v[*i].mark) {
		put_line(w, '-', &a->v[(*i)++]);
	} else if (*j < b->n && b->v[*j].mark) {
		put_line(w, '+', &b->v[(*j)++]);
	} else {
		put_line(w, ' ', &a->v[*i]);
		(*i)++;
		(*j)++;
	}
}

/* Where the hunk ends that has a change at i and j. */
static void
end_of(const struct text *a, const struct text *b, size_t *i, size_t *j)
{
	for (;;) {
		size_t n = run(a, b, *i, *j, 2 * AROUND + 1);

		if (n > 2 * AROUND ||
		    (*i + n >= a->n && *j + n >= b->n)) {
			n = n < AROUND ? n : AROUND;
			*i += n;
			*j += n;
			return;
		}
		*i += n;
		*j += n;
		while (*i < a->n && a->v[*i].mark)
			++*i;
		while (*j < b->n && b->v[*j].mark)
			++*j;
		if (*i >= a->n && *j >= b->n)
			return;
	}
}

static void
hunks(struct writer *w, const struct text *a, const struct text *b)
{
	size_t i = 0, j = 0;

	for (;;) {
		size_t n = run(a, b, i, j, SIZE_MAX), ei, ej;
		struct buf head = BUF_INIT;

		if (i + n >= a->n && j + n >= b->n)
			return;
		i += n - (n < AROUND ? n : AROUND);
		j += n - (n < AROUND ? n : AROUND);
		ei = i;
		ej = j;
		end_of(a, b, &ei, &ej);
		buf_addf(&head, "@@ -%zu,%zu +%zu,%zu @@\n", i + (ei > i),
		    ei - i, j + (ej > j), ej - j);
		put(w, &head);
		buf_free(&head);
		while (i < ei || j < ej)
			step(w, a, b, &i, &j);
	}
}

size_t
diff_unified(struct buf *out, const char *a, size_t an, const char *b,
    size_t bn, size_t max)
{
	struct writer w = { .out = out, .left = max };
	struct text ta, tb;

	split(&ta, a, an);
	split(&tb, b, bn);
	find_changes(&ta, &tb);
	hunks(&w, &ta, &tb);
	free(ta.v);
	free(tb.v);
	return w.dropped;
}
