/*
 * skills.h - skills: folders with a file SKILL.md below the places of
 * skill_places.h (Agent Skills, agentskills.io/specification).
 *
 * A skill's name is that of its folder: at most 64 letters, digits, ".", "_"
 * and "-", of which the first is a letter or a digit.  It may lie up to
 * SKILLS_DEPTH folders deep; what lies within a skill is part of it and no
 * skill of its own.  Folders whose names begin with a dot, or that nobody
 * would walk unasked (walk.h), or that a terminal would not show as they are,
 * are passed by.  Links are followed in the user's own places only, and no
 * folder is looked at twice there.  The same tree gives the same skills in the
 * same order, whatever the order of its directories.
 */
#ifndef CORE_SKILLS_H
#define CORE_SKILLS_H

#include "base/base.h"
#include "base/buf.h"
#include "base/vec.h"
#include "json/js.h"

#define SKILLS_DEPTH	6		/* folders below a place */
#define SKILLS_FOLDERS	2000		/* looked at below a place */
#define SKILLS_OFFERED	100		/* to a model */
#define SKILL_FILE	"SKILL.md"
#define SKILL_MAX	((size_t)256 * 1024)	/* bytes of the file */

struct skill {
	char	*name;
	char	*path;		/* of the folder, absolute */
	char	*rel;		/* of the project's: that from the workspace,
				 * which has to be trusted; NULL: the user's */
};

struct skills {
	struct skill	*v;	/* those that count before others first; by
				 * name within one place */
	size_t		 n;
	struct vec	 notes;	/* what was not looked at, or has no name, as
				 * sentences for a person */
};

/* All of them for that workspace (absolute), trusted or not, several of one
 * name as well.  Call skills_free afterwards. */
void skills_find(struct skills *all, const char *workspace);
void skills_free(struct skills *all);
/*
 * The head of the skill as an owned object, with its file's bytes in text and
 * the offset of what follows the head in *body; js_none() when the file cannot
 * be read, has more than SKILL_MAX bytes or no description.
 */
jv skill_read(const struct skill *s, struct buf *text, size_t *body);
/* Whether, by its head, a model may have it; and a user. */
bool skill_for_model(jv head);
bool skill_for_user(jv head);

#endif
