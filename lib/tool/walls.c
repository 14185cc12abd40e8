/*
 * walls.c - the sandbox of a file tool: laid on a forked child, for good.
 */
#include "tool/walls.h"

#include "sys/landlock.h"
#include "sys/rlimit.h"
#include "sys/seccomp.h"

#include <stdio.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

#define MEMORY	((rlim_t)1 << 30)
#define FILES	256

void
walls_probe(struct walls *w)
{
	w->landlock = landlock_abi();
	w->seccomp = seccomp_probe() != 0;
}

void
walls_limit(const struct tool_env *env)
{
	rlimit_lower(RLIMIT_CPU, (rlim_t)(env->file_ms / 1000 + 1));
	rlimit_lower(RLIMIT_AS, rlimit_mapped() + MEMORY);
	rlimit_lower(RLIMIT_FSIZE, MEMORY);
	rlimit_lower(RLIMIT_NOFILE, FILES);
	rlimit_lower(RLIMIT_CORE, 0);
	prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
}

static bool
raise_landlock(const struct tool_env *env, enum tool_needs needs)
{
	int abi = landlock_abi(), rules;
	bool stood = false;

	if (abi == 0)
		return false;
	rules = landlock_open(abi, 0);
	if (rules == -1)
		return false;
	if (landlock_allow(rules, abi, env->root, needs == TOOL_READS ?
	    LANDLOCK_DATA : LANDLOCK_RW) == 0 &&
	    (env->artifacts_fd == -1 || landlock_allow(rules, abi,
	    env->artifacts_fd, LANDLOCK_DATA) == 0))
		stood = landlock_enforce(rules) == 0;
	close(rules);
	return stood;
}

bool
walls_raise(const struct tool_env *env, enum tool_needs needs, char *stood,
    size_t size)
{
	bool files, calls;

	prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
	files = raise_landlock(env, needs);
	calls = seccomp_install(SECCOMP_NO_EXEC | SECCOMP_NO_FORK |
	    SECCOMP_NO_IPC | SECCOMP_OPENAT2) == 0;
	snprintf(stood, size, "%s%s%s", files ? "landlock" : "",
	    files && calls ? "," : "", calls ? "seccomp" : "");
	return files || calls;
}
