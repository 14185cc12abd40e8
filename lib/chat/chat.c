/*
 * chat.c - a conversation from its first process to its last line.
 */
#include "chat/chat.h"

#include "base/clock.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/utf8.h"
#include "core/state.h"
#include "sys/fd.h"
#include "sys/sig.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define LEAVE_MS	1000	/* that the children have to leave */

/* ---- the end ---- */

/* A turn that ended well, but not as it should have. */
static void
left_undone(const struct chat *c, struct err *e)
{
	if (c->check.demanded && c->check.rounds > 0 && !c->check.passed)
		err_set(e, ERR_NEGATIVE, "the check '%.200s' fails",
		    c->check.command);
	else if (c->loop.unapproved > 0)
		err_set(e, ERR_DENIED, "%lld call%s needed an approval that "
		    "nobody could give; try --yes, --policy or --approval",
		    (long long)c->loop.unapproved,
		    c->loop.unapproved == 1 ? "" : "s");
}

/* The status that the process will leave with, and in e what to say. */
static int
outcome(struct chat *c, struct err *e)
{
	if (c->signal != 0)
		return 128 + c->signal;
	if (c->fatal.kind != ERR_NONE && e->kind == ERR_NONE)
		*e = c->fatal;
	if (c->repl && e->kind == ERR_NONE)
		return 0;
	if (e->kind == ERR_NONE && c->loop.err.kind != ERR_NONE)
		*e = c->loop.err;
	if (e->kind == ERR_NONE)
		left_undone(c, e);
	return err_exit(e);
}

void
chat_put_result(struct chat *c, int status, const struct err *why,
    bool to_file)
{
	jv ev = loop_result(&c->loop, status, clock_ms() - c->began);
	struct err ignored = ERR_INIT;

	if (why != NULL && why->kind != ERR_NONE)
		ev = js_set(ev, "error", js_del(event_error(why), "type"));
	c->view.ctx.turn = c->session.ctx.turn = 0;
	if (to_file && c->has_session)
		session_append_take(&c->session, js_ref(ev), &ignored);
	if (!to_file) {
		view_event(&c->view, ev);
		view_flush(&c->view);
	}
	js_free(ev);
}

/*
 * Why it failed, where no turn has said so.  Before there is a session, whoever
 * reads a stream, or the one object, has its first line all the same.
 */
static void
tell_failure(struct chat *c, const struct err *e)
{
	jv ev;

	if (!c->session.header && (c->o->format == VIEW_TEXT ||
	    c->o->coprocess || c->o->command != CHAT_TALK))
		return;
	if (!c->session.header)
		chat_begin_done(c);
	if (e->kind == ERR_NONE || e->kind == ERR_CANCELLED ||
	    c->loop.err.kind != ERR_NONE)
		return;
	ev = event_error(e);
	chat_event(c, ev, true);
	js_free(ev);
}

/* Write the result everywhere, and let the children go. */
static int
finish(struct chat *c, struct err *e)
{
	struct err bad = ERR_INIT, why = *e;
	int status;

	if (c->signal != 0)
		c->view.hurry = true;
	coproc_hang_up(&c->gate);
	coproc_hang_up(&c->tool);
	if (outcome(c, &why) == 0 && c->loop.err.kind == ERR_NONE &&
	    chat_leave_files(c, &bad) == -1)
		*e = bad;
	status = outcome(c, e);
	if (status != 0)
		tell_failure(c, e);
	if (c->session.header)
		chat_put_result(c, status, e, false);
	if (c->view.error == EPIPE && c->signal == 0) {
		c->signal = c->view.out_tty ? SIGHUP : SIGPIPE;
		status = 128 + c->signal;
	} else if (c->view.error != 0 && c->view.error != EPIPE &&
	    status == 0) {
		errno = c->view.error;
		err_sys(e, "write standard output");
		e->kind = ERR_IO;
		status = err_exit(e);
	}
	if (c->session.header) {
		struct err ignored = ERR_INIT;

		chat_put_result(c, status, e, true);
		if (c->has_session)
			session_sync(&c->session, &ignored);
	}
	/* Who has read the result may go on with the session. */
	if (c->has_session)
		session_close(&c->session);
	c->has_session = false;
	coproc_close(&c->gate, LEAVE_MS);
	coproc_close(&c->tool, LEAVE_MS / 2);
	return status;
}

/* ---- the prompt ---- */

