/*
 * slash.c - what a person may type at the prompt that is not for the model.
 */
#include "chat/slash.h"

#include "base/base64.h"
#include "base/fdio.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/num.h"
#include "base/opt.h"
#include "base/utf8.h"
#include "chat/chat.h"
#include "chat/list.h"
#include "chat/prompts.h"
#include "chat/sibling.h"
#include "core/msg.h"
#include "core/state.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define LEDGER_MS	2000	/* that it has to tell what was spent */
#define LEDGER_MAX	((size_t)4 * 1024 * 1024)

struct slash {
	const char	*name;
	const char	*args;		/* what may follow, for /help */
	const char	*what;
	void		(*run)(struct chat *c, const char *arg);
};

/* How a thing went that was asked for. */
static void
told(int rc, const struct err *e, const char *done)
{
	if (rc == -1)
		log_error("%s", e->msg);
	else
		log_note("%s", done);
}

/* ---- looking ---- */

static void
tools(struct chat *c, const char *arg)
{
	jv list = js_get(c->tool.hello, "tools");
	struct buf b = BUF_INIT;

	(void)arg;
	for (size_t i = 0; i < js_len(list); i++) {
		jv tool = js_at(list, i), fn = js_get(tool, "function");
		const char *name = js_str(fn, "name");
		const char *what = js_str(fn, "description");

		if (name != NULL)
			buf_addf(&b, "%-13s %.100s\n", name,
			    what != NULL ? what : "");
		js_free(fn);
		js_free(tool);
	}
	if (js_len(list) == 0)
		buf_adds(&b, "no tools\n");
	js_free(list);
	slash_show(c, &b);
	buf_free(&b);
}

static void
session(struct chat *c, const char *arg)
{
	struct buf b = BUF_INIT;

	(void)arg;
	buf_addf(&b, "%s %s\n", c->session.ctx.session_id,
	    c->session.path != NULL ? c->session.path : "(not kept)");
	slash_show(c, &b);
	buf_free(&b);
}

static void
context(struct chat *c, const char *arg)
{
	struct buf b = BUF_INIT;

	(void)arg;
	chat_show_context(c, &b);
	slash_show(c, &b);
	buf_free(&b);
}

/* What the ledger has of this session; nothing where none is kept. */
static void
add_spent(struct chat *c, struct buf *b)
{
	char *program = state_program("agent-gate");
	struct vec v = VEC_INIT;
	struct buf text = BUF_INIT;

	vec_push(&v, program);
	vec_push(&v, "usage");
	vec_push(&v, "--by=session");
	vec_push(&v, "--json");
	sibling_run_for(&text, &v, c->workspace, LEDGER_MS, LEDGER_MAX);
	for (const char *p = buf_str(&text), *nl; (nl = strchr(p, '\n')) !=
	    NULL; p = nl + 1) {
		struct err ignored = ERR_INIT;
		jv o = js_parse(p, (size_t)(nl - p), &ignored);
		const char *spent = js_str(o, "cost");

		if (spent != NULL && js_num(o, "cost_micro", 0) > 0 &&
		    js_str_is(o, "session", c->session.ctx.session_id))
			buf_addf(b, "this session cost %.40s\n", spent);
		js_free(o);
	}
	buf_free(&text);
	vec_free(&v);
	free(program);
}

static void
cost(struct chat *c, const char *arg)
{
	const struct loop_usage *u = &c->loop.usage;
	struct buf b = BUF_INIT;

	(void)arg;
	buf_addf(&b, "%lld request%s, %lld tool call%s; %lld token%s in",
	    (long long)c->loop.all_steps, num_s(c->loop.all_steps),
	    (long long)c->loop.all_calls, num_s(c->loop.all_calls),
	    (long long)u->in, num_s(u->in));
	if (u->cached > 0)
		buf_addf(&b, " (%lld from the cache)", (long long)u->cached);
	buf_addf(&b, ", %lld out\n", (long long)u->out);
	add_spent(c, &b);
	slash_show(c, &b);
	buf_free(&b);
}

static void
sessions(struct chat *c, const char *arg)
{
	struct list_opts o = { .workspace = c->workspace };
	struct vec words = VEC_INIT;
	struct err e = ERR_INIT;

	view_flush(&c->view);
	vec_push(&words, "sessions");
	if (*arg != '\0') {
		vec_push(&words, "search");
		vec_split(&words, arg, " \t");
	}
	if (list_run(&words, &o, &e) == -1)
		log_note("%s", e.msg);
	vec_free(&words);
}

/* ---- doing ---- */

