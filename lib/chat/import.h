/*
 * import.h - agent-chat prompts import: prompts of other programs, found and
 * kept in the user's folder.
 *
 * All of them or none: what can not be read or would take the place of a file
 * is refused before the first is written.
 */
#ifndef CHAT_IMPORT_H
#define CHAT_IMPORT_H

#include "base/base.h"
#include "base/buf.h"
#include "base/err.h"
#include "base/vec.h"

/* The kind that a word of the command line means, NULL: by its shape; -1 with e
 * filled (ERR_USAGE). */
int import_kind(const char *word, int *kind, struct err *e);
/*
 * Import the files and folders of paths from index from on; what was written is
 * appended to out, as lines for people or of JSON.  0, or -1 with e filled:
 * ERR_NOINPUT, ERR_DATA, ERR_CANTCREAT (a file is there, and force is not set).
 */
int import_run(const struct vec *paths, size_t from, int kind, bool force,
    bool json, struct buf *out, struct err *e);

#endif
