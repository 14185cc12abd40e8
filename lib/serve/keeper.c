/*
 * keeper.c - a process that sees to it that another one does not outlive us.
 *
 * A fork of ours that never returns; it runs no other program, so that
 * there is none to be found or replaced.
 */
#include "serve/keeper.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/fdio.h"
#include "sys/fd.h"
#include "sys/proc.h"
#include "sys/sig.h"

#define GRACE_S		3	/* from SIGTERM to SIGKILL */

/* Nothing of ours but 0, 1, 2 and out, which becomes 3. */
static void
leave_files(int out)
{
	if (out != 3) {
		dup2(out, 3);
		fcntl(3, F_SETFD, FD_CLOEXEC);
	}
#ifdef SYS_close_range
	if (syscall(SYS_close_range, 4U, ~0U, 0U) == 0)
		return;
#endif
	for (int fd = 4; fd < 4096; fd++)
		close(fd);
}

/* Kill whatever is left below us, wherever it went: it is our child once
 * its parent is dead. */
static void
kill_children(void)
{
	char path[64], text[512];

	snprintf(path, sizeof(path), "/proc/self/task/%d/children",
	    (int)getpid());
	for (int i = 0; i < 50; i++) {
		int fd = open(path, O_RDONLY | O_CLOEXEC);
		ssize_t n = fd == -1 ? 0 : fd_read(fd, text,
		    sizeof(text) - 1);
		char *p = text, *end;

		fd_close(&fd);
		text[n > 0 ? n : 0] = '\0';
		for (long pid; (pid = strtol(p, &end, 10)) > 0; p = end)
			kill((pid_t)pid, SIGKILL);
		while (waitpid(-1, NULL, WNOHANG) > 0)
			continue;
		if (waitpid(-1, NULL, WNOHANG) == -1 && errno == ECHILD)
			return;
		usleep(10000);
	}
}

/* Wait for the program's end, or for the order to end it. */
static int
keep(struct proc *p, const sigset_t *set)
{
	struct timespec grace = { GRACE_S, 0 };
	int status = 0, sig;
	bool told = false;
	pid_t pid;

	for (;;) {
		sig = told ? sigtimedwait(set, NULL, &grace) :
		    sigwaitinfo(set, NULL);
		if (sig == -1 && errno == EAGAIN)
			return 137;
		while ((pid = waitpid(-1, &status, WNOHANG)) > 0)
			if (pid == p->pid)
				return proc_exit_code(status);
		if (sig != SIGCHLD && sig != -1 && !told) {
			told = true;
			kill(-p->pid, SIGTERM);
		}
	}
}

static void BASE_NORETURN
run(char *const *argv, int out, pid_t parent)
{
	struct err e = ERR_INIT;
	struct proc p;
	sigset_t set;
	int status;

	setpgid(0, 0);
	sigemptyset(&set);
	sigaddset(&set, SIGTERM);
	sigaddset(&set, SIGINT);
	sigaddset(&set, SIGHUP);
	sigaddset(&set, SIGCHLD);
	sigprocmask(SIG_BLOCK, &set, NULL);
	prctl(PR_SET_PDEATHSIG, SIGTERM);
	prctl(PR_SET_CHILD_SUBREAPER, 1);
	if (getppid() != parent)
		_exit(127);
	leave_files(out);
	proc_init(&p, argv);
	p.how[0] = PROC_NULL;
	p.how[1] = p.how[2] = PROC_GIVEN;
	p.fd[1] = fcntl(3, F_DUPFD_CLOEXEC, 4);
	p.fd[2] = fcntl(3, F_DUPFD_CLOEXEC, 4);
	p.group = p.die_with_us = true;
	if (proc_start(&p, &e) == -1) {
		fd_write_all(3, e.msg, strlen(e.msg));
		_exit(127);
	}
	status = keep(&p, &set);
	kill(-p.pid, SIGKILL);
	kill_children();
	_exit(status);
}

pid_t
keeper_start(char *const *argv, int out, struct err *e)
{
	pid_t parent = getpid(), pid = fork();

	if (pid == 0)
		run(argv, out, parent);
	if (pid == -1)
		err_sys(e, "fork");
	return pid;
}