static void
model(struct chat *c, const char *arg)
{
	const char *name = js_str(c->gate.hello, "model");
	const char *url = js_str(c->gate.hello, "url");
	const char *source = js_str(c->gate.hello, "source");
	struct buf b = BUF_INIT;
	struct err e = ERR_INIT;

	if (*arg != '\0') {
		free(c->model);
		c->model = xstrdup(arg);
		c->own = *c->o;
		c->own.model = c->model;
		c->o = &c->own;
		if (chat_restart(c, &c->gate, &e) == 0)
			context_other(&c->context, c->gate.hello,
			    c->tool.hello);
		told(e.kind == ERR_NONE ? 0 : -1, &e, "another model answers "
		    "from now on");
		return;
	}
	buf_addf(&b, "%s at %s (%s)\n", name != NULL ? name : "?",
	    url != NULL ? url : "?", source != NULL ? source : "?");
	slash_show(c, &b);
	buf_free(&b);
}

static void
compact(struct chat *c, const char *arg)
{
	struct err e = ERR_INIT;

	(void)arg;
	told(chat_compact(c, &e), &e, "the talk is shorter now; see "
	    "/context");
}

static void
undo(struct chat *c, const char *arg)
{
	struct buf prompt = BUF_INIT;
	struct err e = ERR_INIT;

	(void)arg;
	told(chat_undo(c, &prompt, &e), &e, "the last turn is taken back; "
	    "what its tools did is not");
	buf_free(&prompt);
}

static void
retry(struct chat *c, const char *arg)
{
	const struct compact *t = &c->context.talk;
	size_t at = talk_last_turn(t);
	/* The same content, pictures and all. */
	jv was = at != SIZE_MAX ? js_ref(t->v[at].msg) : js_none();
	jv msg = js_copy_key(js_set_str(js_obj(), "role", "user"), "content",
	    was, "content");
	struct buf prompt = BUF_INIT;
	struct err e = ERR_INIT;

	(void)arg;
	if (at != SIZE_MAX && chat_head_again(c, was, &e) == 0 &&
	    js_is_obj(c->head.said))
		msg = js_set(msg, "agent", js_ref(c->head.said));
	if (e.kind != ERR_NONE || chat_undo(c, &prompt, &e) == -1) {
		log_error("%s", e.msg);
	} else {
		chat_turn_message(c, msg);
		chat_say_end(c);
	}
	chat_head_end(c);
	js_free(was);
	js_free(msg);
	buf_free(&prompt);
}

static void
resume(struct chat *c, const char *arg)
{
	struct err e = ERR_INIT;

	if (*arg == '\0')
		log_error("/resume: which one? /sessions lists them");
	else
		told(chat_resume(c, arg, &e), &e, "this is that session "
		    "now");
}

static void
name(struct chat *c, const char *arg)
{
	if (*arg == '\0')
		log_error("/name: which one?");
	else
		chat_name(c, arg);
}

static void
fork_here(struct chat *c, const char *arg)
{
	struct err e = ERR_INIT;

	(void)arg;
	told(chat_fork(c, &e), &e, "this is a session of its own from here "
	    "on; the other stays as it is");
}

static void
new(struct chat *c, const char *arg)
{
	struct err e = ERR_INIT;

	(void)arg;
	told(chat_new(c, &e), &e, "a new session; the other stays as it is");
}

/* The text of the last answer, of this run or of the session's talk. */
static void
last_answer(const struct chat *c, struct buf *b)
{
	const struct compact *t = &c->context.talk;

	for (size_t i = t->n; b->len == 0 && i > 0; i--)
		if (msg_role(t->v[i - 1].msg) == MSG_ASSISTANT)
			msg_content(b, t->v[i - 1].msg);
}

/* The last answer to the clipboard, by the terminal (xterm's OSC 52): the
 * text is coded, so that nothing in it is an order to the terminal. */
static void
copy(struct chat *c, const char *arg)
{
	struct buf b = BUF_INIT, text = BUF_INIT;

	(void)arg;
	last_answer(c, &text);
	if (text.len == 0) {
		log_error("there is no answer to copy");
	} else if (!c->view.out_tty) {
		log_error("/copy: needs a terminal");
	} else {
		buf_adds(&b, "\033]52;c;");
		base64_add(&b, text.data, text.len);
		buf_adds(&b, "\007");
		view_text(&c->view, buf_str(&b));
		log_note("%zu byte%s for the clipboard, if the terminal "
		    "allows it", text.len, num_s((int64_t)text.len));
	}
	buf_free(&text);
	buf_free(&b);
}

/* ---- the table ---- */

static void help(struct chat *c, const char *arg);

