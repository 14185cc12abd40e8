/*
 * find.h - the sessions of a workspace: the last one, one by id, all.
 *
 * Reads only; the folder's files are trusted no more than any other.
 */
#ifndef CHAT_FIND_H
#define CHAT_FIND_H

#include "base/base.h"
#include "base/buf.h"
#include "base/err.h"
#include "json/js.h"

/* Path of the session in dir that was written to last; caller frees.
 * ERR_NOINPUT when there is none. */
char *find_last(const char *dir, struct err *e);
/*
 * Path of the session whose id is, or alone begins with, id, or else whose
 * name it is; caller frees.  ERR_NOINPUT when there is none, ERR_USAGE when
 * there are several.
 */
char *find_id(const char *dir, const char *id, struct err *e);
/*
 * All of them, oldest first, as an owned array of objects: id, time (of the
 * last write), name (if it has one), words (the beginning of the first
 * prompt), turns, path.
 */
jv find_all(const char *dir);
/* Give every event of the file at path to the callback, which borrows it;
 * what can not be read is skipped. */
void find_events(const char *path, void (*take)(void *arg, jv ev),
    void *arg);
/* Such a callback: arg is a struct replay. */
void find_replay(void *arg, jv ev);

#endif
