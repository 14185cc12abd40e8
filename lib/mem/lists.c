/*
 * lists.c - the lists of terms in the file.
 */
#include "mem/lists.h"

#include <string.h>

#define SHORT	700	/* bytes that stand beside the term */

/* The bytes of a row whose columns from col on are list and more. */
static int
bytes_of(struct store *s, struct db_stmt *st, int col, struct lists_one *l,
    struct err *e)
{
	int rc;

	l->st = st;
	l->held = NULL;
	l->more = db_int(st, col + 1);
	if (l->more == 0) {
		l->p = db_blob(st, col, &l->n);
		return 1;
	}
	l->held = db_query(s->db, e, "SELECT list FROM posting_more WHERE"
	    " id = ?", "i", l->more);
	rc = l->held != NULL ? db_step(l->held, e) : -1;
	if (rc == 1)
		l->p = db_blob(l->held, 0, &l->n);
	else if (rc == 0)
		rc = err_set(e, ERR_DATA, "%s: the index lacks a list; try "
		    "agent-mem reindex", s->path);
	return rc;
}

int
lists_get(struct store *s, int64_t ns, int64_t lo, const char *term,
    struct lists_one *l, struct err *e)
{
	struct db_stmt *st = db_query(s->db, e, "SELECT df, list, more"
	    " FROM posting WHERE ns = ? AND lo = ? AND term = ?", "iis", ns,
	    lo, term);
	int rc = st != NULL ? db_step(st, e) : -1;

	memset(l, 0, sizeof(*l));
	if (rc != 1)
		return rc;
	l->df = db_int(st, 0);
	rc = bytes_of(s, st, 1, l, e);
	if (rc != 1)
		lists_done(l);
	return rc;
}

void
lists_done(struct lists_one *l)
{
	if (l->st != NULL)
		db_done(l->st);
	if (l->held != NULL)
		db_done(l->held);
	l->st = l->held = NULL;
}

static int
put_more(struct store *s, const struct buf *list, int64_t *more,
    struct err *e)
{
	*more = 0;
	if (list->len <= SHORT)
		return 0;
	if (db_run(s->db, e, "INSERT INTO posting_more(list) VALUES(?)", "b",
	    (const void *)list->data, list->len) == -1)
		return -1;
	*more = db_last_id(s->db);
	return 0;
}

int
lists_put(struct store *s, int64_t ns, int64_t lo, const char *term,
    const struct lists_one *old, const struct buf *list, int64_t df,
    struct err *e)
{
	int64_t more;

	if (old != NULL && old->more != 0 && db_run(s->db, e, "DELETE FROM"
	    " posting_more WHERE id = ?", "i", old->more) == -1)
		return -1;
	if (df == 0)
		return old == NULL ? 0 : db_run(s->db, e, "DELETE FROM"
		    " posting WHERE ns = ? AND lo = ? AND term = ?", "iis",
		    ns, lo, term);
	if (put_more(s, list, &more, e) == -1)
		return -1;
	if (old != NULL)
		return db_run(s->db, e, "UPDATE posting SET df = ?, list = ?,"
		    " more = ? WHERE ns = ? AND lo = ? AND term = ?",
		    "ibiiis", df, (const void *)list->data, more != 0 ? 0 :
		    list->len, more, ns, lo, term);
	return db_run(s->db, e, "INSERT INTO posting(ns, lo, term, df, list,"
	    " more) VALUES(?, ?, ?, ?, ?, ?)", "iisibi", ns, lo, term, df,
	    (const void *)list->data, more != 0 ? 0 : list->len, more);
}

int
lists_drop(struct store *s, int64_t ns, int64_t lo, struct err *e)
{
	if (db_run(s->db, e, "DELETE FROM posting_more WHERE id IN (SELECT"
	    " more FROM posting WHERE ns = ? AND lo = ? AND more <> 0)",
	    "ii", ns, lo) == -1)
		return -1;
	return db_run(s->db, e, "DELETE FROM posting WHERE ns = ? AND"
	    " lo = ?", "ii", ns, lo);
}

int
lists_each(struct store *s, int64_t ns, int64_t lo, lists_fn *fn, void *arg,
    struct err *e)
{
	struct db_stmt *st = db_query(s->db, e, "SELECT term, list,"
	    " more FROM posting WHERE ns = ? AND lo = ?", "ii", ns, lo);
	int rc = -1;

	while (st != NULL && (rc = db_step(st, e)) == 1) {
		struct lists_one l;

		rc = bytes_of(s, st, 1, &l, e);
		if (rc == 1)
			rc = fn(db_text(st, 0), l.p, l.n, arg, e);
		if (l.held != NULL)
			db_done(l.held);
		if (rc != 0) {
			db_done(st);
			return rc;
		}
	}
	return rc;
}
