/*
 * toolmode.c - the tool plan: what a model may do with the plan.
 */
#include "plan/toolmode.h"

#include "base/mem.h"
#include "plan/brief.h"
#include "plan/check.h"
#include "plan/exchange.h"
#include "plan/checkpoint.h"
#include "plan/note.h"
#include "plan/outline.h"
#include "plan/patch.h"
#include "plan/project.h"
#include "plan/queue.h"
#include "plan/report.h"
#include "plan/task.h"
#include "plan/verb.h"
#include "sys/fd.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#define INPUT_MAX	((size_t)8 * 1024 * 1024)
#define LEASE_MS	((int64_t)1800000)

const char toolmode_schema[] =
"{\"name\":\"plan\",\"description\":\"Tasks. op: show add next done fail "
"checkpoint note patch init advance\",\"inputSchema\":{\"type\":\"object\","
"\"properties\":{\"op\":{\"type\":\"string\"},\"text\":{\"type\":"
"\"string\"},\"task\":{\"type\":\"integer\"},\"check\":{\"type\":"
"\"string\"}},\"additionalProperties\":false},\"annotations\":{"
"\"readOnlyHint\":false,\"destructiveHint\":false,\"openWorldHint\":false},"
"\"_meta\":{\"agent\":{\"abi\":1,\"timeout_s\":620,\"network\":false}}}\n";

struct call {
	struct plan	*p;
	jv		 args;
	const char	*text;		/* NULL: none */
	int64_t		 task;		/* 0: none */
	char		 worker[160];
	struct buf	*out;
	enum machine_move move;		/* of op_move */
};

static int
need_text(const struct call *c, const char *what, struct err *e)
{
	return c->text != NULL && *c->text != '\0' ? 0 :
	    err_set(e, ERR_USAGE, "text: %s is required", what);
}

static int
need_task(const struct call *c, struct err *e)
{
	return c->task != 0 ? 0 : err_set(e, ERR_USAGE, "task: the number "
	    "of the task is required");
}

/* ---- looking ---- */

static int
one_line(void *arg, jv t, struct err *e)
{
	struct buf *out = arg;
	int64_t id = 0;

	(void)e;
	js_int(t, "id", 0, INT64_C(1) << 52, &id);
	buf_addf(out, "%lld %s: ", (long long)id, js_str(t, "status"));
	verb_safe(out, js_str(t, "objective"), 160);
	buf_addc(out, '\n');
	return 0;
}

static int
show_task(struct call *c, struct err *e)
{
	jv t, last = js_none();
	int rc = task_get(c->p, c->task, &t, e);

	if (rc == 0)
		rc = checkpoint_last(c->p, c->task, &last, e);
	if (rc == 0) {
		buf_addf(c->out, "[%s]\n", js_str(t, "status"));
		brief_task(c->out, t, last, 2000);
	}
	js_free(t);
	js_free(last);
	return rc;
}

static int
op_show(struct call *c, struct err *e)
{
	struct task_filter f = { .which = TASK_OPEN, .limit = 50 };

	if (c->task != 0)
		return show_task(c, e);
	if (report_prompt(c->p, 600, c->out, e) == -1)
		return -1;
	buf_adds(c->out, "Open tasks:\n");
	return task_each(c->p, &f, one_line, c->out, e);
}

static int
one_note(void *arg, jv n, struct err *e)
{
	struct buf *out = arg;

	(void)e;
	buf_addf(out, "%s: ", js_str(n, "kind"));
	verb_safe(out, js_str(n, "text"), 400);
	buf_addc(out, '\n');
	return 0;
}

static int
op_log(struct call *c, struct err *e)
{
	struct note_filter f = { NULL, c->text, c->task, 0, 30 };

	return note_each(c->p, &f, one_note, c->out, e);
}

/* ---- changing ---- */

static int
op_init(struct call *c, struct err *e)
{
	if (need_text(c, "the goal", e) == -1 ||
	    project_init(c->p, c->text, e) == -1)
		return -1;
	buf_adds(c->out, "planning; add tasks, then advance\n");
	return 0;
}

/* The project goes on, back, or stops: by the table of machine.h. */
static int
op_move(struct call *c, struct err *e)
{
	struct project j = { .is = false };
	int rc = project_move(c->p, c->move, false, &j, e);

	if (rc == 0)
		buf_addf(c->out, "%s\n", machine_state_name(j.state));
	project_free(&j);
	return rc;
}

