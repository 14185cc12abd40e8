/*
 * head.c - what the head of a prompt file asks for, for its turn.
 *
 * It narrows: of the tools that options and policy leave, those that it names
 * are offered and run.  A model costs money, so one is taken from the user's
 * own files only; from a project's once the user has agreed; and never against
 * --model or /model.
 */
#include "chat/chat.h"

#include "base/log.h"
#include "base/mem.h"
#include "base/opt.h"
#include "base/utf8.h"
#include "chat/consent.h"
#include "chat/sibling.h"
#include "core/ids.h"
#include "core/state.h"

#include <stdlib.h>
#include <string.h>

#define MODEL_MAX	200	/* bytes of a model's name */
#define NO_TOOLS	"none"
#define TELL_MS		10000	/* that agent-tool has to tell its tools */
#define TELL_MAX	((size_t)1024 * 1024)

/* ---- what is offered ---- */

jv
chat_offered(const struct chat *c)
{
	jv all = js_get(c->tool.hello, "tools"), some;

	if (!c->head.narrow || !js_is_arr(all))
		return all;
	some = js_arr();
	for (size_t i = 0; i < js_len(all); i++) {
		jv tool = js_at(all, i), fn = js_get(tool, "function");
		const char *name = js_str(fn, "name");

		if (name != NULL && vec_has(&c->head.tools, name))
			some = js_push(some, js_ref(tool));
		js_free(fn);
		js_free(tool);
	}
	js_free(all);
	return some;
}

bool
chat_offers(const struct chat *c, const char *name)
{
	return !c->head.narrow || vec_has(&c->head.tools, name);
}

void
chat_know(struct chat *c)
{
	jv hello = js_ref(c->tool.hello), tools = chat_offered(c);

	if (js_is_arr(tools))
		hello = js_set(hello, "tools", js_ref(tools));
	context_hello(&c->context, c->gate.hello, hello);
	js_free(tools);
	js_free(hello);
}

/* The tool is known, although options or policy leave it out. */
static bool
is_known(const struct chat *c, const char *name, const struct vec *all)
{
	return vec_has(all, name) || chat_has_tool(c, name);
}

int
chat_head_check(const struct chat *c, struct err *e)
{
	struct vec v = VEC_INIT, all = VEC_INIT;
	struct buf b = BUF_INIT;
	const char *near;
	int rc = 0;

	for (size_t i = 0; rc == 0 && c->tool.started && c->head.narrow &&
	    i < c->head.tools.n; i++) {
		const char *name = c->head.tools.v[i];

		/* All of them, once one is not among those that are left. */
		if (all.n == 0 && !chat_has_tool(c, name)) {
			vec_give(&v, state_program("agent-tool"));
			vec_push(&v, "list");
			vec_push(&v, "--names");
			vec_push(&v, "-w");
			vec_push(&v, c->workspace);
			sibling_run_for(&b, &v, c->workspace, TELL_MS,
			    TELL_MAX);
			vec_split(&all, buf_str(&b), "\n");
		}
		if (is_known(c, name, &all))
			continue;
		near = opt_nearest(name, (const char *const *)vec_argv(&all));
		rc = err_set(e, ERR_DATA, "the prompt '%.60s': tools: no tool "
		    "is called %.60s%s%.60s%s", js_str(c->head.said,
		    "prompt"), name, near != NULL ? "; did you mean " :
		    "; see agent-tool list --names", near != NULL ? near : "",
		    near != NULL ? "?" : "");
	}
	buf_free(&b);
	vec_free(&all);
	vec_free(&v);
	return rc;
}

/* ---- what a head says ---- */

/* tools: names with blanks or commas between them, or a list of YAML. */
static int
take_tools(struct chat *c, const char *name, const char *s, struct err *e)
{
	if (s == NULL)
		return 0;
	vec_split(&c->head.tools, s, ", \t\r\n[]\"'");
	if (c->head.tools.n == 0)
		return err_set(e, ERR_DATA, "the prompt '%.60s': tools: names "
		    "no tool; write none to offer no tools", name);
	c->head.narrow = true;
	if (c->head.tools.n == 1 && strcmp(c->head.tools.v[0], NO_TOOLS) == 0)
		vec_free(&c->head.tools);
	return 0;
}

/* Nobody who agreed to commands has agreed to a model, nor the other way. */
static void
hash(const struct chat *c, const char *model, struct consent *k)
{
	struct buf b = BUF_INIT;

	buf_addf(&b, "%s\n", model);
	buf_add(&b, c->prompt.text.data, c->prompt.text.len);
	*k = (struct consent){ .what = "model" };
	ids_sha256(k->sum, b.data, b.len);
	buf_free(&b);
}

