/*
 * own_command.c - the sub-commands for tools of one's own.
 */
#include "tool/own.h"

#include <string.h>

bool
own_is_command(const char *command)
{
	static const char *const names[] = { "new", "lint", "test", "trust",
	    "promote", "demote" };

	for (size_t i = 0; i < BASE_NITEMS(names); i++)
		if (strcmp(names[i], command) == 0)
			return true;
	return false;
}

/* Those that need one. */
static int
with_operand(struct tool_env *env, const struct own_ask *a, struct buf *out,
    struct err *e)
{
	const char *c = a->command, *first = a->args[0];

	if (strcmp(c, "new") == 0)
		return own_new(env, first, a->dir, out, e);
	if (strcmp(c, "promote") == 0)
		return own_promote(env, first, a->nargs > 1 ? a->args[1] :
		    NULL, a->name, out, e);
	if (strcmp(c, "demote") == 0)
		return own_demote(env, first, out, e);
	return own_test(env, first, out, e);
}

int
own_command(struct tool_env *env, const struct own_ask *a, struct buf *out,
    struct err *e)
{
	const char *c = a->command;
	int most = strcmp(c, "promote") == 0 ? 2 : 1;

	if (strcmp(c, "trust") == 0)
		return own_trust(env, a->revoke ? OWN_REVOKE : a->yes ?
		    OWN_TRUST : OWN_SHOW, a->args, (size_t)a->nargs, a->json,
		    out, e);
	if (a->nargs > most)
		return err_set(e, ERR_USAGE, "%s: %s, not also %.60s", c,
		    most == 2 ? "a file and a function" : "one operand",
		    a->args[most]);
	if (strcmp(c, "lint") == 0)
		return own_lint(env, a->nargs > 0 ? a->args[0] : NULL,
		    a->json, out, e);
	if (a->nargs == 0)
		return err_set(e, ERR_USAGE, "%s: a %s is missing", c,
		    most == 2 ? "file" : "name");
	return with_operand(env, a, out, e);
}
