/*
 * term.c - lines that a person types at a terminal.
 */
#include "chat/term.h"

#include "base/fdio.h"
#include "base/mem.h"
#include "chat/chat.h"
#include "chat/complete.h"
#include "chat/md_in.h"
#include "chat/paste.h"
#include "chat/recall.h"
#include "chat/resumed.h"
#include "sys/sig.h"

#include <errno.h>
#include <histedit.h>
#include <locale.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define LISTED		60	/* words that Tab shows at once */
#define ESCAPE_MS	30	/* the rest of a key's sequence comes by then */

struct term {
	struct chat	*c;
	EditLine	*el;
	History		*h;
	struct paste	 paste;
	const char	*const *commands;
	bool		 more;		/* the line goes on: other prompt */
	bool		 eof;
	bool		 stop;		/* a signal came amid the line */
};

static volatile sig_atomic_t resized;

static void
on_winch(int sig)
{
	(void)sig;
	resized = 1;
}

static char *
prompt(EditLine *el)
{
	static char first[] = "> ", next[] = ". ";
	struct term *t;

	el_get(el, EL_CLIENTDATA, &t);
	return t->more ? next : first;
}

/* ---- completion ---- */

static void
list(struct term *t, const struct vec *found)
{
	struct buf b = BUF_INIT;
	unsigned col = 0, width = view_columns();

	buf_addc(&b, '\n');
	for (size_t i = 0; i < found->n && i < LISTED; i++) {
		unsigned n = md_columns(found->v[i], strlen(found->v[i]));

		/* No word is broken at the edge. */
		if (col > 0 && col + 2 + n >= width) {
			buf_addc(&b, '\n');
			col = 0;
		}
		buf_addf(&b, "%s%s", col > 0 ? "  " : "", found->v[i]);
		col += n + (col > 0 ? 2 : 0);
	}
	if (found->n > LISTED)
		buf_addf(&b, "\n(and %zu more)", found->n - LISTED);
	buf_addc(&b, '\n');
	view_text(&t->c->view, buf_str(&b));
	buf_free(&b);
	el_set(t->el, EL_REFRESH);
}

/* What Tab adds comes as if it was typed: a function of our own for the key
 * (EL_ADDFN) would be kept by libedit for ever. */
static void
complete(struct term *t)
{
	const LineInfo *l = el_line(t->el);
	struct vec found = VEC_INIT;
	struct buf add = BUF_INIT;

	complete_word(t->c, t->commands, l->buffer,
	    (size_t)(l->cursor - l->buffer), &found, &add);
	if (add.len > 0)
		paste_type(&t->paste, add.data, add.len);
	else if (found.n > 1)
		list(t, &found);
	vec_free(&found);
	buf_free(&add);
}

/* ---- the terminal's modes ---- */

static void
bracketed(bool on)
{
	const char *s = on ? "\033[?2004h" : "\033[?2004l";

	fd_write_all(STDOUT_FILENO, s, strlen(s));
}

/* We were stopped amid a line, and the shell has had the terminal since: as
 * libedit sees it, nothing has changed. */
static void
take_again(struct term *t)
{
	el_set(t->el, EL_PREP_TERM, 0);
	el_set(t->el, EL_PREP_TERM, 1);
	bracketed(true);
	el_set(t->el, EL_REFRESH);
}

/* ---- keys ---- */

static bool
more_soon(void)
{
	struct pollfd fd = { .fd = STDIN_FILENO, .events = POLLIN };

	return poll(&fd, 1, ESCAPE_MS) == 1;
}

/* Wait for bytes and take them in; false when there will be none. */
static bool
fill(struct term *t)
{
	struct pollfd fd = { .fd = STDIN_FILENO, .events = POLLIN };
	char b[4096];
	ssize_t n;

	chat_wait(t->c, -1, &fd);
	if (resized) {
		resized = 0;
		el_resize(t->el);
	}
	if (resumed_take())
		take_again(t);
	if (sig_caught() != 0 || t->c->view.error != 0) {
		t->stop = true;
		return false;
	}
	if (fd.revents == 0)
		return true;
	n = fd_read(STDIN_FILENO, b, sizeof(b));
	if (n == -1 && errno == EAGAIN)
		return true;
	if (n <= 0) {
		t->eof = true;
		return false;
	}
	paste_feed(&t->paste, b, (size_t)n, !more_soon());
	return true;
}

/* libedit asks for the next character. */
static int
next_key(EditLine *el, wchar_t *wc)
{
	struct term *t;
	uint32_t cp;

	el_get(el, EL_CLIENTDATA, &t);
	for (;;) {
		if (paste_key(&t->paste, &cp) == 0) {
			if (t->stop || t->eof || !fill(t))
				return t->stop ? -1 : 0;
		} else if (cp == '\t') {
			complete(t);
		} else {
			break;
		}
	}
	/* A Ctrl-D that came between two lines, while the terminal was not
	 * ours, is a NUL by now (n_tty of Linux). */
	*wc = cp == 0 ? 'D' & 0x1f : (wchar_t)cp;
	return 1;
}

