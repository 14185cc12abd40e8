/*
 * start.c - bring a conversation to life: children first, then the rest.
 */
#include "chat/chat.h"

#include "base/clock.h"
#include "base/log.h"
#include "base/mem.h"
#include "chat/find.h"
#include "chat/prompt.h"
#include "core/ids.h"
#include "core/msg.h"
#include "core/state.h"
#include "sys/file.h"
#include "sys/sig.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#ifndef VERSION
#define VERSION "unknown"
#endif

#define TELL_MS		3000	/* until a person is told what is waited for */
#define SYSTEM_MAX	((size_t)1024 * 1024)

/* ---- children ---- */

static void
push_pair(struct vec *v, const char *option, const char *value)
{
	if (value == NULL)
		return;
	vec_push(v, option);
	vec_push(v, value);
}

static int
start_gate(struct chat *c, struct err *e)
{
	char *program = state_program("agent-gate");
	struct vec v = VEC_INIT;
	int rc;

	vec_push(&v, program);
	vec_push(&v, "--coprocess");
	if (c->offline)
		vec_push(&v, "--offline");
	else if (c->o->gemini)
		vec_push(&v, "--gemini");
	push_pair(&v, "--model", c->o->model);
	push_pair(&v, "--url", c->offline ? NULL : c->o->url);
	push_pair(&v, "--replay", c->o->replay);
	push_pair(&v, "--record", c->o->record);
	push_pair(&v, "--max-cost", c->o->max_cost);
	push_pair(&v, "--budget", c->o->budget);
	push_pair(&v, "--output-schema", c->o->schema);
	push_pair(&v, "--fallback", c->o->fallback);
	if (c->o->quiet)
		vec_push(&v, "-q");
	c->gate.patience = c->patience;
	rc = coproc_start(&c->gate, &v, e);
	vec_free(&v);
	free(program);
	return rc;
}

static int
start_tool(struct chat *c, struct err *e)
{
	char *program = state_program("agent-tool");
	struct vec v = VEC_INIT;
	int rc;

	vec_push(&v, program);
	vec_push(&v, "run");
	vec_push(&v, "--coprocess");
	push_pair(&v, "-w", c->workspace);
	push_pair(&v, "--tools", c->o->tools);
	if (c->o->read_only)
		vec_push(&v, "--read-only");
	push_pair(&v, "--policy", c->o->policy);
	c->ask.can = !c->o->yes && c->o->approval == NULL &&
	    chat_can_ask(c);
	push_pair(&v, "--approval", c->o->yes ? "yes" :
	    c->o->approval != NULL ? c->o->approval :
	    c->ask.can || c->o->coprocess ? "protocol" : "none");
	c->tool.patience = c->patience;
	rc = coproc_start(&c->tool, &v, e);
	vec_free(&v);
	free(program);
	return rc;
}

int
chat_start(struct chat *c, struct err *e)
{
	if (start_gate(c, e) == -1)
		return -1;
	if (!c->o->no_tools && start_tool(c, e) == -1)
		return -1;
	c->loop.tools = !c->o->no_tools;
	return 0;
}

int
chat_overdue(const struct chat *c, const char *what, struct err *e)
{
	int64_t now = clock_ms();

	if (c->deadline != -1 && now >= c->deadline)
		return err_set(e, ERR_TIMEOUT, "%s when --timeout was over",
		    what);
	if (c->limit != -1 && now >= c->limit)
		return err_set(e, ERR_LIMIT, "%s when --max-time was over",
		    what);
	return 0;
}