/* The prompt of the command line with what standard input adds to it. */
static int
whole_prompt(struct chat *c, struct buf *b, struct err *e)
{
	const struct chat_opts *o = c->o;
	struct buf in = BUF_INIT;
	bool have;
	int rc;

	if (chat_prompt(c, &o->given, b, e) == -1)
		return -1;
	have = b->len > 0;
	rc = input_read(o->input, have, o->stdin_wait_ms, chat_due(c), &in,
	    e);
	if (rc == -1 && e->kind == ERR_TIMEOUT)
		chat_overdue(c, "standard input was not at its end", e);
	if (rc == 0 && in.len > 0) {
		if (have)
			buf_adds(b, "\n\n<stdin>\n");
		buf_add(b, in.data, in.len);
		if (have)
			buf_adds(b, in.data[in.len - 1] == '\n' ?
			    "</stdin>" : "\n</stdin>");
	}
	buf_free(&in);
	if (rc == 0 && strspn(buf_str(b), " \t\r\n") == b->len)
		rc = err_set(e, ERR_NOINPUT, "no prompt; give one as an "
		    "argument or on standard input, or see --help");
	return rc;
}

/* The walls that stand: the members that are true or a number above 0. */
static void
walls(struct buf *b, jv box)
{
	jv keys = js_keys(box);
	size_t start = b->len;

	for (size_t i = 0; i < js_len(keys); i++) {
		jv k = js_at(keys, i);
		const char *key = js_cstr(k);

		if (key != NULL && (js_bool(box, key, false) ||
		    js_num(box, key, 0) > 0))
			buf_addf(b, "%s%.40s", b->len > start ? ", " : "",
			    key);
		js_free(k);
	}
	js_free(keys);
	if (b->len == start)
		buf_adds(b, "unknown");
}

static void
banner(struct chat *c)
{
	const char *model = js_str(c->gate.hello, "model");
	const char *url = js_str(c->gate.hello, "url");
	jv box = js_get(c->tool.hello, "sandbox");
	struct buf b = BUF_INIT;

	if (c->o->no_tools) {
		buf_adds(&b, "no tools");
	} else {
		buf_adds(&b, "sandbox: ");
		walls(&b, box);
	}
	if (model == NULL)
		model = "a model";
	if (url == NULL)
		url = "?";
	if (c->view.err_tty && !c->o->quiet) {
		/* In one line it would be wider than most terminals. */
		log_note("%.80s at %.120s; /help lists what to type", model,
		    url);
		log_note("%.200s; %.120s", c->workspace, buf_str(&b));
	} else if (!c->o->quiet) {
		log_note("%.80s at %.120s; workspace %.200s; %.120s; /help",
		    model, url, c->workspace, buf_str(&b));
	}
	buf_free(&b);
	js_free(box);
}

/* ---- all of it ---- */

static void
open_chat(struct chat *c, const struct chat_opts *o)
{
	memset(c, 0, sizeof(*c));
	c->o = o;
	c->session.fd = -1;
	c->began = clock_ms();
	c->began_wall = clock_wall_ms();
	c->deadline = o->timeout_ms > 0 ? c->began + o->timeout_ms : -1;
	c->limit = o->max_time_ms > 0 ? c->began + o->max_time_ms : -1;
	c->kill_at = c->interrupted = -1;
	c->offline = o->offline;
	c->repl = o->command == CHAT_TALK && !o->coprocess && (o->interactive ||
	    (o->given.text == NULL && o->given.template == NULL &&
	    o->given.skill == NULL && input_is_tty() &&
	    o->input == INPUT_AUTO));
	coproc_init(&c->gate, "agent-gate");
	coproc_init(&c->tool, "agent-tool");
	view_init(&c->view, o->format, o->color, o->verbose, o->quiet);
	c->view.mute = o->quiet && o->out_file != NULL;
	loop_init(&c->loop);
	context_init(&c->context);
	c->ask.tty = c->lock_fd = -1;
	c->instructions = js_arr();
	attach_init(&c->attach);
	c->ask.question = c->head.said = c->prompt.head = js_none();
	c->loop.guarded = !o->no_guard;
	jsonl_init(&c->in, "standard input");
	c->asked = js_arr();
	c->loop.max_steps = o->max_steps;
	c->loop.max_calls = o->max_calls;
	c->loop.max_tokens = o->max_tokens;
	c->loop.stream = !o->no_stream;
}

static void
close_chat(struct chat *c)
{
	coproc_close(&c->gate, LEAVE_MS);
	coproc_close(&c->tool, LEAVE_MS / 2);
	if (c->has_session)
		session_close(&c->session);
	view_free(&c->view);
	loop_free(&c->loop);
	context_free(&c->context);
	chat_ask_end(c);
	js_free(c->instructions);
	attach_free(&c->attach);
	vec_free(&c->deps);
	vec_free(&c->files);
	free(c->parent);
	fd_close(&c->lock_fd);
	buf_free(&c->brief_text);
	free(c->check.command);
	buf_free(&c->check_tell);
	jsonl_free(&c->in);
	js_free(c->asked);
	free(c->model);
	prompt_close(&c->prompt);
	js_free(c->head.said);
	vec_free(&c->head.tools);
	free(c->head.model);
	free(c->usual_model);
	vec_free(&c->models);
	vec_free(&c->payers);
	free(c->workspace);
}

