/*
 * store.c - the file of memories: open, put, get, take away.
 */
#include "mem/store.h"

#include <libgen.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/mem.h"
#include "base/vec.h"
#include "core/ids.h"
#include "mem/index.h"
#include "mem/schema.h"
#include "mem/vectors.h"
#include "sys/file.h"
#include "sys/xdg.h"

#define BEHIND	4096	/* memories unfolded that are too many */

char *
store_path(struct err *e)
{
	const char *s = getenv("AGENT_MEMORY");
	char *path;

	if (s != NULL && *s != '\0')
		return xstrdup(s);
	path = xdg_data("memory.db");
	if (path == NULL)
		err_set(e, ERR_CONFIG, "no place for the memories: HOME is "
		    "not set; give --db");
	return path;
}

int
store_open(struct store *s, const char *path, enum db_flags flags,
    struct err *e)
{
	char *copy;
	int rc = 0;

	memset(s, 0, sizeof(*s));
	s->now = clock_wall_ms();
	s->path = path != NULL ? xstrdup(path) : store_path(e);
	if (s->path == NULL)
		return -1;
	if (path == NULL && !(flags & DB_READ)) {
		copy = xstrdup(s->path);
		rc = file_mkdirs(dirname(copy), 0700, e);
		free(copy);
	}
	if (rc == 0)
		s->db = db_open(s->path, &schema_memory, flags, e);
	return s->db != NULL ? 0 : -1;
}

/* ---- what a transaction has seen ---- */

static void
forget_seen(struct store *s)
{
	struct store_ns *ns;

	while ((ns = s->spaces) != NULL) {
		s->spaces = ns->after;
		free(ns->name);
		free(ns);
	}
	free(s->session.name);
	memset(&s->session, 0, sizeof(s->session));
	free(s->block.data);
	memset(&s->block, 0, sizeof(s->block));
}

void
store_close(struct store *s)
{
	db_close(s->db);
	forget_seen(s);
	free(s->path);
	memset(s, 0, sizeof(*s));
}

bool
store_is_behind(struct store *s)
{
	struct err ignored = ERR_INIT;
	struct db_stmt *st = db_query(s->db, &ignored, "SELECT 1 FROM"
	    " namespace WHERE next - folded > ? LIMIT 1", "i",
	    (int64_t)BEHIND);
	bool behind = st != NULL && db_step(st, &ignored) == 1;

	if (behind)
		db_done(st);
	return behind;
}

void
store_catch_up(const char *path)
{
	struct err e = ERR_INIT;
	struct vec names = VEC_INIT;
	struct db_stmt *st;
	struct store s;

	if (store_open(&s, path, DB_WRITE, &e) == -1) {
		store_close(&s);
		return;
	}
	db_cache(s.db, 65536, 0);
	st = db_query(s.db, &e, "SELECT name FROM namespace WHERE next -"
	    " folded > ?", "i", (int64_t)BEHIND);
	while (st != NULL && db_step(st, &e) == 1)
		vec_push(&names, db_text(st, 0));
	for (size_t i = 0; i < names.n && e.kind == ERR_NONE; i++) {
		struct store_ns *ns;

		/* Committing folds what was looked up. */
		if (store_begin(&s, &e) == -1)
			break;
		if (store_space(&s, names.v[i], false, &ns, &e) == -1)
			store_rollback(&s);
		else
			store_commit(&s, &e);
	}
	vec_free(&names);
	store_close(&s);
}

void
store_refresh(struct store *s)
{
	forget_seen(s);
	s->now = clock_wall_ms();
}

int
store_begin(struct store *s, struct err *e)
{
	store_refresh(s);
	return db_begin(s->db, e);
}

static int
flush_session(struct store *s, struct err *e)
{
	struct store_session *v = &s->session;

	if (!v->dirty)
		return 0;
	v->dirty = false;
	return db_run(s->db, e, "UPDATE session SET first = ?, last = ?,"
	    " docs = ?, turn = ?, ordered = ? WHERE id = ?", "iiiiii",
	    v->first, v->last, v->docs, v->turn, (int64_t)v->ordered, v->id);
}

