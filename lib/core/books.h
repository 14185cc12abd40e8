/*
 * books.h - skills: folders with a file SKILL.md below the places of skills.h
 * (Agent Skills, agentskills.io/specification).
 *
 * A skill's name is that of its folder: at most 64 letters, digits, ".", "_"
 * and "-", of which the first is a letter or a digit.  It may lie up to
 * BOOKS_DEPTH folders deep; what lies within a skill is part of it and no skill
 * of its own.  Folders whose names begin with a dot, or that nobody would walk
 * unasked (walk.h), or that a terminal would not show as they are, are passed
 * by.  Links are followed in the user's own places only, and no folder is
 * looked at twice there.  The same tree gives the same skills in the same
 * order, whatever the order of its directories.
 */
#ifndef CORE_BOOKS_H
#define CORE_BOOKS_H

#include "base/base.h"
#include "base/buf.h"
#include "base/vec.h"
#include "json/js.h"

#define BOOKS_DEPTH	6		/* folders below a place */
#define BOOKS_FOLDERS	2000		/* looked at below a place */
#define BOOKS_OFFERED	100		/* to a model */
#define BOOK_FILE	"SKILL.md"
#define BOOK_MAX	((size_t)256 * 1024)	/* bytes of the file */

struct book {
	char	*name;
	char	*path;		/* of the folder, absolute */
	char	*rel;		/* of the project's: that from the workspace,
				 * which has to be trusted; NULL: the user's */
};

struct books {
	struct book	*v;	/* those that count before others first; by
				 * name within one place */
	size_t		 n;
	struct vec	 notes;	/* what was not looked at, or has no name, as
				 * sentences for a person */
};

/* All of them for that workspace (absolute), trusted or not, several of one
 * name as well.  Call books_free afterwards. */
void books_find(struct books *all, const char *workspace);
void books_free(struct books *all);
/*
 * The head of the skill as an owned object, with its file's bytes in text and
 * the offset of what follows the head in *body; js_none() when the file cannot
 * be read, has more than BOOK_MAX bytes or no description.
 */
jv book_read(const struct book *s, struct buf *text, size_t *body);
/* Whether, by its head, a model may have it; and a user. */
bool book_for_model(jv head);
bool book_for_user(jv head);

#endif
