/*
 * The supervisor: starts the jail, drops walls the kernel refuses as long as
 * the rest is safe, holds the deadline, and sees to it that nothing lives on.
 *
 * Invariant: jail_run returns only when every process it started is dead and
 * every temporary thing it made is gone.  It waits for the end of no pipe.
 */
#include "jail/jail.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "sys/landlock.h"
#include "sys/seccomp.h"

enum { TICK_MS = 200, BUSY_TICK_MS = 50, GRACE_MS = 2000 };

enum { NOTES = 8 };

struct run {
	struct jail *j;
	struct outcome *o;
	pid_t parent, child;
	int signals, notes;
	int status;
	bool keeper;
	bool alone;		/* the keeper is, it has said */
	struct note said[NOTES];
	int nsaid;
	long start;
};

static long
now_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

static int
refuse(struct outcome *o, const char *what, int error)
{
	o->what = what;
	o->error = error;
	return -1;
}

/* Whether these walls are enough to run a stranger's command. */
static int
judge(const struct jail *j, unsigned walls, struct outcome *o)
{
	unsigned missing = j->require & ~walls;

	o->walls = walls;
	if (j->gate_fd >= 0 && (missing & WALL_NET))
		return refuse(o, "allowed hosts need a network namespace, "
		    "which is not to be had here", o->lost_errno);
	if (missing) {
		for (int i = 0; wall_name[i]; i++)
			if (missing & 1u << i)
				return refuse(o, wall_name[i], o->lost_errno);
	}
	if (j->unsafe)
		return 0;
	if (!(walls & WALL_SECCOMP))
		return refuse(o, "seccomp", ENOSYS);
	if (!(walls & WALL_RLIMITS))
		return refuse(o, "rlimits", 0);
	if (!(walls & WALL_LANDLOCK) &&
	    (!(walls & WALL_MOUNT) || j->uid == 0))
		return refuse(o, "landlock", ENOSYS);
	if (!(walls & WALL_PID) &&
	    !((walls & WALL_LANDLOCK) && j->abi >= 6) && !tree_works())
		return refuse(o, "pid", ENOSYS);
	return 0;
}

static unsigned
lose(struct outcome *o, unsigned walls, unsigned which, int error)
{
	o->lost |= walls & which;
	o->lost_errno = error;
	return walls & ~which;
}

static unsigned long
clone_flags(unsigned walls)
{
	return SIGCHLD | (walls & WALL_USERNS ? CLONE_NEWUSER : 0) |
	    (walls & WALL_MOUNT ? CLONE_NEWNS : 0) |
	    (walls & WALL_PID ? CLONE_NEWPID | CLONE_NEWIPC | CLONE_NEWUTS :
	    0) |
	    (walls & WALL_NET && !inside_makes_net(walls) ? CLONE_NEWNET : 0);
}

/* Root in a container often may not make namespaces without a user's. */
static bool
is_admin(void)
{
	struct __user_cap_header_struct h = {
		_LINUX_CAPABILITY_VERSION_3, 0 };
	struct __user_cap_data_struct have[2];

	return syscall(SYS_capget, &h, have) < 0 ||
	    (have[0].effective & 1u << CAP_SYS_ADMIN);
}

/* The walls left after clone refused this set. */
static unsigned
after_refusal(const struct jail *j, struct outcome *o, unsigned walls, int e)
{
	if ((e == EINVAL || e == ENOSPC) && (clone_flags(walls) & CLONE_NEWNET))
		return lose(o, walls, WALL_NET, e);
	if ((walls & WALL_USERNS) && j->uid == 0 && is_admin())
		return lose(o, walls, WALL_USERNS, e);
	return lose(o, walls, WALL_SPACES, e);
}

/* Takes what was noted; more than a few would be none of ours. */
static void
read_notes(struct run *r)
{
	struct note *n = &r->said[r->nsaid];

	for (; r->nsaid < NOTES && read(r->notes, n, sizeof *n) == sizeof *n;
	    n = &r->said[r->nsaid]) {
		r->alone |= n->kind == NOTE_DONE && n->error == 0;
		r->nsaid++;
	}
}

static void
stop(struct run *r, const char *why)
{
	if (!r->o->killed)
		r->o->killed = why;
	if (r->keeper) {
		kill(r->child, SIGTERM);
		kill(r->child, SIGCONT);
	} else {
		kill(r->child, SIGKILL);
	}
}

