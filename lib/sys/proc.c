/*
 * proc.c - the life of a child process: start, wait, kill.
 */
#include "sys/proc.h"

#include "base/clock.h"
#include "sys/fd.h"
#include "sys/sig.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

void
proc_init(struct proc *p, char *const *argv)
{
	memset(p, 0, sizeof(*p));
	p->argv = argv;
	p->cwd = -1;
	p->extra = -1;
	for (int i = 0; i < 3; i++)
		p->fd[i] = -1;
	p->pid = -1;
}

/* Put what the plan says on 0, 1 and 2; theirs are the pipes' other ends.
 * Sources that lie below 3 are moved out of the way first. */
static int
child_fds(const struct proc *p, int theirs[3])
{
	for (int i = 0; i < 3; i++) {
		if (p->how[i] == PROC_NULL) {
			theirs[i] = open("/dev/null",
			    i == 0 ? O_RDONLY : O_WRONLY);
			if (theirs[i] == -1)
				return -1;
		}
		if (p->how[i] != PROC_INHERIT && theirs[i] < 3) {
			theirs[i] = fcntl(theirs[i], F_DUPFD_CLOEXEC, 3);
			if (theirs[i] == -1)
				return -1;
		}
	}
	for (int i = 0; i < 3; i++)
		if (p->how[i] != PROC_INHERIT && dup2(theirs[i], i) == -1)
			return -1;
	if (p->extra >= 0)
		return fcntl(p->extra, F_SETFD, 0);
	return 0;
}

/* No handler of ours may run in the child: until it is another program its
 * memory is ours. */
static void
drop_handlers(void)
{
	for (int sig = 1; sig < 32; sig++) {
		struct sigaction sa;

		if (sigaction(sig, NULL, &sa) == -1 ||
		    sa.sa_handler == SIG_IGN || sa.sa_handler == SIG_DFL)
			continue;
		sa.sa_handler = SIG_DFL;
		sa.sa_flags = 0;
		sigaction(sig, &sa, NULL);
	}
}

static _Noreturn void
child(const struct proc *p, const int given[3], int report, pid_t parent)
{
	int theirs[3] = { given[0], given[1], given[2] }, error;

	drop_handlers();
	if (p->die_with_us) {
		prctl(PR_SET_PDEATHSIG, p->tidies ? SIGTERM : SIGKILL);
		if (getppid() != parent)
			_exit(127);
	}
	if (p->group && p->session)
		setsid();
	else if (p->group)
		setpgid(0, 0);
	sig_reset_child();
	if (child_fds(p, theirs) == 0 &&
	    (p->cwd == -1 || fchdir(p->cwd) == 0)) {
		if (p->envp != NULL)
			execvpe(p->argv[0], p->argv, p->envp);
		else
			execvp(p->argv[0], p->argv);
	}
	error = errno;
	if (write(report, &error, sizeof(error)) == -1)
		_exit(126);
	_exit(127);
}

/*
 * Copying what the memory of a large process is mapped to, only to throw it
 * away at once, costs more than all else here: so the child borrows it, and
 * we go on when it is another program.  Nothing above child's own frame is
 * written.  -1 with errno.
 */
static __attribute__((noinline)) pid_t
start_child(const struct proc *p, const int theirs[3], int report)
{
	pid_t parent = getpid(), pid;
	sigset_t all, old;

	sigfillset(&all);
	sigprocmask(SIG_BLOCK, &all, &old);
#ifdef __linux__
	pid = vfork();
#else
	pid = fork();
#endif
	if (pid == 0)
		child(p, theirs, report, parent);
	sigprocmask(SIG_SETMASK, &old, NULL);
	return pid;
}

/* What the child reported through the close-on-exec pipe; 0 is success. */
static int
exec_error(int fd)
{
	int error = 0;

	if (fd_read(fd, &error, sizeof(error)) != (ssize_t)sizeof(error))
		return 0;
	return error != 0 ? error : EIO;
}

