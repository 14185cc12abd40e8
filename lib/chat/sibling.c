/*
 * sibling.c - what a program beside us has to say, soon or not at all.
 */
#include "chat/sibling.h"

#include "base/clock.h"
#include "base/fdio.h"
#include "sys/proc.h"
#include "sys/sig.h"

#include <errno.h>
#include <poll.h>
#include <stdlib.h>

#define SIBLING_MS	2000	/* that it has */

int
sibling_run(struct buf *b, struct vec *argv, const char *workspace)
{
	return sibling_run_for(b, argv, workspace, SIBLING_MS, SIBLING_MAX);
}

int
sibling_run_for(struct buf *b, struct vec *argv, const char *workspace,
    int64_t ms, size_t max)
{
	int status = -1;
	struct err ignored = ERR_INIT;
	int64_t until = clock_ms() + ms;
	struct proc p;
	char chunk[4096];
	ssize_t n = -1;
	size_t end = b->len + max;

	proc_init(&p, vec_argv(argv));
	p.how[0] = p.how[2] = PROC_NULL;
	p.how[1] = PROC_PIPE;
	p.group = p.die_with_us = true;
	/* All of them know the project by this. */
	setenv("AGENT_WORKSPACE", workspace, 1);
	if (proc_start(&p, &ignored) == -1)
		return -1;
	while (b->len < end) {
		struct pollfd fd = { .fd = p.fd[1], .events = POLLIN };

		int ready = poll(&fd, 1, clock_left(until));

		/* A window that changes its size is no reason to stop. */
		if (ready == -1 && errno == EINTR && sig_caught() == 0)
			continue;
		if (ready <= 0)
			break;
		n = fd_read(p.fd[1], chunk, sizeof(chunk));
		if (n <= 0)
			break;
		buf_add(b, chunk, (size_t)n);
	}
	if (n == 0 && proc_wait_ms(&p, clock_left(until)))
		status = proc_exit_code(p.status);
	proc_stop(&p, 0);
	return status;
}