static int
flush(struct store *s, struct err *e)
{
	if (flush_session(s, e) == -1 || vectors_flush(s, e) == -1)
		return -1;
	for (struct store_ns *ns = s->spaces; ns != NULL; ns = ns->after) {
		if (index_fold(s, ns, false, e) == -1)
			return -1;
		if (ns->dirty && db_run(s->db, e, "UPDATE namespace SET"
		    " next = ?, folded = ?, docs = ? WHERE id = ?", "iiii",
		    ns->next, ns->folded, ns->docs, ns->id) == -1)
			return -1;
		ns->dirty = false;
	}
	return 0;
}

int
store_commit(struct store *s, struct err *e)
{
	if (flush(s, e) == -1) {
		store_rollback(s);
		return -1;
	}
	if (db_commit(s->db, e) == 0)
		return 0;
	forget_seen(s);
	return -1;
}

void
store_rollback(struct store *s)
{
	db_rollback(s->db);
	forget_seen(s);
}

int
store_space(struct store *s, const char *name, bool make,
    struct store_ns **out, struct err *e)
{
	struct store_ns *ns;
	struct db_stmt *st;
	int rc;

	for (ns = s->spaces; ns != NULL; ns = ns->after)
		if (strcmp(ns->name, name) == 0) {
			*out = ns;
			return 1;
		}
	st = db_query(s->db, e, "SELECT id, next, folded, docs FROM namespace"
	    " WHERE name = ?", "s", name);
	if (st == NULL || (rc = db_step(st, e)) == -1)
		return -1;
	if (rc == 0 && !make)
		return 0;
	ns = xcalloc(1, sizeof(*ns));
	if (rc == 1) {
		ns->id = db_int(st, 0);
		ns->next = db_int(st, 1);
		ns->folded = db_int(st, 2);
		ns->docs = db_int(st, 3);
		db_done(st);
	} else if (db_run(s->db, e, "INSERT INTO namespace(name) VALUES(?)",
	    "s", name) == 0) {
		ns->id = db_last_id(s->db);
		ns->next = ns->folded = 1;
	} else {
		free(ns);
		return -1;
	}
	ns->name = xstrdup(name);
	ns->after = s->spaces;
	s->spaces = ns;
	*out = ns;
	return 1;
}

/* ---- sessions ---- */

/* Make the session of that name the one that is looked at. */
static int
find_session(struct store *s, int64_t ns, const char *name, struct err *e)
{
	struct store_session *v = &s->session;
	struct db_stmt *st;
	int rc;

	if (v->name != NULL && v->ns == ns && strcmp(v->name, name) == 0)
		return 0;
	if (flush_session(s, e) == -1)
		return -1;
	free(v->name);
	memset(v, 0, sizeof(*v));
	st = db_query(s->db, e, "SELECT id, first, last, docs, turn, ordered"
	    " FROM session WHERE ns = ? AND name = ?", "is", ns, name);
	if (st == NULL || (rc = db_step(st, e)) == -1)
		return -1;
	if (rc == 1) {
		v->id = db_int(st, 0);
		v->first = db_int(st, 1);
		v->last = db_int(st, 2);
		v->docs = db_int(st, 3);
		v->turn = db_int(st, 4);
		v->ordered = db_int(st, 5) != 0;
		db_done(st);
	} else {
		if (db_run(s->db, e, "INSERT INTO session(ns, name)"
		    " VALUES(?, ?)", "is", ns, name) == -1)
			return -1;
		v->id = db_last_id(s->db);
		v->turn = INT64_MIN;
		v->ordered = true;
	}
	v->ns = ns;
	v->name = xstrdup(name);
	return 0;
}

