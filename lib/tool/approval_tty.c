/*
 * approval_tty.c - questions to the user at the terminal.
 *
 * The whole call is shown, with whatever could deceive the eye made visible.
 * What was typed before the question is no answer to it.
 */
#include "tool/approval.h"

#include "base/utf8.h"
#include "sys/fd.h"

#include <fcntl.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

#define SHOWN_MAX	((size_t)4000)

int
approval_tty_open(void)
{
	int fd = open("/dev/tty", O_RDWR | O_NOCTTY | O_NONBLOCK |
	    O_CLOEXEC);

	/* In the background we would only be stopped. */
	if (fd != -1 && tcgetpgrp(fd) != getpgrp())
		fd_close(&fd);
	return fd;
}

static void
put(struct approval *a, struct buf *b)
{
	size_t done = 0;

	while (done < b->len) {
		ssize_t n = write(a->out, b->data + done, b->len - done);

		if (n > 0)
			done += (size_t)n;
		else if (poll(&(struct pollfd){ a->out, POLLOUT, 0 }, 1,
		    1000) <= 0)
			break;
	}
	buf_free(b);
}

/* Its lines behind a margin, so that text cannot pass for our own. */
static void
quoted(struct buf *b, const char *s, size_t n)
{
	struct buf safe = BUF_INIT;
	size_t all = n;

	if (n > SHOWN_MAX)
		n = utf8_cut(s, SHOWN_MAX);
	utf8_escape(&safe, s, n, UTF8_TEXT);
	for (size_t i = 0; i < safe.len;) {
		const char *p = safe.data + i;
		const char *nl = memchr(p, '\n', safe.len - i);
		size_t len = nl != NULL ? (size_t)(nl - p) : safe.len - i;

		buf_addf(b, "  | %.*s\n", (int)len, p);
		i += len + 1;
	}
	if (n < all)
		buf_addf(b, "  | ... %zu more bytes\n", all - n);
	buf_free(&safe);
}

static void
one_line(struct buf *b, jv o, const char *key)
{
	const char *s = js_str(o, key);

	utf8_escape(b, s != NULL ? s : "?", strlen(s != NULL ? s : "?"),
	    UTF8_LINE);
}

void
approval_tty_ask(struct approval *a)
{
	jv q = a->question, args = js_get(q, "arguments");
	struct buf b = BUF_INIT, text = BUF_INIT;
	const char *s;
	size_t n;

	buf_adds(&b, js_has(q, "form") ? "\n" : "\nMay ");
	one_line(&b, q, "tool");
	buf_adds(&b, js_has(q, "form") ? " wants to know this:\n" :
	    " do this?\n");
	s = js_str_len(args, "command", &n);
	if (s == NULL || js_len(args) > 1) {
		js_dump(&text, args);
		s = buf_str(&text);
		n = text.len;
	}
	quoted(&b, s, n);
	one_line(&b, q, "what");
	buf_adds(&b, ": ");
	one_line(&b, q, "reason");
	if (js_str(q, "file") != NULL) {
		buf_adds(&b, " (");
		one_line(&b, q, "file");
		buf_addf(&b, ":%.0f)", js_num(q, "line", 0));
	}
	buf_adds(&b, js_has(q, "form") ? "\n[y]es, send it like that, [e]dit "
	    "it first, [n]o: " : "\n[y]es, [a]lways in this run, [s]ave as "
	    "a rule, [e]dit, [n]o (and why): ");
	tcflush(a->in, TCIFLUSH);
	put(a, &b);
	buf_free(&text);
	js_free(args);
}

static jv
reply(const struct approval *a, const char *decision)
{
	jv v = js_set_str(js_obj(), "type", "permission.reply");

	v = js_copy_key(v, "id", a->question, "id");
	return js_set_str(v, "decision", decision);
}

/* The name of a form's only field, when that is text: it is typed as it
 * is. */
static bool
only_text(const struct approval *a, struct buf *name)
{
	jv form = js_get(a->question, "form"), props = js_get(form,
	    "properties"), keys = js_keys(props), k, field;
	bool yes = false;

	if (js_is_obj(props) && js_len(keys) == 1) {
		k = js_at(keys, 0);
		field = js_get(props, js_cstr(k));
		yes = js_str_is(field, "type", "string");
		if (yes)
			buf_adds(name, js_cstr(k));
		js_free(field);
		js_free(k);
	}
	js_free(keys);
	js_free(props);
	js_free(form);
	return yes;
}

/* What is typed in place of the command, or of all arguments. */
static jv
edited(struct approval *a, const char *line, size_t n)
{
	jv args = js_get(a->question, "arguments"), v = reply(a, "allow");
	struct err bad = ERR_INIT;
	struct buf name = BUF_INIT;

	a->editing = false;
	if (only_text(a, &name)) {
		js_free(args);
		args = js_set(js_obj(), buf_str(&name), js_from_bytes(line,
		    n));
	} else if (js_str(args, "command") != NULL) {
		args = js_set(args, "command", js_from_bytes(line, n));
	} else {
		js_free(args);
		args = js_parse(line, n, &bad);
	}
	buf_free(&name);
	if (js_is_valid(args))
		return js_set(v, "arguments", args);
	js_free(v);
	approval_again(a, &bad);
	return js_none();
}

jv
approval_tty_typed(struct approval *a, const char *line, size_t n)
{
	struct buf b = BUF_INIT;
	jv args;

	while (n > 0 && strchr(" \t\r", line[n - 1]) != NULL)
		n--;
	if (a->editing)
		return edited(a, line, n);
	if (n == 1 && *line == 'y')
		return reply(a, "allow");
	if (n == 1 && *line == 'a')
		return reply(a, "allow_always");
	if (n == 1 && *line == 's')
		return js_set_str(reply(a, "allow_always"), "scope", "user");
	if (n >= 1 && *line == 'n' && (n == 1 || line[1] == ' '))
		return n < 3 ? reply(a, "deny") : js_set(reply(a, "deny"),
		    "reason", js_from_bytes(line + 2, n - 2));
	if (n == 1 && *line == 'e') {
		args = js_get(a->question, "arguments");
		a->editing = true;
		if (only_text(a, &b))
			buf_adds(&b, ": ");
		else
			buf_adds(&b, js_str(args, "command") != NULL ?
			    "the command: " : "the arguments, as JSON: ");
		js_free(args);
	} else {
		buf_adds(&b, "Please type y, a, s, e or n: ");
	}
	put(a, &b);
	return js_none();
}
