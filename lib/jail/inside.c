/*
 * The child's whole life, in the order that matters: maps, new root, keeper,
 * session, limits, no_new_privs, capabilities, Landlock, seccomp, exec.
 *
 * Invariant: no step that fails is passed over; it is noted to the
 * supervisor, which decides whether to do without that wall or to refuse.
 */
#include "jail/jail.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <linux/securebits.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "sys/landlock.h"
#include "sys/seccomp.h"

#ifndef SYS_close_range
#define SYS_close_range	436
#endif
enum { CLOSE_ON_EXEC = 4 };	/* CLOSE_RANGE_CLOEXEC */

static int note_fd = -1;

static void
note(enum note_kind kind, int value, const char *what)
{
	struct note n = { .kind = kind, .value = value, .error = errno };

	snprintf(n.what, sizeof n.what, "%s", what);
	while (write(note_fd, &n, sizeof n) < 0 && errno == EINTR)
		;
}

static _Noreturn void
leave(enum note_kind kind, int value, const char *what)
{
	note(kind, value, what);
	_exit(JAIL_REFUSED);
}

/* Dies with the one above; set anew wherever credentials have changed. */
static void
die_with_parent(int sig)
{
	struct pollfd p = { .fd = note_fd };

	prctl(PR_SET_PDEATHSIG, sig, 0, 0, 0);
	/* The reading end is the supervisor's alone. */
	if (poll(&p, 1, 0) < 0 || (p.revents & POLLERR))
		_exit(JAIL_REFUSED);
}

static int
put(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC), r, e;

	if (fd < 0)
		return -1;
	r = write(fd, text, strlen(text)) < 0 ? -1 : 0;
	e = errno;
	close(fd);
	errno = e;
	return r;
}

static int
map_ids(uid_t uid, gid_t gid)
{
	char line[64];

	/* The files belong to root while we are not dumpable. */
	prctl(PR_SET_DUMPABLE, 1, 0, 0, 0);
	snprintf(line, sizeof line, "%u %u 1", uid, uid);
	if (put("/proc/self/setgroups", "deny") < 0 ||
	    put("/proc/self/uid_map", line) < 0)
		return -1;
	snprintf(line, sizeof line, "%u %u 1", gid, gid);
	if (put("/proc/self/gid_map", line) < 0)
		return -1;
	prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
	return 0;
}

static int
drop_capabilities(void)
{
	struct __user_cap_header_struct h = {
		_LINUX_CAPABILITY_VERSION_3, 0 };
	struct __user_cap_data_struct none[2] = { { 0, 0, 0 }, { 0, 0, 0 } };

	if (prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0) < 0)
		return -1;
	for (unsigned long c = 0; c < 64; c++)
		if (prctl(PR_CAPBSET_DROP, c, 0, 0, 0) < 0)
			break;		/* EINVAL past the last; EPERM: none */
	(void)prctl(PR_SET_SECUREBITS, SECBIT_NOROOT | SECBIT_NOROOT_LOCKED |
	    SECBIT_NO_SETUID_FIXUP | SECBIT_NO_SETUID_FIXUP_LOCKED |
	    SECBIT_KEEP_CAPS_LOCKED | SECBIT_NO_CAP_AMBIENT_RAISE |
	    SECBIT_NO_CAP_AMBIENT_RAISE_LOCKED, 0, 0, 0);
	return (int)syscall(SYS_capset, &h, none);
}

bool
inside_may_go_on(const struct jail *j)
{
	static bool told;
	char byte;
	ssize_t n = 0;

	while (!told && (n = read(j->go_fd, &byte, 1)) < 0 && errno == EINTR)
		;
	told |= n == 1;
	if (n == 0 && !told)
		errno = ECANCELED;
	return told;
}

/* Limits, privileges, Landlock. */
static void
confine(struct jail *j, unsigned walls, bool own_proc)
{
	const char *what;
	int rules;

	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0)
		leave(NOTE_REFUSED, 0, "set no_new_privs");
	if (limits_set(j, walls) < 0)
		leave(NOTE_REFUSED, WALL_RLIMITS, "set limits");
	if (walls & WALL_LANDLOCK) {
		rules = grant_open(j, walls, own_proc, &what);
		if (rules < 0)
			leave(NOTE_REFUSED, WALL_LANDLOCK, what);
	}
	if (drop_capabilities() < 0)
		leave(NOTE_REFUSED, 0, "drop capabilities");
	if (walls & WALL_LANDLOCK) {
		if (landlock_enforce(rules) < 0)
			leave(NOTE_REFUSED, WALL_LANDLOCK, "enforce Landlock");
		close(rules);
	}
}

static bool
env_has(const struct jail *j, const char *name)
{
	size_t n = strlen(name);

	for (int i = 0; i < j->nenv; i++)
		if (!strncmp(j->env[i], name, n) && j->env[i][n] == '=')
			return true;
	return false;
}

static void
env_add(struct jail *j, const char *name, const char *value)
{
	static char text[4][160];
	static int n;

	if (env_has(j, name) || n == 4 || j->nenv + 1 >= JAIL_ENV)
		return;
	snprintf(text[n], sizeof text[n], "%s=%s", name, value);
	j->env[j->nenv++] = text[n++];
	j->env[j->nenv] = NULL;
}

