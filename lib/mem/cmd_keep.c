/*
 * cmd_keep.c - forget, export, namespaces, stats, reindex, check, backup.
 */
#include "mem/cmd.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/log.h"
#include "base/mem.h"
#include "mem/index.h"

#define AT_ONCE		500	/* memories forgotten in one transaction */

/* ---- forget ---- */

struct gone {
	struct vec	ids, spaces;	/* of the memories that are meant */
};

static void
mean(struct gone *g, const char *ns, const char *id)
{
	vec_push(&g->spaces, ns);
	vec_push(&g->ids, id);
}

/* The memory of an id in one of those namespaces: 1, 0, -1. */
static int
meant_one(struct cmd *c, const char *id, const struct vec *names,
    struct gone *g, struct err *e)
{
	for (size_t j = 0; j < names->n; j++) {
		struct store_ns *ns;
		struct item it;
		int rc = store_space(&c->s, names->v[j], false, &ns, e);

		if (rc == 1)
			rc = store_get(&c->s, ns, id, &it, e);
		if (rc == -1)
			return -1;
		if (rc == 0)
			continue;
		item_free(&it);
		mean(g, ns->name, id);
		return 1;
	}
	return 0;
}

/* What ids, or a query, or an age means. */
static int
meant_by_id(struct cmd *c, const struct vec *names, struct gone *g,
    struct err *e)
{
	struct vec own = VEC_INIT;
	int rc = 1;

	for (size_t i = 0; rc == 1 && i < c->words.n; i++) {
		rc = meant_one(c, c->words.v[i], cmd_home(c, i, names, &own),
		    g, e);
		if (rc == 0)
			err_set(e, ERR_NEGATIVE, "no memory has the id "
			    "'%.80s'; nothing was forgotten",
			    c->words.v[i]);
	}
	vec_free(&own);
	return rc == 1 ? 0 : -1;
}

static int
meant_by_query(struct cmd *c, struct gone *g, struct err *e)
{
	struct rank r;
	int rc = cmd_rank(c, c->query, strlen(c->query), &r, e);

	for (size_t i = 0; rc == 0 && i < r.nhits; i++) {
		struct err fault = ERR_INIT;
		jv v = cmd_hit(c, &r.hits[i], false, &fault);

		if (js_str(v, "id") != NULL)
			mean(g, js_str(v, "namespace"), js_str(v, "id"));
		js_free(v);
	}
	rank_free(&r);
	return rc;
}

static int
meant_by_age(struct cmd *c, const struct vec *names, struct gone *g,
    struct err *e)
{
	int64_t before = INT64_MAX;

	if (c->older != NULL && cmd_time(c->older, "--older-than", c->s.now,
	    &before, e) == -1)
		return -1;
	for (size_t i = 0; i < names->n; i++) {
		struct db_stmt *st;
		struct store_ns *ns;
		int rc = store_space(&c->s, names->v[i], false, &ns, e);

		if (rc == -1)
			return -1;
		if (rc == 0)
			continue;
		st = db_query(c->s.db, e, "SELECT key, kind, tags FROM memory"
		    " WHERE id BETWEEN ? AND ? AND (at < ? OR (? AND"
		    " expires <> 0 AND expires <= ?))", "iiiii",
		    ns->id << ITEM_NS_SHIFT, ns->id << ITEM_NS_SHIFT |
		    (int64_t)UINT32_MAX, c->older != NULL || c->everything ?
		    before : INT64_MIN, (int64_t)!c->everything, c->s.now);
		rc = -1;
		while (st != NULL && (rc = db_step(st, e)) == 1) {
			const char *tags = db_text(st, 2);
			struct item it = { .tags = (char *)(uintptr_t)tags };
			bool fits = c->kind == NULL || (!db_null(st, 1) &&
			    strcmp(db_text(st, 1), c->kind) == 0);

			for (size_t k = 0; k < c->tags.n; k++)
				fits = fits && item_has_tag(&it,
				    c->tags.v[k]);
			if (fits)
				mean(g, ns->name, db_text(st, 0));
		}
		if (rc == -1)
			return -1;
	}
	return 0;
}

