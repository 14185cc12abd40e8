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
#include "sys/fd.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

#define ANSWER_MAX	((size_t)64 * 1024)

bool
chat_can_ask(void)
{
	int fd = open("/dev/tty", O_RDWR | O_CLOEXEC | O_NOCTTY);
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
add(struct buf *b, const char *s)
{
	if (s != NULL)
		utf8_escape(b, s, strlen(s), UTF8_LINE);
}

static void
show_question(struct chat *c)
{
	jv q = c->ask.question, args = js_get(q, "arguments");
	struct buf b = BUF_INIT, text = BUF_INIT;
	int64_t line = 0;

	js_dump(&text, args);
	buf_adds(&b, "\n? ");
	add(&b, js_str(q, "tool"));
	buf_addc(&b, ' ');
	add(&b, buf_str(&text));
	buf_adds(&b, "\n  why: ");
	add(&b, js_str(q, "reason"));
	buf_adds(&b, "\n  rule: ");
	add(&b, js_str(q, "rule"));
	if (js_int(q, "line", 1, INT32_MAX, &line)) {
		buf_adds(&b, " (");
		add(&b, js_str(q, "file"));
		buf_addf(&b, ":%lld)", (long long)line);
	}
	if (js_str(q, "hint") != NULL) {
		buf_adds(&b, "\n  rather: ");
		add(&b, js_str(q, "hint"));
	}
	buf_adds(&b, "\n  y once, a always: ");
	add(&b, js_str(q, "always"));
	buf_adds(&b, "\n  e other arguments, n no [n] ");
	put(c, &b);
	buf_free(&text);
	buf_free(&b);
	js_free(args);
}

static void
close_question(struct chat *c)
{
	js_free(c->ask.question);
	c->ask.question = js_none();
	buf_reset(&c->ask.heard);
	c->ask.editing = false;
}

void
chat_ask(struct chat *c, jv request)
{
	close_question(c);
	if (c->ask.tty == -1)
		c->ask.tty = open("/dev/tty", O_RDWR | O_CLOEXEC | O_NOCTTY);
	if (c->ask.tty == -1)
		return;
	tcflush(c->ask.tty, TCIFLUSH);
	c->ask.question = js_ref(request);
	show_question(c);
}

static void
reply(struct chat *c, const char *decision, jv arguments)
{
	jv line = js_copy_key(event_new("permission.reply"), "id",
	    c->ask.question, "id");

	line = js_set_str(line, "decision", decision);
	if (js_is_valid(arguments))
		line = js_set(line, "arguments", js_ref(arguments));
	coproc_send(&c->tool, line);
	js_free(line);
	close_question(c);
}

/* The arguments that were typed; asked again when they are none. */
static void
take_arguments(struct chat *c, const char *s, size_t n)
{
	struct err e = ERR_INIT;
	struct buf b = BUF_INIT;
	jv args = js_parse(s, n, &e);

	if (js_is_obj(args)) {
		reply(c, "allow", args);
	} else if (n == 0) {
		reply(c, "deny", args);
	} else {
		buf_adds(&b, "  not a JSON object; again, or nothing for "
		    "no: ");
		put(c, &b);
	}
	buf_free(&b);
	js_free(args);
}

static void
take_line(struct chat *c, const char *s, size_t n)
{
	struct buf b = BUF_INIT;
	jv args;

	while (n > 0 && (s[n - 1] == '\r' || s[n - 1] == ' '))
		n--;
	if (c->ask.editing) {
		take_arguments(c, s, n);
	} else if (n == 1 && (*s == 'y' || *s == 'Y')) {
		reply(c, "allow", js_none());
	} else if (n == 1 && *s == 'a') {
		reply(c, "allow_always", js_none());
	} else if (n == 1 && *s == 'e') {
		args = js_get(c->ask.question, "arguments");
		c->ask.editing = true;
		buf_adds(&b, "  arguments were: ");
		js_dump(&b, args);
		buf_adds(&b, "\n  now: ");
		put(c, &b);
		js_free(args);
	} else {
		reply(c, "deny", js_none());
	}
	buf_free(&b);
}

bool
chat_asking(const struct chat *c)
{
	return js_is_valid(c->ask.question);
}

void
chat_ask_work(struct chat *c, short revents)
{
	char b[1024];
	const char *nl;
	ssize_t n;

	if (!chat_asking(c) || revents == 0)
		return;
	n = fd_read(c->ask.tty, b, sizeof(b));
	if (n == -1 && (errno == EAGAIN || errno == EINTR))
		return;
	if (n <= 0 || c->ask.heard.len > ANSWER_MAX) {
		reply(c, "deny", js_none());
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
	close_question(c);
	buf_free(&c->ask.heard);
	fd_close(&c->ask.tty);
}
