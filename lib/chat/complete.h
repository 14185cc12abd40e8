/*
 * complete.h - what a word at the prompt may become.
 */
#ifndef CHAT_COMPLETE_H
#define CHAT_COMPLETE_H

#include "base/base.h"
#include "base/buf.h"
#include "base/vec.h"

struct chat;

/*
 * The line up to the cursor, n bytes: what its last word may become in
 * found, and in add the bytes that all of those have next (and a blank when
 * there is only one).  At the beginning of the line a slash begins a
 * command; behind /model, /resume and /skill stand models of the server,
 * sessions and skills; other words are files of the workspace, also behind
 * an @.  In a command for the shell (!, /run) the word is read, and a name
 * written, with the shell's quotes: a file's name is no code.
 */
void complete_word(struct chat *c, const char *const *commands,
    const char *line, size_t n, struct vec *found, struct buf *add);

#endif
