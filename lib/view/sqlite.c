/*
 * sqlite.c - a table of an SQLite database; without the name of one, the
 * list of its tables.
 */
#include "base/mem.h"
#include "db/look.h"
#include "view/datum.h"
#include "view/view.h"

#include <stdlib.h>
#include <string.h>

#define TIME_MS		60000
#define TABLES_MAX	200

struct source {
	struct db	*db;
	struct db_stmt	*st;
	char		*from;		/* the table, quoted */
	struct buf	 bytes;
	bool		 list;		/* of tables */
	size_t		 at;
	struct vec	 tables, types;
};

/* ---- rows of a table ---- */

static void
put(struct source *s, struct view_cell *c, int col)
{
	size_t n = 0;
	const void *p;

	c->at = s->bytes.len;
	buf_grow(&s->bytes, 1);
	switch (db_look_kind(s->st, col)) {
	case LOOK_NULL:
		c->kind = KIND_NULL;
		return;
	case LOOK_INTEGER:
		c->kind = KIND_INTEGER;
		break;
	case LOOK_REAL:
		c->kind = KIND_NUMBER;
		break;
	case LOOK_BLOB:
		c->kind = KIND_BYTES;
		p = db_blob(s->st, col, &n);
		for (size_t i = 0; i < n && i < 16; i++)
			buf_addf(&s->bytes, "%02x",
			    ((const unsigned char *)p)[i]);
		c->n = s->bytes.len - c->at;
		c->total = n > 16 ? 2 * n : c->n;
		return;
	case LOOK_TEXT:
		c->kind = KIND_TEXT;
		break;
	}
	p = db_blob(s->st, col, &n);
	buf_add(&s->bytes, p != NULL ? p : "", n);
	c->n = c->total = n;
	if (c->kind == KIND_TEXT && n >= 10 && n < 40) {
		enum view_kind k = datum_kind(s->bytes.data + c->at, n);

		if (k == KIND_DATE || k == KIND_DATETIME)
			c->kind = k;
	}
}

static int
next_row(struct source *s, struct view_row *r, struct err *e)
{
	int rc = db_step(s->st, e);

	if (rc != 1)
		return rc;
	buf_reset(&s->bytes);
	r->n = 0;
	r->fields = (uint64_t)db_look_columns(s->st);
	for (size_t i = 0; i < r->fields && i < VIEW_COLUMNS_MAX; i++)
		put(s, view_row_add(r), (int)i);
	r->bytes = s->bytes.data;
	return 1;
}

static int
count(struct source *s, const char *from, uint64_t *n, struct err *e)
{
	char *sql = xasprintf("SELECT count(*) FROM %s", from);
	struct db_stmt *st = db_query(s->db, e, sql, "");
	int rc = st != NULL ? db_step(st, e) : -1;

	if (rc == 1)
		*n = (uint64_t)db_int(st, 0);
	if (st != NULL)
		db_done(st);
	free(sql);
	return rc == 1 ? 0 : -1;
}

static int
select_from(struct source *s, uint64_t skip, struct err *e)
{
	char *sql = xasprintf("SELECT * FROM %s LIMIT -1 OFFSET %llu",
	    s->from, (unsigned long long)skip);

	s->st = db_query(s->db, e, sql, "");
	free(sql);
	return s->st != NULL ? 0 : -1;
}

/* ---- the list of tables ---- */

static void
add_text(struct source *s, struct view_row *r, enum view_kind kind,
    const char *text)
{
	struct view_cell *c = view_row_add(r);

	c->at = s->bytes.len;
	c->kind = kind;
	buf_adds(&s->bytes, text);
	c->n = c->total = s->bytes.len - c->at;
}

static char *
quoted(const char *name)
{
	struct buf b = BUF_INIT;

	buf_addc(&b, '"');
	for (; *name != '\0'; name++) {
		if (*name == '"')
			buf_addc(&b, '"');
		buf_addc(&b, *name);
	}
	buf_addc(&b, '"');
	return buf_detach(&b);
}

