/*
 * sandbox.c - a command of the user's own in the sandbox of the shell tool.
 */
#include "tool/sandbox.h"

#include "base/num.h"
#include "sys/sig.h"
#include "tool/netgate.h"
#include "tool/shell.h"

#include <unistd.h>

/* The list of walls that have to stand. */
static void
require(struct vec *argv, const struct sandbox *s, const struct netgate *g)
{
	/* What was allowed in so many words is there, or nothing runs. */
	if (g->control != -1)
		vec_push(argv, "--require=net");
	if (s->require != NULL)
		vec_pushf(argv, "--require=%s", s->require);
}

int
sandbox_exec(struct tool_env *env, const struct sandbox *s, struct err *e)
{
	const struct vec *jail = shell_jail(env, e);
	struct vec argv = VEC_INIT, vars = VEC_INIT;
	struct netgate gate = NETGATE_INIT;
	int64_t seconds;

	if (jail == NULL)
		return -1;
	if (s->argc == 0)
		return err_set(e, ERR_USAGE, "sandbox needs a command, as "
		    "in: agent-tool sandbox -- make test");
	if (s->seconds != NULL &&
	    num_int(s->seconds, 0, 1 << 20, "-t", &seconds, e) == -1)
		return -1;
	if (netgate_start(&gate, &env->allow, true, e) == -1)
		return -1;
	for (size_t i = 0; i < jail->n; i++)
		vec_push(&argv, jail->v[i]);
	if (s->profile != NULL)
		vec_pushf(&argv, "--profile=%s", s->profile);
	require(&argv, s, &gate);
	if (s->seconds != NULL)
		vec_pushf(&argv, "-t%lld", (long long)seconds);
	netgate_options(&gate, &argv);
	vec_push(&argv, "-i");
	vec_push(&argv, "--");
	for (int i = 0; i < s->argc; i++)
		vec_push(&argv, s->argv[i]);
	shell_environment(&vars);
	sig_reset_child();
	/* The proxy is a child of what we become, and ends with it. */
	netgate_lend(&gate, true);
	execve(argv.v[0], vec_argv(&argv), vec_argv(&vars));
	err_sys(e, "run %s", argv.v[0]);
	netgate_stop(&gate);
	vec_free(&argv);
	vec_free(&vars);
	return -1;
}
