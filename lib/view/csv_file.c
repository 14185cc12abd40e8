/*
 * csv_file.c - a file of comma-separated values, or of what stands for the
 * comma: its delimiter, its header, its rows and its end.
 */
#include "view/csv.h"
#include "view/csv_guess.h"
#include "view/feed.h"
#include "view/datum.h"
#include "view/view.h"

#include "base/mem.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

struct source {
	struct feed	 feed;
	struct csv	 csv;
	struct csv_guess guess;
	bool		 ended;
};

/* One record into s->csv: 1, 0 at the end, -1. */
static int
record(struct source *s, struct err *e)
{
	bool whole = false;

	csv_next(&s->csv);
	while (!whole && !s->ended) {
		if (s->feed.left == 0 && !feed_next(&s->feed, e)) {
			if (e->kind != ERR_NONE)
				return -1;
			s->ended = true;
			whole = csv_end(&s->csv);
			break;
		}
		feed_take(&s->feed, csv_feed(&s->csv, s->feed.p,
		    s->feed.left, &whole));
	}
	return whole;
}

static int
next(struct view *v, struct view_row *r, struct err *e)
{
	struct source *s = v->state;
	int rc = record(s, e);

	if (rc != 1)
		return rc;
	r->n = 0;
	r->bytes = s->csv.bytes.data;
	for (size_t i = 0; i < s->csv.n && i < VIEW_COLUMNS_MAX; i++) {
		struct view_cell *c = view_row_add(r);

		c->at = s->csv.v[i].at;
		c->n = s->csv.v[i].n;
		c->total = s->csv.v[i].total;
	}
	r->fields = s->csv.fields;
	return 1;
}

static void
restart(struct source *s, off_t at)
{
	feed_seek(&s->feed, at);
	s->ended = false;
	csv_next(&s->csv);
}

static int
shape(struct view *v, struct view_shape *out, struct err *e)
{
	struct source *s = v->state;
	struct csv_count c;

	csv_count_init(&c, s->guess.delim, s->guess.eol);
	feed_seek(&s->feed, s->feed.begin);
	while (feed_next(&s->feed, e))
		csv_count_feed(&c, s->feed.p, s->feed.left);
	if (e->kind != ERR_NONE)
		return -1;
	csv_count_end(&c);
	out->ragged = c.fields != c.records * v->names.n;
	out->rows = c.records - (s->guess.header && c.records > 0);
	return 0;
}

/* The last rows, found from the end where the quotes allow it. */
static int
tail(struct view *v, size_t n, struct err *e)
{
	struct source *s = v->state;
	off_t at;

	if (s->feed.code != FEED_PLAIN)
		return 0;
	at = csv_guess_tail(s->feed.fd, s->feed.begin, s->feed.size,
	    &s->guess, v->names.n, n);
	if (at == -1)
		return err_sys(e, "read");
	if (at > s->feed.begin)
		restart(s, at);
	return 0;
}

static void
finish(struct view *v)
{
	struct source *s = v->state;

	csv_free(&s->csv);
	feed_close(&s->feed);
	free(s);
}

static const struct view_ops ops = { .next = next, .shape = shape, .tail = tail,
    .close = finish };

/* The names from the first record, or made up. */
static int
names(struct view *v, struct err *e)
{
	struct source *s = v->state;
	int rc = record(s, e);

	if (rc == -1)
		return -1;
	for (size_t i = 0; i < s->csv.n && i < VIEW_COLUMNS_MAX; i++) {
		size_t n = s->csv.v[i].n;
		char *name = xmemdup(n != 0 ? csv_at(&s->csv, i) : "",
		    n < 256 ? n : 256);

		if (s->guess.header && *name != '\0')
			vec_push(&v->names, name);
		else
			vec_pushf(&v->names, "col%zu", i + 1);
		free(name);
	}
	if (!s->guess.header)
		restart(s, s->feed.begin);
	return 0;
}

static void
describe(struct view *v, const struct source *s)
{
	static const char *const codes[] = { "UTF-8", "UTF-16LE",
	    "UTF-16BE" };
	char d = s->guess.delim;

	buf_addf(&v->form, "%s, ", d == '\t' ? "TSV" : "CSV");
	if (d != '\t' && d != ',')
		buf_addf(&v->form, "delimiter %c, ", d);
	buf_addf(&v->form, "%s%s", s->feed.code == FEED_PLAIN &&
	    s->guess.latin ? "Windows-1252" : codes[s->feed.code],
	    s->feed.marked ? " with mark" : "");
	if (!s->guess.header)
		buf_adds(&v->form, ", no header");
}

int
view_csv(struct view *v, int fd, const char *path, struct err *e)
{
	struct source *s = xcalloc(1, sizeof(*s));
	const char *dot = strrchr(path, '.');
	size_t n;

	v->state = s;
	v->ops = &ops;
	if (feed_open(&s->feed, fd, e) == -1)
		return -1;
	feed_next(&s->feed, e);
	if (e->kind != ERR_NONE)
		return -1;
	n = s->feed.left;
	if (n != 0 && memchr(s->feed.p, '\0', n < 4096 ? n : 4096) != NULL)
		return err_set(e, ERR_DATA, "it is no text file; file(1) in "
		    "the shell may tell what it is");
	csv_guess(&s->guess, s->feed.p, n, n < FEED_PIECE, dot != NULL &&
	    (strcasecmp(dot, ".tsv") == 0 || strcasecmp(dot, ".tab") == 0));
	csv_init(&s->csv, s->guess.delim, s->guess.eol);
	restart(s, s->feed.begin);
	describe(v, s);
	return names(v, e);
}
