/*
 * coproc.c - a child that speaks agent-protocol(7).
 */
#include "core/coproc.h"

#include "base/clock.h"
#include "base/utf8.h"
#include "core/event.h"
#include "json/exact.h"
#include "sys/fd.h"

#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#define SAID_MAX	((size_t)64 * 1024)	/* of stderr held back */

void
coproc_init(struct coproc *c, const char *name)
{
	memset(c, 0, sizeof(*c));
	c->name = name;
	proc_init(&c->proc, NULL);
	jsonl_init(&c->in, name);
	c->hello = js_none();
	c->patience = COPROC_PATIENCE;
}

int
coproc_start(struct coproc *c, struct vec *argv, struct err *e)
{
	proc_init(&c->proc, vec_argv(argv));
	for (int i = 0; i < 3; i++)
		c->proc.how[i] = PROC_PIPE;
	c->proc.group = true;
	c->proc.die_with_us = !c->outlives;
	if (proc_start(&c->proc, e) == -1)
		return -1;
	for (int i = 0; i < 3; i++)
		fd_nonblock(c->proc.fd[i], true);
	c->started = true;
	c->ready_by = clock_ms() + c->patience;
	return 0;
}

/* Write as much of the queue as the pipe takes. */
static void
flush_out(struct coproc *c)
{
	while (c->proc.fd[0] >= 0 && c->out_at < c->out.len) {
		ssize_t n = write(c->proc.fd[0], c->out.data + c->out_at,
		    c->out.len - c->out_at);

		if (n > 0)
			c->out_at += (size_t)n;
		else if (n == -1 && errno == EAGAIN)
			break;
		else if (n == -1 && errno != EINTR)
			fd_close(&c->proc.fd[0]);	/* its end is seen */
	}
	if (c->out_at == c->out.len || c->proc.fd[0] < 0) {
		buf_reset(&c->out);
		c->out_at = 0;
		if (c->out.cap > 1024 * 1024)
			buf_free(&c->out);
	}
}

void
coproc_send_exact(struct coproc *c, jv line, const struct buf *like)
{
	if (!c->started || c->ended || c->proc.fd[0] < 0)
		return;
	exact_dump(&c->out, line, buf_str(like), like->len);
	buf_addc(&c->out, '\n');
	flush_out(c);
}

void
coproc_send(struct coproc *c, jv line)
{
	struct buf none = BUF_INIT;

	coproc_send_exact(c, line, &none);
}

void
coproc_poll(struct coproc *c, struct pollfd fds[COPROC_FDS])
{
	bool live = c->started;

	fds[0] = (struct pollfd){ .fd = live && c->out_at < c->out.len ?
	    c->proc.fd[0] : -1, .events = POLLOUT };
	fds[1] = (struct pollfd){ .fd = live ? c->proc.fd[1] : -1,
	    .events = POLLIN };
	fds[2] = (struct pollfd){ .fd = live ? c->proc.fd[2] : -1,
	    .events = POLLIN };
}

/* Pass on the whole lines of what it said; at its end, the rest too. */
static void
relay(struct coproc *c, bool rest)
{
	const char *nl = c->said.len > 0 ?
	    memrchr(c->said.data, '\n', c->said.len) : NULL;
	size_t n = nl != NULL ? (size_t)(nl - c->said.data) + 1 : 0;
	struct buf b = BUF_INIT;

	if (rest || c->cut || c->said.len > SAID_MAX)
		n = c->said.len;
	if (n == 0)
		return;
	if (c->cut) {
		buf_shift(&c->said, n);
		return;
	}
	utf8_escape(&b, c->said.data, n, UTF8_TEXT);
	if (c->said.data[n - 1] != '\n')
		buf_addc(&b, '\n');
	fd_write_all(STDERR_FILENO, b.data, b.len);
	buf_free(&b);
	buf_shift(&c->said, n);
}

static void
read_said(struct coproc *c)
{
	char b[4096];
	ssize_t n = fd_read(c->proc.fd[2], b, sizeof(b));

	if (n > 0) {
		buf_add(&c->said, b, (size_t)n);
		if (c->ready)
			relay(c, false);
		else if (c->said.len > SAID_MAX)
			buf_shift(&c->said, c->said.len - SAID_MAX);
	} else if (n == 0 || errno != EAGAIN) {
		fd_close(&c->proc.fd[2]);
	}
}

void
coproc_work(struct coproc *c, const struct pollfd fds[COPROC_FDS])
{
	char b[BASE_PIECE];

	if (fds[0].fd >= 0 && fds[0].revents != 0)
		flush_out(c);
	if (fds[2].fd >= 0 && fds[2].revents != 0)
		read_said(c);
	if (fds[1].fd >= 0 && fds[1].revents != 0) {
		ssize_t n = fd_read(c->proc.fd[1], b, sizeof(b));

		if (n > 0) {
			jsonl_feed(&c->in, b, (size_t)n);
		} else if (n == 0 || errno != EAGAIN) {
			fd_close(&c->proc.fd[1]);
			jsonl_eof(&c->in);
		}
	}
}

void
coproc_last_words(const char *name, const char *said, size_t len,
    struct buf *b)
{
	const char *end = said + len, *line;
	size_t n = strlen(name);