/* Wait for one child's ready line. */
static int
wait_ready(struct chat *c, struct coproc *p, struct err *e)
{
	int64_t until, tell = c->view.err_tty && !c->o->quiet ?
	    clock_ms() + TELL_MS : -1;
	int64_t due = chat_due(c);
	jv line = js_none();
	char what[80];

	while (p->started && !p->ready) {
		if (coproc_next(p, &line, e) == -1)
			return -1;
		js_free(line);
		if (p->ready)
			break;
		if (sig_caught() != 0) {
			int sig = sig_take(NULL);

			/* At a prompt, Ctrl-C only ends the turn. */
			if (!c->repl || !c->session.header || sig != SIGINT)
				c->signal = sig;
			return err_set(e, ERR_CANCELLED, "interrupted");
		}
		snprintf(what, sizeof(what), "%s was not ready", p->name);
		if (chat_overdue(c, what, e) == -1)
			return -1;
		until = coproc_due(p);
		if (due != -1 && due < until)
			until = due;
		if (tell != -1 && clock_ms() >= tell) {
			log_note("waiting until %s is ready", p->name);
			tell = -1;
		}
		chat_wait(c, tell != -1 && tell < until ? tell : until,
		    NULL);
	}
	return 0;
}

/* With --demo: nothing answers, so go on without a server. */
static int
start_offline(struct chat *c, struct err *e)
{
	coproc_close(&c->gate, 0);
	c->offline = true;
	log_note("no model server answers; the offline model does, which only "
	    "follows rules; for a real one: llama-server -m MODEL.gguf "
	    "--port 8080");
	return start_gate(c, e);
}

/* ---- what a new agent-gate has to know ---- */

void
chat_send_tools(struct chat *c)
{
	jv tools = chat_offered(c);

	if (js_is_arr(tools)) {
		jv ev = js_set(event_new("tools"), "tools", js_ref(tools));

		coproc_send(&c->gate, ev);
		js_free(ev);
	}
	js_free(tools);
}

static void
on_replay(void *arg, jv ev)
{
	struct chat *c = arg;

	compact_event(&c->context.talk, ev);
}

/* Make the talk of the session's file. */
static int
load_talk(struct chat *c, struct err *e)
{
	struct replay r;
	int rc;

	replay_init(&r, on_replay, c);
	rc = session_replay(&c->session, &r, e);
	replay_end(&r);
	replay_free(&r);
	return rc;
}

static int
restart(struct chat *c, struct coproc *p, struct err *e)
{
	coproc_close(p, 0);
	if (p == &c->tool)
		return start_tool(c, e) == -1 ? -1 : wait_ready(c, p, e);
	if (c->offline && c->o->demo) {
		if (start_offline(c, e) == -1)
			return -1;
	} else if (start_gate(c, e) == -1) {
		return -1;
	}
	if (wait_ready(c, p, e) == -1)
		return -1;
	chat_send_tools(c);
	chat_send_talk(c);
	return 0;
}

const char *
chat_payer(struct chat *c)
{
	const char *id = c->session.ctx.session_id;

	if (!vec_has(&c->payers, id))
		vec_push(&c->payers, id);
	return id;
}

/* What this run has spent is known to the books alone: whoever keeps to
 * --max-cost from here on has to look there. */
static void
set_run(const struct chat *c)
{
	struct buf b = BUF_INIT;

	buf_addf(&b, "%lld:", (long long)c->began_wall);
	for (size_t i = 0; i < c->payers.n; i++)
		buf_addf(&b, "%s%s", i > 0 ? "," : "", c->payers.v[i]);
	setenv("AGENT_RUN", buf_str(&b), 1);
	buf_free(&b);
}

int
chat_restart(struct chat *c, struct coproc *p, struct err *e)
{
	int rc;

	if (p == &c->gate)
		set_run(c);
	rc = restart(c, p, e);
	unsetenv("AGENT_RUN");
	/* One that has not been told the talk must answer no prompt: the next
	 * turn starts another. */
	if (rc == -1) {
		coproc_kill(p);
		p->ended = true;
	}
	return rc;
}

/* ---- the session ---- */

static void
report(const struct session *s)
{
	if (s->torn != NULL)
		log_warn("session %s: a torn last line was moved to %s",
		    s->ctx.session_id, s->torn);
	if (s->bad_lines > 0)
		log_warn("session %s: %llu damaged line%s skipped",
		    s->ctx.session_id, (unsigned long long)s->bad_lines,
		    s->bad_lines == 1 ? " is" : "s are");
	if (s->unverified > 0)
		log_warn("session %s: %zu call%s of the previous run %s",
		    s->ctx.session_id, s->unverified, s->unverified == 1 ?
		    "" : "s", s->unverified == 1 ? "has no result; it is not "
		    "run again" : "have no result; they are not run again");
}

