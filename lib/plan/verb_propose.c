/*
 * verb_propose.c - propose: a model's plan, as tasks.
 *
 * agent-gate is asked for an answer that fits a schema; what comes is
 * checked like any other file of tasks and kept whole or not at all.
 */
#include "plan/verb.h"

#include "base/mem.h"
#include "core/coproc.h"
#include "core/state.h"
#include "plan/outline.h"
#include "plan/project.h"
#include "plan/report.h"
#include "plan/run.h"
#include "plan/task.h"
#include "sys/fd.h"
#include "sys/file.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#define SAID_MAX	65536	/* of what agent-gate says on stderr */
#define ANSWER_MAX	((size_t)4 * 1024 * 1024)
#define WAIT_MS		((int64_t)1800000)

static const char schema[] =
"{\"type\":\"object\",\"properties\":{\"tasks\":{\"type\":\"array\","
"\"minItems\":1,\"maxItems\":100,\"items\":{\"type\":\"object\","
"\"properties\":{\"key\":{\"type\":\"string\"},\"objective\":{\"type\":"
"\"string\"},\"check\":{\"type\":\"string\"},\"needs\":{\"type\":\"array\","
"\"items\":{\"type\":\"string\"}}},\"required\":[\"key\",\"objective\","
"\"check\",\"needs\"],\"additionalProperties\":false}}},\"required\":["
"\"tasks\"],\"additionalProperties\":false}\n";

static const char instruction[] =
"You plan the work of a project. Cut the goal into tasks that a programmer "
"with a small memory can do one by one: each clear by itself, each with a "
"short unique key, the keys of the tasks that have to be done before in "
"needs, and in check a shell command that ends with status 0 exactly when the "
"task is done (empty when there is none). Answer with the JSON object.";

/* The question as the lines that agent-gate takes, in a file of its own. */
static int
question(struct plan *p, const char *goal, struct err *e)
{
	struct buf text = BUF_INIT, b = BUF_INIT;
	int fd = memfd_create("question", MFD_CLOEXEC);
	jv m;

	buf_addf(&text, "Goal: %s\n", goal);
	if (p->db != NULL && report_prompt(p, 1000, &text, e) == -1)
		fd_close(&fd);
	m = js_set_str(js_obj(), "role", "system");
	m = js_set_str(m, "content", instruction);
	verb_line(&b, m);
	js_free(m);
	m = js_set_str(js_obj(), "role", "user");
	m = js_set(m, "content", js_from_buf(&text));
	verb_line(&b, m);
	js_free(m);
	if (fd != -1 && (fd_write_all(fd, b.data, b.len) == -1 ||
	    lseek(fd, 0, SEEK_SET) == -1))
		fd_close(&fd);
	if (fd == -1 && e->kind == ERR_NONE)
		err_sys(e, "the question");
	buf_free(&text);
	buf_free(&b);
	return fd;
}

static int
argv_of(struct vec *v, const struct plan *p, const struct verb_args *a,
    struct err *e)
{
	char *gate = state_program("agent-gate");
	char *dir = state_dir(p->workspace, "runs", e);
	char *file = dir != NULL ? xasprintf("%s/propose.schema.json", dir) :
	    NULL;
	int rc = file != NULL ? file_replace(file, schema,
	    sizeof(schema) - 1, 0600, e) : -1;

	vec_push(v, gate);
	vec_pushf(v, "--output-schema=%s", file != NULL ? file : "");
	if (a->model != NULL)
		vec_pushf(v, "--model=%s", a->model);
	if (a->url != NULL)
		vec_pushf(v, "--url=%s", a->url);
	if (a->offline)
		vec_push(v, "--offline");
	free(gate);
	free(dir);
	free(file);
	return rc;
}

/* Why agent-gate gave no plan; what it has said, if it is known, is the reason,
 * so that there is one line. */
static int
no_plan(int status, const char *words, struct err *e)
{
	enum err_kind kind = status == 65 ? ERR_FORM : status == 0 ||
	    status >= 128 ? ERR_PROTOCOL : err_kind_from_exit(status);

	if (*words != '\0' && status != 0)
		return err_set(e, kind, "agent-gate: %s", words);
	return err_set(e, kind, "agent-gate ended with status %d and gave no "
	    "plan", status);
}

/* What agent-gate said: its last line, a message. */
static int
answer(int fd, const struct run *r, const char *words, jv *specs,
    struct err *e)
{
	struct buf b = BUF_INIT;
	const char *text;
	size_t n = 0, from;
	jv m;
	int rc = -1;

