/*
 * sandbox.h - a command of the user's own in the sandbox of the shell tool.
 */
#ifndef TOOL_SANDBOX_H
#define TOOL_SANDBOX_H

#include "base/err.h"
#include "tool/tool.h"

struct sandbox {
	const char	*profile, *require, *seconds;	/* or NULL */
	char		**argv;
	int		 argc;
};

/* Become agent-jail and run it.  Returns only when that fails: -1. */
int sandbox_exec(struct tool_env *env, const struct sandbox *s,
    struct err *e);

#endif
