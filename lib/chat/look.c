/*
 * look.c - commands of a person that open something: a call, a file, an
 * editor, a skill.
 */
#include "chat/slash.h"

#include "base/fdio.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/utf8.h"
#include "chat/calls.h"
#include "chat/chat.h"
#include "chat/editor.h"
#include "chat/prompt.h"
#include "core/msg.h"
#include "json/exact.h"
#include "sys/proc.h"
#include "sys/sig.h"

#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

/* ---- a pager ---- */

/* More lines than the screen has. */
static bool
is_long(const struct buf *b)
{
	struct winsize w = { .ws_row = 24 };
	size_t lines = 0;

	ioctl(STDOUT_FILENO, TIOCGWINSZ, &w);
	for (size_t i = 0; i < b->len; i++)
		lines += b->data[i] == '\n';
	return w.ws_row > 0 && lines >= w.ws_row;
}

/* Through the user's pager; false when it can not be started. */
static bool
page(struct chat *c, const struct buf *b)
{
	const char *pager = getenv("PAGER");
	char *words[] = { "sh", "-c", xstrdup(pager != NULL &&
	    *pager != '\0' ? pager : "less"), NULL };
	struct err none = ERR_INIT;
	struct proc p;
	bool good;

	view_flush(&c->view);
	proc_init(&p, words);
	p.how[0] = PROC_PIPE;
	setenv("LESS", "FRX", 0);
	good = proc_start(&p, &none) == 0;
	if (good) {
		fd_write_all(p.fd[0], b->data, b->len);
		close(p.fd[0]);
		p.fd[0] = -1;
		proc_wait(&p);
		/* 127: sh found no such program. */
		good = proc_exit_code(p.status) != 127;
		sig_forget_int();
	}
	free(words[2]);
	return good;
}

void
slash_show(struct chat *c, const struct buf *b)
{
	struct buf safe = BUF_INIT;

	utf8_escape(&safe, buf_str(b), b->len, UTF8_TEXT);
	if (c->view.format != VIEW_TEXT)
		fd_write_all(STDERR_FILENO, buf_str(&safe), safe.len);
	else if (!c->view.out_tty || !c->view.draws ||
	    isatty(STDIN_FILENO) != 1 || !is_long(&safe) || !page(c, &safe))
		view_text(&c->view, buf_str(&safe));
	buf_free(&safe);
}

/* ---- /last ---- */

/* The nth call from the end of the talk; false when there are not so many. */
static bool
nth_call(const struct compact *t, size_t n, size_t *at, size_t *call)
{
	for (size_t i = t->n; i > 0; i--) {
		size_t calls = msg_ncalls(t->v[i - 1].msg);

		if (n <= calls) {
			*at = i - 1;
			*call = calls - n;
			return true;
		}
		n -= calls;
	}
	return false;
}

/* One argument: what has several lines stands below its name. */
static void
put_argument(struct buf *b, jv args, const char *key)
{
	size_t n = 0;
	const char *s = js_str_len(args, key, &n);

	buf_addf(b, "  %s:", key);
	if (s != NULL && memchr(s, '\n', n) != NULL) {
		buf_addc(b, '\n');
		buf_add(b, s, n);
	} else if (s != NULL) {
		buf_addc(b, ' ');
		buf_add(b, s, n);
	} else {
		jv v = js_get(args, key);

		buf_addc(b, ' ');
		js_dump(b, v);
		js_free(v);
	}
	if (b->data[b->len - 1] != '\n')
		buf_addc(b, '\n');
}

static void
put_call(struct buf *b, jv msg, size_t call)
{
	const char *name, *text;
	struct err bad = ERR_INIT;
	size_t n;
	jv whole, args, keys;

	msg_call(msg, call, NULL, &name, &text, &n);
	buf_addf(b, "%s\n", name);
	whole = js_parse(text, n, &bad);
	args = exact_shown(whole, text, n);
	js_free(whole);
	keys = js_keys(args);
	for (size_t i = 0; i < js_len(keys); i++) {
		jv k = js_at(keys, i);

		if (js_cstr(k) != NULL)
			put_argument(b, args, js_cstr(k));
		js_free(k);
	}
	if (!js_is_obj(args)) {
		buf_adds(b, "  ");
		buf_add(b, text, n);
		buf_addc(b, '\n');
	}
	js_free(keys);
	js_free(args);
}