/* The memory joins its session, if it has one. */
static int
join_session(struct store *s, struct item *it, struct err *e)
{
	struct store_session *v = &s->session;
	uint32_t seq = ITEM_SEQ(it->row);

	it->session_row = 0;
	if (it->session == NULL)
		return 0;
	if (find_session(s, ITEM_NS(it->row), it->session, e) == -1)
		return -1;
	it->session_row = v->id;
	if (v->docs++ == 0)
		v->first = seq;
	v->last = seq;
	if (it->turn != ITEM_NO_TURN) {
		if (it->turn < v->turn)
			v->ordered = false;
		v->turn = it->turn;
	}
	v->dirty = true;
	return 0;
}

static int
leave_session(struct store *s, const struct item *it, struct err *e)
{
	if (it->session == NULL)
		return 0;
	if (find_session(s, ITEM_NS(it->row), it->session, e) == -1)
		return -1;
	s->session.docs--;
	s->session.dirty = true;
	if (s->session.docs > 0)
		return 0;
	s->session.dirty = false;
	free(s->session.name);
	s->session.name = NULL;
	return db_run(s->db, e, "DELETE FROM session WHERE id = ?", "i",
	    s->session.id);
}

/* ---- rows ---- */

static int
write_row(struct store *s, const struct item *it, int64_t ns, struct err *e)
{
	/* Sentinels become null in SQL, so that there is one statement. */
	return db_run(s->db, e, "INSERT INTO memory(id, ns, key,"
	    " text, digest, kind, speaker, source, date, at, session, turn,"
	    " tags, extra, importance, created, updated, expires)"
	    " VALUES(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?,"
	    " nullif(?, -9223372036854775808), ?, ?, nullif(?, -1.0), ?,"
	    " ?, ?)", "iississssiiissdiii", it->row, ns, it->id, it->text,
	    item_digest(it), it->kind, it->speaker, it->source, it->date,
	    it->at, it->session_row, it->turn, it->tags, it->extra,
	    it->importance, it->created, it->updated, it->expires);
}

/* One row of what a SELECT finds: 1, 0, -1. */
static int
one_row(struct db_stmt *st, struct item *it, struct err *e)
{
	int rc = st != NULL ? db_step(st, e) : -1;

	if (rc == 1) {
		item_row(it, st);
		db_done(st);
	}
	return rc;
}

int
store_get(struct store *s, const struct store_ns *ns, const char *id,
    struct item *it, struct err *e)
{
	return one_row(db_query(s->db, e, "SELECT " ITEM_COLUMNS ITEM_FROM
	    "WHERE m.ns = ? AND m.key = ?", "is", ns->id, id), it, e);
}

static int
find_same(struct store *s, const struct store_ns *ns, const struct item *it,
    struct item *old, struct err *e)
{
	return one_row(db_query(s->db, e, "SELECT " ITEM_COLUMNS ITEM_FROM
	    "WHERE m.ns = ? AND m.digest = ?", "ii", ns->id,
	    item_digest(it)), old, e);
}

/* Whether a line says of a memory what is known of it. */
static bool
says_same(const struct item *a, const struct item *b)
{
	const char *const x[] = { a->text, a->kind, a->speaker, a->source,
	    a->date, a->session, a->tags, a->extra };
	const char *const y[] = { b->text, b->kind, b->speaker, b->source,
	    b->date, b->session, b->tags, b->extra };

	for (size_t i = 0; i < BASE_NITEMS(x); i++)
		if ((x[i] == NULL) != (y[i] == NULL) || (x[i] != NULL &&
		    strcmp(x[i], y[i]) != 0))
			return false;
	return a->turn == b->turn && a->expires == b->expires &&
	    a->importance == b->importance;
}

int
store_put(struct store *s, struct store_ns *ns, struct item *it,
    enum store_status *status, struct err *e)
{
	struct item old;
	char id[IDS_SIZE];
	int rc;

