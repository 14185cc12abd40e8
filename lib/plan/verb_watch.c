/*
 * verb_watch.c - watch: what happens, as it happens.
 *
 * On a terminal a picture that is drawn anew when something changed; to a
 * file or pipe a line for each change; with --json an event of type plan,
 * agent-events(5), for each change.  Reads only.
 */
#include "plan/verb.h"

#include "base/clock.h"
#include "base/num.h"
#include "plan/project.h"
#include "plan/task.h"
#include "sys/fd.h"
#include "sys/sig.h"
#include "sys/stdout.h"

#include <errno.h>
#include <poll.h>
#include <string.h>
#include <unistd.h>

#define ENTRIES	200		/* of open tasks in an event */
#define ROWS	15		/* on a terminal */

struct watching {
	const struct verb_args *a;
	struct plan	*p;
	struct buf	*out;
	jv		 entries;
};

static int
entry(void *arg, jv t, struct err *e)
{
	struct watching *w = arg;
	jv o = js_copy_key(js_obj(), "id", t, "id");
	int64_t priority = 0;

	(void)e;
	js_int(t, "priority", INT64_MIN / 4096, INT64_MAX / 4096, &priority);
	o = js_copy_key(o, "content", t, "objective");
	o = js_set_str(o, "priority", priority > 0 ? "high" : priority < 0 ?
	    "low" : "medium");
	o = js_set_str(o, "status", js_str_is(t, "status", "running") ?
	    "in_progress" : "pending");
	o = js_copy_key(o, "worker", t, "worker");
	o = js_copy_key(o, "attempt", t, "attempt");
	o = js_copy_key(o, "error", t, "error");
	w->entries = js_push(w->entries, o);
	return 0;
}

/* The picture as an event, without its time. */
static int
event(struct watching *w, jv *out, struct err *e)
{
	struct task_filter f = { .which = TASK_RUNNING, .limit = ENTRIES };
	jv o;

	w->entries = js_arr();
	if (project_json(w->p, &o, e) == -1)
		return -1;
	if (w->p->db != NULL && (task_each(w->p, &f, entry, w, e) == -1 ||
	    (f.which = TASK_READY, task_each(w->p, &f, entry, w, e) == -1) ||
	    (f.which = TASK_WAITING, task_each(w->p, &f, entry, w,
	    e) == -1))) {
		js_free(o);
		js_free(w->entries);
		return -1;
	}
	*out = js_set(js_set_str(o, "type", "plan"), "entries", w->entries);
	return 0;
}

static int64_t
count(jv ev, const char *key)
{
	jv t = js_get(ev, "tasks");
	int64_t n = 0;

	js_int(t, key, 0, INT64_C(1) << 52, &n);
	js_free(t);
	return n;
}

static void
counts(struct buf *out, jv ev)
{
	static const char *const keys[] = { "ready", "waiting", "running",
	    "done", "dead", "cancelled" };

	if (js_str(ev, "state") != NULL)
		buf_addf(out, "%s: ", js_str(ev, "state"));
	for (size_t i = 0; i < BASE_NITEMS(keys); i++)
		buf_addf(out, "%s%lld %s", i > 0 ? ", " : "",
		    (long long)count(ev, keys[i]), keys[i]);
	buf_addc(out, '\n');
}

static void
picture(struct buf *out, jv ev)
{
	jv entries = js_get(ev, "entries");

	/* Home and clear: our own bytes, all others are made safe. */
	buf_adds(out, "\033[H\033[2J");
	if (js_str(ev, "goal") != NULL) {
		verb_safe(out, js_str(ev, "goal"), 78);
		buf_addc(out, '\n');
	}
	counts(out, ev);
	for (size_t i = 0; i < js_len(entries) && i < ROWS; i++) {
		jv t = js_at(entries, i);
		int64_t id = 0;

		js_int(t, "id", 0, INT64_C(1) << 52, &id);
		buf_addf(out, "%c %5lld ", js_str_is(t, "status",
		    "in_progress") ? '>' : ' ', (long long)id);
		verb_safe(out, js_str(t, "content"), 50);
		if (js_str(t, "worker") != NULL) {
			buf_adds(out, "  @");
			verb_safe(out, js_str(t, "worker"), 20);
		}
		buf_addc(out, '\n');
		js_free(t);
	}
	if (js_len(entries) > ROWS)
		buf_addf(out, "  ... %zu more\n", js_len(entries) - ROWS);
	js_free(entries);
}

/* Look once; write when it is not what last says.  1 when all is ended. */
static int
look(struct watching *w, struct buf *last, struct err *e)
{
	struct buf now = BUF_INIT;
	char when[CLOCK_STAMP_SIZE];
	bool over;
	jv ev;

	if (event(w, &ev, e) == -1)
		return -1;
	js_dump(&now, ev);
	over = count(ev, "ready") + count(ev, "waiting") +
	    count(ev, "running") == 0;
	if (now.len != last->len || memcmp(buf_str(&now), buf_str(last),
	    now.len) != 0) {
		clock_stamp(when, clock_wall_ms());
		ev = js_set_str(ev, "ts", when);
		if (w->a->json)
			verb_line(w->out, ev);
		else if (isatty(STDOUT_FILENO))
			picture(w->out, ev);
		else
			counts(w->out, ev);
		buf_reset(last);
		buf_add(last, now.data, now.len);
	}
	buf_free(&now);
	js_free(ev);
	return over ? 1 : 0;
}

/* A plan that was not there yet may be by now. */
static int
again(struct watching *w, struct err *e)
{
	if (w->p->db != NULL)
		return 0;
	plan_close(w->p);
	return plan_open(w->p, w->a->workspace, PLAN_READ, e);
}

int
verb_watch(struct verb_args *a, struct buf *out, struct err *e)
{
	struct plan p = PLAN_INIT;
	struct watching w = { a, &p, out, js_none() };
	struct buf last = BUF_INIT;
	int64_t ms = 500;
	int rc = 0;

	if (a->interval != NULL && num_duration(a->interval, "--interval",
	    &ms, e) == -1)
		return -1;
	ms = ms < 20 ? 20 : ms > 3600000 ? 3600000 : ms;
	rc = plan_open(&p, a->workspace, PLAN_READ, e);
	while (rc == 0 && (rc = again(&w, e)) == 0) {
		struct pollfd fd = { sig_fd(), POLLIN, 0 };

		rc = look(&w, &last, e);
		if (stdout_write(out->data, out->len, e) == -1)
			rc = -1;
		buf_reset(out);
		if (rc == -1 || a->once || (rc == 1 && a->until_empty))
			break;
		rc = 0;
		poll(&fd, 1, (int)ms);
		if (sig_caught() != 0)
			rc = err_set(e, ERR_CANCELLED, "interrupted");
	}
	buf_free(&last);
	plan_close(&p);
	return rc == -1 ? -1 : 0;
}