	if (lseek(fd, 0, SEEK_SET) == -1 || fd_slurp(fd, &b,
	    ANSWER_MAX) == -1)
		err_sys(e, "the answer of agent-gate");
	while (b.len > 0 && b.data[b.len - 1] == '\n')
		buf_cut(&b, b.len - 1);
	for (from = b.len; from > 0 && b.data[from - 1] != '\n'; from--)
		;
	m = js_parse(buf_str(&b) + from, b.len - from, e);
	text = js_str_len(m, "content", &n);
	if (text != NULL && r->status == 0)
		rc = outline_read(text, n, specs, e);
	else if (e->kind == ERR_NONE || r->status != 0)
		no_plan(r->status, words, e);
	if (rc == -1 && e->kind == ERR_DATA)
		err_wrap(e, "the model's plan");
	js_free(m);
	buf_free(&b);
	return rc;
}

/* An empty check is none. */
static jv
tidy(jv specs)
{
	jv out = js_arr();

	for (size_t i = 0; i < js_len(specs); i++) {
		jv s = js_at(specs, i);
		const char *check = js_str(s, "check");

		if (check != NULL && *check == '\0')
			s = js_del(s, "check");
		out = js_push(out, s);
	}
	js_free(specs);
	return out;
}

static int
ask(struct plan *p, const struct verb_args *a, const char *goal, jv *specs,
    struct err *e)
{
	struct run r;
	struct buf said = BUF_INIT, words = BUF_INIT;
	int fd = memfd_create("answer", MFD_CLOEXEC), rc = -1;
	/* A person sees what it waits for while it waits. */
	int err = isatty(STDERR_FILENO) ? -1 : memfd_create("said",
	    MFD_CLOEXEC);

	run_init(&r);
	r.limit_ms = WAIT_MS;
	r.in = question(p, goal, e);
	r.out = fd != -1 ? dup(fd) : -1;
	r.err = dup(err != -1 ? err : STDERR_FILENO);
	if (r.in != -1 && r.out != -1 && argv_of(&r.argv, p, a, e) == 0)
		rc = run_child(&r, e);
	if (err != -1 && lseek(err, 0, SEEK_SET) == 0)
		fd_slurp(err, &said, SAID_MAX);
	if (rc == 0 && r.status != 0 && !r.stopped)
		coproc_last_words("agent-gate", buf_str(&said), said.len,
		    &words);
	else
		fd_write_all(STDERR_FILENO, said.data, said.len);
	if (rc == 0 && r.stopped)
		rc = err_set(e, ERR_CANCELLED, "interrupted");
	if (rc == 0)
		rc = answer(fd, &r, buf_str(&words), specs, e);
	run_free(&r);
	fd_close(&fd);
	fd_close(&err);
	buf_free(&said);
	buf_free(&words);
	return rc;
}

static int
keep(struct plan *p, const struct verb_args *a, jv specs, struct buf *out,
    struct err *e)
{
	jv ids = js_none();
	int rc = plan_begin(p, e);

	if (rc == -1)
		return -1;
	rc = task_add(p, specs, &ids, e);
	if (rc == -1 && e->kind == ERR_DATA)
		err_wrap(e, "the model's plan");
	if (rc == 0 && a->dry_run)
		db_rollback(p->db);
	else
		rc = plan_end(p, rc, e);
	for (size_t i = 0; rc == 0 && i < js_len(specs); i++) {
		jv s = js_at(specs, i), id = js_at(ids, i);
		int64_t n = 0;

		js_int_of(id, 0, INT64_C(1) << 52, &n);
		if (a->json) {
			verb_line(out, s);
		} else {
			buf_addf(out, "%lld\t", (long long)n);
			verb_safe(out, js_str(s, "objective"), 0);
			buf_addc(out, '\n');
		}
		js_free(s);
		js_free(id);
	}
	js_free(ids);
	return rc;
}

int
verb_propose(struct verb_args *a, struct buf *out, struct err *e)
{
	struct plan p = PLAN_INIT;
	struct project j = { .is = false };
	jv specs = js_arr();
	char *goal = NULL;
	int rc = plan_open(&p, a->workspace, PLAN_WRITE, e);

	if (rc == 0)
		rc = project_load(&p, &j, e);
	if (rc == 0 && a->n == 0 && !j.is)
		rc = err_set(e, ERR_USAGE, "propose: what for? Give the goal "
		    "as operands, or begin a project with init");
	if (rc == 0)
		goal = a->n == 0 ? xstrdup(j.goal) : verb_text(a, 0,
		    "the goal", e);
	if (rc == 0)
		rc = goal != NULL ? project_takes(&p, e) : -1;
	if (rc == 0)
		rc = ask(&p, a, goal, &specs, e);
	if (rc == 0) {
		specs = tidy(specs);
		rc = keep(&p, a, specs, out, e);
	}
	free(goal);
	project_free(&j);
	plan_close(&p);
	js_free(specs);
	return rc;
}
