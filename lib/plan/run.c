/*
 * run.c - a child that works for a claim: its output kept, its lease alive.
 */
#include "plan/run.h"

#include "base/clock.h"
#include "base/log.h"
#include "core/state.h"
#include "sys/fd.h"
#include "sys/sig.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#define HEAD	((size_t)8 * 1024)
#define TAIL	((size_t)16 * 1024)
#define GRACE	3000		/* ms from TERM to KILL */
#define TICK	200		/* ms between looks */

void
run_init(struct run *r)
{
	memset(r, 0, sizeof(*r));
	r->cwd = r->in = r->out = r->err = -1;
	pump_keep_init(&r->keep, HEAD, TAIL);
}

void
run_free(struct run *r)
{
	vec_free(&r->argv);
	fd_close(&r->in);
	fd_close(&r->out);
	fd_close(&r->err);
	pump_keep_free(&r->keep);
}

void
run_sandbox(struct vec *argv, const char *workspace, int64_t seconds,
    const char *command)
{
	char *tool = state_program("agent-tool");

	vec_push(argv, tool);
	vec_push(argv, "-w");
	vec_push(argv, workspace);
	vec_push(argv, "sandbox");
	vec_pushf(argv, "-t%lld", (long long)seconds);
	vec_push(argv, "--");
	vec_push(argv, "sh");
	vec_push(argv, "-c");
	vec_push(argv, command);
	free(tool);
}

static void
plan_fd(struct proc *p, int i, int *fd, enum proc_fd otherwise)
{
	p->how[i] = *fd != -1 ? PROC_GIVEN : otherwise;
	p->fd[i] = *fd;
	*fd = -1;
}

/* The claim lives on, when it is time for that. */
static void
beat(struct run *r, int64_t *next)
{
	struct err e = ERR_INIT;

	if (r->plan == NULL || clock_ms() < *next)
		return;
	*next = clock_ms() + r->lease_ms / 3;
	if (queue_beat(r->plan, &r->claim, r->worker, 0, &e) == 0)
		return;
	if (e.kind == ERR_NEGATIVE)
		r->lost = true;
	else if (e.kind != ERR_CANCELLED)
		log_warn("heartbeat: %s", e.msg);
}

static void
drain(struct run *r, int *fd)
{
	char piece[16384];
	ssize_t n = fd_read(*fd, piece, sizeof(piece));

	if (n > 0)
		pump_keep_add(&r->keep, piece, (size_t)n);
	else if (n == 0 || errno != EAGAIN)
		fd_close(fd);
}

/* True when it has to end now. */
static bool
enough(struct run *r, int64_t deadline)
{
	r->late = r->late || (deadline != -1 && clock_left(deadline) == 0);
	r->stopped = r->stopped || sig_caught() != 0 ||
	    (r->look != NULL && r->look(r->arg));
	return r->late || r->stopped || r->lost;
}

/* Ask it to end, and see to it a little later. */
static void
end(struct proc *p, int64_t *kill_at)
{
	if (*kill_at == 0) {
		proc_kill(p, SIGTERM);
		*kill_at = clock_ms() + GRACE;
	} else if (clock_ms() >= *kill_at) {
		proc_kill(p, SIGKILL);
	}
}

/* Wait for the end, taking what it writes. */
static void
attend(struct run *r, struct proc *p, int out[2])
{
	int64_t next = clock_ms() + r->lease_ms / 3, kill_at = 0;
	int64_t deadline = r->limit_ms > 0 ? clock_ms() + r->limit_ms : -1;
	int life = (int)syscall(SYS_pidfd_open, p->pid, 0);

	while (!proc_poll(p)) {
		bool going = kill_at == 0;
		struct pollfd fds[4] = { { out[0], POLLIN, 0 },
		    { out[1], POLLIN, 0 }, { life, POLLIN, 0 },
		    { going ? sig_fd() : -1, POLLIN, 0 } };

		poll(fds, 4, life == -1 ? 10 : TICK);
		for (int i = 0; i < 2; i++)
			if (out[i] != -1 && fds[i].revents != 0)
				drain(r, &out[i]);
		if (!going || enough(r, deadline))
			end(p, &kill_at);
		else
			beat(r, &next);
	}
	fd_close(&life);
}

/* What is left in the pipes; what it started may hold them open, and nobody
 * waits for that. */
static void
rest(struct run *r, int *fd)
{
	for (int k = 0; *fd != -1 && k < 64; k++) {
		struct pollfd p = { *fd, POLLIN, 0 };

		if (poll(&p, 1, 0) != 1)
			break;
		drain(r, fd);
	}
	fd_close(fd);
}

int
run_child(struct run *r, struct err *e)
{
	struct proc p;
	int out[2] = { -1, -1 };

	proc_init(&p, vec_argv(&r->argv));
	p.envp = r->envp;
	p.cwd = r->cwd;
	p.group = p.die_with_us = true;
	plan_fd(&p, 0, &r->in, PROC_NULL);
	plan_fd(&p, 1, &r->out, PROC_PIPE);
	plan_fd(&p, 2, &r->err, PROC_PIPE);
	if (proc_start(&p, e) == -1)
		return -1;
	for (int i = 0; i < 2; i++)
		if (p.how[i + 1] == PROC_PIPE) {
			out[i] = p.fd[i + 1];
			p.fd[i + 1] = -1;
			fd_nonblock(out[i], true);
		}
	attend(r, &p, out);
	for (int i = 0; i < 2; i++)
		rest(r, &out[i]);
	/* What it left behind in its group ends with it. */
	proc_kill(&p, SIGKILL);
	r->status = proc_exit_code(p.status);
	return 0;
}
