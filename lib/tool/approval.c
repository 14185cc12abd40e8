/*
 * approval.c - who is asked when the policy says "ask".
 */
#include "tool/approval.h"

#include "base/log.h"
#include "base/num.h"
#include "base/opt.h"
#include "base/vec.h"
#include "json/jsonl.h"
#include "sys/fd.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#define LIMIT_MS	((int64_t)10 * 60 * 1000)
#define LINE_MAX	((size_t)1024 * 1024)

static const char *const names[] = {
	[APPROVAL_NONE] = "none",
	[APPROVAL_YES] = "yes",
	[APPROVAL_PROTOCOL] = "protocol",
	[APPROVAL_TERMINAL] = "terminal",
	[APPROVAL_FD] = "fd:N",
	[APPROVAL_SPOOL] = "spool:DIR",
	NULL
};

const char *
approval_name(const struct approval *a)
{
	static const char *const plain[] = { "none", "yes", "protocol",
	    "terminal", "fd", "spool" };

	return plain[a->way];
}

/* ---- beginning and end ---- */

/* A descriptor that whoever started us left open, now ours alone. */
static int
inherited(const char *word, int *fd, struct err *e)
{
	int64_t n;

	if (num_int(word, 3, 1 << 20, "--approval=fd", &n, e) == -1)
		return -1;
	if (fcntl((int)n, F_SETFD, FD_CLOEXEC) == -1)
		return err_set(e, ERR_USAGE, "--approval=fd: descriptor %d "
		    "is not open; give it as in agent-tool ... %d<>FILE",
		    (int)n, (int)n);
	*fd = (int)n;
	return 0;
}

static int
open_fds(struct approval *a, const char *spec, struct err *e)
{
	struct vec v = VEC_INIT;
	int rc = -1;

	vec_split(&v, spec, ",");
	if (v.n < 1 || v.n > 2)
		err_set(e, ERR_USAGE, "--approval=fd:IN,OUT takes one or two "
		    "descriptors");
	else if (inherited(v.v[0], &a->in, e) == 0)
		rc = inherited(v.v[v.n - 1], &a->out, e);
	vec_free(&v);
	if (rc == 0)
		fd_nonblock(a->in, true);
	a->way = APPROVAL_FD;
	a->limit_ms = LIMIT_MS;
	return rc;
}

/* The terminal, when there is a user who looks at it. */
static void
open_default(struct approval *a)
{
	if (!isatty(STDERR_FILENO))
		return;
	a->in = a->out = approval_tty_open();
	if (a->in != -1)
		a->way = APPROVAL_TERMINAL;
}

static int
unknown(const char *spec, struct err *e)
{
	const char *near = opt_nearest(spec, names);

	return err_set(e, ERR_USAGE, "--approval: there is no way %.60s%s%s%s",
	    spec, near != NULL ? "; did you mean " : "; see agent-tool(1)",
	    near != NULL ? near : "", near != NULL ? "?" : "");
}

int
approval_open(struct approval *a, const char *spec, bool coprocess,
    const char *workspace, struct err *e)
{
	*a = (struct approval){ .events = -1, .in = -1, .out = -1,
	    .spool = -1, .question = js_none() };
	if (spec == NULL) {
		if (!coprocess)
			open_default(a);
		return 0;
	}
	if (strncmp(spec, "fd:", 3) == 0)
		return open_fds(a, spec + 3, e);
	if (strncmp(spec, "spool:", 6) == 0) {
		a->way = APPROVAL_SPOOL;
		a->limit_ms = LIMIT_MS;
		a->spool = approval_spool_open(spec + 6, workspace, e);
		return a->spool == -1 ? -1 : 0;
	}
	for (int i = APPROVAL_NONE; i <= APPROVAL_TERMINAL; i++)
		if (strcmp(spec, names[i]) == 0)
			a->way = (enum approval_way)i;
	if (strcmp(spec, names[a->way]) != 0)
		return unknown(spec, e);
	if (a->way == APPROVAL_PROTOCOL && !coprocess)
		return err_set(e, ERR_USAGE, "--approval=protocol is for run "
		    "--coprocess");
	if (a->way == APPROVAL_TERMINAL) {
		a->in = a->out = approval_tty_open();
		if (a->in == -1)
			return err_sys(e, "--approval=terminal: /dev/tty");
	}
	return 0;
}