/* A Markdown list of tasks; what is none is one item of such a list. */
static void
as_list(struct buf *out, const char *text)
{
	if (strncmp(text, "- ", 2) == 0 || strstr(text, "\n- ") != NULL) {
		buf_adds(out, text);
		return;
	}
	buf_adds(out, "- ");
	for (; *text != '\0'; text++) {
		buf_addc(out, *text);
		if (*text == '\n')
			buf_adds(out, "  ");
	}
}

static int
specs_of(const struct call *c, jv *specs, struct err *e)
{
	struct buf list = BUF_INIT;
	jv out = js_arr();
	int rc;

	as_list(&list, c->text);
	rc = outline_read(buf_str(&list), list.len, specs, e);
	buf_free(&list);
	for (size_t i = 0; i < js_len(*specs); i++) {
		jv s = js_at(*specs, i);

		s = js_copy_key(s, "check", c->args, "check");
		if (c->task != 0 && !js_has(s, "parent"))
			s = js_set_int(s, "parent", c->task);
		out = js_push(out, s);
	}
	js_free(*specs);
	*specs = out;
	return rc;
}

static int
op_add(struct call *c, struct err *e)
{
	jv specs = js_arr(), ids = js_none();
	int rc = need_text(c, "what to do", e);

	if (rc == 0)
		rc = specs_of(c, &specs, e);
	if (rc == 0 && (rc = plan_begin(c->p, e)) == 0)
		rc = plan_end(c->p, task_add(c->p, specs, &ids, e), e);
	if (rc == 0) {
		buf_adds(c->out, "added ");
		js_dump(c->out, ids);
		buf_addc(c->out, '\n');
	}
	js_free(specs);
	js_free(ids);
	return rc;
}

/* The task that a worker holds this conversation about is the worker's. */
static int
not_own(const struct call *c, struct err *e)
{
	const char *own = getenv("AGENT_TASK");

	if (own == NULL || strtoll(own, NULL, 10) != c->task)
		return 0;
	return err_set(e, ERR_DENIED, "task %s is yours; it is checked and "
	    "closed when you stop calling tools and answer", own);
}

static int
op_next(struct call *c, struct err *e)
{
	struct queue_worker w = { c->worker, LEASE_MS, 0 };
	struct queue_claim claim;
	enum queue_state state;

	if (getenv("AGENT_TASK") != NULL)
		return err_set(e, ERR_DENIED, "you have task %.20s; do that "
		    "one", getenv("AGENT_TASK"));
	if (queue_next(c->p, &w, c->task, &claim, &state, e) == -1)
		return -1;
	if (state != QUEUE_CLAIMED)
		return err_set(e, state == QUEUE_BUSY ? ERR_TEMP :
		    ERR_NEGATIVE, state == QUEUE_BUSY ? "no task is ready; "
		    "others run" : "no task is open");
	c->task = claim.task;
	buf_addf(c->out, "You have task %lld. Report with done or fail.\n",
	    (long long)claim.task);
	return show_task(c, e);
}

/* What the model says goes into a checkpoint, with what was there. */
static int
keep(struct call *c, const struct queue_claim *claim, struct err *e)
{
	jv last, o = js_obj();
	int rc;

	if (c->text == NULL)
		return 0;
	if (checkpoint_last(c->p, claim->task, &last, e) == -1)
		return -1;
	if (js_is_obj(last)) {
		js_free(o);
		o = js_del(js_ref(last), "time");
	}
	o = js_set_str(brief_answer(o, c->text), "source", "model");
	rc = checkpoint_save(c->p, claim, NULL, o, e);
	js_free(last);
	js_free(o);
	return rc;
}

static int
op_checkpoint(struct call *c, struct err *e)
{
	struct queue_claim claim = { c->task, 0 };

	if (need_task(c, e) == -1 || need_text(c, "where it stands", e) ==
	    -1 || keep(c, &claim, e) == -1)
		return -1;
	buf_adds(c->out, "kept\n");
	return 0;
}

