/*
 * verb_note.c - note, log, report, check, checkpoint.
 */
#include "plan/verb.h"

#include "base/num.h"

#include "plan/checkpoint.h"
#include "plan/note.h"
#include "plan/project.h"
#include "plan/queue.h"
#include "plan/report.h"
#include "plan/task.h"

#include <stdlib.h>
#include <string.h>

static int
kind_of(const char *kind, bool events, struct err *e)
{
	if (note_kind(kind) || (events && strcmp(kind, "event") == 0))
		return 0;
	return err_set(e, ERR_USAGE, "'%.40s' is no kind of note; there are "
	    "observation, hypothesis, result and decision%s", kind,
	    events ? ", and event" : "");
}

int
verb_note(struct verb_args *a, struct buf *out, struct err *e)
{
	struct plan p = PLAN_INIT;
	const char *author = a->author != NULL ? a->author :
	    getenv("AGENT_WORKER");
	int64_t task = 0;
	char *text = NULL;
	jv t = js_none();
	int rc = kind_of(a->operands[0], false, e);

	(void)out;
	if (author == NULL)
		author = getenv("USER");
	if (rc == 0 && (text = verb_text(a, 1, "the text", e)) == NULL)
		rc = -1;
	if (rc == 0)
		rc = verb_int(a->task, "--task", 1, INT64_MAX, &task, e);
	if (rc == 0)
		rc = plan_open(&p, a->workspace, PLAN_WRITE, e);
	if (rc == 0 && task != 0)
		rc = task_get(&p, task, &t, e);
	if (rc == 0 && (rc = plan_begin(&p, e)) == 0)
		rc = plan_end(&p, note_add(&p, a->operands[0],
		    author != NULL ? author : "", task, text, e), e);
	js_free(t);
	plan_close(&p);
	free(text);
	return rc;
}

struct logging {
	const struct verb_args *a;
	struct buf	*out;
};

static int
log_one(void *arg, jv n, struct err *e)
{
	struct logging *l = arg;
	int64_t seq = 0, task = 0;

	(void)e;
	if (l->a->json) {
		verb_line(l->out, n);
		return 0;
	}
	js_int(n, "seq", 0, INT64_C(1) << 52, &seq);
	buf_addf(l->out, "%lld %.16sZ %s", (long long)seq, js_str(n, "time"),
	    js_str(n, "kind"));
	if (js_int(n, "task", 1, INT64_C(1) << 52, &task))
		buf_addf(l->out, " #%lld", (long long)task);
	buf_adds(l->out, ": ");
	verb_safe(l->out, js_str(n, "text"), 0);
	buf_addc(l->out, '\n');
	return 0;
}

int
verb_log(struct verb_args *a, struct buf *out, struct err *e)
{
	struct note_filter f = { a->kind, a->match, 0, 0, 0 };
	struct logging l = { a, out };
	struct plan p = PLAN_INIT;
	int rc = a->kind != NULL ? kind_of(a->kind, true, e) : 0;

	if (rc == 0 && (verb_int(a->task, "--task", 1, INT64_MAX, &f.task,
	    e) == -1 ||
	    verb_int(a->limit, "--limit", 1, INT64_MAX, &f.limit, e) == -1 ||
	    verb_since(a->since, &f.since, e) == -1))
		rc = -1;
	if (rc == 0)
		rc = plan_open(&p, a->workspace, PLAN_READ, e);
	if (rc == 0 && p.db != NULL)
		rc = note_each(&p, &f, log_one, &l, e);
	plan_close(&p);
	return rc;
}

int
verb_report(struct verb_args *a, struct buf *out, struct err *e)
{
	struct plan p = PLAN_INIT;
	int rc = plan_open(&p, a->workspace, PLAN_READ, e);

	if (rc == 0)
		rc = plan_need(&p, e);
	if (rc == 0)
		rc = report_write(&p, out, e);
	plan_close(&p);
	return rc;
}

int
verb_check(struct verb_args *a, struct buf *out, struct err *e)
{
	struct plan p = PLAN_INIT;
	char last[65];
	int64_t n = 0;
	int rc = plan_open(&p, a->workspace, PLAN_READ, e);

	if (rc == 0)
		rc = plan_need(&p, e);
	if (rc == 0)
		rc = db_check(p.db, e);
	if (rc == 0)
		rc = note_check(&p, a->head, &n, last, e);
	if (rc == 0 && a->json)
		buf_addf(out, "{\"notes\":%lld,\"head\":\"%s\"}\n",
		    (long long)n, last);
	else if (rc == 0)
		buf_addf(out, "%lld note%s, %sas written; the last hash is\n"
		    "%s\n", (long long)n, num_s(n), n == 1 ? "" : "all ",
		    last);
	plan_close(&p);
	return rc;
}

int
verb_checkpoint(struct verb_args *a, struct buf *out, struct err *e)
{
	struct plan p = PLAN_INIT;
	struct queue_claim c;
	bool writes;
	jv o = checkpoint_from(a->summary, a->next, &a->changed,
	    &a->blockers, &a->citations), all = js_none();
	int rc = queue_parse(a->operands[0], &c, e);

	writes = js_len(o) > 0;
	if (rc == 0)
		rc = plan_open(&p, a->workspace, writes ? PLAN_WRITE :
		    PLAN_READ, e);
	if (rc == 0)
		rc = plan_need(&p, e);
	if (rc == 0 && writes)
		rc = checkpoint_save(&p, &c, a->worker, o, e);
	else if (rc == 0 && (rc = checkpoint_all(&p, c.task, &all, e)) == 0)
		for (size_t i = 0; i < js_len(all); i++) {
			jv one = js_at(all, i);

			verb_line(out, one);
			js_free(one);
		}
	js_free(o);
	js_free(all);
	plan_close(&p);
	return rc;
}
