/*
 * recall.h - what was typed, kept over sessions.
 *
 * A file of mode 0600 in the state folder, one entry a line, with newline
 * and backslash as \n and \\.  Several sessions append to it at once.
 */
#ifndef CHAT_RECALL_H
#define CHAT_RECALL_H

#include "base/vec.h"

#define RECALL_MAX	1000	/* entries that are read */

/* The newest entries, oldest first; none when there is no file. */
void recall_load(struct vec *lines);
/* Append one.  What cannot be kept is not worth a word. */
void recall_add(const char *line);

#endif
