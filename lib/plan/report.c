/*
 * report.c - the plan for people and models: Markdown, and a prompt.
 */
#include "plan/report.h"

#include "base/num.h"
#include "base/utf8.h"
#include "core/tokens.h"
#include "plan/note.h"
#include "plan/project.h"
#include "plan/task.h"
#include "plan/verb.h"

#include <string.h>

/* Text of somebody, in a line of Markdown: no control characters, and
 * nothing that begins a block or a link. */
static void
inline_text(struct buf *out, const char *text)
{
	struct buf b = BUF_INIT;

	verb_safe(&b, text, 0);
	for (size_t i = 0; i < b.len; i++) {
		if (strchr("\\`*_[]<>#|", b.data[i]) != NULL)
			buf_addc(out, '\\');
		buf_addc(out, b.data[i]);
	}
	buf_free(&b);
}

/* The whole text, indented, so that it is what it was. */
static void
block(struct buf *out, const char *text)
{
	struct buf b = BUF_INIT;

	utf8_escape(&b, text, strlen(text), UTF8_TEXT);
	for (const char *s = buf_str(&b); *s != '\0'; ) {
		size_t n = strcspn(s, "\n");

		buf_addf(out, "    %.*s\n", (int)n, s);
		s += n + (s[n] == '\n');
	}
	buf_free(&b);
}

static int
one_task(void *arg, jv t, struct err *e)
{
	struct buf *out = arg;
	const char *status = js_str(t, "status"), *s;
	int64_t id = 0;

	(void)e;
	js_int(t, "id", 0, INT64_C(1) << 52, &id);
	buf_addf(out, "- [%c] %lld ", strcmp(status, "done") == 0 ? 'x' :
	    ' ', (long long)id);
	inline_text(out, js_str(t, "objective"));
	if (strcmp(status, "done") != 0)
		buf_addf(out, " (%s)", status);
	buf_addc(out, '\n');
	if ((s = js_str(t, "check")) != NULL) {
		buf_adds(out, "  check: ");
		verb_safe(out, s, 0);
		buf_addc(out, '\n');
	}
	if ((s = js_str(t, "error")) != NULL) {
		buf_adds(out, "  last failure: ");
		inline_text(out, s);
		buf_addc(out, '\n');
	}
	return 0;
}

static int
head(struct plan *p, struct buf *out, struct project_counts *c,
    struct err *e)
{
	struct project j;

	if (project_load(p, &j, e) == -1 || project_count(p, c, e) == -1)
		return -1;
	buf_adds(out, "# ");
	inline_text(out, j.is ? j.goal : "Tasks");
	buf_addc(out, '\n');
	if (j.is)
		buf_addf(out, "\nState: %s\n", machine_state_name(j.state));
	project_free(&j);
	return 0;
}

int
report_tasks(struct plan *p, struct buf *out, struct err *e)
{
	struct task_filter f = { TASK_ALL, NULL, NULL, 0, 0, false };
	struct project_counts c;

	if (head(p, out, &c, e) == -1)
		return -1;
	buf_addf(out, "\n## Tasks\n\n%lld done, %lld running, %lld ready, "
	    "%lld waiting, %lld given up, %lld cancelled\n\n",
	    (long long)c.done, (long long)c.running, (long long)c.ready,
	    (long long)c.waiting, (long long)c.dead,
	    (long long)c.cancelled);
	return task_each(p, &f, one_task, out, e);
}

static int
one_note(void *arg, jv n, struct err *e)
{
	struct buf *out = arg;
	const char *kind = js_str(n, "kind");
	const char *author = js_str(n, "author");
	int64_t seq = 0, task = 0;

	(void)e;
	js_int(n, "seq", 0, INT64_C(1) << 52, &seq);
	if (strcmp(kind, "event") == 0) {
		buf_addf(out, "%lld. %s: ", (long long)seq,
		    js_str(n, "time"));
		inline_text(out, js_str(n, "text"));
		buf_adds(out, "\n\n");
		return 0;
	}
	buf_addf(out, "%lld. %s: **%s**", (long long)seq, js_str(n, "time"),
	    kind);
	if (js_int(n, "task", 1, INT64_C(1) << 52, &task))
		buf_addf(out, " on task %lld", (long long)task);
	if (*author != '\0') {
		buf_adds(out, " by ");
		inline_text(out, author);
	}
	buf_adds(out, "\n\n");
	block(out, js_str(n, "text"));
	buf_addc(out, '\n');
	return 0;
}