/* All is ready: the first prompt, and those that follow. */
static void
talk(struct chat *c, const struct buf *prompt)
{
	if (c->repl)
		banner(c);
	if (c->repl || c->o->coprocess)
		c->deadline = c->limit = -1;	/* each turn has its own */
	if (prompt->len > 0)
		chat_turn(c, prompt->data, prompt->len);
	if (c->repl) {
		chat_head_end(c);
		chat_repl(c);
	}
	if (c->o->coprocess)
		chat_serve(c);
}

/* The files of -a and of -t, whose head may choose the model. */
static int
open_files(struct chat *c, struct err *e)
{
	const struct vec *v = c->o->attach;

	for (size_t i = 0; v != NULL && i < v->n; i++)
		if (chat_attach(c, v->v[i], e) == -1)
			return err_wrap(e, "-a");
	return c->o->given.template != NULL && c->o->command == CHAT_TALK &&
	    !c->o->coprocess ? chat_head(c, c->o->given.template, e) : 0;
}

/* From the options to the end of the conversation; -1 with e filled when
 * it did not come to that. */
static int
converse(struct chat *c, struct err *e)
{
	struct buf prompt = BUF_INIT, undone = BUF_INIT;
	int fd = -1, rc = -1, skip = 0;

	if (chat_check_out(c, e) == -1)
		goto out;
	c->workspace = state_workspace(c->o->workspace, &fd, e);
	fd_close(&fd);
	if (c->workspace == NULL || chat_settings(c, e) == -1 ||
	    chat_lock(c, e) == -1)
		goto out;
	if (open_files(c, e) == -1)
		goto out;
	/* It decides whether anything is to be done at all. */
	if (c->o->skip_done) {
		if (whole_prompt(c, &prompt, e) == -1 ||
		    (skip = chat_skip(c, &prompt, e)) != 0) {
			rc = skip == 1 ? 0 : -1;
			/* Who reads a stream waits for its last line. */
			if (skip == 1 && c->o->format != VIEW_TEXT)
				chat_begin_done(c);
			goto out;
		}
	}
	if (chat_start(c, e) == -1)
		goto out;
	/* While the children start, do what does not need them. */
	if (!c->repl && !c->o->coprocess && c->o->command == CHAT_TALK &&
	    prompt.len == 0 && whole_prompt(c, &prompt, e) == -1)
		goto out;
	if (c->repl && chat_prompt(c, &c->o->given, &prompt, e) == -1)
		goto out;
	c->first_words = prompt.len > 0 ? buf_str(&prompt) : NULL;
	if (c->o->command == CHAT_DOCTOR) {
		rc = chat_examine(c, e);
		goto out;
	}
	if (chat_open_session(c, e) == -1)
		goto out;
	if (c->o->command == CHAT_BUDGET) {
		rc = chat_ready(c, e) == -1 ? -1 :
		    chat_budget(c, c->o->format == VIEW_JSON, e);
		c->view.format = VIEW_TEXT;
		goto out;
	}
	if (chat_ready(c, e) == -1) {
		if (prompt.len > 0)
			chat_turn_failed(c, prompt.data, prompt.len, e);
		goto out;
	}
	if (c->o->undo && chat_undo(c, &undone, e) == -1)
		goto out;
	talk(c, &prompt);
	rc = 0;
out:
	if (sig_caught() != 0 && c->signal == 0)
		c->signal = sig_caught();
	buf_free(&undone);
	c->first_words = NULL;
	buf_free(&prompt);
	return rc;
}

int
chat_main(const struct chat_opts *o, int *signal, bool *advise, struct err *e)
{
	struct chat *c;
	int status;

	if (sig_init() == -1)
		return err_exit((err_sys(e, "signals"), e));
	/* Too large for a small stack. */
	c = xmalloc(sizeof(*c));
	open_chat(c, o);
	converse(c, e);
	status = finish(c, e);
	*signal = c->signal;
	*advise = c->advise && e->kind == ERR_UNAVAILABLE;
	close_chat(c);
	free(c);
	return status;
}

void
chat_refuse(const struct chat_opts *o, const struct err *why)
{
	struct chat *c = xmalloc(sizeof(*c));
	struct err e = *why;

	open_chat(c, o);
	finish(c, &e);
	close_chat(c);
	free(c);
}