static int
op_done(struct call *c, struct err *e)
{
	struct check_result r = CHECK_INIT;
	struct queue_claim claim = { c->task, 0 };
	int rc;

	if (need_task(c, e) == -1 || not_own(c, e) == -1 ||
	    queue_holds(c->p, &claim, c->worker, e) == -1 ||
	    keep(c, &claim, e) == -1)
		return -1;
	rc = check_close(c->p, &claim, c->worker, c->text, &r, e);
	if (rc == 0)
		buf_addf(c->out, "task %lld is done\n", (long long)c->task);
	if (rc == 1)
		buf_addf(c->out, "%s\nThe task stays open: its check %s.\n",
		    buf_str(&r.output), buf_str(&r.fate));
	check_free(&r);
	return rc;
}

static int
op_fail(struct call *c, struct err *e)
{
	struct queue_claim claim = { c->task, 0 };
	bool dead = false;

	if (need_task(c, e) == -1 || not_own(c, e) == -1 ||
	    need_text(c, "the reason", e) == -1 ||
	    queue_fail(c->p, &claim, c->worker, c->text, false, &dead,
	    e) == -1)
		return -1;
	buf_adds(c->out, dead ? "given up\n" : "it will be tried again\n");
	return 0;
}

static int
op_release(struct call *c, struct err *e)
{
	struct queue_claim claim = { c->task, 0 };

	if (need_task(c, e) == -1 || not_own(c, e) == -1 ||
	    keep(c, &claim, e) == -1 ||
	    queue_release(c->p, &claim, c->worker, "released", e) == -1)
		return -1;
	buf_adds(c->out, "given back\n");
	return 0;
}

/* In a transaction of its own; done is said when it is. */
static int
change(struct call *c, int (*what)(struct call *c, struct err *e),
    const char *done, struct err *e)
{
	if (need_task(c, e) == -1 || not_own(c, e) == -1 ||
	    plan_begin(c->p, e) == -1 ||
	    plan_end(c->p, what(c, e), e) == -1)
		return -1;
	buf_addf(c->out, "%s\n", done);
	return 0;
}

/* What is to be done; never by which check it is closed. */
static int
do_edit(struct call *c, struct err *e)
{
	jv spec;
	int rc;

	if (js_has(c->args, "check"))
		return err_set(e, ERR_DENIED, "check: only the user changes "
		    "the check of a task, by agent-plan edit");
	if (need_text(c, "the new objective", e) == -1)
		return -1;
	spec = js_set_str(js_obj(), "objective", c->text);
	rc = task_edit(c->p, c->task, spec, e);
	js_free(spec);
	return rc;
}

static int
do_cancel(struct call *c, struct err *e)
{
	return task_cancel(c->p, c->task, c->text != NULL ? c->text :
	    "cancelled by the model", e);
}

static int
do_retry(struct call *c, struct err *e)
{
	return task_retry(c->p, c->task, e);
}

static int
op_edit(struct call *c, struct err *e)
{
	return change(c, do_edit, "changed", e);
}

static int
op_cancel(struct call *c, struct err *e)
{
	return change(c, do_cancel, "cancelled", e);
}

static int
op_retry(struct call *c, struct err *e)
{
	return change(c, do_retry, "it will be tried again", e);
}

/* "decision: do it" is a decision; what says nothing is an observation. */
static int
op_note(struct call *c, struct err *e)
{
	const char *kind = "observation", *text = c->text;
	int rc;

	if (need_text(c, "the note", e) == -1)
		return -1;
	for (size_t i = 0; note_kinds[i] != NULL; i++) {
		size_t n = strlen(note_kinds[i]);

		if (strncasecmp(text, note_kinds[i], n) == 0 &&
		    text[n] == ':') {
			kind = note_kinds[i];
			text += n + 1 + strspn(text + n + 1, " ");
			break;
		}
	}
	rc = plan_begin(c->p, e);
	if (rc == 0)
		rc = plan_end(c->p, note_add(c->p, kind, c->worker, c->task,
		    text, e), e);
	if (rc == 0)
		buf_addf(c->out, "noted as %s\n", kind);
	return rc;
}

