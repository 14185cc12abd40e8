/*
 * verb_task.c - add, list, tree, edit, cancel, retry.
 */
#include "plan/verb.h"

#include "base/mem.h"
#include "base/num.h"
#include "base/utf8.h"
#include "plan/outline.h"
#include "plan/queue.h"
#include "plan/task.h"
#include "sys/file.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define IMPORT_MAX	((size_t)64 * 1024 * 1024)
#define DEPTH_MAX	100	/* of a tree that is shown */

/* ---- a specification from options ---- */

static jv
text(jv o, const char *key, const char *s)
{
	return s != NULL ? js_set_str(o, key, s) : o;
}

/* A number names an id, anything else a key. */
static jv
name(const char *s)
{
	size_t n = strspn(s, "0123456789");

	return n > 0 && n < 16 && s[n] == '\0' ?
	    js_from_int(strtoll(s, NULL, 10)) : js_from_str(s);
}

static int
number(jv *o, const char *key, const char *s, const char *option,
    int64_t min, int64_t max, struct err *e)
{
	int64_t v;

	if (s == NULL)
		return 0;
	if (num_int(s, min, max, option, &v, e) == -1)
		return -1;
	*o = js_set_int(*o, key, v);
	return 0;
}

static int
from_options(struct verb_args *a, jv *o, struct err *e)
{
	jv needs = js_arr();
	int64_t ms;

	*o = text(*o, "key", a->key);
	*o = text(*o, "acceptance", a->acceptance);
	*o = text(*o, "check", a->check);
	*o = js_set_list(*o, "inputs", &a->inputs);
	*o = js_set_list(*o, "tags", &a->tags);
	if (a->parent != NULL)
		*o = js_set(*o, "parent", name(a->parent));
	for (size_t i = 0; i < a->needs.n; i++)
		needs = js_push(needs, name(a->needs.v[i]));
	if (a->needs.n > 0)
		*o = js_set(*o, "needs", js_ref(needs));
	js_free(needs);
	if (number(o, "priority", a->priority, "--priority", -1000000,
	    1000000, e) == -1 ||
	    number(o, "tries", a->tries, "--tries", 1, 1000, e) == -1 ||
	    number(o, "rounds", a->rounds, "--rounds", 1, 10000, e) == -1 ||
	    number(o, "steps", a->steps, "--steps", 1, 1000000, e) == -1 ||
	    number(o, "tool_calls", a->calls, "--tool-calls", 1, 1000000,
	    e) == -1 ||
	    number(o, "tokens", a->tokens, "--tokens", 1000, 100000000,
	    e) == -1)
		return -1;
	if (a->time == NULL)
		return 0;
	if (num_duration(a->time, "--time", &ms, e) == -1)
		return -1;
	if (ms < 1000 || ms > (int64_t)1000000 * 1000)
		return err_set(e, ERR_USAGE, "--time: from 1s to 277h");
	*o = js_set_int(*o, "seconds", ms / 1000);
	return 0;
}

/* ---- add ---- */

/* What is read with --file: specifications as an array. */
static int
from_file(const char *path, jv *specs, struct err *e)
{
	struct buf b = BUF_INIT;
	int rc = 0;

	if (strcmp(path, "-") != 0)
		rc = file_read(path, &b, IMPORT_MAX, e);
	else
		rc = verb_stdin(&b, IMPORT_MAX, e);
	if (rc == 0)
		rc = outline_read(buf_str(&b), b.len, specs, e);
	if (rc == -1 && e->kind == ERR_DATA)
		err_wrap(e, "%s", strcmp(path, "-") != 0 ? path : "<stdin>");
	buf_free(&b);
	if (rc == 0 && js_len(*specs) == 0)
		rc = err_set(e, ERR_DATA, "%s: no tasks in it; it takes a "
		    "JSON object a line, or a Markdown list", path);
	return rc;
}

/* Options hold for every task of a file that does not say it itself. */
static jv
with_defaults(jv specs, jv defaults)
{
	jv out = js_arr(), keys = js_keys(defaults);

	for (size_t i = 0; i < js_len(specs); i++) {
		jv spec = js_at(specs, i);

		for (size_t k = 0; js_is_obj(spec) && k < js_len(keys); k++) {
			jv key = js_at(keys, k);
			const char *s = js_cstr(key);

			if (!js_has(spec, s))
				spec = js_copy_key(spec, s, defaults, s);
			js_free(key);
		}
		out = js_push(out, spec);
	}
	js_free(keys);
	js_free(specs);
	return out;
}

static void
tell_ids(const struct verb_args *a, jv ids, struct buf *out)
{
	for (size_t i = 0; i < js_len(ids); i++) {
		jv v = js_at(ids, i);
		int64_t id = 0;

		js_int_of(v, 0, (int64_t)1 << 52, &id);
		if (a->json)
			buf_addf(out, "{\"id\":%lld}\n", (long long)id);
		else
			buf_addf(out, "%lld\n", (long long)id);
		js_free(v);
	}
}

