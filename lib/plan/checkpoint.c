/*
 * checkpoint.c - where a task stands.
 */
#include "plan/checkpoint.h"

#include "base/buf.h"
#include "base/clock.h"

#include <string.h>

#define BODY_MAX	((size_t)1024 * 1024)

jv
checkpoint_from(const char *done, const char *next,
    const struct vec *changed, const struct vec *blockers,
    const struct vec *citations)
{
	jv o = js_obj(), files = js_arr();

	if (done != NULL)
		o = js_set_str(o, "done", done);
	if (next != NULL)
		o = js_set_str(o, "next", next);
	for (size_t i = 0; i < changed->n; i++)
		files = js_push(files, js_set_str(js_obj(), "path",
		    changed->v[i]));
	if (changed->n > 0)
		o = js_set(o, "changed", js_ref(files));
	js_free(files);
	o = js_set_list(o, "blockers", blockers);
	o = js_set_list(o, "citations", citations);
	return js_len(o) > 0 ? js_set_str(o, "source", "worker") : o;
}

static int
save(struct plan *p, struct queue_claim c, const char *worker,
    const struct buf *body, struct err *e)
{
	if (queue_holds(p, &c, worker, e) == -1)
		return -1;
	return db_run(p->db, e, "INSERT INTO checkpoint(task, attempt, time,"
	    " body) VALUES(?, ?, ?, ?)", "iiis", c.task, c.attempt,
	    clock_wall_ms(), buf_str(body));
}

int
checkpoint_save(struct plan *p, const struct queue_claim *c,
    const char *worker, jv body, struct err *e)
{
	struct buf b = BUF_INIT;
	int rc = 0;

	js_dump(&b, body);
	if (b.len > BODY_MAX)
		rc = err_set(e, ERR_DATA, "a checkpoint has at most %zu "
		    "bytes", BODY_MAX);
	if (rc == 0 && (rc = plan_begin(p, e)) == 0)
		rc = plan_end(p, save(p, *c, worker, &b, e), e);
	buf_free(&b);
	return rc;
}

static jv
body_of(struct db_stmt *st)
{
	struct err none = ERR_INIT;
	const char *s = db_text(st, 0);
	char when[CLOCK_STAMP_SIZE];
	jv o = js_parse(s, strlen(s), &none);

	if (!js_is_obj(o)) {
		js_free(o);
		o = js_obj();
	}
	clock_stamp(when, db_int(st, 1));
	return js_set_str(o, "time", when);
}

int
checkpoint_last(struct plan *p, int64_t task, jv *out, struct err *e)
{
	struct db_stmt *st = db_query(p->db, e, "SELECT body, time FROM"
	    " checkpoint WHERE task = ? ORDER BY id DESC LIMIT 1", "i", task);
	int rc;

	*out = js_none();
	if (st == NULL || (rc = db_step(st, e)) == -1)
		return -1;
	if (rc == 1)
		*out = body_of(st);
	db_done(st);
	return 0;
}

int
checkpoint_all(struct plan *p, int64_t task, jv *out, struct err *e)
{
	struct db_stmt *st = db_query(p->db, e, "SELECT body, time FROM"
	    " checkpoint WHERE task = ? ORDER BY id", "i", task);
	int rc;

	*out = js_arr();
	if (st == NULL)
		return -1;
	while ((rc = db_step(st, e)) == 1)
		*out = js_push(*out, body_of(st));
	return rc;
}
