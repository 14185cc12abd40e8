/*
 * skill.h - skills: functions and programs that became tools while working.
 *
 * Promoting copies a Python function's file, or an executable, into the
 * skills folder of the project's state, where no tool can write, with its
 * schema and the SHA-256 of its bytes.  From then on it is a tool like
 * those of extern.h, as long as its bytes stay what they were.
 *
 * NAME.py and the launcher NAME, or the executable NAME; and NAME.tool.json,
 * a Tool object whose _meta.agent.skill says where it came from.
 */
#ifndef TOOL_SKILL_H
#define TOOL_SKILL_H

#include "base/base.h"
#include "base/buf.h"
#include "base/err.h"
#include "json/js.h"
#include "tool/registry.h"
#include "tool/result.h"
#include "tool/tool.h"

#define SKILL_MAX	200	/* of a project */
#define SKILL_SOURCE_MAX	((size_t)512 * 1024)
#define SKILL_PROGRAM_MAX	((size_t)32 * 1024 * 1024)

/* The skills folder, which may not be there; caller frees; NULL: none. */
char *skill_dir(const struct tool_env *env);
/* Add the skills to r; what is not what it was is noted there. */
void skill_scan(struct registry *r, struct tool_env *env);
/* Look whether the folder changed, and take the skills as they are now.
 * env->tools_changes counts that. */
void skill_refresh(struct tool_env *env);
/* The launcher of a Python skill, appended. */
void skill_launcher(struct buf *out, const char *name, const char *function);

/* What is to be promoted. */
struct skill_ask {
	const char	*shown;		/* the file, as messages name it */
	const char	*name;		/* of the tool; NULL: as the function
					 * or the file */
	const char	*function;	/* of Python; NULL: the only one */
	struct buf	 text;		/* the file's bytes */
	struct buf	 manifest;	/* those of NAME.tool.json beside it */
	bool		 executable;
	const char	*call;		/* id of the call, or NULL */
};

void skill_ask_free(struct skill_ask *a);
/*
 * Check it and make it a tool; r says what came of it.  Python is read
 * before any of it runs, and its examples run in agent-jail; so does an
 * executable that is asked for its schema.
 */
void skill_promote(struct tool_env *env, const struct skill_ask *a,
    struct result *r);
/* Take it back; -1 with e filled when there is no such skill. */
int skill_demote(struct tool_env *env, const char *name, struct err *e);

#endif