static int
specs_of(struct verb_args *a, jv *specs, struct err *e)
{
	jv o = js_obj();
	char *objective;
	int rc = from_options(a, &o, e);

	if (rc == 0 && a->file != NULL) {
		if (a->n > 0)
			rc = err_set(e, ERR_USAGE, "add: --file and an "
			    "objective exclude each other");
		else if ((rc = from_file(a->file, specs, e)) == 0)
			*specs = with_defaults(*specs, o);
	} else if (rc == 0) {
		objective = verb_text(a, 0, "the objective", e);
		rc = objective != NULL ? 0 : -1;
		if (rc == 0)
			*specs = js_push(*specs, js_set_str(js_ref(o),
			    "objective", objective));
		free(objective);
	}
	js_free(o);
	return rc;
}

int
verb_add(struct verb_args *a, struct buf *out, struct err *e)
{
	struct plan p = PLAN_INIT;
	jv specs = js_arr(), ids = js_none();
	int rc = specs_of(a, &specs, e);

	if (rc == 0)
		rc = plan_open(&p, a->workspace, PLAN_WRITE, e);
	if (rc == 0 && (rc = plan_begin(&p, e)) == 0) {
		rc = task_add(&p, specs, &ids, e);
		if (rc == 0 && a->dry_run)
			db_rollback(p.db);
		else
			rc = plan_end(&p, rc, e);
	}
	if (rc == 0)
		tell_ids(a, ids, out);
	else if (p.db != NULL && e->kind == ERR_DATA && a->file != NULL)
		err_wrap(e, "%s", a->file);
	plan_close(&p);
	js_free(specs);
	js_free(ids);
	return rc;
}

/* ---- list and tree ---- */

struct listing {
	const struct verb_args *a;
	struct buf	*out;
};

static int
list_one(void *arg, jv t, struct err *e)
{
	struct listing *l = arg;
	const char *key = js_str(t, "key"), *error = js_str(t, "error");
	const char *worker = js_str(t, "worker"), *status;
	int64_t id = 0;

	(void)e;
	js_int(t, "id", 0, (int64_t)1 << 52, &id);
	status = js_str(t, "status");
	if (l->a->json) {
		verb_line(l->out, t);
		return 0;
	}
	if (l->a->ids) {
		buf_addf(l->out, "%lld\n", (long long)id);
		return 0;
	}
	buf_addf(l->out, "%5lld  %-9s  ", (long long)id, status);
	if (key != NULL) {
		buf_addc(l->out, '(');
		verb_safe(l->out, key, 40);
		buf_adds(l->out, ") ");
	}
	verb_safe(l->out, js_str(t, "objective"), 100);
	if (worker != NULL) {
		buf_adds(l->out, "  @");
		verb_safe(l->out, worker, 40);
	}
	if (error != NULL) {
		buf_adds(l->out, "  [");
		verb_safe(l->out, error, 100);
		buf_addc(l->out, ']');
	}
	buf_addc(l->out, '\n');
	return 0;
}

int
verb_list(struct verb_args *a, struct buf *out, struct err *e)
{
	struct task_filter f = { .tag = a->tags.n > 0 ? a->tags.v[0] : NULL,
	    .match = a->match };
	struct listing l = { a, out };
	struct plan p = PLAN_INIT;
	const char *which = a->which;
	int rc;

	if (strcmp(a->verb, "ready") == 0) {
		which = "ready";
		f.queue = true;
	}
	if (which != NULL && !task_which(which, &f.which))
		return err_set(e, ERR_USAGE, "--status: '%.40s' is none of "
		    "all, open, ready, waiting, running, done, dead, "
		    "cancelled", which);
	if (verb_int(a->parent, "--parent", 1, INT64_MAX, &f.parent,
	    e) == -1 ||
	    verb_int(a->limit, "--limit", 1, INT64_MAX, &f.limit, e) == -1)
		return -1;
	rc = plan_open(&p, a->workspace, PLAN_READ, e);
	if (rc == 0 && p.db != NULL)
		rc = task_each(&p, &f, list_one, &l, e);
	plan_close(&p);
	return rc != 0 ? rc : strcmp(a->verb, "ready") == 0 &&
	    out->len == 0 ? 1 : 0;
}

/* Tasks in order of id, and for each its first child and its next sibling,
 * as places in the array plus one. */
struct tree {
	struct buf	*out;
	jv		 tasks;
	int64_t		*ids;
	size_t		*child, *next, *last;
	size_t		 n;
};

static int
keep(void *arg, jv t, struct err *e)
{
	jv *tasks = arg;

	(void)e;
	*tasks = js_push(*tasks, js_ref(t));
	return 0;
}

/* The place of id, plus one; 0 when there is none. */
static size_t
place(const struct tree *t, int64_t id)
{
	size_t lo = 0, hi = t->n;

	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;

		if (t->ids[mid] < id)
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo < t->n && t->ids[lo] == id ? lo + 1 : 0;
}