/* The first line is the title, then comes the plan, then the diff. */
static int
op_patch(struct call *c, struct err *e)
{
	const char *check = js_str(c->args, "check"), *diff, *s;
	char *title, *plan;
	int64_t id;
	int rc;

	if (need_text(c, "title, plan and diff", e) == -1)
		return -1;
	diff = strstr(c->text, "\ndiff ");
	if (diff == NULL)
		diff = strstr(c->text, "\n--- ");
	if (diff == NULL)
		return err_set(e, ERR_USAGE, "text: a title in the first "
		    "line, the plan, and then a unified diff");
	s = c->text + strcspn(c->text, "\n");
	title = xmemdup(c->text, (size_t)(s - c->text));
	plan = s < diff ? xmemdup(s + 1, (size_t)(diff - s - 1)) :
	    xstrdup("");
	rc = patch_add(c->p, title, plan, diff + 1, check != NULL ? check :
	    "", c->task, &id, e);
	if (rc == 0)
		buf_addf(c->out, "patch %lld is proposed; the user tries "
		    "it with: agent-plan patch try %lld\n", (long long)id,
		    (long long)id);
	free(title);
	free(plan);
	return rc;
}

/* In a scratch copy, in the sandbox; task is the patch's number here. */
static int
op_try(struct call *c, struct err *e)
{
	int rc;

	if (c->task == 0)
		return err_set(e, ERR_USAGE, "task: the number of the patch "
		    "is required");
	rc = patch_try(c->p, c->task, c->out, e);
	if (rc != -1)
		buf_adds(c->out, rc == 0 ? "\nIt is good.\n" :
		    "\nIt is not good.\n");
	return rc;
}

static int
op_export(struct call *c, struct err *e)
{
	jv all = js_none();
	int rc = exchange_out(c->p, &all, e);

	if (rc == 0)
		js_dump_pretty(c->out, all);
	js_free(all);
	return rc;
}

static const struct op {
	const char	*name;
	int		(*run)(struct call *c, struct err *e);
	bool		 reads;
} ops[] = {
	{ "show", op_show, true }, { "log", op_log, true },
	{ "init", op_init, false }, { "add", op_add, false },
	{ "next", op_next, false }, { "done", op_done, false },
	{ "fail", op_fail, false }, { "checkpoint", op_checkpoint, false },
	{ "note", op_note, false }, { "patch", op_patch, false },
	{ "release", op_release, false }, { "edit", op_edit, false },
	{ "cancel", op_cancel, false }, { "retry", op_retry, false },
	{ "try", op_try, false }, { "export", op_export, true },
	{ "advance", op_move, false }, { "review", op_move, false },
	{ "complete", op_move, false }, { "reopen", op_move, false },
	{ "pause", op_move, false }, { "resume", op_move, false },
};

static int
dispatch(struct call *c, const char *name, struct err *e)
{
	struct plan p = PLAN_INIT;
	int rc;

	for (size_t i = 0; i < BASE_NITEMS(ops); i++) {
		if (strcmp(ops[i].name, name) != 0)
			continue;
		c->p = &p;
		for (int m = 0; m < MACHINE_MOVES; m++)
			if (strcmp(name, machine_move_name(m)) == 0)
				c->move = (enum machine_move)m;
		rc = plan_open(&p, NULL, ops[i].reads ? PLAN_READ :
		    PLAN_WRITE, e);
		if (rc == 0 && p.db == NULL)
			buf_adds(c->out, "There is no plan yet; init or add "
			    "begins one.\n");
		else if (rc == 0)
			rc = ops[i].run(c, e);
		plan_close(&p);
		return rc;
	}
	return err_set(e, ERR_USAGE, "op: there is no '%.40s'; there are "
	    "show, init, add, edit, cancel, retry, next, done, fail, "
	    "release, checkpoint, note, log, patch, try, export, advance, "
	    "review, complete, reopen, pause, resume", name);
}

int
toolmode_call(struct buf *out, struct err *e)
{
	const char *session = getenv("AGENT_SESSION_ID");
	const char *worker = getenv("AGENT_WORKER"), *op;
	struct buf in = BUF_INIT;
	struct call c = { .out = out, .args = js_none() };
	int rc = -1;

	if (fd_slurp(0, &in, INPUT_MAX) == -1) {
		err_sys(e, "standard input");
	} else {
		c.args = js_parse(buf_str(&in), in.len, e);
		op = js_str(c.args, "op");
		c.text = js_str(c.args, "text");
		js_int(c.args, "task", 1, INT64_C(1) << 52, &c.task);
		snprintf(c.worker, sizeof(c.worker), "%.150s", worker !=
		    NULL ? worker : session != NULL ? session : "model");
		if (e->kind == ERR_NONE)
			rc = dispatch(&c, op != NULL ? op : "show", e);
	}
	js_free(c.args);
	buf_free(&in);
	return rc;
}
