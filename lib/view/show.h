/*
 * show.h - rows on their way to a model, as lines of CSV; and rows that
 * are kept until they are shown.
 */
#ifndef VIEW_SHOW_H
#define VIEW_SHOW_H

#include "base/base.h"
#include "base/buf.h"
#include "base/vec.h"
#include "view/view.h"

#define SHOW_CELL	200	/* bytes of a cell */
#define SHOW_ROW	4000	/* bytes of a row */

/*
 * Append a value: at most max bytes of it, safe to show, between quotes
 * where CSV needs them.  Bytes that are no UTF-8 are read as Windows-1252.
 * It has total bytes, of which n are at p.
 */
void show_cell(struct buf *out, const char *p, size_t n, uint64_t total,
    size_t max);
/* Append the names of columns, or a row with its missing cells, as a line
 * with its end. */
void show_names(struct buf *out, const struct vec *names);
void show_row(struct buf *out, const struct view_row *r, size_t columns);

/* A copy of a row, as much of it as is shown. */
struct kept {
	struct view_row	 row;
	struct buf	 bytes;
};

void kept_set(struct kept *k, const struct view_row *r);
void kept_free(struct kept *k);

#endif
