/*
 * done.h - answers in files, for make and for runs that are repeated.
 *
 * Beside FILE stands FILE.agent.json: the fingerprint of what was asked, and
 * the hash of the answer, so that the same question is not asked twice and an
 * answer that somebody changed is not overwritten.  A dependency file names
 * what was read, as compilers write it.
 */
#ifndef CHAT_DONE_H
#define CHAT_DONE_H

#include "base/base.h"
#include "base/buf.h"
#include "base/err.h"
#include "base/vec.h"

#define DONE_ANSWER_MAX	((size_t)64 * 1024 * 1024)

enum done_state {
	DONE_NEW,		/* there is no answer, or not to this */
	DONE_SAME,		/* this was asked, and the answer is there */
	DONE_CHANGED,		/* the answer is not what was written */
};

/* How FILE stands to the fingerprint. */
enum done_state done_look(const char *file, const char *fingerprint);
/* Write down that FILE will have that answer, before it has: whatever ends the
 * work in between, neither the one that it has nor this is taken for another
 * hand's. */
int done_note(const char *file, const char *fingerprint,
    const struct buf *answer, struct err *e);
/*
 * The rule "target: paths" for make(1), and an empty rule for each path, as
 * text; paths are taken from dir unless it is NULL.  Pure.
 */
void done_rule(struct buf *b, const char *target, const struct vec *paths,
    const char *dir);

#endif
