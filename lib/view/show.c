/*
 * show.c - rows on their way to a model.
 */
#include "view/show.h"

#include "base/mem.h"
#include "base/utf8.h"

#include <stdlib.h>
#include <string.h>

/* Windows-1252 from 0x80 to 0x9f; 0: nothing is there. */
static const uint16_t win1252[32] = {
	0x20ac, 0, 0x201a, 0x0192, 0x201e, 0x2026, 0x2020, 0x2021,
	0x02c6, 0x2030, 0x0160, 0x2039, 0x0152, 0, 0x017d, 0,
	0, 0x2018, 0x2019, 0x201c, 0x201d, 0x2022, 0x2013, 0x2014,
	0x02dc, 0x2122, 0x0161, 0x203a, 0x0153, 0, 0x017e, 0x0178,
};

static void
decode(struct buf *out, const char *p, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		unsigned char c = (unsigned char)p[i];
		uint32_t cp = c < 0x80 || c >= 0xa0 ? c : win1252[c - 0x80];

		utf8_encode(out, cp != 0 || c == 0 ? cp : 0xfffd);
	}
}

void
show_cell(struct buf *out, const char *p, size_t n, uint64_t total,
    size_t max)
{
	size_t cut = n > max ? utf8_cut(p, max) : n;
	struct buf text = BUF_INIT, safe = BUF_INIT;
	const char *s;

	/* Where a cell was cut in reading it may end within a character. */
	if (cut == n && total > n)
		cut = utf8_cut(p, n);
	if (utf8_valid(p, cut))
		buf_add(&text, p, cut);
	else
		decode(&text, p, cut);
	utf8_escape(&safe, buf_str(&text), text.len, UTF8_LINE);
	if (total > cut)
		buf_addf(&safe, "[+%llu bytes]", (unsigned long long)(total -
		    cut));
	s = buf_str(&safe);
	if (strpbrk(s, "\",") != NULL || *s == ' ' ||
	    (safe.len != 0 && s[safe.len - 1] == ' ')) {
		buf_addc(out, '"');
		for (; *s != '\0'; s++) {
			if (*s == '"')
				buf_addc(out, '"');
			buf_addc(out, *s);
		}
		buf_addc(out, '"');
	} else {
		buf_adds(out, s);
	}
	buf_free(&text);
	buf_free(&safe);
}

/* The line is long enough: how many are left. */
static bool
enough(struct buf *out, size_t from, size_t i, size_t n)
{
	if (out->len - from < SHOW_ROW)
		return false;
	buf_addf(out, ",[+%zu columns]", n - i);
	return true;
}

void
show_names(struct buf *out, const struct vec *names)
{
	size_t from = out->len;

	for (size_t i = 0; i < names->n && !enough(out, from, i, names->n);
	    i++) {
		size_t n = strlen(names->v[i]);

		if (i != 0)
			buf_addc(out, ',');
		show_cell(out, names->v[i], n, n, SHOW_CELL);
	}
	buf_addc(out, '\n');
}

void
show_row(struct buf *out, const struct view_row *r, size_t columns)
{
	size_t from = out->len, n = r->n > columns ? r->n : columns;

	for (size_t i = 0; i < n && !enough(out, from, i, n); i++) {
		if (i != 0)
			buf_addc(out, ',');
		if (i < r->n && r->v[i].n != 0)
			show_cell(out, r->bytes + r->v[i].at, r->v[i].n,
			    r->v[i].total, SHOW_CELL);
	}
	buf_addc(out, '\n');
}

void
kept_set(struct kept *k, const struct view_row *r)
{
	buf_reset(&k->bytes);
	k->row.n = 0;
	k->row.fields = r->fields;
	for (size_t i = 0; i < r->n; i++) {
		struct view_cell *c = view_row_add(&k->row);

		*c = r->v[i];
		c->at = k->bytes.len;
		c->n = c->n < SHOW_CELL + 8 ? c->n : SHOW_CELL + 8;
		if (c->n != 0)
			buf_add(&k->bytes, r->bytes + r->v[i].at, c->n);
	}
	k->row.bytes = k->bytes.data;
}

void
kept_free(struct kept *k)
{
	view_row_free(&k->row);
	buf_free(&k->bytes);
}