/* Reads one signal; returns whether the child has ended. */
static bool
on_signal(struct run *r)
{
	struct signalfd_siginfo si;
	pid_t p;
	int status;

	if (read(r->signals, &si, sizeof si) != sizeof si)
		return false;
	if (si.ssi_signo != SIGCHLD) {
		if (!r->o->killed)
			r->o->signal = (int)si.ssi_signo;
		stop(r, "signal");
		return false;
	}
	while ((p = waitpid(-1, &status, WNOHANG)) > 0)
		if (p == r->child) {
			r->status = status;
			return true;
		}
	return false;
}

static int
next_wait(const struct run *r, long tick, long deadline)
{
	long wait = tick - now_ms();

	if (deadline && deadline - now_ms() < wait)
		wait = deadline - now_ms();
	if (r->o->killed && wait > 100)
		wait = 100;
	return wait < 0 ? 0 : (int)wait;
}

/*
 * Until the child is gone, for whatever reason, or is the last of a pid
 * namespace and about to go: that takes a while, for its namespaces end too.
 */
static void
attend(struct run *r, unsigned walls)
{
	const struct jail *j = r->j;
	struct pollfd p[] = { { .fd = r->signals, .events = POLLIN },
		{ .fd = walls & WALL_PID ? r->notes : -1, .events = POLLIN } };
	long period = j->uid == 0 && !(walls & WALL_PID) ? BUSY_TICK_MS :
	    TICK_MS;
	long tick = r->start + period;
	long deadline = j->seconds ? r->start + j->seconds * 1000L : 0;
	long killed_at = 0;
	const char *why;

	for (;;) {
		if (poll(p, 2, next_wait(r, tick, deadline)) > 0) {
			if (p[0].revents && on_signal(r))
				return;
			if (p[1].revents)
				read_notes(r);
			if (r->alone)
				return;
			if (p[1].revents & POLLHUP || r->nsaid == NOTES)
				p[1].fd = -1;
		}
		if (r->o->killed) {
			/* A keeper that was stopped or lost will not answer. */
			killed_at = killed_at ? killed_at : now_ms();
			if (now_ms() - killed_at >= GRACE_MS)
				kill(r->child, SIGKILL);
			continue;
		}
		if (deadline && now_ms() >= deadline) {
			stop(r, "timeout");
		} else if (now_ms() >= tick) {
			tick = now_ms() + period;
			if ((why = limits_exceeded(j, walls)))
				stop(r, why);
		}
	}
}

static void
set_end(struct outcome *o, int status)
{
	o->code = WIFEXITED(status) ? WEXITSTATUS(status) : -1;
	if (o->code < 0 && (!o->killed || !o->signal))
		o->signal = WTERMSIG(status);
	if (o->killed && o->code >= 0) {
		o->code = -1;
		o->signal = o->signal ? o->signal : SIGKILL;
	}
}

/*
 * What the notes say.  Returns 1 when it ran, 0 to try again without
 * *walls' lost part, -1 when refused.
 */
static int
conclude(struct run *r, unsigned *walls)
{
	static char what[sizeof(((struct note *)0)->what)];
	struct outcome *o = r->o;
	bool done = false;

	read_notes(r);
	for (const struct note *n = r->said; n < r->said + r->nsaid; n++) {
		if (n->kind != NOTE_DONE)
			memcpy(what, n->what, sizeof what);
		switch (n->kind) {
		case NOTE_LOST:
			*walls = lose(o, *walls, n->value == WALL_USERNS &&
			    r->j->uid ? WALL_SPACES : (unsigned)n->value,
			    n->error);
			o->what = what;
			return o->killed ? refuse(o, what, EINTR) : 0;
		case NOTE_REFUSED:
			return refuse(o, what, n->error);
		case NOTE_EXEC:
			o->what = what;
			o->error = n->error;
			break;
		case NOTE_DONE:
			set_end(o, n->value);
			done = true;
			break;
		}
	}
	if (!done)
		set_end(o, r->status);
	return 1;
}

/* Does our part beside the child, and lets it go on.  NULL, or what failed. */
static const char *
let_go(struct run *r, unsigned walls, int go)
{
	if ((walls & WALL_MOUNT) && guard_mask(r->j) < 0)
		return "hold protected names";
	if (!(walls & WALL_MOUNT) && scratch_make(r->j) < 0)
		return "make a private directory";
	limits_start(r->j);
	if (r->j->rules_fd >= 0 && grant_help(r->j) < 0)
		return "grant system directories";
	(void)!write(go, "", 1);	/* that it is dead is seen elsewhere */
	return NULL;
}

/* All of the command is dead: tell, before anything is tidied up. */
static void
tell(struct run *r)
{
	struct jail *j = r->j;

	r->o->wall_ms = now_ms() - r->start;
	if (j->status_fd < 0 || j->probe)
		return;
	report_outcome(j->status_fd, j, r->o);
	close(j->status_fd);
	j->status_fd = -1;
}

