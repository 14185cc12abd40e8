/*
 * why.c - ask the kernel for each wall by itself, and read its answer.
 */
#include "tool/why.h"

#include "base/err.h"
#include "sys/file.h"

#include <errno.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#ifndef SYS_landlock_create_ruleset
#define SYS_landlock_create_ruleset	444
#endif

#define ASK_VERSION	1U	/* LANDLOCK_CREATE_RULESET_VERSION */

#define UNPRIVILEGED	"/proc/sys/kernel/unprivileged_userns_clone"
#define APPARMOR	"/proc/sys/kernel/" \
			"apparmor_restrict_unprivileged_userns"

static const struct space {
	const char	*name;
	int		 flag;
	const char	*limit;		/* under /proc/sys/user */
	const char	*config;
} spaces[] = {
	{ "userns", CLONE_NEWUSER, "max_user_namespaces", "CONFIG_USER_NS" },
	{ "mount", CLONE_NEWNS, "max_mnt_namespaces", "CONFIG_NAMESPACES" },
	{ "pid", CLONE_NEWPID, "max_pid_namespaces", "CONFIG_PID_NS" },
	{ "net", CLONE_NEWNET, "max_net_namespaces", "CONFIG_NET_NS" },
};

/* The number in a file of /proc/sys; -1 when there is none. */
static long
knob(const char *path)
{
	struct buf b = BUF_INIT;
	struct err ignored = ERR_INIT;
	long n = -1;

	if (file_read(path, &b, 64, &ignored) == 0 && b.len > 0)
		n = strtol(buf_str(&b), NULL, 10);
	buf_free(&b);
	return n;
}

/* The errno with which a child fails to get the namespace; 0 when it does
 * not.  Others than root get them in a user namespace only. */
static int
refusal(const struct space *s)
{
	int status;
	pid_t pid = fork();

	if (pid == -1)
		return errno;
	if (pid == 0) {
		int flags = s->flag | (geteuid() != 0 ? CLONE_NEWUSER : 0);

		errno = 0;
		/* AppArmor lets the namespace be made, and nothing in it. */
		if (unshare(flags) == 0 && s->flag == CLONE_NEWNS)
			mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL);
		_exit(errno);
	}
	while (waitpid(pid, &status, 0) == -1)
		if (errno != EINTR)
			return errno;
	return WIFEXITED(status) ? WEXITSTATUS(status) : EINTR;
}

/* Whether a filter around us refuses them.  Asked for something that the kernel
 * itself refuses with another word, so that no process comes of it. */
static bool
filtered(void)
{
	long pid = syscall(SYS_clone, CLONE_NEWUSER | CLONE_FS | SIGCHLD,
	    NULL, NULL, NULL, NULL);

	if (pid == 0)
		_exit(0);
	if (pid > 0)
		waitpid((pid_t)pid, NULL, 0);
	return pid == -1 && errno != EINVAL;
}

int
why_granted(void)
{
	bool root = geteuid() == 0;

	for (size_t i = 0; i < BASE_NITEMS(spaces); i++) {
		char path[64];

		snprintf(path, sizeof(path), "/proc/sys/user/%s",
		    spaces[i].limit);
		/* Without the file the kernel has none of that kind. */
		if (knob(path) <= 0 && (!root || spaces[i].flag !=
		    CLONE_NEWUSER))
			return 0;
	}
	if (filtered() || (!root && knob(UNPRIVILEGED) == 0))
		return 0;
	return !root && knob(APPARMOR) > 0 ? -1 : 1;
}

static void
why_space(struct buf *b, const struct space *s)
{
	int why = refusal(s);

	if (why == 0)
		buf_adds(b, "the kernel grants it here; it was given up with "
		    "another wall; try to mend that first");
	else if (why == ENOSPC)
		buf_addf(b, "user.%s is used up or 0; try sysctl -w "
		    "user.%s=10000", s->limit, s->limit);
	else if (why == EINVAL || why == ENOSYS)
		buf_addf(b, "the kernel has none; try one with %s", s->config);
	else if (knob(UNPRIVILEGED) == 0)
		buf_adds(b, "kernel.unprivileged_userns_clone=0; try sysctl "
		    "-w kernel.unprivileged_userns_clone=1");
	else if (knob(APPARMOR) > 0)
		buf_adds(b, "AppArmor: kernel.apparmor_restrict_"
		    "unprivileged_userns=1; try a profile with \"userns,\" "
		    "for agent-jail");
	else
		buf_addf(b, "unshare: %s: a container or a sandbox around "
		    "this refuses it; try outside, or docker run "
		    "--security-opt seccomp=unconfined", strerror(why));
}

static void
why_landlock(struct buf *b)
{
	long abi = syscall(SYS_landlock_create_ruleset, NULL, 0, ASK_VERSION);

	if (abi > 0)
		buf_addf(b, "the kernel has ABI %ld, but its rules could not "
		    "be laid; try another file system", abi);
	else if (errno == EOPNOTSUPP)
		buf_adds(b, "switched off at boot; try landlock in the "
		    "kernel's lsm= list");
	else if (errno == ENOSYS)
		buf_adds(b, "ABI 0, the kernel has none; try Linux 5.13 or "
		    "later with CONFIG_SECURITY_LANDLOCK");
	else
		buf_addf(b, "landlock_create_ruleset: %s: a container's "
		    "filter refuses it; try a newer container runtime",
		    strerror(errno));
}

static void
why_seccomp(struct buf *b)
{
	if (prctl(PR_GET_SECCOMP, 0, 0, 0, 0) == -1 && errno == EINVAL)
		buf_adds(b, "the kernel has none; try one with "
		    "CONFIG_SECCOMP_FILTER");
	else
		buf_adds(b, "the kernel refuses the filter; try outside of "
		    "the container or emulator");
}

void
why_missing(struct buf *b, const char *name)
{
	for (size_t i = 0; i < BASE_NITEMS(spaces); i++)
		if (strcmp(name, spaces[i].name) == 0) {
			why_space(b, &spaces[i]);
			return;
		}
	if (strcmp(name, "landlock") == 0)
		why_landlock(b);
	else if (strcmp(name, "seccomp") == 0)
		why_seccomp(b);
	else
		buf_adds(b, "agent-jail was told to leave it out, or could "
		    "not; try agent-jail --probe");
}
