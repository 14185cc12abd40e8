/*
 * cmd_embed.c - give vectors to the memories that have none, or old ones.
 */
#include "mem/cmd.h"

#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/mem.h"
#include "mem/backfill.h"
#include "mem/embed.h"
#include "mem/vectors.h"

#define BATCH	256	/* memories in one go */

struct batch {
	struct cmd	*c;
	int64_t		 rows[BATCH], digests[BATCH];
	char		*texts[BATCH];
	float		*v[BATCH];
	size_t		 dims[BATCH], n;
	int64_t		 after;		/* the last row looked at */
	int64_t		 until;		/* clock_ms() of the end, or 0 */
	uint64_t	 done, bad;
};

/* Memories whose vector is missing or of another text, or of another model
 * than that, when it is known. */
static int
fill(struct batch *b, const char *model, struct err *e)
{
	struct db_stmt *st = db_query(b->c->s.db, e, "SELECT m.id, m.digest,"
	    " m.text, m.speaker FROM memory m LEFT JOIN vector v ON"
	    " v.memory = m.id LEFT JOIN model o ON o.id = v.model"
	    " WHERE m.id > ? AND (v.memory IS NULL OR v.digest <> m.digest OR"
	    " o.name <> coalesce(?, o.name)) ORDER BY m.id LIMIT ?", "isi",
	    b->after, model, (int64_t)BATCH);
	int rc = -1;

	b->n = 0;
	while (st != NULL && (rc = db_step(st, e)) == 1) {
		const char *who = db_text(st, 3);

		b->rows[b->n] = b->after = db_int(st, 0);
		b->digests[b->n] = db_int(st, 1);
		b->v[b->n] = NULL;
		b->texts[b->n++] = xasprintf("%s%s%s", who != NULL ? who : "",
		    who != NULL ? ": " : "", db_text(st, 2));
	}
	return rc;
}

static void
empty(struct batch *b)
{
	for (size_t i = 0; i < b->n; i++) {
		free(b->texts[i]);
		free(b->v[i]);
	}
	b->n = 0;
}

static int
keep(size_t i, float *v, size_t n, const char *why, void *arg,
    struct err *e)
{
	struct batch *b = arg;

	(void)e;
	if (v == NULL) {
		if (b->bad++ == 0)
			log_warn("a memory has no vector: %.200s", why);
		return 0;
	}
	free(b->v[i]);
	b->v[i] = xcalloc(n, sizeof(*v));
	memcpy(b->v[i], v, n * sizeof(*v));
	b->dims[i] = n;
	return 0;
}

/* Whether the memory is still the one that was asked about. */
static int
is_same(struct cmd *c, int64_t row, int64_t digest, struct err *e)
{
	struct db_stmt *st = db_query(c->s.db, e, "SELECT digest FROM memory"
	    " WHERE id = ?", "i", row);
	int rc = st != NULL ? db_step(st, e) : -1;
	bool same = rc == 1 && db_int(st, 0) == digest;

	if (rc == 1)
		db_done(st);
	return rc == -1 ? -1 : same;
}

static int
write_down(struct batch *b, const char *name, struct err *e)
{
	struct store *s = &b->c->s;
	int64_t model;
	int rc = store_begin(s, e);

	if (rc == -1)
		return -1;
	for (size_t i = 0; rc != -1 && i < b->n; i++) {
		if (b->v[i] == NULL)
			continue;
		rc = is_same(b->c, b->rows[i], b->digests[i], e);
		if (rc != 1)
			continue;
		rc = vectors_drop(s, b->rows[i], e);
		if (rc != -1)
			rc = vectors_model(s, name, (int64_t)b->dims[i],
			    true, &model, e);
		if (rc != -1)
			rc = vectors_put(s, b->rows[i], model, b->v[i],
			    b->dims[i], b->digests[i], e);
		b->done++;
	}
	if (rc != -1)
		return store_commit(s, e);
	store_rollback(s);
	return -1;
}

