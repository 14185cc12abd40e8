/*
 * chat.c - a conversation from its first process to its last line.
 */
#include "chat/chat.h"

#include "base/clock.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/utf8.h"
#include "chat/find.h"
#include "core/state.h"
#include "json/jsonl.h"
#include "sys/fd.h"
#include "sys/file.h"
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

/* ---- the file for the answer ---- */

/* A device or pipe is written to; only a file can be replaced. */
static bool
is_special(const char *path)
{
	struct stat st;

	return stat(path, &st) == 0 && !S_ISREG(st.st_mode);
}

/* Before any token is spent: can it be written at all? */
static int
check_out_file(const char *path, struct err *e)
{
	const char *slash;
	char *dir;
	int rc;

	if (path == NULL || is_special(path))
		return 0;
	slash = strrchr(path, '/');
	dir = slash == NULL ? xstrdup(".") :
	    xmemdup(path, slash == path ? 1 : (size_t)(slash - path));
	rc = access(dir, W_OK | X_OK);
	if (rc == -1) {
		err_sys(e, "-o %s", path);
		e->kind = ERR_CANTCREAT;
	}
	free(dir);
	return rc;
}

static int
write_out_file(const char *path, const struct buf *text, struct err *e)
{
	struct buf b = BUF_INIT;
	mode_t mask = umask(0);
	int rc = 0, fd;

	umask(mask);
	buf_add(&b, text->data, text->len);
	if (b.len > 0 && b.data[b.len - 1] != '\n')
		buf_addc(&b, '\n');
	if (is_special(path)) {
		fd = open(path, O_WRONLY | O_CLOEXEC);
		if (fd == -1 || fd_write_all(fd, buf_str(&b), b.len) == -1)
			rc = err_sys(e, "-o %s", path);
		fd_close(&fd);
	} else {
		rc = file_replace(path, buf_str(&b), b.len, 0666 & ~mask, e);
		if (rc == -1)
			err_wrap(e, "-o");
	}
	if (rc == -1 && e->kind != ERR_IO)
		e->kind = ERR_CANTCREAT;
	buf_free(&b);
	return rc;
}

/* ---- the end ---- */

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
	return err_exit(e);
}

static void
put_result(struct chat *c, int status, bool to_file)
{
	jv ev = loop_result(&c->loop, status, clock_ms() - c->began);
	struct err ignored = ERR_INIT;

	c->view.ctx.turn = c->session.ctx.turn = 0;
	if (to_file && c->has_session)
		session_append_take(&c->session, js_ref(ev), &ignored);
	if (!to_file) {
		view_event(&c->view, ev);
		view_flush(&c->view);
	}
	js_free(ev);
}

/* Write the result everywhere, and let the children go. */
static int
finish(struct chat *c, struct err *e)
{
	int status;

	c->view.hurry = c->signal != 0;
	coproc_hang_up(&c->gate);
	coproc_hang_up(&c->tool);
	if (c->o->out_file != NULL && c->loop.text.len > 0 && c->signal == 0) {
		struct err bad = ERR_INIT;

		if (write_out_file(c->o->out_file, &c->loop.text, &bad) == -1 &&
		    e->kind == ERR_NONE)
			*e = bad;
	}
	status = outcome(c, e);
	if (c->session.header)
		put_result(c, status, false);
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

		put_result(c, status, true);
		if (c->has_session)
			session_sync(&c->session, &ignored);
	}
	coproc_close(&c->gate, LEAVE_MS);
	coproc_close(&c->tool, LEAVE_MS / 2);
	return status;
}

/* ---- the prompt ---- */

/* The prompt of the command line with what standard input adds to it. */
static int
whole_prompt(const struct chat_opts *o, struct buf *b, struct err *e)
{
	struct buf in = BUF_INIT;
	bool have = o->prompt != NULL;
	int rc;

	if (have)
		buf_adds(b, o->prompt);
	rc = input_read(o->input, have, o->stdin_wait_ms, &in, e);
	if (rc == 0 && in.len > 0) {
		if (have)
			buf_adds(b, "\n\n<stdin>\n");
		buf_add(b, in.data, in.len);
		if (have)
			buf_adds(b, in.data[in.len - 1] == '\n' ?
			    "</stdin>" : "\n</stdin>");
	}
	buf_free(&in);
	if (rc == 0 && b->len == 0)
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
	if (!c->o->quiet)
		log_note("%.80s at %.120s; workspace %.200s; %.120s; /help",
		    model != NULL ? model : "a model",
		    url != NULL ? url : "?", c->workspace, buf_str(&b));
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
	c->deadline = o->timeout_ms > 0 ? c->began + o->timeout_ms : -1;
	c->limit = o->max_time_ms > 0 ? c->began + o->max_time_ms : -1;
	c->kill_at = c->interrupted = -1;
	c->offline = o->offline;
	c->repl = o->interactive || (o->prompt == NULL && input_is_tty() &&
	    o->input == INPUT_AUTO);
	coproc_init(&c->gate, "agent-gate");
	coproc_init(&c->tool, "agent-tool");
	view_init(&c->view, o->format, o->verbose, o->quiet);
	loop_init(&c->loop);
	context_init(&c->context);
	c->loop.max_steps = o->max_steps;
	c->loop.max_calls = o->max_calls;
	c->loop.max_tokens = o->max_tokens;
	c->loop.stream = !o->no_stream && o->format != VIEW_JSON;
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
	free(c->workspace);
}

