/*
 * ask.c - a call that the policy asks about, put before the user.
 *
 * On the terminal, never on standard input, which may be a pipe.  What is
 * shown is escaped: it is a model's.  What was typed before the question was
 * there is thrown away, so that nobody says yes to what they have not seen.
 */
#include "chat/chat.h"

#include "base/fdio.h"
#include "base/utf8.h"
#include "chat/editor.h"
#include "chat/resumed.h"
#include "sys/fd.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

#define ANSWER_MAX	((size_t)64 * 1024)
#define DEAF		"the input is at its end, so nobody can be asked"
#define GONE		"the terminal is gone, so nobody can be asked"

bool
chat_can_ask(const struct chat *c)
{
	/* The terminal of a program that drives this one is not ours. */
	int fd = c->o->coprocess ? -1 : open("/dev/tty", O_RDWR | O_CLOEXEC |
	    O_NOCTTY);
	bool can = fd != -1 && tcgetpgrp(fd) == getpgrp();

	fd_close(&fd);
	return can;
}

static void
put(struct chat *c, const struct buf *b)
{
	view_flush(&c->view);
	fd_write_all(c->ask.tty, buf_str(b), b->len);
}

static void
show_question(struct chat *c, bool all)
{
	struct buf b = BUF_INIT;

	chat_ask_show(c, all, &b);
	put(c, &b);
	buf_free(&b);
}

void
chat_ask_close(struct chat *c)
{
	js_free(c->ask.question);
	c->ask.question = js_none();
	buf_reset(&c->ask.heard);
	c->ask.editing = c->ask.sent = false;
}

/*
 * Throw away what was typed, but not a Ctrl-C.  tcflush() drops what the
 * kernel has not looked at yet, signals too; poll() makes it look.
 */
static void
forget_typed(int tty)
{
	struct pollfd fd = { .fd = tty, .events = POLLIN };
	char b[1024];

	for (int i = 0; i < 64 && poll(&fd, 1, 0) == 1; i++)
		if (fd_read(tty, b, sizeof(b)) <= 0)
			break;
	tcflush(tty, TCIFLUSH);
}

/* The reply begins so; the question is closed by it. */
static jv
begin(struct chat *c, const char *decision)
{
	jv line = js_copy_key(event_new("permission.reply"), "id",
	    c->ask.question, "id");

	return js_set_str(line, "decision", decision);
}

static void
reply_take(struct chat *c, jv line)
{
	coproc_send(&c->tool, line);
	js_free(line);
	c->ask.sent = true;
}

static void
deny(struct chat *c, const char *why, size_t n)
{
	jv line = begin(c, "deny");

	if (n > 0)
		line = js_set(line, "reason", js_from_bytes(why, n));
	reply_take(c, line);
}

static void
ask(struct chat *c, jv request)
{
	chat_ask_close(c);
	if (c->ask.tty == -1)
		c->ask.tty = open("/dev/tty", O_RDWR | O_CLOEXEC | O_NOCTTY);
	c->ask.question = js_ref(request);
	if (c->ask.tty == -1) {
		/* It is gone since, and we were told not to mind. */
		c->loop.unapproved++;
		deny(c, GONE, sizeof(GONE) - 1);
		return;
	}
	/* What comes of the call gets a line of its own behind this. */
	c->view.running = false;
	forget_typed(c->ask.tty);
	resumed_watch();
	resumed_take();
	show_question(c, false);
}

/* The answer made no sense to agent-tool, which waits for another. */
static void
ask_again(struct chat *c, jv error)
{
	struct buf b = BUF_INIT;
	const char *s = js_str(error, "message");

	buf_adds(&b, "  ");
	if (s != NULL)
		utf8_escape(&b, s, strlen(s), UTF8_LINE);
	buf_addc(&b, '\n');
	put(c, &b);
	buf_free(&b);
	c->ask.sent = c->ask.editing = false;
	show_question(c, false);
}

