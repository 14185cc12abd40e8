/*
 * sandbox.c - a command of the user's own in the sandbox of the shell tool.
 */
#include "tool/sandbox.h"

#include "base/log.h"
#include "base/num.h"
#include "sys/sig.h"
#include "tool/netgate.h"
#include "tool/shell.h"

#include <string.h>
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

/* No sandbox at all: only with these words, and it is said. */
static int
bare(const struct sandbox *s, struct err *e)
{
	if (s->require != NULL)
		return err_set(e, ERR_USAGE, "--profile=none has no walls to "
		    "--require");
	if (s->seconds != NULL)
		return err_set(e, ERR_USAGE, "--profile=none keeps no time; "
		    "see timeout(1)");
	log_warn("--profile=none: %s runs without a sandbox", s->argv[0]);
	sig_reset_child();
	execvp(s->argv[0], s->argv);
	return err_sys(e, "run %s", s->argv[0]);
}

int
sandbox_exec(struct tool_env *env, const struct sandbox *s, struct err *e)
{
	const struct vec *jail;
	struct vec argv = VEC_INIT, vars = VEC_INIT;
	struct netgate gate = NETGATE_INIT;
	int64_t seconds;

	if (s->argc == 0)
		return err_set(e, ERR_USAGE, "sandbox needs a command, as "
		    "in: agent-tool sandbox -- make test");
	if (s->profile != NULL && strcmp(s->profile, "none") == 0)
		return bare(s, e);
	jail = shell_jail(env, e);
	if (jail == NULL)
		return -1;
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
