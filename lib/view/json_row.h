/*
 * json_row.h - JSON values as rows: members of objects are columns, in the
 * order in which they are first seen; later rows may add some.
 *
 * Numbers and nested values are copied byte for byte, so nothing of them is
 * lost.
 */
#ifndef VIEW_JSON_ROW_H
#define VIEW_JSON_ROW_H

#include "base/base.h"
#include "base/buf.h"
#include "view/view.h"

#define JSON_ROW_MAX	((size_t)16 * 1024 * 1024)	/* bytes of a value */

struct json_row {
	struct buf	 bytes;		/* of the cells of one row */
	uint32_t	*slot;		/* hash table of names: index + 1 */
	size_t		 nslots;
};

void json_row_free(struct json_row *j);
/* The n bytes at p as a row; false when they are not one JSON value. */
bool json_row(struct json_row *j, struct vec *names, struct view_row *r,
    const char *p, size_t n);

#endif