static const struct slash table[] = {
	{ "/help", "", "this list", help },
	{ "/model", "[NAME]", "the model; or go on with another", model },
	{ "/tools", "", "the tools that the model may call", tools },
	{ "/skills", "", "the skills, and all tools with where they are from",
	    slash_skills },
	{ "/plan", "[VERB ...]", "the project's state, agent-plan(1)",
	    slash_plan },
	{ "/mem", "[WORDS]", "what is remembered, agent-mem(1)", slash_mem },
	{ "/session", "", "the session and its file", session },
	{ "/sessions", "[WORDS]", "the sessions of this folder", sessions },
	{ "/resume", "ID", "go on with another session", resume },
	{ "/name", "WORDS", "give the session a name", name },
	{ "/last", "[N]", "the last call, or the Nth from the end, with its "
	    "result", slash_last },
	{ "/file", "PATH", "a picture or text for the next prompt",
	    slash_file },
	{ "/skill", "NAME [WORDS]", "a prompt that begins with a skill",
	    slash_skill },
	{ "/run", "COMMAND", "as !COMMAND", slash_shell },
	{ "/drop", "", "leave out what goes with the next prompt",
	    slash_drop },
	{ "/edit", "[WORDS]", "write a prompt in your editor", slash_edit },
	{ "/context", "", "what fills the model's window", context },
	{ "/compact", "", "make the talk shorter", compact },
	{ "/cost", "", "requests and tokens so far", cost },
	{ "/undo", "", "take the last turn back", undo },
	{ "/retry", "", "ask the last prompt again", retry },
	{ "/fork", "", "go on in a session of its own", fork_here },
	{ "/new", "", "a new session; this one stays as it is", new },
	{ "/copy", "", "the last answer to the clipboard", copy },
	{ "/quit", "", "leave; so do quit, exit, bye and Ctrl-D", NULL },
};

#define COUNT	BASE_NITEMS(table)

static void
help(struct chat *c, const char *arg)
{
	struct buf b = BUF_INIT;

	(void)arg;
	for (size_t i = 0; i < COUNT; i++) {
		char *left = xasprintf("%s %s", table[i].name,
		    table[i].args);

		buf_addf(&b, "%-18s %s\n", left, table[i].what);
		free(left);
	}
	buf_adds(&b,
	    "/PROMPT [WORDS]    a prompt file, as with -t\n"
	    "!COMMAND           in your own shell; the output goes with the "
	    "next prompt\n"
	    "!!COMMAND          the same, and the model does not see it\n"
	    "Tab, Ctrl-R        complete a word; find an older line\n"
	    "\\ at the end       the line goes on in the next\n"
	    "\"\"\" ... \"\"\"        a prompt of several lines\n"
	    "Ctrl-C             stop the answer; twice, kill what runs\n");
	prompts_help(c->workspace, &b);
	slash_show(c, &b);
	buf_free(&b);
}

const char *const *
slash_names(void)
{
	static const char *names[COUNT + 1];

	for (size_t i = 0; i < COUNT; i++)
		names[i] = table[i].name;
	return names;
}

bool
slash_command(struct chat *c, const char *s)
{
	size_t word = *s == '/' ? 1 + strspn(s + 1,
	    "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
	    "0123456789-_") : 0;
	const char *arg = s + word, *near;
	char *name;

	/* Without a command they are a prompt. */
	if (strncmp(s, "!!", 2) == 0 && s[2] != '\0') {
		slash_private(c, s + 2);
		return true;
	}
	if (*s == '!' && s[1] != '\0' && s[1] != '!') {
		slash_shell(c, s + 1);
		return true;
	}
	/* As others write it. */
	if (strncmp(s, "/skill:", 7) == 0) {
		slash_skill(c, s + 7);
		return true;
	}
	if (word < 2 || (*arg != '\0' && *arg != ' '))
		return false;
	arg += strspn(arg, " ");
	name = xmemdup(s, word);
	for (size_t i = 0; i < COUNT; i++)
		if (strcmp(name, table[i].name) == 0 && table[i].run !=
		    NULL) {
			table[i].run(c, arg);
			free(name);
			return true;
		}
	if (slash_prompt(c, name + 1, arg)) {
		free(name);
		return true;
	}
	near = opt_nearest(name, slash_names());
	if (near == NULL && *arg != '\0') {
		/* Words behind a path, say. */
		free(name);
		return false;
	}
	if (near != NULL)
		log_error("no command %.40s; did you mean %s?", name, near);
	else
		log_error("no command %.40s; /help lists them", name);
	free(name);
	return true;
}