int
proc_start(struct proc *p, struct err *e)
{
	int theirs[3] = { -1, -1, -1 }, ours[3] = { -1, -1, -1 };
	int report[2] = { -1, -1 };
	int error = 0, fds[2];

	for (int i = 0; i < 3 && error == 0; i++) {
		if (p->how[i] == PROC_GIVEN) {
			theirs[i] = p->fd[i];
			p->fd[i] = -1;
		} else if (p->how[i] == PROC_PIPE) {
			if (fd_pipe(fds) == -1) {
				error = errno;
				break;
			}
			theirs[i] = fds[i == 0 ? 0 : 1];
			ours[i] = fds[i == 0 ? 1 : 0];
		}
	}
	if (error == 0 && fd_pipe(report) == -1)
		error = errno;
	if (error == 0) {
		p->pid = start_child(p, theirs, report[1]);
		if (p->pid == -1)
			error = errno;
	}
	if (p->group && !p->session && error == 0)
		setpgid(p->pid, p->pid);	/* whoever comes first */
	fd_close(&report[1]);
	for (int i = 0; i < 3; i++)
		fd_close(&theirs[i]);
	if (error == 0 && (error = exec_error(report[0])) != 0)
		waitpid(p->pid, &p->status, 0);
	fd_close(&report[0]);
	if (error != 0) {
		for (int i = 0; i < 3; i++)
			fd_close(&ours[i]);
		p->pid = -1;
		errno = error;
		err_sys(e, "start %s", p->argv[0]);
		if (error == ENOENT || error == EACCES)
			e->kind = ERR_CONFIG;
		return -1;
	}
	for (int i = 0; i < 3; i++)
		if (p->how[i] == PROC_PIPE)
			p->fd[i] = ours[i];
	p->running = true;
	return 0;
}

/* It has ended, and how is not known: that is no success. */
static void
lost(struct proc *p)
{
	p->running = false;
	p->status = 70 << 8;
}

int
proc_wait(struct proc *p)
{
	pid_t got;

	if (!p->running)
		return p->pid == -1 ? -1 : p->status;
	do
		got = waitpid(p->pid, &p->status, 0);
	while (got == -1 && errno == EINTR);
	if (got == -1) {
		lost(p);
		return -1;
	}
	p->running = false;
	return p->status;
}

bool
proc_poll(struct proc *p)
{
	pid_t got = p->running ? waitpid(p->pid, &p->status, WNOHANG) : 0;

	if (got > 0)
		p->running = false;
	else if (got == -1 && errno != EINTR)
		lost(p);
	return !p->running;
}

int
proc_end_fd(const struct proc *p)
{
	return (int)syscall(SYS_pidfd_open, p->pid, 0);
}

bool
proc_wait_ms(struct proc *p, int ms)
{
	int64_t deadline = clock_ms() + ms;
	int pidfd;

	if (proc_poll(p))
		return true;
	pidfd = proc_end_fd(p);
	while (!proc_poll(p) && clock_left(deadline) > 0) {
		struct pollfd pfd = { .fd = pidfd, .events = POLLIN };
		int step = clock_left(deadline);

		/* Without pidfd_open (before Linux 5.3), look every 5 ms. */
		if (pidfd == -1 && step > 5)
			step = 5;
		poll(&pfd, pidfd == -1 ? 0 : 1, step);
	}
	fd_close(&pidfd);
	return proc_poll(p);
}

void
proc_settle(struct proc *p, int ms)
{
	if (!p->running || proc_wait_ms(p, ms))
		return;
	proc_kill(p, SIGKILL);
	proc_wait(p);
}

void
proc_kill(struct proc *p, int sig)
{
	if (p->pid > 0 && p->group)
		kill(-p->pid, sig);
	if (p->running)
		kill(p->pid, sig);
}

void
proc_end(struct proc *p, int ms)
{
	if (p->tidies && p->running) {
		proc_kill(p, SIGTERM);
		proc_wait_ms(p, ms);
	}
	proc_kill(p, SIGKILL);
	proc_wait(p);
}

void
proc_stop(struct proc *p, int grace_ms)
{
	for (int i = 0; i < 3; i++)
		if (p->how[i] == PROC_PIPE)
			fd_close(&p->fd[i]);
	if (!p->running)
		return;
	if (!proc_wait_ms(p, grace_ms)) {
		proc_kill(p, SIGTERM);
		if (!proc_wait_ms(p, grace_ms))
			proc_kill(p, SIGKILL);
	}
	proc_wait(p);
}

int
proc_exit_code(int status)
{
	if (WIFSIGNALED(status))
		return 128 + WTERMSIG(status);
	if (WEXITSTATUS(status) > 128)
		return 128;
	return WEXITSTATUS(status);
}