/* Hang every task below its parent, or below place 0. */
static void
grow(struct tree *t)
{
	t->n = js_len(t->tasks);
	t->ids = xcalloc(t->n + 1, sizeof(*t->ids));
	t->child = xcalloc(t->n + 1, sizeof(*t->child));
	t->next = xcalloc(t->n + 1, sizeof(*t->next));
	t->last = xcalloc(t->n + 1, sizeof(*t->last));
	for (size_t i = 0; i < t->n; i++) {
		jv task = js_at(t->tasks, i);

		js_int(task, "id", 0, (int64_t)1 << 52, &t->ids[i]);
		js_free(task);
	}
	for (size_t i = 0; i < t->n; i++) {
		jv task = js_at(t->tasks, i);
		int64_t parent = 0;
		size_t above;

		js_int(task, "parent", 0, (int64_t)1 << 52, &parent);
		js_free(task);
		above = parent != 0 ? place(t, parent) : 0;
		if (t->last[above] != 0)
			t->next[t->last[above]] = i + 1;
		else
			t->child[above] = i + 1;
		t->last[above] = i + 1;
	}
}

static void
show(const struct tree *t, size_t at, int depth)
{
	for (at = t->child[at]; at != 0; at = t->next[at]) {
		jv task = js_at(t->tasks, at - 1);

		buf_addf(t->out, "%*s%lld %s: ", 2 * depth, "",
		    (long long)t->ids[at - 1], js_str(task, "status"));
		verb_safe(t->out, js_str(task, "objective"), 100);
		buf_addc(t->out, '\n');
		js_free(task);
		if (depth < DEPTH_MAX)
			show(t, at, depth + 1);
		else if (t->child[at] != 0)
			buf_addf(t->out, "%*s...\n", 2 * depth, "");
	}
}

int
verb_tree(struct verb_args *a, struct buf *out, struct err *e)
{
	struct task_filter f = { TASK_ALL, NULL, NULL, 0, 0, false };
	struct tree t = { .out = out, .tasks = js_arr() };
	struct plan p = PLAN_INIT;
	int rc = plan_open(&p, a->workspace, PLAN_READ, e);

	if (rc == 0 && p.db != NULL)
		rc = task_each(&p, &f, keep, &t.tasks, e);
	plan_close(&p);
	if (rc == 0) {
		grow(&t);
		show(&t, 0, 0);
	}
	free(t.ids);
	free(t.child);
	free(t.next);
	free(t.last);
	js_free(t.tasks);
	return rc;
}

/* ---- one task changed ---- */

int
verb_edit(struct verb_args *a, struct buf *out, struct err *e)
{
	struct queue_claim c;
	struct plan p = PLAN_INIT;
	jv spec = js_obj();
	int rc = queue_parse(a->operands[0], &c, e);

	(void)out;
	if (a->objective != NULL)
		spec = js_set_str(spec, "objective", a->objective);
	if (rc == 0)
		rc = from_options(a, &spec, e);
	if (rc == 0 && js_len(spec) == 0)
		rc = err_set(e, ERR_USAGE, "edit: nothing to change; name it "
		    "with --objective, --check, --priority ...");
	if (rc == 0)
		rc = plan_open(&p, a->workspace, PLAN_WRITE, e);
	if (rc == 0 && (rc = plan_begin(&p, e)) == 0)
		rc = plan_end(&p, task_edit(&p, c.task, spec, e), e);
	plan_close(&p);
	js_free(spec);
	return rc;
}

/* Do it to all the tasks that are named, or to none. */
static int
each_operand(struct verb_args *a, int (*fn)(struct plan *, int64_t,
    const struct verb_args *, struct err *), struct err *e)
{
	struct queue_claim c;
	struct plan p = PLAN_INIT;
	int rc = plan_open(&p, a->workspace, PLAN_WRITE, e);

	if (rc == 0)
		rc = plan_begin(&p, e);
	if (rc == 0) {
		for (int i = 0; rc == 0 && i < a->n; i++) {
			rc = queue_parse(a->operands[i], &c, e);
			if (rc == 0)
				rc = fn(&p, c.task, a, e);
		}
		rc = plan_end(&p, rc, e);
	}
	plan_close(&p);
	return rc;
}

static int
cancel_one(struct plan *p, int64_t id, const struct verb_args *a,
    struct err *e)
{
	return task_cancel(p, id, a->reason != NULL ? a->reason : "", e);
}

int
verb_cancel(struct verb_args *a, struct buf *out, struct err *e)
{
	(void)out;
	return each_operand(a, cancel_one, e);
}

static int
retry_one(struct plan *p, int64_t id, const struct verb_args *a,
    struct err *e)
{
	(void)a;
	return task_retry(p, id, e);
}

int
verb_retry(struct verb_args *a, struct buf *out, struct err *e)
{
	(void)out;
	return each_operand(a, retry_one, e);
}
