/*
 * foreign.h - prompts of other programs, made into prompt files of ours.
 *
 * Templates of llm (YAML), roles of aichat (Markdown, or a list in YAML) and
 * patterns of fabric (folders with a system.md).  What they have a place for is
 * put into words of the command line; what is text stays text, also where it
 * would be a place or a command in ours.  What has no counterpart is left out,
 * and said.  Pure.
 */
#ifndef CHAT_FOREIGN_H
#define CHAT_FOREIGN_H

#include "base/base.h"
#include "base/buf.h"
#include "base/err.h"
#include "base/vec.h"

enum foreign_kind {
	FOREIGN_ANY,		/* by its shape */
	FOREIGN_LLM, FOREIGN_AICHAT, FOREIGN_FABRIC,
};

#define FOREIGN_MAX	((size_t)1024 * 1024)	/* bytes of a file */

struct foreign {
	char		*name;		/* letters, digits, - and _ */
	char		*file;		/* where it was */
	const char	*from;		/* the program */
	struct buf	 text;		/* the prompt file */
	struct buf	 schema;	/* of its answer; empty: any will do */
	struct vec	 notes;		/* what is not as it was */
};

struct foreigns {
	struct foreign	*v;
	size_t		 n;
};

void foreigns_free(struct foreigns *all);
/*
 * Add what that text is to all: a template of llm, or roles of aichat, as the
 * kind says or its shape; a role; a pattern, with the prompt of the user (may
 * be empty) behind it.  name is what the file is called, of which a name for
 * ours is made.  -1 with e filled (ERR_DATA), naming the file.
 */
int foreign_yaml(struct foreigns *all, enum foreign_kind kind,
    const struct buf *text, const char *file, const char *name,
    struct err *e);
int foreign_role(struct foreigns *all, enum foreign_kind kind,
    const struct buf *text, const char *file, const char *name,
    struct err *e);
int foreign_pattern(struct foreigns *all, const struct buf *system,
    const struct buf *user, const char *file, const char *name,
    struct err *e);

#endif