static int
next_table(struct source *s, struct view_row *r, struct err *e)
{
	struct err bad = ERR_INIT;
	struct buf columns = BUF_INIT;
	uint64_t rows = 0;
	char *from, *number;
	struct db_stmt *st;

	(void)e;
	if (s->at == s->tables.n)
		return 0;
	buf_reset(&s->bytes);
	r->n = 0;
	from = quoted(s->tables.v[s->at]);
	number = xasprintf("SELECT * FROM %s", from);
	st = db_query(s->db, &bad, number, "");
	free(number);
	for (int i = 0; st != NULL && i < db_look_columns(st) &&
	    columns.len < 2000; i++)
		buf_addf(&columns, "%s%s", i != 0 ? " " : "",
		    db_look_name(st, i));
	add_text(s, r, KIND_TEXT, s->tables.v[s->at]);
	add_text(s, r, KIND_TEXT, s->types.v[s->at]);
	if (st != NULL && count(s, from, &rows, &bad) == 0) {
		number = xasprintf("%llu", (unsigned long long)rows);
		add_text(s, r, KIND_INTEGER, number);
		free(number);
	} else {
		add_text(s, r, KIND_NULL, "");
	}
	add_text(s, r, KIND_TEXT, st != NULL ? buf_str(&columns) : bad.msg);
	r->bytes = s->bytes.data;
	r->fields = r->n;
	buf_free(&columns);
	free(from);
	s->at++;
	return 1;
}

static int
next(struct view *v, struct view_row *r, struct err *e)
{
	struct source *s = v->state;

	return s->list ? next_table(s, r, e) : next_row(s, r, e);
}

static int
shape(struct view *v, struct view_shape *out, struct err *e)
{
	struct source *s = v->state;

	if (s->list) {
		out->rows = s->tables.n;
		return 0;
	}
	return count(s, s->from, &out->rows, e);
}

static int
tail(struct view *v, size_t n, struct err *e)
{
	struct source *s = v->state;
	uint64_t rows;

	if (s->list)
		return 0;
	if (count(s, s->from, &rows, e) == -1)
		return -1;
	return select_from(s, rows > n ? rows - n : 0, e);
}

static void
finish(struct view *v)
{
	struct source *s = v->state;

	db_close(s->db);
	free(s->from);
	buf_free(&s->bytes);
	vec_free(&s->tables);
	vec_free(&s->types);
	free(s);
}

static const struct view_ops ops = { .next = next, .shape = shape, .tail = tail,
    .close = finish };

/* ---- which table ---- */

static int
read_tables(struct source *s, struct err *e)
{
	struct db_stmt *st = db_query(s->db, e, "SELECT name, type FROM "
	    "sqlite_schema WHERE type IN ('table', 'view') AND name NOT LIKE "
	    "'sqlite\\_%' ESCAPE '\\' ORDER BY type, name", "");
	int rc = -1;

	while (st != NULL && (rc = db_step(st, e)) == 1 &&
	    s->tables.n < TABLES_MAX) {
		const char *name = db_text(st, 0), *type = db_text(st, 1);

		if (name == NULL || type == NULL)
			continue;
		vec_push(&s->tables, name);
		vec_push(&s->types, type);
	}
	if (st != NULL)
		db_done(st);
	return rc == -1 ? -1 : 0;
}

static int
open_table(struct view *v, const char *table, struct err *e)
{
	struct source *s = v->state;

	s->from = quoted(table);
	if (select_from(s, 0, e) == -1)
		return -1;
	for (int i = 0; i < db_look_columns(s->st) &&
	    v->names.n < VIEW_COLUMNS_MAX; i++) {
		const char *type = db_look_type(s->st, i);

		vec_push(&v->names, db_look_name(s->st, i));
		vec_push(&v->types, type != NULL ? type : "");
	}
	buf_addf(&v->form, ", table %s", table);
	return 0;
}

static int
open_list(struct view *v)
{
	static const char *const names[] = { "table", "type", "rows",
	    "columns" };
	struct source *s = v->state;

	s->list = true;
	for (size_t i = 0; i < BASE_NITEMS(names); i++)
		vec_push(&v->names, names[i]);
	buf_addf(&v->form, ", its tables; name one as table");
	return 0;
}

static bool
has(const struct source *s, const char *table)
{
	return vec_has(&s->tables, table);
}

int
view_sqlite(struct view *v, const char *path, const char *table,
    struct err *e)
{
	struct source *s = xcalloc(1, sizeof(*s));
	bool stale;

	v->state = s;
	v->ops = &ops;
	s->db = db_look(path, TIME_MS, &stale, e);
	if (s->db == NULL || read_tables(s, e) == -1)
		return -1;
	buf_addf(&v->form, "SQLite%s", stale ? " (without what is still in "
	    "its log)" : "");
	if (table != NULL && !has(s, table))
		return err_set(e, ERR_NOINPUT, "it has no table %.100s; "
		    "without table its tables are listed", table);
	if (table == NULL && s->tables.n == 1)
		table = s->tables.v[0];
	return table != NULL ? open_table(v, table, e) : open_list(v);
}
