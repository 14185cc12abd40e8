/*
 * about.c - agent-chat budget and agent-chat doctor: what there is, before
 * anybody is asked anything.
 */
#include "chat/chat.h"

#include "base/log.h"
#include "base/mem.h"
#include "base/num.h"
#include "base/utf8.h"
#include "chat/sibling.h"
#include "core/state.h"
#include "json/js.h"
#include "sys/fd.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define START_ONE							\
	"start one: llama-server -hf Qwen/Qwen2.5-Coder-7B-Instruct-GGUF " \
	"--jinja --port 8080, or name it: AGENT_MODEL_URL=http://HOST:PORT/v1"

#define TRIAL_MS	20000	/* that agent-tool has to try its sandbox */

void
chat_show_context(struct chat *c, struct buf *b)
{
	context_show(&c->context, c->loop.usage.cached, c->loop.usage.in, b);
}

int
chat_budget(struct chat *c, bool json, struct err *e)
{
	struct context_parts p;
	struct buf b = BUF_INIT;
	jv o;

	if (c->context.silent)
		context_assume(&c->context);
	if (json) {
		o = context_json(&c->context, c->loop.usage.cached,
		    c->loop.usage.in);
		js_dump(&b, o);
		buf_addc(&b, '\n');
		js_free(o);
	} else {
		chat_show_context(c, &b);
	}
	context_parts(&c->context, &p);
	if (fd_write_all(STDOUT_FILENO, buf_str(&b), b.len) == -1) {
		err_sys(e, "write standard output");
		e->kind = ERR_IO;
	} else if (p.window > 0 && p.left < 0) {
		err_set(e, ERR_LIMIT, "%lld token%s too many for the "
		    "window of %lld", (long long)-p.left, num_s(-p.left),
		    (long long)p.window);
	}
	buf_free(&b);
	return e->kind == ERR_NONE ? 0 : -1;
}

/* ---- doctor ---- */

struct report {
	struct buf	 b;
	int		 bad;		/* things that have to be mended */
};

static void
say(struct report *r, const char *how, const char *what, const char *detail)
{
	struct buf safe = BUF_INIT;

	utf8_escape(&safe, detail, strlen(detail), UTF8_LINE);
	buf_addf(&r->b, "%-5s %-10s %s\n", how, what, buf_str(&safe));
	if (strcmp(how, "fail") == 0)
		r->bad++;
	buf_free(&safe);
}

static void
about_server(struct chat *c, struct report *r, const struct err *e)
{
	const char *model = js_str(c->gate.hello, "model");
	const char *url = js_str(c->gate.hello, "url");
	struct context *x = &c->context;
	struct buf b = BUF_INIT;

	if (!c->gate.ready) {
		say(r, "fail", "server", e->msg);
		say(r, "", "", START_ONE);
		return;
	}
	say(r, "ok", "server", url != NULL ? url : "?");
	if (model != NULL)
		say(r, "ok", "model", model);
	else
		say(r, "warn", "model", "the server's own; name one with "
		    "--model or AGENT_MODEL");
	if (x->window == 0 && x->offline) {
		say(r, "ok", "window", "the offline model has none: no talk "
		    "is too long");
	} else if (x->window == 0) {
		say(r, "warn", "window", "the server does not say; set "
		    "\"window\" in config.json, so that long talks can be "
		    "shortened in time");
	} else {
		buf_addf(&b, "%lld tokens%s", (long long)x->window,
		    x->window < 8192 ? ": small for work with tools; try a "
		    "larger context (llama-server -c 16384, "
		    "OLLAMA_CONTEXT_LENGTH=16384)" : "");
		say(r, x->window < 8192 ? "warn" : "ok", "window",
		    buf_str(&b));
	}
	buf_free(&b);
}

/* The mode of the sandbox and the walls that stand, as one line. */
static void
put_walls(struct buf *b, jv jail)
{
	jv walls = js_get(jail, "walls");

	buf_addf(b, "%.40s:", js_str(jail, "mode") != NULL ?
	    js_str(jail, "mode") : "?");
	for (size_t i = 0; i < js_len(walls); i++) {
		jv w = js_at(walls, i);

		buf_addf(b, " %.40s", js_cstr(w) != NULL ? js_cstr(w) : "?");
		js_free(w);
	}
	js_free(walls);
}

