/*
 * slash_shell.c - commands for the user's own shell: what they write goes with
 * the next prompt ("!"), or is nobody else's ("!!").
 */
#include "chat/slash.h"

#include "base/clock.h"
#include "base/fdio.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/utf8.h"
#include "chat/calls.h"
#include "chat/chat.h"
#include "sys/fd.h"
#include "sys/proc.h"
#include "sys/pump.h"
#include "sys/sig.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define LEAVE_MS	1000	/* that a command has when we are ended */
#define AGAIN_MS	1000	/* a second Ctrl-C within this kills */
#define LOOK_MS		50	/* where the kernel does not tell its end */

static void
push_shell(struct vec *v, const char *command)
{
	const char *sh = getenv("SHELL");

	vec_push(v, sh != NULL && *sh == '/' ? sh : "/bin/sh");
	vec_push(v, "-c");
	vec_push(v, command);
}

static void
tell_status(int status)
{
	if (status != 0)
		log_note("it ended with status %d", status);
}

/* ---- what it writes ---- */

struct heard {
	struct pump_keep keep;
	struct buf	 rest;		/* shown when its character is whole */
	bool		 mid_line;	/* on the terminal */
};

static void
put(struct chat *c, struct heard *h, const struct buf *b)
{
	if (b->len == 0)
		return;
	h->mid_line = b->data[b->len - 1] != '\n';
	if (c->view.format == VIEW_TEXT)
		view_text(&c->view, buf_str(b));
	else
		fd_write_all(STDERR_FILENO, b->data, b->len);
}

/* Show what is there; whole characters, unless nothing more will come. */
static void
show(struct chat *c, struct heard *h, bool all)
{
	size_t n = all ? h->rest.len : utf8_cut(buf_str(&h->rest),
	    h->rest.len);
	struct buf safe = BUF_INIT;

	utf8_escape(&safe, buf_str(&h->rest), n, UTF8_TEXT);
	if (all && (safe.len > 0 ? safe.data[safe.len - 1] != '\n' :
	    h->mid_line))
		buf_addc(&safe, '\n');
	put(c, h, &safe);
	buf_shift(&h->rest, n);
	buf_free(&safe);
}

/* Take what there is to read; at its end the descriptor is closed. */
static void
hear(struct chat *c, struct heard *h, int *fd)
{
	char b[8192];

	while (*fd != -1) {
		ssize_t n = fd_read(*fd, b, sizeof(b));

		if (n == 0) {
			fd_close(fd);
		} else if (n > 0) {
			pump_keep_add(&h->keep, b, (size_t)n);
			buf_add(&h->rest, b, (size_t)n);
			show(c, h, false);
		}
		if (sig_caught() != 0 || (n == -1 && errno != EINTR))
			return;
	}
}

/* ---- waiting ---- */

/*
 * Ctrl-C is for the command, which is in our group; one that does not have the
 * terminal for itself is killed by a second.  A request to end is for us: it
 * ends the command and stays caught.
 */
static void
on_signal(struct proc *p, bool may_kill, int64_t *interrupted)
{
	int n = sig_forget_int();
	bool again = n > 1 || (n == 1 && *interrupted != -1 &&
	    clock_ms() - *interrupted <= AGAIN_MS);

	if (again && may_kill)
		proc_kill(p, SIGKILL);
	if (n > 0)
		*interrupted = clock_ms();
	if (sig_caught() != 0 && sig_caught() != SIGINT)
		proc_stop(p, LEAVE_MS);
}

/* Wait until it has ended, and hear meanwhile (h not NULL) what it writes: what
 * it leaves behind may hold the pipe for ever. */
static void
attend(struct chat *c, struct proc *p, struct heard *h)
{
	int end = proc_end_fd(p);
	int64_t interrupted = -1;

	while (!proc_poll(p)) {
		struct pollfd fds[] = {
			{ .fd = h != NULL ? p->fd[1] : -1, .events = POLLIN },
			{ .fd = end, .events = POLLIN },
			{ .fd = sig_fd(), .events = POLLIN },
		};

		poll(fds, 3, end == -1 ? LOOK_MS : -1);
		if (fds[0].revents != 0)
			hear(c, h, &p->fd[1]);
		on_signal(p, h != NULL, &interrupted);
	}
	sig_forget_int();
	fd_close(&end);
}

static void
plan(struct proc *p, struct vec *argv)
{
	proc_init(p, vec_argv(argv));
	/* The lines of a pipe are prompts. */
	if (!input_is_tty())
		p->how[0] = PROC_NULL;
}

int
slash_wait(struct chat *c, struct vec *argv)
{
	struct err e = ERR_INIT;
	struct proc p;

	view_flush(&c->view);
	plan(&p, argv);
	/* A stream has events alone. */
	if (c->view.format != VIEW_TEXT) {
		p.how[1] = PROC_GIVEN;
		p.fd[1] = fcntl(STDERR_FILENO, F_DUPFD_CLOEXEC, 3);
	}
	if (proc_start(&p, &e) == -1) {
		log_error("%s", e.msg);
		return 0;
	}
	attend(c, &p, NULL);
	return proc_exit_code(p.status);
}

void
slash_private(struct chat *c, const char *command)
{
	struct vec argv = VEC_INIT;

	push_shell(&argv, command);
	tell_status(slash_wait(c, &argv));
	vec_free(&argv);
}

/* ---- a command whose output is offered ---- */

/* What goes with the next prompt. */
static void
offer(struct chat *c, const char *command, const struct heard *h, int status)
{
	struct buf size = BUF_INIT;
	size_t kept = h->keep.head.len + h->keep.tail.len;

	tell_status(status);
	attach_output(&c->attach, command, status, &h->keep);
	calls_size(&size, kept);
	if (pump_keep_cut(&h->keep)) {
		buf_adds(&size, " of ");
		calls_size(&size, h->keep.total);
	}
	if (kept == 0)
		log_note("that it wrote nothing goes with the next prompt; "
		    "/drop leaves it out");
	else
		log_note("%s of output go with the next prompt; /drop leaves "
		    "them out", buf_str(&size));
	buf_free(&size);
}

void
slash_shell(struct chat *c, const char *command)
{
	char *script = xasprintf("exec 2>&1\n%s", command);
	size_t max = attach_output_max(context_result_max(&c->context));
	struct heard h = { .rest = BUF_INIT, .mid_line = false };
	struct vec argv = VEC_INIT;
	struct err e = ERR_INIT;
	struct proc p;

	push_shell(&argv, script);
	plan(&p, &argv);
	p.how[1] = PROC_PIPE;
	/* Of a long one the end tells most. */
	pump_keep_init(&h.keep, max / 4, max - max / 4);
	view_flush(&c->view);
	if (*command == '\0') {
		log_error("/run: which command?");
	} else if (proc_start(&p, &e) == -1) {
		log_error("%s", e.msg);
	} else {
		fd_nonblock(p.fd[1], true);
		attend(c, &p, &h);
		hear(c, &h, &p.fd[1]);
		show(c, &h, true);
		fd_close(&p.fd[1]);
		if (sig_caught() == 0)
			offer(c, command, &h, proc_exit_code(p.status));
	}
	pump_keep_free(&h.keep);
	buf_free(&h.rest);
	vec_free(&argv);
	free(script);
}

void
slash_drop(struct chat *c, const char *arg)
{
	(void)arg;
	if (!attach_any(&c->attach)) {
		log_error("/drop: nothing waits for the next prompt");
		return;
	}
	attach_free(&c->attach);
	attach_init(&c->attach);
	log_note("files and output are left out of the next prompt");
}
