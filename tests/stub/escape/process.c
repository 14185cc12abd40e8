/*
 * Other processes: read, traced, signalled, limited.
 */
#include "escape.h"

#include <sys/ptrace.h>
#include <sys/uio.h>

static int
trace_child(void)
{
	pid_t p = sleeper();
	int r = got(ptrace(PTRACE_SEIZE, p, 0, 0));

	kill(p, SIGKILL);
	return r;
}
static int
vm_read(void)
{
	static char secret[8] = "secret";
	char buf[8];
	pid_t p = sleeper();
	struct iovec a = { buf, 8 }, b = { secret, 8 };
	int r = got(process_vm_readv(p, &a, 1, &b, 1, 0));

	kill(p, SIGKILL);
	return r;
}
static int kill_victim(void) { return got(kill((pid_t)VICTIM, 0)); }
static int
pidfd_victim(void)
{
	int fd = (int)syscall(SYS_pidfd_open, (pid_t)VICTIM, 0);

	return got(fd < 0 ? -1 : syscall(SYS_pidfd_send_signal, fd, 0, NULL,
	    0));
}
static int
pidfd_steal(void)
{
	pid_t p = sleeper();
	int fd = (int)syscall(SYS_pidfd_open, p, 0);
	int r = got(syscall(SYS_pidfd_getfd, fd, 0, 0));

	kill(p, SIGKILL);
	return r;
}
static int
environ_of(long pid)
{
	char buf[65536];
	char canary[64] = "";
	const char *mark = aim("MARK");
	int fd = open(path("/proc/%ld/environ", pid), O_RDONLY);
	ssize_t n = fd < 0 ? -1 : read(fd, buf, sizeof buf);

	/* MARK is the word backwards, so that it is not itself found. */
	for (size_t i = strlen(mark), k = 0; i > 0 && k < 63; k++)
		canary[k] = mark[--i];
	if (fd >= 0)
		close(fd);
	return n > 0 && memmem(buf, (size_t)n, canary, strlen(canary)) ?
	    OUT_OF_JAIL : REFUSED;
}
static int
proc_environ(void)
{
	int r = environ_of(VICTIM);
	long self = getpid();

	for (long pid = 1; r && pid < 32768; pid++)
		if (pid != self)
			r = environ_of(pid);
	return r;
}
static int own_environ(void) { return getenv("CANARY") ? OUT_OF_JAIL : REFUSED; }
static int
cmdline(void)
{
	return can_read(path("/proc/%ld/cmdline", VICTIM));
}
static int
parent_mem(void)
{
	return got(open(path("/proc/%d/mem", (int)getppid()), O_RDONLY));
}
static int
limit_victim(void)
{
	struct rlimit r = { 4096, 4096 };

	return got(prlimit((pid_t)VICTIM, RLIMIT_MSGQUEUE, &r, NULL));
}
static int
trace_victim(void)
{
	long r = ptrace(PTRACE_SEIZE, (pid_t)VICTIM, 0, 0);

	if (r == 0) {
		ptrace(PTRACE_INTERRUPT, (pid_t)VICTIM, 0, 0);
		waitpid((pid_t)VICTIM, NULL, __WALL);
		ptrace(PTRACE_DETACH, (pid_t)VICTIM, 0, 0);
	}
	return got(r);
}

const struct attempt attempts_process[] = {
	A(trace_child), A(vm_read), A(kill_victim), A(pidfd_victim),
	A(pidfd_steal), A(proc_environ), A(own_environ), A(cmdline),
	A(parent_mem), A(limit_victim), A(trace_victim), { NULL, NULL },
};
