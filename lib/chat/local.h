/*
 * local.h - texts that a project brings along and that go to the model:
 * AGENTS.md and prompt files.
 *
 * A project may come from anywhere, and a model can make links in it: what
 * such a name leads to must be Markdown of the same project, so that nobody
 * sends a key of the user's, or the project's .env, to a server.
 */
#ifndef CHAT_LOCAL_H
#define CHAT_LOCAL_H

#include "base/base.h"
#include "base/buf.h"
#include "base/err.h"

/*
 * Append the regular file at path, at most max bytes, to b.  It has to lie
 * below the folder root (absolute, without links) and to be called *.md, once
 * all links are followed: else ERR_DENIED.
 */
int local_read(const char *root, const char *path, struct buf *b, size_t max,
    struct err *e);

#endif
