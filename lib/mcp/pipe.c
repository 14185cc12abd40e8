/*
 * pipe.c - servers that are programs.
 */
#include "mcp/pipe.h"

#include "base/clock.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/utf8.h"
#include "core/rpc.h"
#include "json/jsonl.h"
#include "mcp/launch.h"
#include "sys/fd.h"
#include "sys/proc.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#ifndef SYS_pidfd_open
#define SYS_pidfd_open	434
#endif

#define SAID_MAX	((size_t)8192)
#define GRACE_MS	2000	/* from one way of asking to the next */
#define BUSY_MS		200	/* the first, for one that has work left */
#define PIECES		16	/* read at a time */

struct pipe {
	struct proc	 proc;
	struct jsonl	 lines;
	struct buf	 out;		/* to it, from at on */
	size_t		 at;
	struct buf	 said;		/* the end of its stderr */
	int		 pidfd;		/* readable when it has ended, or -1 */
	bool		 warned;
};

/* ---- its start ---- */

static int
pipe_open(struct server *s, struct err *e)
{
	struct pipe *p = xcalloc(1, sizeof(*p));

	jsonl_init(&p->lines, s->entry->name);
	p->lines.cap = PIPE_LINE_MAX;
	proc_init(&p->proc, NULL);
	for (int i = 0; i < 3; i++)
		p->proc.how[i] = PROC_PIPE;
	if (launch_start(&p->proc, s->entry, &s->entry->argv, s->workspace,
	    e) == -1) {
		free(p);
		return -1;
	}
	/* Its end is not the end of its output, when a child of it has that
	 * too. */
	p->pidfd = (int)syscall(SYS_pidfd_open, p->proc.pid, 0);
	s->carrier = p;
	return 0;
}

/* ---- its end ---- */

static void
dispose(struct server *s)
{
	struct pipe *p = s->carrier;

	if (p == NULL)
		return;
	for (int i = 0; i < 3; i++)
		fd_close(&p->proc.fd[i]);
	fd_close(&p->pidfd);
	jsonl_free(&p->lines);
	buf_free(&p->out);
	buf_free(&p->said);
	free(p);
	s->carrier = NULL;
}

static void
pipe_cut(struct server *s)
{
	struct pipe *p = s->carrier;

	if (p == NULL)
		return;
	/* The group too: what it left behind is not wanted either. */
	proc_end(&p->proc, GRACE_MS);
	dispose(s);
}

static void
pipe_said(const struct server *s, struct buf *b)
{
	const struct pipe *p = s->carrier;

	if (p != NULL)
		utf8_escape(b, buf_str(&p->said), p->said.len, UTF8_TEXT);
}

static void
gone(struct server *s, const char *how)
{
	struct pipe *p = s->carrier;
	struct buf line = BUF_INIT;
	struct err e = ERR_INIT;
	int status;

	/* What it wrote last may still be on its way. */
	if (!proc_wait_ms(&p->proc, 200))
		proc_end(&p->proc, GRACE_MS);
	status = proc_wait(&p->proc);
	proc_kill(&p->proc, SIGKILL);
	utf8_last_line(&line, buf_str(&p->said), p->said.len);
	if (how != NULL)
		err_set(&e, ERR_PROTOCOL, "%s %s", s->entry->name, how);
	else
		err_set(&e, ERR_UNAVAILABLE, "%s ended (%s %d)%s%s",
		    s->entry->name, WIFSIGNALED(status) ? "signal" : "exit",
		    WIFSIGNALED(status) ? WTERMSIG(status) :
		    WEXITSTATUS(status), line.len > 0 ? ": " : "",
		    buf_str(&line));
	buf_free(&line);
	dispose(s);
	server_lost(s, &e);
}

/* ---- messages ---- */

static void
flush(struct pipe *p)
{
	while (p->proc.fd[0] != -1 && p->at < p->out.len) {
		ssize_t n = write(p->proc.fd[0], p->out.data + p->at,
		    p->out.len - p->at);

		if (n > 0)
			p->at += (size_t)n;
		else if (n == -1 && errno == EAGAIN)
			return;
		else if (n == -1 && errno != EINTR)
			fd_close(&p->proc.fd[0]);	/* its end is seen */
	}
	buf_free(&p->out);
	p->at = 0;
}

static void
pipe_send(struct server *s, jv msg, struct request *q)
{
	struct pipe *p = s->carrier;

	if (p == NULL)
		return;
	server_write(&p->out, msg, q);
	buf_addc(&p->out, '\n');
	flush(p);
}

static void
pipe_forget(struct server *s BASE_UNUSED, struct request *q BASE_UNUSED)
{
}

const struct link pipe_link = { pipe_open, pipe_send, pipe_forget, pipe_cut,
    pipe_said };

static void
no_message(struct server *s, struct pipe *p)
{
	if (!p->warned)
		log_note("%s writes lines that are no messages; they are "
		    "passed over", s->entry->name);
	p->warned = true;
}

/* One message, or several as the version 2025-03-26 alone allows. */
static void
take(struct server *s, jv v)
{
	if (!js_is_arr(v)) {
		server_message(s, v);
		return;
	}
	for (size_t i = 0; i < js_len(v); i++) {
		jv m = js_at(v, i);

		server_message(s, m);
		js_free(m);
	}
}

