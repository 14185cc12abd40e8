/*
 * verb_project.c - init, status, the moves, show, export, import.
 */
#include "plan/verb.h"

#include "plan/checkpoint.h"
#include "plan/exchange.h"
#include "plan/project.h"
#include "plan/queue.h"
#include "plan/report.h"
#include "plan/task.h"
#include "sys/file.h"

#include <stdlib.h>
#include <string.h>

#define FILE_MAX	((size_t)64 * 1024 * 1024)

int
verb_init(struct verb_args *a, struct buf *out, struct err *e)
{
	struct plan p = PLAN_INIT;
	char *goal = verb_text(a, 0, "the goal", e);
	int rc = goal != NULL ? plan_open(&p, a->workspace, PLAN_WRITE, e) :
	    -1;

	if (rc == 0)
		rc = project_init(&p, goal, e);
	if (rc == 0 && !a->quiet)
		buf_adds(out, "planning\n");
	plan_close(&p);
	free(goal);
	return rc;
}

int
verb_move(struct verb_args *a, struct buf *out, struct err *e)
{
	struct plan p = PLAN_INIT;
	struct project j = { .is = false };
	enum machine_move how = MOVE_ADVANCE;
	int rc = plan_open(&p, a->workspace, PLAN_WRITE, e);

	for (int i = 0; i < MACHINE_MOVES; i++)
		if (strcmp(machine_move_name((enum machine_move)i),
		    a->verb) == 0)
			how = (enum machine_move)i;
	if (rc == 0)
		rc = project_move(&p, how, a->force, &j, e);
	if (rc == 0 && !a->quiet)
		buf_addf(out, "%s\n", machine_state_name(j.state));
	project_free(&j);
	plan_close(&p);
	return rc;
}

static int
status_text(struct plan *p, struct buf *out, struct err *e)
{
	struct project j;
	struct project_counts c;

	if (project_load(p, &j, e) == -1 || project_count(p, &c, e) == -1)
		return -1;
	if (j.is) {
		buf_addf(out, "%s: ", machine_state_name(j.state));
		verb_safe(out, j.goal, 0);
		buf_addc(out, '\n');
	}
	buf_addf(out, "%lld ready, %lld waiting, %lld running, %lld done, "
	    "%lld dead, %lld cancelled\n", (long long)c.ready,
	    (long long)c.waiting, (long long)c.running, (long long)c.done,
	    (long long)c.dead, (long long)c.cancelled);
	project_free(&j);
	return 0;
}

int
verb_status(struct verb_args *a, struct buf *out, struct err *e)
{
	struct plan p = PLAN_INIT;
	jv o = js_none();
	int rc = plan_open(&p, a->workspace, PLAN_READ, e);

	if (rc == 0)
		rc = plan_need(&p, e);
	if (rc == 0 && a->json) {
		rc = project_json(&p, &o, e);
		if (rc == 0)
			verb_line(out, o);
	} else if (rc == 0) {
		rc = status_text(&p, out, e);
	}
	js_free(o);
	plan_close(&p);
	return rc;
}

/* ---- show ---- */

static int
attempts(struct plan *p, int64_t id, jv *t, struct err *e)
{
	struct db_stmt *st = db_query(p->db, e, "SELECT n, worker, outcome,"
	    " reason FROM attempt WHERE task = ? ORDER BY n", "i", id);
	jv list = js_arr();
	int rc = -1;

	while (st != NULL && (rc = db_step(st, e)) == 1) {
		jv o = js_set_int(js_obj(), "attempt", db_int(st, 0));

		o = js_set_str(o, "worker", db_text(st, 1));
		if (db_text(st, 2) != NULL)
			o = js_set_str(o, "outcome", db_text(st, 2));
		if (db_text(st, 3) != NULL)
			o = js_set_str(o, "reason", db_text(st, 3));
		list = js_push(list, o);
	}
	*t = js_set(*t, "attempts", list);
	return rc;
}

/* A task with all that belongs to it. */
static int
whole(struct plan *p, int64_t id, jv *t, struct err *e)
{
	jv all = js_none();

	if (task_get(p, id, t, e) == -1)
		return -1;
	if (attempts(p, id, t, e) == -1 ||
	    checkpoint_all(p, id, &all, e) == -1) {
		js_free(all);
		return -1;
	}
	*t = js_set(*t, "checkpoints", all);
	return 0;
}