/* From the options to the end of the conversation; -1 with e filled when
 * it did not come to that. */
static int
converse(struct chat *c, struct err *e)
{
	struct buf prompt = BUF_INIT;
	int fd = -1, rc = -1;

	if (check_out_file(c->o->out_file, e) == -1 ||
	    chat_settings(c, e) == -1)
		goto out;
	c->workspace = state_workspace(c->o->workspace, &fd, e);
	fd_close(&fd);
	if (c->workspace == NULL || chat_start(c, e) == -1)
		goto out;
	/* While the children start, do what does not need them. */
	if (!c->repl && whole_prompt(c->o, &prompt, e) == -1)
		goto out;
	if (c->repl && c->o->prompt != NULL)
		buf_adds(&prompt, c->o->prompt);
	if (chat_open_session(c, e) == -1)
		goto out;
	if (chat_ready(c, e) == -1) {
		if (prompt.len > 0)
			chat_turn_failed(c, prompt.data, prompt.len, e);
		goto out;
	}
	if (c->repl)
		banner(c);
	if (prompt.len > 0)
		chat_turn(c, prompt.data, prompt.len);
	if (c->repl)
		chat_repl(c);
	rc = 0;
out:
	if (sig_caught() != 0 && c->signal == 0)
		c->signal = sig_caught();
	buf_free(&prompt);
	return rc;
}

int
chat_main(const struct chat_opts *o, int *signal, bool *advise, struct err *e)
{
	struct chat c;
	int status;

	if (sig_init() == -1)
		return err_exit((err_sys(e, "signals"), e));
	open_chat(&c, o);
	converse(&c, e);
	status = finish(&c, e);
	*signal = c.signal;
	*advise = c.advise && e->kind == ERR_UNAVAILABLE;
	close_chat(&c);
	return status;
}

/* ---- the list of sessions ---- */

/* One session as a line for people. */
static void
list_line(struct buf *b, jv one)
{
	const char *id = js_str(one, "id"), *time = js_str(one, "time");
	const char *words = js_str(one, "words");
	int64_t turns = 0;

	js_int(one, "turns", 0, INT32_MAX, &turns);
	utf8_escape(b, id, strlen(id), UTF8_LINE);
	buf_addf(b, "  %.10s %.5s  %3d turn%s  ", time, time + 11,
	    (int)turns, turns == 1 ? " " : "s");
	if (words != NULL)
		utf8_escape(b, words, strlen(words), UTF8_LINE);
	buf_addc(b, '\n');
}

int
chat_sessions(const char *workspace, bool json, struct err *e)
{
	int fd = -1, rc = -1;
	char *path = state_workspace(workspace, &fd, e), *dir = NULL;
	char *project = path != NULL ? state_project(path, e) : NULL;
	struct buf b = BUF_INIT;
	jv all = js_none();

	if (project == NULL)
		goto out;
	dir = xasprintf("%s/sessions", project);
	all = find_all(dir);
	for (size_t i = 0; i < js_len(all); i++) {
		jv one = js_at(all, i);

		if (json) {
			js_dump(&b, one);
			buf_addc(&b, '\n');
		} else {
			list_line(&b, one);
		}
		js_free(one);
	}
	rc = fd_write_all(STDOUT_FILENO, buf_str(&b), b.len);
	if (rc == -1) {
		int error = errno;

		err_sys(e, "write standard output");
		e->kind = error == EPIPE ? ERR_CANCELLED : ERR_IO;
	}
out:
	js_free(all);
	buf_free(&b);
	free(dir);
	free(project);
	free(path);
	fd_close(&fd);
	return rc;
}