static void
go_to(struct jail *j, unsigned walls)
{
	bool mounts = walls & WALL_MOUNT;
	const char *private = mounts ? "/tmp/home" : j->scratch[0] ?
	    j->scratch : "/";
	struct stat st;
	int r;

	/* The private directory is the supervisor's part. */
	if (!mounts && !inside_may_go_on(j))
		leave(NOTE_REFUSED, 0, "make a private directory");
	env_add(j, "HOME", private);
	env_add(j, "TMPDIR", mounts ? "/tmp" : private);
	if (j->cwd.fd < 0) {
		r = chdir(private);
	} else if (!mounts) {
		r = fchdir(j->cwd.fd);
	} else {
		r = chdir(j->cwd.path);
		if (r == 0 && (stat(".", &st) < 0 || st.st_ino != j->cwd.ino ||
		    st.st_dev != j->cwd.dev)) {
			errno = ESTALE;
			r = -1;
		}
	}
	if (r < 0)
		leave(NOTE_REFUSED, 0, "enter the working directory");
}

static void
filter(const struct jail *j, unsigned walls)
{
	unsigned flags = 0;

	if (!(walls & WALL_SECCOMP))
		return;
	if (j->network || portal_stands(j, walls))
		flags |= SECCOMP_NET;
	if ((walls & WALL_MOUNT) && j->profile != PROFILE_FULL_READ)
		flags |= SECCOMP_UNIX;
	if (!(walls & WALL_PID))
		flags |= SECCOMP_NO_IPC;
	/* Landlock's first two versions let every file be cut by its name. */
	if (!(walls & WALL_MOUNT) && j->abi < 3)
		flags |= SECCOMP_NO_TRUNCATE;
	if (seccomp_install((enum seccomp_flags)flags) < 0)
		leave(NOTE_REFUSED, WALL_SECCOMP, "install the filter");
}

static _Noreturn void
become(struct jail *j)
{
	static const int usual[] = { SIGPIPE, SIGHUP, SIGINT, SIGQUIT,
		SIGTERM, SIGCHLD, SIGTSTP, SIGTTIN, SIGTTOU, SIGXFSZ };
	int code;

	for (size_t i = 0; i < sizeof usual / sizeof usual[0]; i++)
		signal(usual[i], SIG_DFL);
	sigprocmask(SIG_SETMASK, j->signals, NULL);
	die_with_parent(SIGKILL);
	if (j->probe)
		_exit(0);
	execvpe(j->argv[0], j->argv, j->env);
	code = errno == ENOENT ? JAIL_NOT_FOUND : JAIL_CANNOT;
	note(NOTE_EXEC, code, "run the command");
	_exit(code);
}

/* As pid 1: nothing is left of the command when there are no children. */
static void
end_the_rest(void)
{
	pid_t p;

	while ((p = waitpid(-1, NULL, WNOHANG)) > 0)
		;
	if (p == 0)
		kill(-1, SIGKILL);
	while (p >= 0 || errno == EINTR)
		p = waitpid(-1, NULL, 0);
}

/*
 * Reaps until the worker is gone, and what it has left.  In a Landlock domain
 * with signal scope, kill(-1) reaches exactly the domain, at once and whatever
 * forks: done on the worker's end and on SIGTERM, which also comes when the
 * supervisor dies.
 */
static _Noreturn void
keep_watch(pid_t worker, unsigned walls)
{
	sigset_t set;
	int status;
	pid_t p;

	if (walls & WALL_PID) {
		drop_capabilities();
		while ((p = waitpid(-1, &status, 0)) != worker)
			if (p < 0 && errno != EINTR)
				_exit(JAIL_REFUSED);
		end_the_rest();
	} else {
		sigemptyset(&set);
		sigaddset(&set, SIGCHLD);
		sigaddset(&set, SIGTERM);
		for (;;) {
			while ((p = waitpid(-1, &status, WNOHANG)) > 0 &&
			    p != worker)
				;
			if (p == worker)
				break;
			if (sigwaitinfo(&set, NULL) == SIGTERM) {
				kill(-1, SIGKILL);
				waitpid(worker, &status, 0);
				break;
			}
		}
		/* All that it has left is ours: none without children. */
		while ((p = waitpid(-1, NULL, WNOHANG)) > 0)
			;
		if (p == 0)
			kill(-1, SIGKILL);
	}
	errno = 0;
	note(NOTE_DONE, status, "");
	_exit(0);
}

void
jail_shut(int first, bool on_exec)
{
	long top = sysconf(_SC_OPEN_MAX);

	if (syscall(SYS_close_range, first, ~0u,
	    on_exec ? CLOSE_ON_EXEC : 0) == 0)
		return;
	for (int fd = first; fd < (top > 0 ? top : 1024); fd++)
		if (on_exec)
			(void)fcntl(fd, F_SETFD, FD_CLOEXEC);
		else
			close(fd);
}

bool
inside_makes_net(unsigned walls)
{
	return (walls & WALL_PID) && (walls & WALL_NET);
}