static void
put_result(struct buf *b, const struct compact *t, size_t at, size_t call)
{
	const char *id;

	msg_call(t->v[at].msg, call, &id, NULL, NULL, NULL);
	for (size_t i = at + 1; i < t->n; i++) {
		jv m = t->v[i].msg, agent;
		const char *status, *file;
		int64_t ms = 0;

		if (msg_role(m) != MSG_TOOL ||
		    !js_str_is(m, "tool_call_id", id))
			continue;
		agent = js_get(m, "agent");
		status = js_str(agent, "status");
		file = js_str(agent, "artifact");
		js_int(agent, "duration_ms", 0, (int64_t)1 << 40, &ms);
		buf_addf(b, "-- %s, %.1fs\n", status != NULL ? status :
		    "result", (double)ms / 1e3);
		msg_content(b, m);
		if (b->data[b->len - 1] != '\n')
			buf_addc(b, '\n');
		if (file != NULL)
			buf_addf(b, "-- all of it: %s\n", file);
		js_free(agent);
		return;
	}
	buf_adds(b, "-- no result\n");
}

void
slash_last(struct chat *c, const char *arg)
{
	const struct compact *t = &c->context.talk;
	size_t at, call, n = 1;
	struct buf b = BUF_INIT;
	char *end;

	if (*arg != '\0') {
		n = strtoul(arg, &end, 10);
		if (*end != '\0' || n == 0) {
			log_error("/last %.40s: not a number from 1 on, "
			    "counted from the last call", arg);
			return;
		}
	}
	if (!nth_call(t, n, &at, &call)) {
		log_error("/last: there %s", n == 1 ? "was no call" :
		    "were not so many calls");
		return;
	}
	put_call(&b, t->v[at].msg, call);
	put_result(&b, t, at, call);
	slash_show(c, &b);
	buf_free(&b);
}

/* ---- /file, /skill, /edit ---- */

void
slash_file(struct chat *c, const char *arg)
{
	struct err e = ERR_INIT;
	char *path;

	if (*arg == '\0') {
		log_error("/file: which one?");
		return;
	}
	if (*arg == '@')
		arg++;
	path = *arg == '/' ? xstrdup(arg) : xasprintf("%s/%s", c->workspace,
	    arg);
	if (chat_attach(c, path, &e) == 0 && chat_takes(c, &e) == -1) {
		attach_free(&c->attach);
		attach_init(&c->attach);
	}
	if (e.kind != ERR_NONE)
		log_error("/file: %s", e.msg);
	else
		log_note("%s goes with the next prompt", arg);
	free(path);
}

void
slash_skill(struct chat *c, const char *arg)
{
	size_t n = strcspn(arg, " ");
	char *name = xmemdup(arg, n);
	struct buf b = BUF_INIT;

	if (n == 0) {
		log_error("/skill: which one? /skills lists them");
	} else if (brief_skill(&b, c->workspace, name)) {
		buf_adds(&b, "\n\n");
		buf_adds(&b, arg + n + strspn(arg + n, " "));
		chat_turn(c, b.data, b.len);
		chat_say_end(c);
	} else {
		log_error("/skill: no skill '%.60s' that is trusted; see "
		    "agent-tool trust", name);
	}
	buf_free(&b);
	free(name);
}

bool
slash_prompt(struct chat *c, const char *name, const char *arg)
{
	struct vec names = VEC_INIT, words = VEC_INIT;
	struct chat_given given = { .template = name, .words = &words,
	    .text = *arg != '\0' ? arg : NULL };
	struct err e = ERR_INIT;
	struct buf b = BUF_INIT;
	bool there;

	prompt_names(&names, c->workspace);
	there = vec_has(&names, name);
	vec_free(&names);
	if (!there)
		return false;
	slash_words(&words, arg);
	if (chat_head(c, name, &e) == -1 ||
	    chat_prompt(c, &given, &b, &e) == -1)
		log_error("%s", e.msg);
	vec_free(&words);
	if (e.kind == ERR_NONE && b.len > 0) {
		chat_turn(c, b.data, b.len);
		chat_say_end(c);
	}
	chat_head_end(c);
	buf_free(&b);
	return true;
}

void
slash_edit(struct chat *c, const char *arg)
{
	struct err e = ERR_INIT;
	struct buf b = BUF_INIT;

	buf_adds(&b, arg);
	view_flush(&c->view);
	if (editor_edit(&b, ".md", -1, &e) == -1) {
		log_error("/edit: %s", e.msg);
		buf_free(&b);
		return;
	}
	while (b.len > 0 && strchr(" \t\n\r", b.data[b.len - 1]) != NULL)
		buf_cut(&b, b.len - 1);
	if (b.len > 0) {
		chat_turn(c, b.data, b.len);
		chat_say_end(c);
	} else {
		log_note("/edit: nothing was written, nothing is sent");
	}
	buf_free(&b);
}
