/*
 * datum.h - what a piece of text is: a number, a date, nothing.  Pure.
 */
#ifndef VIEW_DATUM_H
#define VIEW_DATUM_H

#include "base/base.h"
#include "view/view.h"

/*
 * The kind of n bytes of a text file.  Nothing at all, NA, N/A, null, None
 * and NaN are null.  Digits behind a leading zero are text, as in the
 * numbers of houses and articles; dates are YYYY-MM-DD (or with slashes).
 */
enum view_kind datum_kind(const char *p, size_t n);
/* "integer", "date", ... */
const char *datum_name(enum view_kind k);
/* The value of an integer or a number. */
double datum_value(const char *p, size_t n);
/* The same of an integer of 64 bits; false when it is none. */
bool datum_whole(const char *p, size_t n, int64_t *out);
/* The kind of a column that has both. */
enum view_kind datum_join(enum view_kind a, enum view_kind b);

#endif