void
approval_close(struct approval *a)
{
	approval_over(a);
	if (a->out == a->in)
		a->out = -1;
	fd_close(&a->in);
	fd_close(&a->out);
	fd_close(&a->spool);
}

/* ---- a question ---- */

int
approval_ask(struct approval *a, jv request)
{
	struct err ignored = ERR_INIT;
	int rc = 0;

	if (a->gone)
		return -1;
	a->open = true;
	a->editing = false;
	a->question = js_ref(request);
	buf_reset(&a->heard);
	if (a->way == APPROVAL_TERMINAL)
		approval_tty_ask(a);
	else if (a->way == APPROVAL_SPOOL)
		rc = approval_spool_ask(a);
	else if (a->way == APPROVAL_FD)
		rc = jsonl_write(a->out, request, &ignored);
	if (rc == -1) {
		a->gone = true;
		approval_over(a);
	}
	return rc;
}

void
approval_over(struct approval *a)
{
	if (a->open && a->way == APPROVAL_SPOOL)
		approval_spool_over(a);
	a->open = a->editing = false;
	js_free(a->question);
	a->question = js_none();
	buf_free(&a->heard);
}

size_t
approval_fds(const struct approval *a, struct pollfd *p)
{
	if (!a->open || a->in == -1)
		return 0;
	*p = (struct pollfd){ a->in, POLLIN, 0 };
	return 1;
}

/* A line that was heard as an answer; invalid while there is none. */
static jv
line_heard(struct approval *a)
{
	const char *nl = memchr(buf_str(&a->heard), '\n', a->heard.len);
	struct err bad = ERR_INIT;
	jv reply;
	size_t n;

	if (nl == NULL)
		return js_none();
	n = (size_t)(nl - a->heard.data);
	if (a->way == APPROVAL_TERMINAL) {
		reply = approval_tty_typed(a, a->heard.data, n);
	} else {
		reply = js_parse(a->heard.data, n, &bad);
		if (!js_is_valid(reply))
			approval_again(a, &bad);
	}
	buf_shift(&a->heard, n + 1);
	return reply;
}

int
approval_hear(struct approval *a, jv *reply)
{
	char piece[4096];
	ssize_t n;

	if (a->way == APPROVAL_SPOOL) {
		*reply = approval_spool_look(a);
		return js_is_valid(*reply);
	}
	*reply = line_heard(a);
	while (!js_is_valid(*reply)) {
		n = fd_read(a->in, piece, sizeof(piece));
		if (n == -1 && (errno == EAGAIN || errno == EWOULDBLOCK))
			return 0;
		if (n <= 0 || a->heard.len > LINE_MAX) {
			a->gone = true;
			return -1;
		}
		buf_add(&a->heard, piece, (size_t)n);
		*reply = line_heard(a);
	}
	return 1;
}

void
approval_again(struct approval *a, const struct err *why)
{
	struct err ignored = ERR_INIT;
	jv ev;

	if (a->way == APPROVAL_FD) {
		ev = js_set_str(js_obj(), "type", "error");
		ev = js_set_str(ev, "code", err_kind_name(why->kind));
		ev = js_set_str(ev, "message", why->msg);
		ev = js_set_bool(ev, "retryable", false);
		jsonl_write(a->out, ev, &ignored);
		js_free(ev);
		return;
	}
	log_warn("%s", why->msg);
	if (a->way == APPROVAL_SPOOL)
		approval_spool_again(a);
	else if (a->way == APPROVAL_TERMINAL)
		approval_tty_ask(a);
}