	while (end > said && end[-1] == '\n')
		end--;
	line = end > said ? memrchr(said, '\n', (size_t)(end - said)) : NULL;
	line = line != NULL ? line + 1 : said;
	if ((size_t)(end - line) > n + 2 && memcmp(line, name, n) == 0 &&
	    memcmp(line + n, ": ", 2) == 0)
		line += n + 2;
	utf8_escape(b, line, (size_t)(end - line), UTF8_LINE);
}

/* It will say nothing more: find out why. */
static int
ended(struct coproc *c, struct err *e)
{
	struct buf words = BUF_INIT;
	int code;

	c->ended = true;
	if (!proc_wait_ms(&c->proc, 1000))
		proc_kill(&c->proc, SIGKILL);
	proc_wait(&c->proc);
	if (c->proc.fd[2] >= 0)
		read_said(c);
	if (c->complaint.kind != ERR_NONE) {
		*e = c->complaint;
		return -1;
	}
	code = proc_exit_code(c->proc.status);
	if (!c->ready)
		coproc_last_words(c->name, buf_str(&c->said), c->said.len,
		    &words);
	else
		relay(c, true);
	if (WIFSIGNALED(c->proc.status))
		err_set(e, ERR_INTERNAL, "%s was killed by signal %d",
		    c->name, WTERMSIG(c->proc.status));
	else if (code == 0)
		err_set(e, ERR_PROTOCOL, "%s ended too early", c->name);
	else if (words.len > 0)
		err_set(e, err_kind_from_exit(code), "%s", buf_str(&words));
	else
		err_set(e, err_kind_from_exit(code), "%s ended with status %d",
		    c->name, code);
	buf_free(&words);
	return -1;
}

/* The lines before and with ready; -1 for a protocol we do not know. */
static int
greet(struct coproc *c, jv line, struct err *e)
{
	const char *protocol = js_str(line, "protocol");

	if (js_str_is(line, "type", "error")) {
		event_to_err(line, &c->complaint);
		js_free(c->hello);
		c->hello = js_ref(line);
	} else if (js_str_is(line, "type", "ready")) {
		if (protocol == NULL ||
		    strcmp(protocol, COPROC_PROTOCOL) != 0)
			return err_set(e, ERR_PROTOCOL, "%s speaks %.40s "
			    "instead of %s; use programs of one version",
			    c->name, protocol != NULL ? protocol : "nothing "
			    "known", COPROC_PROTOCOL);
		js_free(c->hello);
		c->hello = js_ref(line);
		c->ready = true;
		c->complaint.kind = ERR_NONE;
		relay(c, false);
	}
	return 0;
}

int64_t
coproc_due(const struct coproc *c)
{
	return c->started && !c->ready && !c->ended ? c->ready_by : -1;
}

/* Nothing came; that is well until its time to get ready is over. */
static int
nothing_yet(struct coproc *c, struct err *e)
{
	if (c->ready || clock_ms() < c->ready_by)
		return 0;
	coproc_kill(c);
	return err_set(e, ERR_TIMEOUT, "%s was not ready within %lld s; see "
	    "what it waits for, or raise start_timeout", c->name,
	    (long long)(c->patience + 999) / 1000);
}

int
coproc_next(struct coproc *c, jv *line, struct err *e)
{
	*line = js_none();
	while (c->started && !c->ended) {
		struct err bad = ERR_INIT;
		enum jsonl_status st = jsonl_next(&c->in, line, NULL, NULL,
		    &bad);

		if (st == JSONL_MORE)
			return nothing_yet(c, e);
		if (st == JSONL_END)
			return ended(c, e);
		if (st == JSONL_ERROR || !js_is_obj(*line)) {
			js_free(*line);
			*line = js_none();
			coproc_kill(c);
			return err_set(e, ERR_PROTOCOL,
			    "%s wrote a line that is no JSON object", c->name);
		}
		if (c->ready)
			return 1;
		if (greet(c, *line, e) == -1) {
			js_free(*line);
			*line = js_none();
			coproc_kill(c);
			return -1;
		}
		js_free(*line);
		*line = js_none();
	}
	return c->started ? err_set(e, ERR_PROTOCOL, "%s is gone", c->name) :
	    0;
}

void
coproc_kill(struct coproc *c)
{
	if (!c->started)
		return;
	c->ended = true;
	proc_kill(&c->proc, SIGKILL);
	proc_wait(&c->proc);
}

void
coproc_hang_up(struct coproc *c)
{
	c->cut |= c->proc.fd[0] >= 0 && c->out_at < c->out.len;
	fd_close(&c->proc.fd[0]);
}

/* What it still wants to say as it leaves. */
static void
drain_said(struct coproc *c)
{
	size_t before;

	do {
		before = c->said.len;
		if (c->proc.fd[2] >= 0)
			read_said(c);
	} while (c->proc.fd[2] >= 0 && c->said.len > before);
	if (c->ready)
		relay(c, true);
}

void
coproc_close(struct coproc *c, int grace_ms)
{
	if (c->started) {
		coproc_hang_up(c);
		fd_close(&c->proc.fd[1]);
		if (!proc_wait_ms(&c->proc, grace_ms))
			coproc_kill(c);
		proc_wait(&c->proc);
		drain_said(c);
		for (int i = 0; i < 3; i++)
			fd_close(&c->proc.fd[i]);
	}
	jsonl_free(&c->in);
	buf_free(&c->out);
	buf_free(&c->said);
	js_free(c->hello);
	coproc_init(c, c->name);
}