/* Until nothing that was started lives.  Returns as conclude. */
static int
see_through(struct run *r, unsigned *walls, int go)
{
	const char *failed = let_go(r, *walls, go);
	int ret = 0, error = errno;
	bool stale = false;

	close(go);		/* without the byte it ends */
	if (r->j->rules_fd >= 0)
		close(r->j->rules_fd);
	/* Looked for while the child builds; they may be large. */
	if (!(*walls & WALL_MOUNT))
		stale = scratch_sweep(r->j, false);
	attend(r, *walls);
	if (!(*walls & WALL_PID))
		tree_kill();
	ret = conclude(r, walls);
	if (failed)
		ret = refuse(r->o, failed, error);
	if (ret > 0)
		tell(r);
	while (r->alone && waitpid(r->child, NULL, 0) < 0 && errno == EINTR)
		;
	if (stale)
		scratch_sweep(r->j, true);
	return ret;
}

/* One attempt with these walls; returns as conclude. */
static int
attempt(struct run *r, unsigned *walls)
{
	struct jail *j = r->j;
	int pipes[2], go[2], ret, error;
	pid_t self = getpid();

	r->nsaid = 0;
	r->alone = false;
	if (grant_begin(j, *walls) < 0)
		return refuse(r->o, "make Landlock rules", errno);
	if (pipe2(pipes, O_CLOEXEC) < 0 ||
	    fcntl(pipes[0], F_SETFL, O_NONBLOCK) < 0 ||
	    pipe2(go, O_CLOEXEC) < 0)
		return refuse(r->o, "make a pipe", errno);
	if (!(*walls & WALL_MOUNT) && scratch_name(j) < 0)
		return refuse(r->o, "name a private directory", errno);
	r->keeper = !(*walls & WALL_PID) && (*walls & WALL_LANDLOCK) &&
	    j->abi >= 6;
	r->notes = pipes[0];
	j->go_fd = go[0];
	r->child = (pid_t)syscall(SYS_clone, clone_flags(*walls), 0, 0, 0, 0);
	error = errno;
	if (r->child == 0) {
		close(pipes[0]);
		close(go[1]);
		inside_main(j, *walls, pipes[1], self);
	}
	limits_go_first(j, *walls);
	close(pipes[1]);
	close(go[0]);
	if (r->child < 0) {
		ret = *walls & WALL_SPACES ? 0 : refuse(r->o, "fork", error);
		if (ret == 0)
			*walls = after_refusal(j, r->o, *walls, error);
		close(go[1]);
	} else {
		ret = see_through(r, walls, go[1]);
	}
	guard_unmask(j);
	if (j->scratch[0])
		scratch_remove(j->scratch);
	j->scratch[0] = '\0';
	close(pipes[0]);
	return ret;
}

static int
ready(struct run *r, sigset_t *old)
{
	static const int caught[] = { SIGCHLD, SIGTERM, SIGINT, SIGHUP,
		SIGQUIT };
	sigset_t set;

	sigemptyset(&set);
	for (size_t i = 0; i < sizeof caught / sizeof caught[0]; i++) {
		sigaddset(&set, caught[i]);
		signal(caught[i], SIG_DFL);
	}
	signal(SIGPIPE, SIG_IGN);
	if (sigprocmask(SIG_BLOCK, &set, old) < 0 ||
	    (r->signals = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK)) < 0)
		return refuse(r->o, "watch signals", errno);
	r->j->signals = old;
	if (prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0) < 0 ||
	    prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) < 0 ||
	    prctl(PR_SET_PDEATHSIG, SIGTERM, 0, 0, 0) < 0)
		return refuse(r->o, "prepare the supervisor", errno);
	return 0;
}

int
jail_run(struct jail *j, struct outcome *o)
{
	struct run r = { .j = j, .o = o, .signals = -1, .start = now_ms() };
	sigset_t old;
	unsigned walls = j->walls;
	int ret;

	*o = (struct outcome){ .code = -1 };
	j->abi = landlock_abi();
	if ((walls & WALL_LANDLOCK) && !j->abi)
		walls = lose(o, walls, WALL_LANDLOCK, errno);
	if ((walls & WALL_SECCOMP) && !seccomp_probe())
		walls = lose(o, walls, WALL_SECCOMP, errno);
	if (j->network)
		walls &= ~(unsigned)WALL_NET;
	if (j->uid != 0 && !(walls & WALL_USERNS))
		walls &= ~(unsigned)WALL_SPACES;
	if (ready(&r, &old) < 0)
		return -1;
	do
		ret = judge(j, walls, o) < 0 ? -1 : attempt(&r, &walls);
	while (ret == 0);
	return ret < 0 ? -1 : 0;
}