int
chat_open_old(struct chat *c, const char *dir, const char *id, bool fork,
    struct err *e)
{
	char *path = id != NULL ? find_id(dir, id, e) : find_last(dir, e);
	int rc = -1;

	if (path != NULL)
		rc = session_open(&c->session, path, e);
	free(path);
	if (rc == -1)
		return -1;
	c->has_session = true;
	c->loop.turn = c->session.turns;
	if (!c->o->quiet)
		report(&c->session);
	compact_reset(&c->context.talk);
	if (load_talk(c, e) == -1)
		return -1;
	if (fork && chat_fork(c, e) == -1)
		return -1;
	chat_send_talk(c);
	return 0;
}

int
chat_open_session(struct chat *c, struct err *e)
{
	struct err why;
	char *dir;
	int rc;

	if (c->o->no_session) {
		rc = session_memory(&c->session, e);
		c->has_session = rc == 0;
		return rc;
	}
	dir = state_dir(c->workspace, "sessions", e);
	if (dir == NULL) {
		if (e->kind != ERR_CONFIG)
			e->kind = ERR_CANTCREAT;
		goto hint;
	}
	if (c->o->resume != NULL || c->o->go_on) {
		session_sweep(dir);
		rc = chat_open_old(c, dir, c->o->resume, c->o->fork, e);
		free(dir);
		return rc;
	}
	rc = session_create(&c->session, dir, e);
	free(dir);
	c->has_session = rc == 0;
	if (rc == 0)
		return 0;
hint:
	why = *e;
	return err_set(e, why.kind, "%s; try --no-session", why.msg);
}

/* ---- the beginning of the stream ---- */

/* Which of our system prompts: the one without a word of tools where there are
 * none, else the model's. */
static const char *
system_kind(const struct chat *c)
{
	jv tools = js_get(c->tool.hello, "tools");
	bool none = !c->tool.started || js_len(tools) == 0;

	js_free(tools);
	return none ? "talk" : js_str(c->gate.hello, "system");
}

/* The text of the system prompt, in b. */
static int
system_text(struct chat *c, struct buf *b, struct err *e)
{
	const char *s = c->o->system;
	char *path;
	int rc;

	if (s != NULL && *s != '@') {
		buf_adds(b, s);
		return 0;
	}
	path = s != NULL ? xstrdup(s + 1) :
	    prompt_system(system_kind(c));
	rc = file_read(path, b, SYSTEM_MAX, e);
	if (rc == -1)
		err_wrap(e, "system prompt");
	if (rc == -1 && s == NULL)
		e->kind = ERR_CONFIG;
	free(path);
	return rc;
}

int
chat_begin_system(struct chat *c, struct err *e)
{
	struct buf b = BUF_INIT;
	char id[IDS_SIZE];
	jv m;

	if (c->session.system)
		return 0;
	if (system_text(c, &b, e) == -1) {
		buf_free(&b);
		return -1;
	}
	while (b.len > 0 && b.data[b.len - 1] == '\n')
		buf_cut(&b, b.len - 1);
	buf_add(&b, c->brief_text.data, c->brief_text.len);
	if (b.len > 0) {
		m = msg_text("system", b.data, b.len);
		coproc_send(&c->gate, m);
		ids_prefixed(id, "m");
		m = event_message_take(m, id);
		chat_event(c, m, true);
		js_free(m);
	}
	c->session.system = true;
	buf_free(&b);
	return 0;
}

bool
chat_has_tool(const struct chat *c, const char *name)
{
	jv tools = js_get(c->tool.hello, "tools");
	bool has = false;

	for (size_t i = 0; !has && i < js_len(tools); i++) {
		jv tool = js_at(tools, i), fn = js_get(tool, "function");

		has = js_str_is(fn, "name", name);
		js_free(fn);
		js_free(tool);
	}
	js_free(tools);
	return has;
}

