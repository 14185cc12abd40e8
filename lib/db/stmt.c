/*
 * stmt.c - statements: made once, bound by a list of types, stepped.
 */
#include "db/handle.h"

#include "base/mem.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* The statement of this text, reset and without values. */
static struct db_stmt *
find(struct db *d, const char *sql, struct err *e)
{
	struct db_stmt *s;
	sqlite3_stmt *st = NULL;

	/* Mostly it is a literal, at the address that it had before. */
	for (s = d->stmts; s != NULL && s->sql != sql; s = s->next)
		continue;
	if (s == NULL || strcmp(sqlite3_sql(s->st), sql) != 0)
		for (s = d->stmts; s != NULL; s = s->next)
			if (strcmp(sqlite3_sql(s->st), sql) == 0)
				break;
	if (s != NULL) {
		sqlite3_reset(s->st);
		sqlite3_clear_bindings(s->st);
		return s;
	}
	if (sqlite3_prepare_v3(d->sql, sql, -1, SQLITE_PREPARE_PERSISTENT,
	    &st, NULL) != SQLITE_OK) {
		db_fail(d, e, NULL);
		return NULL;
	}
	s = xcalloc(1, sizeof(*s));
	s->d = d;
	s->st = st;
	s->sql = sql;
	s->next = d->stmts;
	d->stmts = s;
	return s;
}

static int
bind(sqlite3_stmt *st, int i, char kind, va_list *ap)
{
	const void *p;

	switch (kind) {
	case 'i':
		return sqlite3_bind_int64(st, i, va_arg(*ap, int64_t));
	case 'd':
		return sqlite3_bind_double(st, i, va_arg(*ap, double));
	case 's':
		return sqlite3_bind_text(st, i, va_arg(*ap, const char *), -1,
		    SQLITE_TRANSIENT);
	case 'b':
		p = va_arg(*ap, const void *);
		return sqlite3_bind_blob64(st, i, p, va_arg(*ap, size_t),
		    SQLITE_TRANSIENT);
	default:
		BUG(kind != 'n');
		return sqlite3_bind_null(st, i);
	}
}

static struct db_stmt *
vquery(struct db *d, struct err *e, const char *sql, const char *kinds,
    va_list *ap)
{
	struct db_stmt *s;

	BUG(d->pid != getpid());
	s = find(d, sql, e);
	if (s == NULL)
		return NULL;
	BUG((int)strlen(kinds) != sqlite3_bind_parameter_count(s->st));
	for (int i = 0; kinds[i] != '\0'; i++)
		if (bind(s->st, i + 1, kinds[i], ap) != SQLITE_OK) {
			db_fail(d, e, NULL);
			return NULL;
		}
	return s;
}

struct db_stmt *
db_query(struct db *d, struct err *e, const char *sql, const char *kinds, ...)
{
	struct db_stmt *s;
	va_list ap;

	va_start(ap, kinds);
	s = vquery(d, e, sql, kinds, &ap);
	va_end(ap);
	return s;
}

int
db_step(struct db_stmt *s, struct err *e)
{
	int rc;

	/* All writing waits in the queue. */
	BUG(!sqlite3_stmt_readonly(s->st) &&
	    sqlite3_get_autocommit(s->d->sql) &&
	    strncmp(sqlite3_sql(s->st), "PRAGMA", 6) != 0);
	rc = sqlite3_step(s->st);
	if (rc == SQLITE_ROW)
		return 1;
	if (rc != SQLITE_DONE)
		db_fail(s->d, e, NULL);
	sqlite3_reset(s->st);
	return rc == SQLITE_DONE ? 0 : -1;
}

void
db_done(struct db_stmt *s)
{
	sqlite3_reset(s->st);
}

int64_t
db_int(struct db_stmt *s, int col)
{
	return sqlite3_column_int64(s->st, col);
}

double
db_real(struct db_stmt *s, int col)
{
	return sqlite3_column_double(s->st, col);
}

const char *
db_text(struct db_stmt *s, int col)
{
	return (const char *)sqlite3_column_text(s->st, col);
}

const void *
db_blob(struct db_stmt *s, int col, size_t *n)
{
	const void *p = sqlite3_column_blob(s->st, col);

	*n = (size_t)sqlite3_column_bytes(s->st, col);
	return p;
}

bool
db_null(struct db_stmt *s, int col)
{
	return sqlite3_column_type(s->st, col) == SQLITE_NULL;
}

int
db_run(struct db *d, struct err *e, const char *sql, const char *kinds, ...)
{
	struct db_stmt *s;
	va_list ap;
	int rc;

	va_start(ap, kinds);
	s = vquery(d, e, sql, kinds, &ap);
	va_end(ap);
	if (s == NULL)
		return -1;
	while ((rc = db_step(s, e)) == 1)
		continue;
	return rc;
}

int64_t
db_changes(const struct db *d)
{
	return sqlite3_changes64(d->sql);
}

int64_t
db_last_id(const struct db *d)
{
	return sqlite3_last_insert_rowid(d->sql);
}

void
db_forget(struct db *d)
{
	struct db_stmt *s;

	while ((s = d->stmts) != NULL) {
		d->stmts = s->next;
		sqlite3_finalize(s->st);
		free(s);
	}
}
