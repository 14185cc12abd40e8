/*
 * where.h - which rows: a condition on their columns.
 *
 *	age >= 30 and (city = 'Ulm' or city is null) and not name like 'A%'
 *
 * Comparisons are = != < <= > >= (also == and <>), "contains", "like" with
 * % and _, "~" with a regular expression, "in (...)", "between A and B",
 * "is null", "is not null"; they are joined by and, or, not and
 * parentheses.  On the left stands a column, bare or between quotes of any
 * kind; on the right a value, which needs quotes when it is not one word.
 * Numbers are compared as numbers, all else as text; null fits nothing but
 * "is null".  Pure.
 */
#ifndef VIEW_WHERE_H
#define VIEW_WHERE_H

#include "base/base.h"
#include "base/buf.h"
#include "base/vec.h"
#include "view/view.h"

struct where;

/* NULL with why filled: one line that says what was expected where. */
struct where *where_parse(const char *text, struct buf *why);
void where_free(struct where *w);
/*
 * Find the columns by name, any case of letters as a last resort.  True
 * when all are there; else the first that is not in why.
 */
bool where_bind(struct where *w, const struct vec *names, struct buf *why);
/* Whether the row fits; a column that was not found is null. */
bool where_match(struct where *w, const struct view_row *r);

#endif