	rc = it->id != NULL ? store_get(s, ns, it->id, &old, e) :
	    find_same(s, ns, it, &old, e);
	if (rc == -1)
		return -1;
	if (rc == 1) {
		*status = STORE_SAME;
		rc = 0;
		if (it->id == NULL)
			it->id = xstrdup(old.id);
		else if (!says_same(it, &old)) {
			*status = STORE_CHANGED;
			it->created = old.created;
			it->updated = s->now;
			rc = store_replace(s, &old, it, STORE_KEEP_HISTORY,
			    e);
		}
		item_free(&old);
		return rc;
	}
	if (it->id == NULL) {
		ids_prefixed(id, "m");
		it->id = xstrdup(id);
	}
	if (ns->next > UINT32_MAX - 1)
		return err_set(e, ERR_LIMIT, "namespace %.60s: full", ns->name);
	it->row = ns->id << ITEM_NS_SHIFT | ns->next++;
	ns->docs++;
	ns->dirty = true;
	*status = STORE_NEW;
	if (join_session(s, it, e) == -1)
		return -1;
	return write_row(s, it, ns->id, e);
}

static int
write_history(struct store *s, const struct item *old, struct err *e)
{
	struct buf b = BUF_INIT;
	jv v = item_json(old, NULL);
	int rc;

	js_dump(&b, v);
	js_free(v);
	rc = db_run(s->db, e, "INSERT INTO history(memory, changed, item)"
	    " VALUES(?, ?, ?)", "iis", old->row, s->now, buf_str(&b));
	buf_free(&b);
	return rc;
}

int
store_replace(struct store *s, const struct item *old, struct item *new,
    enum store_how how, struct err *e)
{
	new->row = old->row;
	if ((how & STORE_NO_HISTORY) == 0 && write_history(s, old, e) == -1)
		return -1;
	if (index_take(s, old, e) == -1 || leave_session(s, old, e) == -1 ||
	    vectors_drop(s, old->row, e) == -1 ||
	    db_run(s->db, e, "DELETE FROM memory WHERE id = ?", "i",
	    old->row) == -1)
		return -1;
	if (join_session(s, new, e) == -1 ||
	    write_row(s, new, ITEM_NS(new->row), e) == -1)
		return -1;
	return index_put(s, new, e);
}

int
store_remove(struct store *s, const struct item *it, struct err *e)
{
	int64_t space = ITEM_NS(it->row);

	if (index_take(s, it, e) == -1 || leave_session(s, it, e) == -1 ||
	    db_run(s->db, e, "DELETE FROM history WHERE memory = ?", "i",
	    it->row) == -1 ||
	    vectors_drop(s, it->row, e) == -1 ||
	    db_run(s->db, e, "DELETE FROM memory WHERE id = ?", "i",
	    it->row) == -1)
		return -1;
	for (struct store_ns *ns = s->spaces; ns != NULL; ns = ns->after)
		if (ns->id == space) {
			ns->docs--;
			ns->dirty = true;
			return 0;
		}
	return db_run(s->db, e, "UPDATE namespace SET docs = docs - 1 WHERE"
	    " id = ?", "i", space);
}

int
store_history(struct store *s, int64_t row, jv *out, struct err *e)
{
	struct db_stmt *st = db_query(s->db, e, "SELECT changed, item FROM"
	    " history WHERE memory = ? ORDER BY id", "i", row);
	int rc = -1;

	*out = js_arr();
	while (st != NULL && (rc = db_step(st, e)) == 1) {
		const char *text = db_text(st, 1);
		struct err fault = ERR_INIT;
		jv v = text != NULL ? js_parse(text, strlen(text), &fault) :
		    js_none();
		char stamp[CLOCK_STAMP_SIZE];

		if (!js_is_obj(v)) {
			js_free(v);
			continue;
		}
		clock_stamp(stamp, db_int(st, 0));
		*out = js_push(*out, js_set_str(v, "until", stamp));
	}
	return rc;
}

int
store_scrub(struct store *s, struct err *e)
{
	return db_scrub(s->db, e);
}
