/*
 * term.h - a person types at a terminal: lines over libedit.
 *
 * Emacs keys, history that is kept in a file of mode 0600, completion of
 * commands and of the files of the workspace, pasted text as paste.h says.
 * A line that ends with a backslash goes on in the next one.  While a person
 * types, the children and signals are looked after as ever: chat_wait()
 * waits.
 */
#ifndef CHAT_TERM_H
#define CHAT_TERM_H

#include "base/base.h"
#include "base/buf.h"

struct chat;
struct term;

enum term_got { TERM_LINE, TERM_CLEAR, TERM_END };

/*
 * Take the terminal; NULL when it is none that lines can be edited on
 * (TERM=dumb, no terminal at either end).  commands: a list that ends with
 * NULL, for completion.
 */
struct term *term_open(struct chat *c, const char *const *commands);
void term_close(struct term *t);
/* The next line (without its end, what was pasted in place), or why there
 * is none: the user threw it away (Ctrl-C) or left (Ctrl-D, a signal).
 * more: it goes on with what was typed before, as the sign shows. */
enum term_got term_read(struct term *t, struct buf *line, bool more);
/* Keep a line for the key Up.  term_read() does that itself, except with the
 * lines of a text between three quotation marks, which belong together. */
void term_remember(struct term *t, const char *line);

#endif