static int
remove_some(struct cmd *c, const struct gone *g, size_t from, size_t to,
    struct err *e)
{
	if (store_begin(&c->s, e) == -1)
		return -1;
	for (size_t i = from; i < to; i++) {
		struct store_ns *ns;
		struct item it;
		int rc = store_space(&c->s, g->spaces.v[i], false, &ns, e);

		if (rc == 1)
			rc = store_get(&c->s, ns, g->ids.v[i], &it, e);
		/* Another process was faster. */
		if (rc == 0)
			continue;
		if (rc == 1) {
			rc = store_remove(&c->s, &it, e);
			item_free(&it);
		}
		if (rc == -1) {
			store_rollback(&c->s);
			return -1;
		}
	}
	return store_commit(&c->s, e);
}

static int
meant(struct cmd *c, struct gone *g, struct err *e)
{
	struct vec names = VEC_INIT;
	int rc;

	if (c->spaces.n == 0 && c->words.n > 0)
		c->all = true;
	rc = cmd_spaces(c, &names, e);
	if (rc == 0 && c->words.n > 0)
		rc = meant_by_id(c, &names, g, e);
	else if (rc == 0 && c->query != NULL)
		rc = meant_by_query(c, g, e);
	else if (rc == 0)
		rc = meant_by_age(c, &names, g, e);
	vec_free(&names);
	return rc;
}

int
cmd_forget(struct cmd *c, struct err *e)
{
	struct gone g = { VEC_INIT, VEC_INIT };
	int ways = (c->words.n > 0) + (c->query != NULL) + (c->older !=
	    NULL) + c->everything, rc = 0;
	bool named = c->words.n > 0;

	if (ways > 1)
		return err_set(e, ERR_USAGE, "forget: ids, --query, "
		    "--older-than or --everything, only one of them");
	if (c->everything && c->spaces.n == 0)
		return err_set(e, ERR_USAGE, "forget --everything: name the "
		    "--namespace");
	rc = cmd_read_ids(c, e);
	/* Not one id on standard input: nothing is meant. */
	if (rc == 0 && c->words.n == 0 && named)
		return 1;
	if (rc == 0)
		rc = meant(c, &g, e);
	for (size_t i = 0; rc == 0 && i < g.ids.n && !c->dry_run;
	    i += AT_ONCE)
		rc = remove_some(c, &g, i, i + AT_ONCE < g.ids.n ? i +
		    AT_ONCE : g.ids.n, e);
	for (size_t i = 0; rc == 0 && i < g.ids.n; i++) {
		jv v = js_set_str(js_obj(), "id", g.ids.v[i]);

		v = js_set_str(v, "namespace", g.spaces.v[i]);
		cmd_line_take(c, js_set_str(v, "status", c->dry_run ?
		    "would be forgotten" : "forgotten"));
	}
	if (rc == 0 && !c->dry_run && g.ids.n > 0)
		rc = store_scrub(&c->s, e);
	if (rc == 0 && g.ids.n == 0)
		rc = 1;
	vec_free(&g.ids);
	vec_free(&g.spaces);
	return rc;
}

/* ---- export ---- */

static int
export_space(struct cmd *c, const struct store_ns *ns, struct err *e)
{
	int64_t base = ns->id << ITEM_NS_SHIFT;
	struct db_stmt *st = db_query(c->s.db, e, "SELECT " ITEM_COLUMNS
	    ITEM_FROM "WHERE m.id BETWEEN ? AND ? ORDER BY m.id", "ii", base,
	    base | (int64_t)UINT32_MAX);
	int rc = -1;

	while (st != NULL && (rc = db_step(st, e)) == 1) {
		struct item it;

		item_row(&it, st);
		cmd_line_take(c, item_json(&it, ns->name));
		item_free(&it);
		if (c->out.len > 65536 && cmd_flush(c, e) == -1)
			return -1;
	}
	return rc;
}

/* A command without namespaces named is about all of them. */
static int
each_space(struct cmd *c, int (*fn)(struct cmd *c, const struct store_ns *ns,
    struct err *e), struct err *e)
{
	struct vec names = VEC_INIT;
	int rc;

	if (c->none)
		return 0;
	if (c->spaces.n == 0)
		c->all = true;
	rc = cmd_spaces(c, &names, e);
	for (size_t i = 0; rc == 0 && i < names.n; i++) {
		struct store_ns *ns;

		rc = store_space(&c->s, names.v[i], false, &ns, e);
		if (rc == 1)
			rc = fn(c, ns, e);
		else if (rc == 0 && c->spaces.n > 0)
			rc = err_set(e, ERR_NEGATIVE, "there is no namespace "
			    "'%.80s'; agent-mem namespaces lists them",
			    names.v[i]);
	}
	vec_free(&names);
	return rc;
}