/* ---- the terminal ---- */

/* What was typed in other sessions, the newest last. */
static void
load(struct term *t)
{
	struct vec lines = VEC_INIT;
	HistEvent ev;

	recall_load(&lines);
	history(t->h, &ev, H_SETSIZE, RECALL_MAX);
	history(t->h, &ev, H_SETUNIQUE, 1);
	for (size_t i = 0; i < lines.n; i++)
		history(t->h, &ev, H_ENTER, lines.v[i]);
	vec_free(&lines);
}

void
term_remember(struct term *t, const char *line)
{
	HistEvent ev;

	/* As in shells: a blank before it keeps a line from being kept. */
	if (*line == ' ' || *line == '\0')
		return;
	history(t->h, &ev, H_ENTER, line);
	if (!t->c->o->no_session)
		recall_add(line);
}

static void
set_up(struct term *t)
{
	el_set(t->el, EL_CLIENTDATA, t);
	el_set(t->el, EL_PROMPT, prompt);
	el_set(t->el, EL_EDITOR, "emacs");
	el_set(t->el, EL_SIGNAL, 0);
	el_set(t->el, EL_GETCFN, next_key);
	el_set(t->el, EL_HIST, history, t->h);
	el_set(t->el, EL_BIND, "^R", "em-inc-search-prev", NULL);
	el_set(t->el, EL_BIND, "^W", "ed-delete-prev-word", NULL);
	/* Home, End, Delete; Ctrl with an arrow. */
	el_set(t->el, EL_BIND, "\033[H", "ed-move-to-beg", NULL);
	el_set(t->el, EL_BIND, "\033[F", "ed-move-to-end", NULL);
	el_set(t->el, EL_BIND, "\033[3~", "ed-delete-next-char", NULL);
	el_set(t->el, EL_BIND, "\033[1;5D", "ed-prev-word", NULL);
	el_set(t->el, EL_BIND, "\033[1;5C", "em-next-word", NULL);
}

struct term *
term_open(struct chat *c, const char *const *commands)
{
	const char *name = getenv("TERM");
	struct sigaction sa = { .sa_handler = on_winch };
	struct term *t;

	if (c->view.format != VIEW_TEXT || !c->view.out_tty ||
	    isatty(STDIN_FILENO) != 1 || name == NULL ||
	    strcmp(name, "dumb") == 0 || *name == '\0')
		return NULL;
	/* Characters are UTF-8, whatever the locale says. */
	if (setlocale(LC_CTYPE, "C.UTF-8") == NULL)
		setlocale(LC_CTYPE, "");
	t = xcalloc(1, sizeof(*t));
	t->c = c;
	t->commands = commands;
	t->el = el_init("agent-chat", stdin, stdout, stderr);
	t->h = history_init();
	if (t->el == NULL || t->h == NULL) {
		term_close(t);
		return NULL;
	}
	set_up(t);
	load(t);
	sigemptyset(&sa.sa_mask);
	sigaction(SIGWINCH, &sa, NULL);
	resumed_watch();
	return t;
}

void
term_close(struct term *t)
{
	if (t == NULL)
		return;
	if (t->el != NULL)
		el_end(t->el);
	if (t->h != NULL)
		history_end(t->h);
	paste_free(&t->paste);
	free(t);
}

/* One line as libedit gives it, its end taken off; false: none came. */
static bool
one_line(struct term *t, struct buf *line)
{
	const char *s;
	int n = 0;

	view_flush(&t->c->view);
	resumed_take();
	bracketed(true);
	s = el_gets(t->el, &n);
	bracketed(false);
	if (s == NULL || n <= 0)
		return false;
	buf_add(line, s, (size_t)n);
	while (line->len > 0 && (line->data[line->len - 1] == '\n' ||
	    line->data[line->len - 1] == '\r'))
		buf_cut(line, line->len - 1);
	return true;
}

enum term_got
term_read(struct term *t, struct buf *line, bool more)
{
	buf_reset(line);
	t->stop = false;
	t->more = more;
	while (one_line(t, line)) {
		if (line->len == 0 || line->data[line->len - 1] != '\\') {
			paste_expand(&t->paste, line);
			if (!more && !repl_is_block(line))
				term_remember(t, buf_str(line));
			t->more = false;
			return TERM_LINE;
		}
		line->data[line->len - 1] = '\n';
		t->more = true;
	}
	t->more = false;
	if (!t->stop)
		return TERM_END;
	el_reset(t->el);
	buf_reset(&t->paste.keys);
	t->paste.keys_at = 0;
	return TERM_CLEAR;
}
