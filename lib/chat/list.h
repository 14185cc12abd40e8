/*
 * list.h - agent-chat sessions: list, search, name, export.
 */
#ifndef CHAT_LIST_H
#define CHAT_LIST_H

#include "base/base.h"
#include "base/err.h"
#include "base/vec.h"

/*
 * The words behind "sessions" (none: the list), for the workspace (NULL: the
 * usual one), to stdout as lines for people or of JSON.  0, or -1 with e
 * filled; ERR_NEGATIVE when nothing was found.
 */
int list_run(const struct vec *words, const char *workspace, bool json,
    struct err *e);

#endif
