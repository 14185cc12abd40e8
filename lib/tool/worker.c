/*
 * worker.c - a file tool in a child of its own, behind walls.
 */
#include "tool/worker.h"

#include "sys/fd.h"
#include "sys/owner.h"
#include "sys/sig.h"
#include "tool/walls.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

/* More than any tool says: a child that goes on is broken. */
#define BYTES_MAX	((size_t)8 * 1024 * 1024)

#ifndef SYS_close_range
#define SYS_close_range	436
#endif

/* Keep stderr and the given descriptors, as 3, 4, 5; close all others. */
static int
keep(int *fds[3])
{
	for (int i = 0; i < 3; i++) {
		if (*fds[i] < 0)
			continue;
		*fds[i] = fcntl(*fds[i], F_DUPFD_CLOEXEC, 16);
		if (*fds[i] == -1)
			return -1;
	}
	for (int i = 0; i < 3; i++) {
		close(3 + i);
		if (*fds[i] >= 0 && (*fds[i] = dup2(*fds[i], 3 + i)) == -1)
			return -1;
	}
	close(0);
	close(1);
	if (syscall(SYS_close_range, 6, ~0U, 0) == -1)
		for (int fd = 6; fd < 1024; fd++)
			close(fd);
	return 0;
}

static void
behind_walls(const struct tool_env *env, const struct tool *t, jv args,
    struct result *r)
{
	walls_limit(env);
	if (walls_raise(env, t->needs, r->sandbox, sizeof(r->sandbox)))
		t->run(env, args, r);
	else
		result_error(r, CODE_SANDBOX, "this kernel offers neither "
		    "Landlock nor seccomp, so tools do not run.\nTell the "
		    "user to see agent-tool doctor.");
}

static void
child(int out, const struct tool_env *given, const struct tool *t, jv args)
{
	struct tool_env env = *given;
	struct result r;
	struct buf bytes = BUF_INIT;
	int *fds[3] = { &out, &env.root, &env.artifacts_fd };

	result_init(&r);
	sig_reset_child();
	if (keep(fds) == -1)
		_exit(err_kind_exit(errno == EMFILE ? ERR_NOMEM :
		    ERR_INTERNAL));
	if (t->outside) {
		/* What it starts has to have these. */
		open("/dev/null", O_RDWR);
		open("/dev/null", O_RDWR);
		t->run(&env, args, &r);
	} else {
		behind_walls(&env, t, args, &r);
	}
	result_pack(&r, &bytes);
	_exit(fd_write_all(out, bytes.data, bytes.len) == 0 ? 0 : 74);
}

int
worker_start(struct worker *w, const struct tool_env *env,
    const struct tool *t, jv args)
{
	pid_t parent = getpid();
	int fds[2];

	if (fd_pipe(fds) == -1)
		return -1;
	w->pid = fork();
	if (w->pid == 0) {
		/* What is read may be root's alone, such as artifacts. */
		if (t->needs != TOOL_READS && !t->outside)
			owner_become(env->root);
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		if (getppid() != parent)
			_exit(70);
		child(fds[1], env, t, args);
	}
	fd_close(&fds[1]);
	if (w->pid == -1) {
		fd_close(&fds[0]);
		return -1;
	}
	w->fd = fds[0];
	fd_nonblock(w->fd, true);
	return 0;
}

bool
worker_read(struct worker *w)
{
	for (;;) {
		ssize_t n;

		buf_grow(&w->bytes, 64 * 1024);
		n = fd_read(w->fd, w->bytes.data + w->bytes.len, 64 * 1024);
		if (n == -1 && (errno == EAGAIN || errno == EWOULDBLOCK))
			return false;
		if (n <= 0)
			return true;
		w->bytes.len += (size_t)n;
		if (w->bytes.len > BYTES_MAX)
			return true;
	}
}

static int
reap(struct worker *w)
{
	int status = -1;

	if (w->pid > 0)
		while (waitpid(w->pid, &status, 0) == -1 && errno == EINTR)
			continue;
	w->pid = -1;
	fd_close(&w->fd);
	return status;
}

void
worker_kill(struct worker *w)
{
	if (w->pid > 0)
		kill(w->pid, SIGKILL);
	reap(w);
	buf_free(&w->bytes);
}

void
worker_finish(struct worker *w, struct result *r)
{
	int status;

	if (w->bytes.len > BYTES_MAX)
		kill(w->pid, SIGKILL);
	status = reap(w);
	if (w->bytes.len == 0 || !result_unpack(r, w->bytes.data,
	    w->bytes.len)) {
		if (WIFSIGNALED(status) && WTERMSIG(status) == SIGXCPU)
			result_error(r, CODE_TIMEOUT, "the tool used up its "
			    "processor time.\nAsk for less.");
		else if (WIFEXITED(status) && WEXITSTATUS(status) ==
		    err_kind_exit(ERR_NOMEM))
			result_error(r, CODE_RESOURCE, "the tool ran out of "
			    "memory or of open files.\nAsk for less.");
		else
			result_error(r, CODE_INTERNAL, "the tool ended "
			    "without a result (wait status %d).", status);
	}
	buf_free(&w->bytes);
}
