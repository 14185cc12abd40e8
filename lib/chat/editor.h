/*
 * editor.h - a text in the user's editor, VISUAL or else EDITOR.
 */
#ifndef CHAT_EDITOR_H
#define CHAT_EDITOR_H

#include "base/base.h"
#include "base/buf.h"
#include "base/err.h"

/* Whether the user named one. */
bool editor_named(void);
/*
 * Let the user change the text: in a file of ours whose name ends with suffix
 * ("" for none), with the editor they named, else vi.  It is on the terminal
 * tty, or, when that is -1, where we are.  0, or -1 with e filled, and the text
 * as it was, when the editor did not end well.
 */
int editor_edit(struct buf *text, const char *suffix, int tty,
    struct err *e);

#endif