/* What agent-tool finds when it runs a command there. */
static void
about_sandbox(struct chat *c, struct report *r)
{
	struct err ignored = ERR_INIT;
	struct buf b = BUF_INIT;
	struct vec v = VEC_INIT;
	jv found, jail;

	vec_give(&v, state_program("agent-tool"));
	vec_push(&v, "doctor");
	vec_push(&v, "--json");
	sibling_run_for(&b, &v, c->workspace, TRIAL_MS, SIBLING_MAX);
	found = js_parse(b.data, b.len, &ignored);
	jail = js_get(found, "jail");
	buf_reset(&b);
	if (js_bool(found, "shell", false)) {
		put_walls(&b, jail);
		say(r, "ok", "sandbox", buf_str(&b));
	} else {
		buf_addf(&b, "no command can run: %.300s; see agent-tool "
		    "doctor", js_str(found, "shell_error") != NULL ?
		    js_str(found, "shell_error") : "agent-tool does not say "
		    "why");
		say(r, "fail", "sandbox", buf_str(&b));
	}
	js_free(jail);
	js_free(found);
	vec_free(&v);
	buf_free(&b);
}

static void
about_tools(struct chat *c, struct report *r, const struct err *e)
{
	struct buf b = BUF_INIT;

	if (c->o->no_tools) {
		say(r, "ok", "tools", "none, as asked");
	} else if (!c->tool.ready) {
		say(r, "fail", "tools", e->msg[0] != '\0' ? e->msg :
		    "agent-tool did not start; see agent-tool doctor");
	} else {
		buf_addf(&b, "%zu", c->context.ntools);
		say(r, "ok", "tools", buf_str(&b));
		about_sandbox(c, r);
	}
	buf_free(&b);
}

/* Whether the model answers, and calls a tool when it has to: asked once. */
static void
about_calls(struct chat *c, struct report *r)
{
	struct err e = ERR_INIT;
	bool called = false;

	if (!c->gate.ready || c->offline)
		return;
	if (chat_try_call(c, &called, &e) == -1) {
		say(r, "fail", "answer", e.kind != ERR_NONE ? e.msg :
		    "the model said nothing");
		if (e.kind == ERR_UNAVAILABLE)
			say(r, "", "", START_ONE);
		return;
	}
	say(r, "ok", "answer", "the model answers");
	if (called)
		say(r, "ok", "calls", "it calls a tool when it should");
	else
		say(r, "warn", "calls", "it wrote words where it should "
		    "have called a tool; try llama-server --jinja, "
		    "agent-gate models --probe, or another model");
}

static void
about_place(struct chat *c, struct report *r)
{
	static const char *const programs[] = { "agent-mem", "agent-plan" };
	const char *term = getenv("TERM");
	struct err e = ERR_INIT;
	char *dir = state_dir(c->workspace, "sessions", &e);

	say(r, dir != NULL ? "ok" : "fail", "sessions", dir != NULL ? dir :
	    e.msg);
	free(dir);
	for (size_t i = 0; i < BASE_NITEMS(programs); i++) {
		char *path = state_program(programs[i]);

		say(r, access(path, X_OK) == 0 ? "ok" : "warn", programs[i] +
		    6, access(path, X_OK) == 0 ? path : "not installed");
		free(path);
	}
	if (isatty(STDOUT_FILENO) == 0)
		say(r, "ok", "terminal", "none: plain text, no questions");
	else if (term == NULL || *term == '\0' || strcmp(term, "dumb") == 0)
		say(r, "warn", "terminal", "TERM is dumb: no colour, no line "
		    "editing");
	else
		say(r, "ok", "terminal", term);
	if (c->check.command != NULL)
		say(r, "ok", "check", c->check.command);
}

int
chat_doctor(struct chat *c, const struct err *gate, const struct err *tool,
    struct err *e)
{
	struct report r = { .b = BUF_INIT };

	about_server(c, &r, gate);
	about_calls(c, &r);
	about_tools(c, &r, tool);
	about_place(c, &r);
	if (fd_write_all(STDOUT_FILENO, buf_str(&r.b), r.b.len) == -1) {
		err_sys(e, "write standard output");
		e->kind = ERR_IO;
	} else if (r.bad > 0) {
		err_set(e, ERR_NEGATIVE, "%d thing%s to mend", r.bad,
		    r.bad == 1 ? "" : "s");
	}
	buf_free(&r.b);
	return e->kind == ERR_NONE ? 0 : -1;
}
