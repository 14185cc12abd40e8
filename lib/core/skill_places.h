/*
 * skill_places.h - where skills may lie: folders NAME with a file SKILL.md.
 *
 * The project's come first, those of the workspace and then of each folder
 * above it up to the root of its repository; they count only once the user
 * trusts them.  The user's own follow.  Those in .claude/skills are looked at
 * when the setting claude_skills says so.
 */
#ifndef CORE_SKILL_PLACES_H
#define CORE_SKILL_PLACES_H

#include "base/base.h"

struct skill_place {
	char	*path;		/* absolute */
	char	*rel;		/* of the project's: from the workspace, as
				 * ".agents/skills" or "../.agents/skills";
				 * NULL: the user's own */
};

struct skill_places {
	struct skill_place *v;
	size_t		 n;
};

/* All of them for that workspace (absolute), whether or not they are there;
 * those that need a HOME only where there is one. */
void skill_places_find(struct skill_places *p, const char *workspace);
void skill_places_free(struct skill_places *p);

#endif