int
cmd_export(struct cmd *c, struct err *e)
{
	return each_space(c, export_space, e);
}

/* ---- namespaces, stats ---- */

static int
show_space(struct cmd *c, const struct store_ns *ns, struct err *e)
{
	jv v;

	(void)e;
	if (c->text) {
		cmd_escape(&c->out, ns->name, 60);
		buf_addf(&c->out, "\t%lld\n", (long long)ns->docs);
		return 0;
	}
	v = js_set_str(js_obj(), "namespace", ns->name);
	cmd_line_take(c, js_set_int(v, "memories", ns->docs));
	return 0;
}

int
cmd_namespaces(struct cmd *c, struct err *e)
{
	return each_space(c, show_space, e);
}

static int
number(struct cmd *c, const char *sql, int64_t *out, struct err *e)
{
	struct db_stmt *st = db_query(c->s.db, e, sql, "");
	int rc = st != NULL ? db_step(st, e) : -1;

	*out = rc == 1 ? db_int(st, 0) : 0;
	if (rc == 1)
		db_done(st);
	return rc == -1 ? -1 : 0;
}

int
cmd_stats(struct cmd *c, struct err *e)
{
	static const struct {
		const char *name, *sql;
	} counts[] = {
		{ "namespaces", "SELECT count(*) FROM namespace" },
		{ "memories", "SELECT coalesce(sum(docs), 0) FROM"
		    " namespace" },
		{ "sessions", "SELECT count(*) FROM session" },
		{ "past_versions", "SELECT count(*) FROM history" },
		{ "segments", "SELECT count(*) FROM segment" },
		{ "unfolded", "SELECT coalesce(sum(next - folded), 0) FROM"
		    " namespace" },
		{ "vectors", "SELECT count(*) FROM vector" },
	};
	jv v = js_set_str(js_obj(), "db", c->s.path);
	struct stat st;
	int64_t n;

	for (size_t i = 0; i < BASE_NITEMS(counts) && !c->none; i++) {
		if (number(c, counts[i].sql, &n, e) == -1) {
			js_free(v);
			return -1;
		}
		v = js_set_int(v, counts[i].name, n);
	}
	if (stat(c->s.path, &st) == 0)
		v = js_set_int(v, "bytes", (int64_t)st.st_size);
	cmd_line_take(c, v);
	return 0;
}

/* ---- reindex, check, backup ---- */

static int
reindex_space(struct cmd *c, const struct store_ns *given, struct err *e)
{
	char *name = xstrdup(given->name);
	struct store_ns *ns;
	int rc = store_begin(&c->s, e);

	if (rc == 0) {
		rc = store_space(&c->s, name, false, &ns, e);
		if (rc == 1)
			rc = index_drop(&c->s, ns, e);
		if (rc == 0)
			rc = index_fold(&c->s, ns, true, e);
		if (rc == 0)
			rc = store_commit(&c->s, e);
		else
			store_rollback(&c->s);
	}
	free(name);
	return rc;
}

int
cmd_reindex(struct cmd *c, struct err *e)
{
	db_cache(c->s.db, 262144, 0);
	return each_space(c, reindex_space, e);
}

static int
check_space(struct cmd *c, const struct store_ns *ns, struct err *e)
{
	int64_t base = ns->id << ITEM_NS_SHIFT, docs = 0;
	struct db_stmt *st = db_query(c->s.db, e, "SELECT count(*) FROM"
	    " memory WHERE id BETWEEN ? AND ?", "ii", base, base |
	    (int64_t)UINT32_MAX);
	int rc = st != NULL ? db_step(st, e) : -1;

	if (rc == -1)
		return -1;
	docs = db_int(st, 0);
	db_done(st);
	if (docs != ns->docs)
		return err_set(e, ERR_DATA, "%s: namespace %.60s counts %lld "
		    "memories and has %lld", c->s.path, ns->name,
		    (long long)ns->docs, (long long)docs);
	return index_check(&c->s, ns, e);
}

int
cmd_check(struct cmd *c, struct err *e)
{
	if (c->none)
		return 0;
	if (db_check(c->s.db, e) == -1)
		return -1;
	return each_space(c, check_space, e);
}

int
cmd_backup(struct cmd *c, struct err *e)
{
	if (c->words.n != 1)
		return err_set(e, ERR_USAGE, "backup: one file is needed, "
		    "which does not exist yet");
	/* The copy is a statement of its own. */
	db_read_end(c->s.db);
	return db_copy(c->s.db, c->words.v[0], e);
}