/* Skills are told only where the model can ask for them. */
static void
gather_brief(struct chat *c)
{
	struct brief what = { .parts = chat_has_tool(c, "skill") ? c->brief :
	    c->brief & ~BRIEF_SKILLS, .files = &c->files,
	    .words = c->first_words };
	struct vec notes = VEC_INIT;

	js_int(c->gate.hello, "window", 1, (int64_t)1 << 40, &what.window);
	brief_add(&c->brief_text, &what, c->workspace, &c->instructions,
	    &notes);
	for (size_t i = 0; i < notes.n; i++)
		log_warn("%s", notes.v[i]);
	vec_free(&notes);
}

void
chat_begin_stream(struct chat *c)
{
	bool first = !c->session.header;
	jv ev = js_set_str(event_new("session"), "schema", EVENT_SCHEMA);
	jv model = js_get(c->gate.hello, "model");
	/* Of a command line that was wrong, there is no workspace. */
	char *here = c->workspace == NULL ? getcwd(NULL, 0) : NULL;

	memcpy(c->view.ctx.session_id, c->session.ctx.session_id,
	    sizeof(c->view.ctx.session_id));
	ev = js_set_str(ev, "producer", "agent-chat/" VERSION);
	ev = js_set_str(ev, "cwd", c->workspace != NULL ? c->workspace :
	    here != NULL ? here : "/");
	free(here);
	ev = js_set(ev, "model", js_is_str(model) ? model : js_null());
	ev = js_set(ev, "parent_id", c->parent != NULL ?
	    js_from_str(c->parent) : js_null());
	if (!js_is_str(model))
		js_free(model);
	if (first && !c->session.system)
		gather_brief(c);
	if (js_len(c->instructions) > 0)
		ev = js_set(ev, "instructions", js_ref(c->instructions));
	chat_event(c, ev, first);
	c->session.header = true;
	js_free(ev);
}

void
chat_begin_done(struct chat *c)
{
	/* Nobody is asked: there is no system prompt to make. */
	c->session.system = true;
	ids_sortable(c->session.ctx.session_id);
	chat_begin_stream(c);
}

int
chat_ready(struct chat *c, struct err *e)
{
	struct err ignored = ERR_INIT;
	int rc = wait_ready(c, &c->gate, e);

	if (rc == -1 && c->o->demo && !c->offline &&
	    e->kind == ERR_UNAVAILABLE) {
		*e = (struct err)ERR_INIT;
		rc = start_offline(c, e);
		if (rc == 0) {
			chat_send_talk(c);
			rc = wait_ready(c, &c->gate, e);
		}
	}
	if (rc == -1 && e->kind == ERR_UNAVAILABLE && !c->gate.ready) {
		char *hint = strstr(e->msg, "; try");

		if (hint != NULL)
			*hint = '\0';
		c->advise = true;
	}
	/* The sum can be done without one. */
	if (rc == -1 && c->o->command == CHAT_BUDGET &&
	    e->kind == ERR_UNAVAILABLE && js_is_obj(c->gate.hello)) {
		c->advise = false;
		*e = (struct err)ERR_INIT;
		rc = 0;
	}
	if (rc == 0)
		rc = chat_takes(c, e);
	if (rc == 0)
		rc = wait_ready(c, &c->tool, e);
	if (rc == 0)
		rc = chat_head_check(c, e);
	if (c->o->coprocess && rc == 0)
		chat_say_ready(c);
	chat_begin_stream(c);
	chat_know(c);
	/* The file begins with it, also when nothing will come of this run. */
	if (chat_begin_system(c, rc == 0 ? e : &ignored) == -1)
		rc = -1;
	if (rc == 0)
		chat_send_tools(c);
	return rc;
}

int
chat_examine(struct chat *c, struct err *e)
{
	struct err gate = ERR_INIT, tool = ERR_INIT;

	if (wait_ready(c, &c->gate, &gate) == -1 &&
	    gate.kind == ERR_CANCELLED)
		return (*e = gate, -1);
	wait_ready(c, &c->tool, &tool);
	context_hello(&c->context, c->gate.hello, c->tool.hello);
	return chat_doctor(c, &gate, &tool, e);
}
