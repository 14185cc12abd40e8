/*
 * repl.c - read prompts from a person, or line by line from a pipe.
 */
#include "chat/chat.h"
#include "chat/slash.h"
#include "chat/term.h"

#include "base/clock.h"
#include "base/fdio.h"
#include "base/log.h"
#include "base/mem.h"
#include "sys/sig.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define MARKS	"\"\"\""

/* ---- reading a line ---- */

enum got { GOT_LINE, GOT_CLEAR, GOT_END };

/* Ctrl-C throws the line away that the terminal held; other signals end. */
static enum got
on_signal(struct chat *c)
{
	int sig = sig_take(NULL);

	if (sig == SIGINT && input_is_tty())
		return GOT_CLEAR;
	c->signal = sig;
	return GOT_END;
}

/* The next line of standard input, without its end, in line; in holds what
 * was read beyond it. */
static enum got
read_line(struct chat *c, struct buf *in, struct buf *line, bool *eof)
{
	char b[4096];

	buf_reset(line);
	for (;;) {
		struct pollfd fd = { .fd = STDIN_FILENO, .events = POLLIN };
		const char *nl = in->len > 0 ?
		    memchr(in->data, '\n', in->len) : NULL;
		size_t n = nl != NULL ? (size_t)(nl - in->data) : in->len;
		ssize_t r;

		if (nl != NULL || (*eof && in->len > 0)) {
			buf_add(line, in->data, n);
			buf_shift(in, n + (nl != NULL ? 1 : 0));
			return GOT_LINE;
		}
		if (*eof || in->len > INPUT_MAX)
			return GOT_END;
		chat_wait(c, -1, &fd);
		if (sig_caught() != 0)
			return on_signal(c);
		if (c->view.error == EPIPE) {
			c->signal = c->view.out_tty ? SIGHUP : SIGPIPE;
			return GOT_END;
		}
		if (fd.revents == 0)
			continue;
		r = fd_read(STDIN_FILENO, b, sizeof(b));
		if (r > 0)
			buf_add(in, b, (size_t)r);
		else if (r == 0 || errno != EAGAIN)
			*eof = true;
	}
}

/* ---- commands ---- */

/* Words by themselves, or they are the beginning of a prompt; a command
 * whatever stands behind it. */
static bool
is_leaving(const char *s)
{
	if (*s == '/')
		return (strncmp(s, "/quit", 5) == 0 ||
		    strncmp(s, "/exit", 5) == 0) &&
		    (s[5] == '\0' || s[5] == ' ');
	return strcmp(s, "quit") == 0 || strcmp(s, "exit") == 0 ||
	    strcmp(s, "bye") == 0;
}

/* ---- the loop ---- */

static void
trim(struct buf *b)
{
	size_t lead = 0;

	while (b->len > 0 && strchr(" \t\r", b->data[b->len - 1]) != NULL)
		buf_cut(b, b->len - 1);
	while (lead < b->len && strchr(" \t", b->data[lead]) != NULL)
		lead++;
	buf_shift(b, lead);
}

/* The next line, from the terminal's editor t (NULL: there is none). */
static enum got
next_line(struct chat *c, struct term *t, struct buf *in, struct buf *line,
    bool *eof, bool more)
{
	if (t == NULL)
		return read_line(c, in, line, eof);
	switch (term_read(t, line, more)) {
	case TERM_LINE:
		return GOT_LINE;
	case TERM_CLEAR:
		if (c->view.error != 0) {
			c->signal = SIGHUP;
			return GOT_END;
		}
		return on_signal(c);
	default:
		return GOT_END;
	}
}

static void
prompt_user(struct chat *c)
{
	if (c->o->interactive || c->view.out_tty)
		view_text(&c->view, "> ");
}