void
chat_ask_line(struct chat *c, jv line)
{
	if (js_str_is(line, "type", "permission.request"))
		ask(c, line);
	else if (js_str_is(line, "type", "permission.reply"))
		chat_ask_close(c);
	else if (c->ask.sent && js_str_is(line, "type", "error"))
		ask_again(c, line);
}

/* A command is typed as it is, other arguments as JSON. */
static bool
is_command(jv args)
{
	return js_len(args) == 1 && js_str(args, "command") != NULL;
}

static void
ask_arguments(struct chat *c)
{
	jv args = js_get(c->ask.question, "arguments");
	struct buf b = BUF_INIT, text = BUF_INIT;

	c->ask.editing = true;
	if (is_command(args)) {
		buf_adds(&b, "  the command: ");
	} else {
		js_dump(&text, args);
		buf_adds(&b, "  arguments were: ");
		utf8_escape(&b, buf_str(&text), text.len, UTF8_LINE);
		buf_adds(&b, "\n  now: ");
	}
	put(c, &b);
	buf_free(&text);
	buf_free(&b);
	js_free(args);
}

/* The one argument that is edited as the text that it is; NULL: all of them are
 * as JSON. */
static const char *
text_argument(const struct chat *c, jv args)
{
	if (is_command(args))
		return "command";
	return js_str_is(c->ask.question, "tool", "write_file") &&
	    js_str(args, "content") != NULL ? "content" : NULL;
}

/* What came out of the editor; the question is put again when nothing did. */
static void
take_edited(struct chat *c, jv was, const char *key, bool same,
    struct buf *text)
{
	struct buf b = BUF_INIT;
	struct err e = ERR_INIT;
	jv args;

	if (key != NULL && strcmp(key, "command") == 0)
		while (text->len > 0 && text->data[text->len - 1] == '\n')
			buf_cut(text, text->len - 1);
	args = key != NULL ? js_set(js_ref(was), key, js_from_buf(text)) :
	    js_parse(buf_str(text), text->len, &e);
	if (js_is_obj(args) && !same) {
		reply_take(c, js_set(begin(c, "allow"), "arguments", args));
		return;
	}
	buf_adds(&b, same ? "  nothing was changed\n" :
	    "  that is no JSON object\n");
	put(c, &b);
	show_question(c, false);
	js_free(args);
	buf_free(&b);
}

/* In the user's editor, which has the terminal meanwhile. */
static void
edit_arguments(struct chat *c)
{
	jv was = js_get(c->ask.question, "arguments");
	const char *key = text_argument(c, was), *s;
	struct buf text = BUF_INIT, old = BUF_INIT, b = BUF_INIT;
	struct err e = ERR_INIT;
	size_t n = 0;

	s = key != NULL ? js_str_len(was, key, &n) : NULL;
	if (s != NULL)
		buf_add(&text, s, n);
	else
		js_dump_pretty(&text, was);
	buf_add(&old, text.data, text.len);
	view_flush(&c->view);
	if (editor_edit(&text, key == NULL ? ".json" : "", c->ask.tty,
	    &e) == 0) {
		take_edited(c, was, key, text.len == old.len &&
		    memcmp(buf_str(&text), buf_str(&old), old.len) == 0,
		    &text);
	} else {
		buf_adds(&b, "  ");
		utf8_escape(&b, e.msg, strlen(e.msg), UTF8_LINE);
		buf_addc(&b, '\n');
		put(c, &b);
		ask_arguments(c);
	}
	buf_free(&b);
	buf_free(&old);
	buf_free(&text);
	js_free(was);
}

/* The arguments that were typed; asked again when they are none. */
static void
take_arguments(struct chat *c, const char *s, size_t n)
{
	jv was = js_get(c->ask.question, "arguments"), args;
	struct err e = ERR_INIT;
	struct buf b = BUF_INIT;

	if (n == 0) {
		deny(c, NULL, 0);
		js_free(was);
		return;
	}
	args = is_command(was) ? js_set(js_ref(was), "command",
	    js_from_bytes(s, n)) : js_parse(s, n, &e);
	if (js_is_obj(args)) {
		reply_take(c, js_set(begin(c, "allow"), "arguments", args));
	} else {
		buf_adds(&b, "  not a JSON object; again, or nothing for "
		    "no: ");
		put(c, &b);
		js_free(args);
	}
	buf_free(&b);
	js_free(was);
}