/* Whether a file that may be a stranger's chooses the model. */
static bool
is_agreed(const struct chat *c, const char *name, const char *model)
{
	struct buf b = BUF_INIT;
	struct consent k;
	bool yes;

	hash(c, model, &k);
	if (consent_given(&k))
		return true;
	buf_adds(&b, "\nThe prompt '");
	utf8_escape(&b, name, strlen(name), UTF8_LINE);
	buf_adds(&b, "' asks for the model ");
	utf8_escape(&b, model, strlen(model), UTF8_LINE);
	buf_adds(&b, ".\ny to use it now and whenever the file is the same, n "
	    "the usual one [n] ");
	yes = consent_ask(c, &b, &k);
	if (!yes)
		log_note("the prompt '%.60s' asks for the model %.80s; the "
		    "usual one answers: give --model %.80s, or agree to it "
		    "at a terminal", name, model, model);
	buf_free(&b);
	return yes;
}

static int
take_model(struct chat *c, const char *name, const char *s, struct err *e)
{
	if (s == NULL || *s == '\0' || c->o->model != NULL || c->o->offline ||
	    c->offline || c->o->replay != NULL)
		return 0;
	if (strlen(s) > MODEL_MAX || !utf8_plain(s) || strpbrk(s, " \t") !=
	    NULL)
		return err_set(e, ERR_DATA, "the prompt '%.60s': model: "
		    "'%.40s' is no name of a model", name, s);
	if (c->prompt.where == PROMPT_USER || c->prompt.where == PROMPT_OURS ||
	    is_agreed(c, name, s))
		c->head.model = xstrdup(s);
	return 0;
}

/* ---- for a turn ---- */

/* What the message says about how it was asked, so that it is asked again in
 * the same way. */
static void
say(struct chat *c, const char *name)
{
	jv o = js_set_str(js_obj(), "prompt", name), tools = js_arr();

	for (size_t i = 0; i < c->head.tools.n; i++)
		tools = js_push(tools, js_from_str(c->head.tools.v[i]));
	if (c->head.narrow)
		o = js_set(o, "tools", tools);
	else
		js_free(tools);
	if (c->head.model != NULL)
		o = js_set_str(o, "model", c->head.model);
	js_free(c->head.said);
	c->head.said = o;
}

/* Another agent-gate for another model; the talk goes on. */
static int
change_model(struct chat *c, struct err *e)
{
	int rc;

	if (!c->gate.started)
		return 0;
	rc = chat_restart(c, &c->gate, e);
	if (rc == 0) {
		context_other(&c->context, c->gate.hello, c->tool.hello);
		chat_know(c);
	}
	return rc;
}

/* Make it so: before the children start, or with those that run. */
static int
begin(struct chat *c, struct err *e)
{
	if (c->gate.started && chat_head_check(c, e) == -1)
		return -1;
	if (c->head.model != NULL) {
		c->own = *c->o;
		c->own.model = c->head.model;
		c->o = &c->own;
		return change_model(c, e);
	}
	if (c->head.narrow && c->gate.started) {
		chat_send_tools(c);
		chat_know(c);
	}
	return 0;
}

void
chat_head_end(struct chat *c)
{
	struct err e = ERR_INIT;
	bool narrow = c->head.narrow, model = c->head.model != NULL;

	js_free(c->head.said);
	c->head.said = js_none();
	vec_free(&c->head.tools);
	c->head.narrow = false;
	if (model) {
		c->own.model = NULL;
		free(c->head.model);
		c->head.model = NULL;
		/* One that does not start is started with the next turn. */
		if (c->signal == 0 && c->fatal.kind == ERR_NONE &&
		    change_model(c, &e) == -1)
			log_error("%s", e.msg);
	} else if (narrow && c->gate.started) {
		chat_send_tools(c);
		chat_know(c);
	}
}

int
chat_head(struct chat *c, const char *name, struct err *e)
{
	char *tools = NULL, *model = NULL;
	int rc;

	prompt_close(&c->prompt);
	chat_head_end(c);
	rc = prompt_open(&c->prompt, c->workspace, name, e);
	if (rc == 0 && c->prompt.where != PROMPT_CLAUDE) {
		tools = prompt_word(c->prompt.head, "tools");
		model = prompt_word(c->prompt.head, "model");
	}
	if (rc == 0)
		rc = take_tools(c, name, tools, e);
	if (rc == 0)
		rc = take_model(c, name, model, e);
	if (rc == 0) {
		say(c, name);
		rc = begin(c, e);
	}
	if (rc == -1)
		chat_head_end(c);
	free(tools);
	free(model);
	return rc;
}

int
chat_head_again(struct chat *c, jv msg, struct err *e)
{
	jv said = js_get(msg, "agent"), tools = js_get(said, "tools");
	const char *name = js_str(said, "prompt"), *model = js_str(said,
	    "model");
	int rc = 0;

	chat_head_end(c);
	if (name != NULL) {
		c->head.narrow = js_is_arr(tools);
		for (size_t i = 0; i < js_len(tools); i++) {
			jv one = js_at(tools, i);

			if (js_cstr(one) != NULL)
				vec_push(&c->head.tools, js_cstr(one));
			js_free(one);
		}
		if (model != NULL && c->o->model == NULL && !c->offline)
			c->head.model = xstrdup(model);
		say(c, name);
		rc = begin(c, e);
	}
	if (rc == -1)
		chat_head_end(c);
	js_free(tools);
	js_free(said);
	return rc;
}