int
report_write(struct plan *p, struct buf *out, struct err *e)
{
	struct note_filter f = { NULL, NULL, 0, 0, 0 };
	char last[65];
	int64_t n;

	if (report_tasks(p, out, e) == -1)
		return -1;
	buf_adds(out, "\n## Notebook\n\n");
	if (note_each(p, &f, one_note, out, e) == -1 ||
	    note_check(p, NULL, &n, last, e) == -1)
		return -1;
	buf_addf(out, "%lld note%s; the last hash is `%s`.\n", (long long)n,
	    num_s(n), last);
	return 0;
}

/* ---- for a prompt ---- */

struct prompt {
	struct buf	*out;
	int64_t		 tokens;
	const char	*label;
	bool		 full;
};

/* A line, when there is room. */
static void
line(struct prompt *r, const struct buf *b)
{
	if (r->full)
		return;
	if (tokens_text(buf_str(r->out), r->out->len) + tokens_text(
	    buf_str(b), b->len) > (double)r->tokens)
		r->full = true;
	else
		buf_add(r->out, b->data, b->len);
}

static int
task_line(void *arg, jv t, struct err *e)
{
	struct prompt *r = arg;
	struct buf b = BUF_INIT;
	int64_t id = 0;

	(void)e;
	js_int(t, "id", 0, INT64_C(1) << 52, &id);
	buf_addf(&b, "- %s %lld: ", r->label, (long long)id);
	verb_safe(&b, js_str(t, "objective"), 160);
	buf_addc(&b, '\n');
	line(r, &b);
	buf_free(&b);
	return r->full ? 1 : 0;
}

static int
note_line(void *arg, jv n, struct err *e)
{
	struct prompt *r = arg;
	struct buf b = BUF_INIT;
	const char *kind = js_str(n, "kind");

	(void)e;
	if (strcmp(kind, "event") == 0)
		return 0;
	buf_addf(&b, "- %s: ", kind);
	verb_safe(&b, js_str(n, "text"), 200);
	buf_addc(&b, '\n');
	line(r, &b);
	buf_free(&b);
	return r->full ? 1 : 0;
}

int
report_prompt(struct plan *p, int64_t tokens, struct buf *out,
    struct err *e)
{
	struct prompt r = { out, tokens, "running", false };
	struct task_filter f = { TASK_RUNNING, NULL, NULL, 0, 5, false };
	struct note_filter nf = { NULL, NULL, 0, 0, 10 };
	struct project_counts c;
	struct project j;
	struct buf b = BUF_INIT;

	if (project_load(p, &j, e) == -1 || project_count(p, &c, e) == -1)
		return -1;
	if (j.is) {
		buf_adds(&b, "Project: ");
		verb_safe(&b, j.goal, 400);
		buf_addf(&b, "\nState: %s. ", machine_state_name(j.state));
	}
	buf_addf(&b, "Tasks: %lld done, %lld running, %lld ready, %lld "
	    "waiting, %lld given up.\n", (long long)c.done,
	    (long long)c.running, (long long)c.ready, (long long)c.waiting,
	    (long long)c.dead);
	line(&r, &b);
	buf_free(&b);
	project_free(&j);
	if (task_each(p, &f, task_line, &r, e) == -1)
		return -1;
	f.which = TASK_READY;
	f.queue = true;
	r.label = "ready";
	if (task_each(p, &f, task_line, &r, e) == -1)
		return -1;
	return note_each(p, &nf, note_line, &r, e) == -1 ? -1 : 0;
}