/* "n", or "n" and why. */
static bool
is_no(const char *s, size_t n)
{
	return n == 0 || ((*s == 'n' || *s == 'N') && (n == 1 ||
	    s[1] == ' ' || (n == 2 && s[1] == 'o')));
}

static void
take_line(struct chat *c, const char *s, size_t n)
{
	struct buf b = BUF_INIT;

	while (n > 0 && (s[n - 1] == '\r' || s[n - 1] == ' '))
		n--;
	if (c->ask.editing) {
		take_arguments(c, s, n);
	} else if (is_no(s, n)) {
		deny(c, n > 2 ? s + 2 : s, n > 2 ? n - 2 : 0);
	} else if (n == 1 && (*s == 'y' || *s == 'Y')) {
		reply_take(c, begin(c, "allow"));
	} else if (n == 1 && *s == 'a') {
		reply_take(c, begin(c, "allow_always"));
	} else if (n == 1 && *s == 's') {
		reply_take(c, js_set_str(begin(c, "allow_always"), "scope",
		    "user"));
	} else if (n == 1 && *s == 'e') {
		if (editor_named())
			edit_arguments(c);
		else
			ask_arguments(c);
	} else if (n == 1 && *s == 'v') {
		show_question(c, true);
	} else {
		buf_adds(&b, "  y, a, s, e, v or n, with a reason if you "
		    "like [n] ");
		put(c, &b);
	}
	buf_free(&b);
}

void
chat_ask_nobody(struct chat *c)
{
	if (!js_is_valid(c->ask.question) || c->ask.sent)
		return;
	c->loop.unapproved++;
	deny(c, DEAF, sizeof(DEAF) - 1);
}

void
chat_ask_answered(struct chat *c, jv reply)
{
	const char *id = js_is_valid(c->ask.question) ?
	    js_str(c->ask.question, "id") : NULL;

	if (id != NULL && js_str_is(reply, "id", id))
		c->ask.sent = true;
}

void
chat_ask_parent(struct chat *c, jv line)
{
	if (js_str_is(line, "type", "permission.request")) {
		chat_ask_close(c);
		c->ask.question = js_ref(line);
	} else if (js_str_is(line, "type", "permission.reply")) {
		chat_ask_close(c);
	} else if (js_str_is(line, "type", "error")) {
		c->ask.sent = false;	/* that was no answer */
	}
	if (c->deaf)
		chat_ask_nobody(c);
}

bool
chat_asking(const struct chat *c)
{
	return c->ask.can && js_is_valid(c->ask.question) && !c->ask.sent;
}

void
chat_ask_work(struct chat *c, short revents)
{
	char b[1024];
	const char *nl;
	ssize_t n;

	if (!chat_asking(c))
		return;
	/* The shell has had the terminal: what was asked has scrolled away. */
	if (tcgetpgrp(c->ask.tty) == getpgrp() && resumed_take()) {
		show_question(c, false);
		if (c->ask.editing)
			ask_arguments(c);
	}
	if (revents == 0)
		return;
	n = fd_read(c->ask.tty, b, sizeof(b));
	if (n == -1 && (errno == EAGAIN || errno == EINTR))
		return;
	if (n <= 0 || c->ask.heard.len > ANSWER_MAX) {
		deny(c, NULL, 0);
		return;
	}
	buf_add(&c->ask.heard, b, (size_t)n);
	nl = memchr(c->ask.heard.data, '\n', c->ask.heard.len);
	if (nl != NULL) {
		struct buf line = BUF_INIT;

		buf_add(&line, c->ask.heard.data,
		    (size_t)(nl - c->ask.heard.data));
		buf_reset(&c->ask.heard);
		take_line(c, buf_str(&line), line.len);
		buf_free(&line);
	}
}

void
chat_ask_end(struct chat *c)
{
	chat_ask_close(c);
	buf_free(&c->ask.heard);
	fd_close(&c->ask.tty);
}
