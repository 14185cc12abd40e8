/*
 * own.h - for those who write tools of their own: begin one, check it, test
 * it, and trust those of a project.  agent-tools(7).
 */
#ifndef TOOL_OWN_H
#define TOOL_OWN_H

#include "base/base.h"
#include "base/buf.h"
#include "base/err.h"
#include "tool/tool.h"

/* Write NAME.sh, NAME.py or NAME.c into dir (NULL: .agents/tools of the
 * workspace) with a test, and say what to do next. */
int own_new(struct tool_env *env, const char *file, const char *dir,
    struct buf *out, struct err *e);
/*
 * Check the executable at path, or the tool of that name, or with NULL all
 * that are found: a line each.  -1 with e filled (ERR_NEGATIVE) when one is
 * wrong.
 */
int own_lint(struct tool_env *env, const char *what, bool json,
    struct buf *out, struct err *e);
/* Run the tests of a tool, NAME.tests/ *.json beside it: TAP.  -1 with e
 * filled when one fails (ERR_NEGATIVE) or there is none. */
int own_test(struct tool_env *env, const char *name, struct buf *out,
    struct err *e);
/*
 * Make the function of a Python file, or an executable, a tool (skill.h):
 * file is a path, function and name may be NULL.  Take one back.
 */
int own_promote(struct tool_env *env, const char *file, const char *function,
    const char *name, struct buf *out, struct err *e);
int own_demote(struct tool_env *env, const char *name, struct buf *out,
    struct err *e);
/*
 * The files of the project that need trust, a line each; with change they
 * are trusted, or with revoke no longer, those at or below paths (none:
 * all).  -1 with e filled (ERR_NEGATIVE) when some are not trusted in the
 * end.
 */
enum own_trust { OWN_SHOW, OWN_TRUST, OWN_REVOKE };
int own_trust(struct tool_env *env, enum own_trust what, char *const *paths,
    size_t npaths, bool json, struct buf *out, struct err *e);

/* What of the command line is for these. */
struct own_ask {
	const char	*command;	/* "new", "promote", ... */
	char *const	*args;		/* its operands */
	int		 nargs;
	const char	*name, *dir;	/* options, or NULL */
	bool		 json, yes, revoke;
};

/* Whether a sub-command is one of these. */
bool own_is_command(const char *command);
/* Do it: text into out whatever the verdict, -1 with e filled. */
int own_command(struct tool_env *env, const struct own_ask *a,
    struct buf *out, struct err *e);

#endif
