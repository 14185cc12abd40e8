/*
 * brief.h - what the system prompt holds beside its own text.
 *
 * The instructions of the user and the project (AGENTS.md), the project's
 * skills, what the long-term memory knows of the prompt, the state of the
 * plan: each with a switch, each within a bound, each silent when there is
 * nothing.  It is made once, when a session begins, and stays the same to
 * the byte from then on.
 */
#ifndef CHAT_BRIEF_H
#define CHAT_BRIEF_H

#include "base/base.h"
#include "base/buf.h"
#include "base/vec.h"
#include "json/js.h"

enum brief_part {
	BRIEF_AGENTS = 1,
	BRIEF_SKILLS = 2,
	BRIEF_MEMORY = 4,
	BRIEF_PLAN = 8,
	BRIEF_ALL = 15,
};

#define BRIEF_AGENTS_MAX	((size_t)32 * 1024)	/* bytes, all files */

struct brief {
	enum brief_part	 parts;
	int64_t		 window;	/* tokens, 0 not known: instructions
					 * have no more bytes than it has
					 * tokens */
	const struct vec *files;	/* of instructions: the first of these
					 * names counts in a folder */
	const char	*words;		/* the first prompt, which the memory
					 * is asked about; NULL */
};

/*
 * Append the parts to b.  Files that were read are pushed to *used, an array of
 * {"path","sha256"}; what a person should know of them, as sentences, to notes
 * (NULL: nobody is told).
 */
void brief_add(struct buf *b, const struct brief *what, const char *workspace,
    jv *used, struct vec *notes);

/* ---- brief_skills.c ---- */

/* The part about skills: those that count and that a model may have, and which
 * of a name do not; as brief_add. */
void brief_add_skills(struct buf *b, const char *workspace,
    struct vec *notes);
/* The body of the skill of that name, appended to b; false when there is
 * none that may be used. */
bool brief_skill(struct buf *b, const char *workspace, const char *name);
/* All that may be used, of the project and of the user, one a line, with what
 * each is for, and behind them the notes; appended to b. */
void brief_skills(struct buf *b, const char *workspace);
/* The names of skills in the project's and the user's folders that a user may
 * begin with. */
void brief_skill_names(struct vec *names, const char *workspace);

#endif