/* All that have no vector of the model, as far as it is known. */
static int
embed_all(struct batch *b, struct embed *m, bool known, struct err *e)
{
	int rc;

	b->after = 0;
	while ((rc = fill(b, known ? m->said : NULL, e)) == 0 && b->n > 0) {
		rc = embed_texts(m, (const char *const *)b->texts, b->n,
		    keep, b, e);
		if (rc == 0 && m->said[0] != '\0')
			rc = write_down(b, m->said, e);
		empty(b);
		if (rc == -1 || (b->until != 0 && clock_ms() > b->until))
			break;
	}
	empty(b);
	return rc;
}

static int
ignore(size_t i, float *v, size_t n, const char *why, void *arg,
    struct err *e)
{
	(void)i, (void)n, (void)arg;
	return v != NULL ? 0 : err_set(e, ERR_UNAVAILABLE, "%.200s", why);
}

/* First what has no vector; then which model there is now is known, and what
 * has one of another is renewed. */
static int
embed_both(struct batch *b, struct embed *m, struct err *e)
{
	static const char *const probe[] = { "which model is it" };
	int rc = embed_all(b, m, false, e);

	if (rc == 0 && m->said[0] == '\0')
		rc = embed_texts(m, probe, 1, ignore, NULL, e);
	if (rc == 0 && m->said[0] != '\0')
		rc = embed_all(b, m, true, e);
	return rc;
}

static bool
any_memory(struct cmd *c)
{
	struct err e = ERR_INIT;
	struct db_stmt *st = db_query(c->s.db, &e, "SELECT 1 FROM memory"
	    " LIMIT 1", "");
	bool any = st != NULL && db_step(st, &e) == 1;

	if (any)
		db_done(st);
	return any;
}

int
cmd_embed(struct cmd *c, struct err *e)
{
	struct embed m = { .model = c->model, .offline = c->offline };
	struct batch *b;
	int rc = 0;
	jv v;

	if (c->background && !backfill_enter(c))
		return 0;
	b = xcalloc(1, sizeof(*b));
	b->c = c;
	if (c->background)
		b->until = clock_ms() + BACKFILL_MS;
	if (any_memory(c))
		rc = embed_both(b, &m, e);
	if (c->background) {
		backfill_leave(c, rc == 0);
	} else if (rc == 0) {
		v = js_set(js_obj(), "model", m.said[0] != '\0' ?
		    js_from_str(m.said) : js_null());
		v = js_set_int(v, "embedded", (int64_t)b->done);
		cmd_line_take(c, js_set_int(v, "failed", (int64_t)b->bad));
		rc = b->bad > 0;
	}
	free(b);
	return rc;
}

struct one {
	float	*v;
	size_t	 n;
};

static int
keep_one(size_t i, float *v, size_t n, const char *why, void *arg,
    struct err *e)
{
	struct one *o = arg;

	(void)i;
	if (v == NULL)
		return err_set(e, ERR_UNAVAILABLE, "%.200s", why);
	free(o->v);
	o->v = xcalloc(n, sizeof(*v));
	memcpy(o->v, v, n * sizeof(*v));
	o->n = n;
	return 0;
}

int
cmd_near(struct cmd *c, const char *text, const struct vec *names,
    struct rank *r, struct err *e)
{
	struct embed m = { .model = c->model, .offline = c->offline };
	struct one o = { NULL, 0 };
	int64_t model = 0;
	int rc = embed_texts(&m, &text, 1, keep_one, &o, e);

	/* Without the server the words alone decide, in the same order. */
	if (rc == -1 || o.v == NULL) {
		log_warn("no vector for the question: %s", e->msg);
		*e = (struct err)ERR_INIT;
		rc = 0;
	} else if ((rc = vectors_model(&c->s, m.said, (int64_t)o.n, false,
	    &model, e)) == 0) {
		/* None yet, or those of another model. */
		c->unfilled = true;
	} else if (rc == 1) {
		rc = 0;
		for (size_t i = 0; rc == 0 && i < names->n; i++) {
			struct store_ns *ns;

			rc = store_space(&c->s, names->v[i], false, &ns, e);
			if (rc == 1)
				rc = vectors_near(&c->s, ns->id, model, o.v,
				    o.n, r, e);
		}
		vectors_settle(r);
	}
	free(o.v);
	return rc;
}