/* What was typed, when no terminal has shown it. */
static void
echo(struct chat *c, const struct buf *line)
{
	struct buf b = BUF_INIT;

	if (input_is_tty() || !c->o->interactive)
		return;
	buf_add(&b, line->data, line->len);
	buf_addc(&b, '\n');
	view_text(&c->view, buf_str(&b));
	buf_free(&b);
}

bool
repl_is_block(const struct buf *line)
{
	return line->len >= 3 && memcmp(line->data, MARKS, 3) == 0;
}

/* The lines up to the one that ends with such marks, in place of line. */
static enum got
read_block(struct chat *c, struct term *t, struct buf *in, struct buf *line,
    bool *eof)
{
	struct buf text = BUF_INIT;
	enum got got = GOT_LINE;

	buf_add(&text, line->data + 3, line->len - 3);
	while (got == GOT_LINE && (text.len < 3 ||
	    memcmp(text.data + text.len - 3, MARKS, 3) != 0)) {
		if (t == NULL && (c->o->interactive || c->view.out_tty))
			view_text(&c->view, ". ");
		got = next_line(c, t, in, line, eof, true);
		if (got != GOT_LINE)
			break;
		echo(c, line);
		buf_addc(&text, '\n');
		buf_add(&text, line->data, line->len);
	}
	if (got == GOT_LINE && t != NULL) {
		char *whole = xasprintf(MARKS "%s", buf_str(&text));

		term_remember(t, whole);
		free(whole);
	}
	if (got == GOT_LINE)
		buf_cut(&text, text.len - 3);
	buf_reset(line);
	if (got != GOT_CLEAR)
		buf_add(line, text.data, text.len);
	while (line->len > 0 && line->data[0] == '\n')
		buf_shift(line, 1);
	while (line->len > 0 && line->data[line->len - 1] == '\n')
		buf_cut(line, line->len - 1);
	buf_free(&text);
	return got;
}

void
chat_say_end(struct chat *c)
{
	const struct err *why = &c->loop.err;

	if (c->signal != 0 || c->fatal.kind != ERR_NONE)
		return;
	if (why->kind == ERR_CANCELLED) {
		/* The terminal has shown a ^C where the cursor was. */
		if (c->view.err_tty && input_is_tty())
			fd_write_all(STDERR_FILENO, "\n", 1);
		log_note("cancelled");
	}
	else if (why->kind != ERR_NONE)
		log_error("%s", why->msg);
	/* Either would be refused with every prompt from here on. */
	if (why->kind == ERR_LIMIT && why->window > 0)
		log_note("/undo takes the prompt back, /new begins another "
		    "talk");
	if (why->kind == ERR_INVALID && talk_has_picture(&c->context.talk))
		log_note("the talk has a picture; if that is why, /undo takes "
		    "it back");
}

void
chat_repl(struct chat *c)
{
	struct buf in = BUF_INIT, line = BUF_INIT;
	struct term *t = term_open(c, slash_names());
	bool eof = false;

	if (c->loop.turn > c->session.turns)
		chat_say_end(c);
	while (c->signal == 0 && c->fatal.kind == ERR_NONE) {
		enum got got;

		if (t == NULL)
			prompt_user(c);
		got = next_line(c, t, &in, &line, &eof, false);
		if (got == GOT_END)
			break;
		if (got == GOT_CLEAR) {
			view_text(&c->view, "\n");
			continue;
		}
		echo(c, &line);
		trim(&line);
		if (repl_is_block(&line) &&
		    read_block(c, t, &in, &line, &eof) == GOT_CLEAR) {
			view_text(&c->view, "\n");
			continue;
		}
		if (line.len == 0)
			continue;
		if (is_leaving(buf_str(&line)))
			goto out;
		if (slash_command(c, buf_str(&line)))
			continue;
		chat_turn(c, line.data, line.len);
		chat_say_end(c);
	}
	/* The terminal's own prompt belongs on a line of its own. */
	if (c->o->interactive || c->view.out_tty)
		view_text(&c->view, "\n");
out:
	term_close(t);
	buf_free(&in);
	buf_free(&line);
}