static void
member_text(struct buf *out, jv t, const char *key)
{
	jv v = js_get(t, key);
	struct buf b = BUF_INIT;

	if (js_is_str(v)) {
		buf_addf(out, "%-12s ", key);
		verb_safe(out, js_str(t, key), 0);
		buf_addc(out, '\n');
	} else if (js_is_valid(v)) {
		js_dump(&b, v);
		buf_addf(out, "%-12s %s\n", key, buf_str(&b));
	}
	buf_free(&b);
	js_free(v);
}

static int
show_task(struct plan *p, struct verb_args *a, struct buf *out,
    struct err *e)
{
	struct queue_claim c;
	jv t = js_none(), keys;
	int rc = queue_parse(a->operands[0], &c, e);

	if (rc == 0)
		rc = whole(p, c.task, &t, e);
	if (rc == 0 && a->format != NULL && strcmp(a->format, "json") == 0)
		verb_line(out, t);
	else if (rc == 0) {
		keys = js_keys(t);
		for (size_t i = 0; i < js_len(keys); i++) {
			jv k = js_at(keys, i);

			member_text(out, t, js_cstr(k));
			js_free(k);
		}
		js_free(keys);
	}
	js_free(t);
	return rc;
}

static int
show_project(struct plan *p, const char *format, int64_t tokens,
    struct buf *out, struct err *e)
{
	jv o = js_none();
	int rc;

	if (strcmp(format, "prompt") == 0)
		return report_prompt(p, tokens, out, e);
	if (strcmp(format, "md") == 0)
		return report_tasks(p, out, e);
	if (strcmp(format, "text") == 0)
		return status_text(p, out, e);
	rc = exchange_out(p, &o, e);
	if (rc == 0)
		verb_line(out, o);
	js_free(o);
	return rc;
}

int
verb_show(struct verb_args *a, struct buf *out, struct err *e)
{
	static const char *const formats[] = { "text", "json", "md",
	    "prompt" };
	const char *format = a->format != NULL ? a->format : "text";
	struct plan p = PLAN_INIT;
	int64_t tokens = 400;
	bool known = false;
	int rc;

	for (size_t i = 0; i < BASE_NITEMS(formats); i++)
		known = known || strcmp(format, formats[i]) == 0;
	if (!known)
		return err_set(e, ERR_USAGE, "--format: '%.40s' is none of "
		    "text, json, md, prompt", format);
	if (verb_int(a->tokens, "--tokens", 20, 1000000, &tokens, e) == -1)
		return -1;
	rc = plan_open(&p, a->workspace, PLAN_READ, e);
	/* A prompt of no plan is empty, so that it can be used blindly. */
	if (rc == 0 && p.db == NULL && strcmp(format, "prompt") == 0)
		;
	else if (rc == 0 && (rc = plan_need(&p, e)) == 0)
		rc = a->n > 0 ? show_task(&p, a, out, e) :
		    show_project(&p, format, tokens, out, e);
	plan_close(&p);
	return rc;
}

/* ---- project.json ---- */

int
verb_export(struct verb_args *a, struct buf *out, struct err *e)
{
	struct plan p = PLAN_INIT;
	struct buf b = BUF_INIT;
	jv o = js_none();
	int rc = plan_open(&p, a->workspace, PLAN_READ, e);

	if (rc == 0)
		rc = plan_need(&p, e);
	if (rc == 0)
		rc = exchange_out(&p, &o, e);
	if (rc == 0) {
		js_dump_pretty(&b, o);
		buf_addc(&b, '\n');
		if (a->output != NULL)
			rc = file_put(a->output, b.data, b.len, 0666, e);
		else
			buf_add(out, b.data, b.len);
	}
	js_free(o);
	buf_free(&b);
	plan_close(&p);
	return rc;
}

int
verb_import(struct verb_args *a, struct buf *out, struct err *e)
{
	const char *path = a->operands[0];
	struct plan p = PLAN_INIT;
	struct buf b = BUF_INIT;
	jv o = js_none();
	int rc = 0;

	(void)out;
	if (strcmp(path, "-") != 0)
		rc = file_read(path, &b, FILE_MAX, e);
	else
		rc = verb_stdin(&b, FILE_MAX, e);
	if (rc == 0) {
		o = js_parse(buf_str(&b), b.len, e);
		rc = js_is_valid(o) ? 0 : -1;
	}
	if (rc == 0)
		rc = plan_open(&p, a->workspace, PLAN_WRITE, e);
	if (rc == 0)
		rc = exchange_in(&p, o, e);
	if (rc == -1 && e->kind == ERR_DATA)
		err_wrap(e, "%s", path);
	js_free(o);
	buf_free(&b);
	plan_close(&p);
	return rc;
}
