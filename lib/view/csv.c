/*
 * csv.c - comma-separated values: records and fields.
 */
#include "view/csv.h"

#include "base/mem.h"

#include <stdlib.h>
#include <string.h>

void
csv_init(struct csv *c, char delim, char eol)
{
	*c = (struct csv){ .delim = delim, .eol = eol, .fresh = true };
}

void
csv_free(struct csv *c)
{
	buf_free(&c->bytes);
	free(c->v);
	c->v = NULL;
	c->n = c->cap = 0;
}

void
csv_next(struct csv *c)
{
	buf_reset(&c->bytes);
	c->n = 0;
	c->fields = 0;
	c->state = CSV_START;
	c->fresh = true;
	c->cr = false;
}

const char *
csv_at(const struct csv *c, size_t i)
{
	return c->bytes.data + c->v[i].at;
}

/* A field begins. */
static void
begin(struct csv *c, bool quoted)
{
	c->fresh = false;
	c->fields++;
	if (c->fields > CSV_FIELDS_MAX)
		return;
	if (c->n == c->cap) {
		c->cap = c->cap != 0 ? c->cap * 2 : 32;
		c->v = xreallocarray(c->v, c->cap, sizeof(*c->v));
	}
	buf_grow(&c->bytes, 1);
	c->v[c->n++] = (struct csv_field){ .at = c->bytes.len,
	    .quoted = quoted };
}

/* Bytes of the field that was begun last, as far as there is room. */
static void
add(struct csv *c, const char *p, size_t n)
{
	struct csv_field *f;
	size_t room;

	if (c->fields > CSV_FIELDS_MAX || n == 0)
		return;
	f = &c->v[c->n - 1];
	f->total += n;
	room = f->n < CSV_FIELD_MAX ? CSV_FIELD_MAX - f->n : 0;
	if (c->bytes.len + room > CSV_RECORD_MAX)
		room = c->bytes.len < CSV_RECORD_MAX ? CSV_RECORD_MAX -
		    c->bytes.len : 0;
	/* Once something was left out, so is all behind it. */
	if (f->n + n < f->total)
		room = 0;
	n = n < room ? n : room;
	buf_add(&c->bytes, p, n);
	f->n += n;
}

static void
release_cr(struct csv *c)
{
	if (c->cr)
		add(c, "\r", 1);
	c->cr = false;
}

/* Plain text from p: its end, which is a delimiter, a line end or a CR. */
static const char *
plain_end(const struct csv *c, const char *p, const char *end)
{
	while (p < end && *p != c->delim && *p != c->eol && *p != '\r')
		p++;
	return p;
}

/* A byte that ends a field, or a held CR; true when it ends the record. */
static bool
separator(struct csv *c, char b)
{
	if (b == c->eol) {
		c->cr = false;
		c->state = CSV_START;
		return true;
	}
	if (b == c->delim) {
		release_cr(c);
		c->state = CSV_START;
		return false;
	}
	release_cr(c);
	c->cr = true;		/* a CR that is no line end by itself */
	c->state = CSV_PLAIN;
	return false;
}

/* One step in plain text; returns the place behind it. */
static const char *
plain(struct csv *c, const char *p, const char *end, bool *whole)
{
	const char *stop = plain_end(c, p, end);

	if (stop > p) {
		release_cr(c);
		add(c, p, (size_t)(stop - p));
		c->state = CSV_PLAIN;
	}
	if (stop == end)
		return end;
	*whole = separator(c, *stop);
	return stop + 1;
}

static const char *
quoted(struct csv *c, const char *p, const char *end)
{
	const char *q = memchr(p, '"', (size_t)(end - p));

	add(c, p, (size_t)((q != NULL ? q : end) - p));
	if (q == NULL)
		return end;
	c->state = CSV_QUOTE;
	return q + 1;
}

/* At the first byte of a field. */
static const char *
start(struct csv *c, const char *p, const char *end, bool *whole)
{
	if (c->fresh && *p == c->eol) {	/* an empty line */
		c->cr = false;
		return p + 1;
	}
	if (c->fresh && *p == '\r' && !c->cr) {
		c->cr = true;		/* perhaps of an empty line */
		return p + 1;
	}
	if (*p == '"' && !c->cr) {
		begin(c, true);
		c->state = CSV_QUOTED;
		return p + 1;
	}
	begin(c, false);
	return plain(c, p, end, whole);
}

size_t
csv_feed(struct csv *c, const char *p, size_t n, bool *whole)
{
	const char *at = p, *end = p + n;

	*whole = false;
	while (at < end && !*whole) {
		switch (c->state) {
		case CSV_START:
			at = start(c, at, end, whole);
			break;
		case CSV_PLAIN:
			at = plain(c, at, end, whole);
			break;
		case CSV_QUOTED:
			at = quoted(c, at, end);
			break;
		case CSV_QUOTE:
			if (*at == '"') {
				add(c, at++, 1);
				c->state = CSV_QUOTED;
			} else {
				at = plain(c, at, end, whole);
			}
			break;
		}
	}
	return (size_t)(at - p);
}

bool
csv_end(struct csv *c)
{
	if (c->fresh)
		return false;
	/* Behind a last delimiter stands an empty field. */
	if (c->state == CSV_START)
		begin(c, false);
	c->cr = false;
	return true;
}