/* The whole lines that there are; a message may end the server. */
static void
take_lines(struct server *s)
{
	struct pipe *p = s->carrier;

	while (s->carrier == p) {
		struct err bad = ERR_INIT;
		jv v = js_none();
		const char *text;
		size_t n;
		enum jsonl_status st = jsonl_next(&p->lines, &v, &text, &n,
		    &bad);

		if (st == JSONL_ITEM && js_is_obj(v))
			v = rpc_exact_take(v, text, n);
		if (st == JSONL_ITEM && (js_is_obj(v) || js_is_arr(v)))
			take(s, v);
		else if (st == JSONL_ERROR && p->lines.skipping)
			gone(s, "wrote a line of more than 16 MiB");
		else if (st == JSONL_ERROR || st == JSONL_ITEM)
			no_message(s, p);
		js_free(v);
		if (st == JSONL_MORE || st == JSONL_END)
			return;
	}
}

static void
read_said(struct pipe *p)
{
	char b[8192];
	ssize_t n = -1;

	for (int i = 0; i < PIECES && p->proc.fd[2] != -1 &&
	    (n = fd_read(p->proc.fd[2], b, sizeof(b))) > 0; i++) {
		buf_add(&p->said, b, (size_t)n);
		if (p->said.len > 2 * SAID_MAX)
			buf_shift(&p->said, p->said.len - SAID_MAX);
	}
	if (n == 0)
		fd_close(&p->proc.fd[2]);
}

void
pipe_poll(const struct server *s, struct pollfd v[PIPE_FDS])
{
	const struct pipe *p = s->up ? s->carrier : NULL;

	v[0] = (struct pollfd){ p != NULL && p->at < p->out.len ?
	    p->proc.fd[0] : -1, POLLOUT, 0 };
	v[1] = (struct pollfd){ p != NULL ? p->proc.fd[1] : -1, POLLIN, 0 };
	v[2] = (struct pollfd){ p != NULL ? p->proc.fd[2] : -1, POLLIN, 0 };
	v[3] = (struct pollfd){ p != NULL ? p->pidfd : -1, POLLIN, 0 };
}

void
pipe_work(struct server *s, const struct pollfd v[PIPE_FDS])
{
	struct pipe *p = s->carrier;
	char b[BASE_PIECE];
	ssize_t n = 1;

	if (p == NULL)
		return;
	if (v[0].revents != 0)
		flush(p);
	if (v[2].revents != 0)
		read_said(p);
	for (int i = 0; (v[1].revents != 0 || v[3].revents != 0) &&
	    i < PIECES && n > 0; i++) {
		n = fd_read(p->proc.fd[1], b, sizeof(b));
		if (n == -1 && errno == EAGAIN && v[3].revents == 0)
			return;
		if (n > 0)
			jsonl_feed(&p->lines, b, (size_t)n);
		else
			jsonl_eof(&p->lines);
		take_lines(s);
		if (s->carrier != p)
			return;
	}
	if (n <= 0) {
		read_said(p);
		gone(s, NULL);
	}
}

/* ---- the end of all ---- */

/* What a server that is to end still has to say is not kept. */
static void
let_talk(struct pipe *p)
{
	char b[4096];
	ssize_t n = 1;

	for (int i = 0; i < PIECES && p->proc.fd[1] != -1 && n > 0; i++)
		n = fd_read(p->proc.fd[1], b, sizeof(b));
	if (n == 0)
		fd_close(&p->proc.fd[1]);
	read_said(p);
}

/* Wait until they have ended or the time has come, and let them talk. */
static bool
all_gone(struct server *const *v, size_t n, int64_t until)
{
	for (;;) {
		struct pollfd fds[ENTRY_MAX * 3];
		size_t left = 0, k = 0;
		int ms = clock_left(until);

		for (size_t i = 0; i < n; i++) {
			struct pipe *p = v[i]->carrier;

			if (p == NULL || proc_poll(&p->proc))
				continue;
			left++;
			let_talk(p);
			fds[k++] = (struct pollfd){ p->pidfd, POLLIN, 0 };
			fds[k++] = (struct pollfd){ p->proc.fd[1], POLLIN,
			    0 };
			fds[k++] = (struct pollfd){ p->proc.fd[2], POLLIN,
			    0 };
			/* Without pidfd_open (before Linux 5.3), look. */
			ms = p->pidfd == -1 && ms > 5 ? 5 : ms;
		}
		if (left == 0)
			return true;
		if (clock_left(until) == 0)
			return false;
		poll(fds, k, ms);
	}
}

static void
signal_all(struct server *const *v, size_t n, int sig)
{
	for (size_t i = 0; i < n; i++) {
		struct pipe *p = v[i]->carrier;

		if (p != NULL)
			proc_kill(&p->proc, sig);
	}
}

void
pipe_stop(struct server *const *v, size_t n)
{
	bool busy = false;

	for (size_t i = 0; i < n; i++) {
		struct pipe *p = v[i]->carrier;

		if (p != NULL) {
			flush(p);
			fd_close(&p->proc.fd[0]);
			busy |= server_busy(v[i]);
		}
	}
	if (!all_gone(v, n, clock_ms() + (busy ? BUSY_MS : GRACE_MS))) {
		signal_all(v, n, SIGTERM);
		if (!all_gone(v, n, clock_ms() + GRACE_MS))
			signal_all(v, n, SIGKILL);
	}
	for (size_t i = 0; i < n; i++)
		if (v[i]->carrier != NULL) {
			v[i]->up = false;
			pipe_cut(v[i]);
		}
}
