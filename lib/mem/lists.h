/*
 * lists.h - the lists of terms in the file.
 *
 * A short list stands beside its term, a long one in a table of its own:
 * SQLite reads all of a row to compare its key when the row is longer than a
 * quarter of a page, and a search for one term would read the lists of
 * others.
 */
#ifndef MEM_LISTS_H
#define MEM_LISTS_H

#include "base/base.h"
#include "base/err.h"
#include "mem/store.h"

/* A list: its bytes are borrowed until lists_done(). */
struct lists_one {
	const void	*p;
	size_t		 n;
	int64_t		 df, more;
	struct db_stmt	*st, *held;
};

/* The list of a term in the segment from lo on: 1, 0 when there is none. */
int lists_get(struct store *s, int64_t ns, int64_t lo, const char *term,
    struct lists_one *l, struct err *e);
void lists_done(struct lists_one *l);
/* Put a list there; old is what lists_get() found, or NULL for a term that
 * has none.  An empty list goes. */
int lists_put(struct store *s, int64_t ns, int64_t lo, const char *term,
    const struct lists_one *old, const struct buf *list, int64_t df,
    struct err *e);
/* Drop all lists of a segment. */
int lists_drop(struct store *s, int64_t ns, int64_t lo, struct err *e);
/*
 * Give each term of a segment with its list to fn, in order, until it does
 * not return 0; then that is returned.
 */
typedef int lists_fn(const char *term, const void *p, size_t n, void *arg,
    struct err *e);
int lists_each(struct store *s, int64_t ns, int64_t lo, lists_fn *fn,
    void *arg, struct err *e);

#endif