/* What the worker of a pid namespace has to know of the root. */
struct built {
	bool own_proc, pids_capped;
};

/* The root; in a pid namespace, while the worker makes the network. */
static struct built
build(struct jail *j, unsigned walls)
{
	struct built b = { false, false };
	const char *what;

	if ((walls & WALL_PID) && (walls & WALL_RLIMITS))
		j->pids_capped = limits_cap_pids("/proc/sys/kernel/pid_max",
		    j->pidmax_fd);
	if ((walls & WALL_MOUNT) && root_build(j, walls, &b.own_proc, &what) <
	    0)
		leave(NOTE_LOST, WALL_MOUNT, what);
	b.pids_capped = j->pids_capped;
	return b;
}

static void
open_portal(const struct jail *j, unsigned walls)
{
	if (!portal_stands(j, walls))
		return;
	if (portal_open(j->gate_fd) < 0)
		leave(NOTE_REFUSED, WALL_NET, "open the way to the proxy");
	close(j->gate_fd);
}

/* The first of a pid namespace: the keeper goes on here, the worker returns. */
static struct built
split(struct jail *j, unsigned walls, mode_t mask)
{
	struct built b;
	int ready[2];
	pid_t p;

	if (pipe2(ready, O_CLOEXEC) < 0)
		leave(NOTE_REFUSED, 0, "make a pipe");
	/* One root and working directory, until there is the new one. */
	p = (pid_t)syscall(SYS_clone, SIGCHLD | CLONE_FS, 0, 0, 0, 0);
	if (p < 0)
		leave(NOTE_REFUSED, 0, "fork");
	if (p > 0) {
		close(ready[0]);
		if (j->gate_fd >= 0)
			close(j->gate_fd);
		b = build(j, walls);
		umask(mask);
		die_with_parent(SIGKILL);
		if (write(ready[1], &b, sizeof b) != sizeof b)
			_exit(JAIL_REFUSED);
		close(ready[1]);
		keep_watch(p, walls);
	}
	close(ready[1]);
	if ((walls & WALL_NET) && unshare(CLONE_NEWNET) < 0)
		leave(NOTE_LOST, WALL_NET, "make a network namespace");
	open_portal(j, walls);
	/* As pid 1 dies, so do we. */
	if (read(ready[0], &b, sizeof b) != sizeof b)
		_exit(JAIL_REFUSED);
	close(ready[0]);
	if (unshare(CLONE_FS) < 0)
		leave(NOTE_REFUSED, 0, "have a root of its own");
	j->pids_capped = b.pids_capped;
	return b;
}

static void
enter_domain(struct jail *j, unsigned walls, struct built b, pid_t supervisor)
{
	limits_go_first(j, walls);
	confine(j, walls, b.own_proc);
	if (kill(supervisor, 0) == 0 || errno != EPERM)
		leave(NOTE_REFUSED, WALL_LANDLOCK,
		    "keep signals inside the domain");
}

/* The worker's life from where its walls differ from the keeper's. */
static _Noreturn void
work(struct jail *j, unsigned walls, bool confined, bool own_proc)
{
	setsid();
	if (!j->keep_stdin && dup2(j->null_fd, 0) < 0)
		leave(NOTE_REFUSED, 0, "open /dev/null");
	go_to(j, walls);
	if (!confined)
		confine(j, walls, own_proc);
	jail_shut(3, true);
	filter(j, walls);
	become(j);
}

/*
 * The keeper and the worker of a domain, which both are in already.  Whatever
 * loses its parent there becomes the keeper's child.  The worker has the
 * keeper's memory, and the keeper waits, until it becomes the command.
 */
static _Noreturn void
split_domain(struct jail *j, unsigned walls)
{
	pid_t keeper = getpid(), p;

	if (prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0) < 0)
		leave(NOTE_REFUSED, 0, "keep what loses its parent");
	p = vfork();
	if (p == 0) {
		prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0);
		if (getppid() != keeper)
			_exit(JAIL_REFUSED);
		work(j, walls, true, false);
	}
	if (p < 0)
		leave(NOTE_REFUSED, 0, "fork");
	keep_watch(p, walls);
}

_Noreturn void
inside_main(struct jail *j, unsigned walls, int notes, pid_t supervisor)
{
	bool domain = !(walls & WALL_PID) && (walls & WALL_LANDLOCK) &&
	    j->abi >= 6;
	mode_t mask = umask(0);
	struct built b;

	note_fd = notes;
	die_with_parent(domain ? SIGTERM : SIGKILL);
	if (j->status_fd >= 0)
		close(j->status_fd);
	if ((walls & WALL_USERNS) && map_ids(j->uid, j->gid) < 0)
		leave(NOTE_LOST, WALL_USERNS, "write the id maps");
	if (walls & WALL_PID) {
		b = split(j, walls, mask);
	} else {
		b = build(j, walls);
		umask(mask);
		open_portal(j, walls);
		if (domain)
			enter_domain(j, walls, b, supervisor);
		die_with_parent(domain ? SIGTERM : SIGKILL);
		if (domain)
			split_domain(j, walls);
	}
	work(j, walls, false, b.own_proc);
}
