/*
 * filter.c - agent-tool run as a filter.
 *
 * A line is parsed only when it can be a message of the assistant; all
 * others are passed on as they came, so that a long talk costs little.
 *
 * In  agent-gate <talk | tee -a talk | agent-tool run >>talk  tee(1) hands
 * a message to us before it has written it to the file.  So the calls of a
 * message begin when more input or its end has come behind it: then it has
 * been written, and a call stands in the talk before it runs.
 */
#include "tool/filter.h"

#include "base/log.h"
#include "core/msg.h"
#include "json/scan.h"
#include "sys/fd.h"
#include "sys/sig.h"
#include "tool/batch.h"

#include <errno.h>
#include <poll.h>
#include <string.h>
#include <unistd.h>

#define READ_SIZE	((size_t)256 * 1024)

struct filter {
	struct tool_env	*env;
	int		 in, out;
	struct buf	 input;		/* read, not handled */
	size_t		 seen;		/* of input, without a line feed */
	bool		 too_long;	/* within a line over the cap */
	struct buf	 output;	/* passed on, not written */
	uint64_t	 lineno, bad, calls;
	struct filter_end *end;
};

static int
flush(struct filter *f, struct err *e)
{
	int rc = 0;

	if (f->output.len != 0 && fd_write_all(f->out, f->output.data,
	    f->output.len) == -1) {
		f->end->closed = errno == EPIPE;
		rc = err_sys(e, "write to stdout");
	}
	buf_reset(&f->output);
	return rc;
}

/* Run all calls of a message. */
static int
run_calls(struct filter *f, jv msg, struct err *e)
{
	enum batch_event ev;
	struct batch b;

	if (flush(f, e) == -1)
		return -1;
	f->calls += msg_ncalls(msg);
	batch_begin(&b, f->env, msg, f->out);
	do
		ev = batch_step(&b, -1, e);
	while (ev == BATCH_GO_ON || ev == BATCH_INPUT);
	if (ev == BATCH_SIGNAL) {
		f->end->signal = sig_caught();
		err_set(e, ERR_CANCELLED, "interrupted");
	} else if (ev == BATCH_CLOSED) {
		f->end->closed = true;
		err_set(e, ERR_IO, "nobody reads the results");
	}
	batch_end(&b);
	return ev == BATCH_DONE ? 0 : -1;
}

static void
complain(struct filter *f, const char *why)
{
	if (f->bad++ < 5)
		log_error("<stdin>:%llu: %s; the line was left out",
		    (unsigned long long)f->lineno, why);
}

static void
refuse_length(struct filter *f)
{
	char why[64];

	f->lineno++;
	snprintf(why, sizeof(why), "longer than %zu MiB",
	    BASE_LINE_MAX >> 20);
	complain(f, why);
}

/* May the n bytes at p be a message of the assistant, or no JSON object? */
static bool
suspect(const char *p, size_t n)
{
	while (n != 0 && strchr(" \t\r\n", p[n - 1]) != NULL && p[n - 1])
		n--;
	while (n != 0 && strchr(" \t", *p) != NULL && *p) {
		p++;
		n--;
	}
	return n < 2 || p[0] != '{' || p[n - 1] != '}' ||
	    memmem(p, n, "assistant", 9) != NULL ||
	    memmem(p, n, "tool_calls", 10) != NULL ||
	    memmem(p, n, "\\u", 2) != NULL;
}

/* One line with its end.  last: nothing is known to come behind it; then a
 * message of the assistant has to wait, which is 1. */
static int
handle(struct filter *f, const char *p, size_t n, bool last, struct err *e)
{
	struct err bad = ERR_INIT;
	jv v = js_none();
	int rc = 0;

	if (f->too_long) {	/* its end */
		f->too_long = false;
		return 0;
	}
	if (n > BASE_LINE_MAX) {
		refuse_length(f);
		return 0;
	}
	if (last && suspect(p, n))
		return 1;
	f->lineno++;
	if (scan_blank(p, n) || !suspect(p, n)) {
		buf_add(&f->output, p, n);
	} else {
		v = js_parse(p, n, &bad);
		if (!js_is_valid(v))
			complain(f, bad.msg);
		else if (msg_classify(v) != MSG_LINE_MESSAGE ||
		    msg_role(v) != MSG_ASSISTANT)
			buf_add(&f->output, p, n);
		else
			rc = run_calls(f, v, e);
	}
	js_free(v);
	if (rc == 0 && f->output.len >= READ_SIZE)
		rc = flush(f, e);
	return rc;
}

/* All whole lines of the input; at its end the last one too. */
static int
handle_lines(struct filter *f, bool eof, struct err *e)
{
	size_t pos = 0;
	int rc = 0;

	while (rc == 0 && pos < f->input.len) {
		const char *p = f->input.data + pos;
		size_t from = f->seen > pos ? f->seen : pos;
		const char *nl = memchr(f->input.data + from, '\n',
		    f->input.len - from);
		size_t n;

		f->seen = nl != NULL ? 0 : f->input.len;
		if (nl == NULL && !eof)
			break;
		n = nl != NULL ? (size_t)(nl + 1 - p) : f->input.len - pos;
		rc = handle(f, p, n, !eof && pos + n == f->input.len, e);
		if (rc <= 0)
			pos += n;
	}
	rc = rc == 1 ? 0 : rc;
	buf_shift(&f->input, pos);
	f->seen -= f->seen > pos ? pos : f->seen;
	if (f->input.len > BASE_LINE_MAX) {
		if (!f->too_long)
			refuse_length(f);
		f->too_long = true;
		buf_reset(&f->input);
		f->seen = 0;
	}
	return rc;
}

/* Wait for more input; -1 when we shall end. */
static int
wait_input(struct filter *f, struct err *e)
{
	struct pollfd p[3] = { { f->in, POLLIN, 0 },
	    { sig_fd(), POLLIN, 0 }, { f->out, 0, 0 } };

	if (flush(f, e) == -1)
		return -1;
	while (sig_caught() == 0) {
		if (poll(p, 3, -1) == -1 && errno != EINTR)
			return err_sys(e, "poll");
		if (sig_caught() != 0)
			break;
		if ((p[2].revents & (POLLERR | POLLHUP | POLLNVAL)) != 0) {
			f->end->closed = true;
			return err_set(e, ERR_IO, "nobody reads our output");
		}
		if (p[0].revents != 0)
			return 0;
	}
	f->end->signal = sig_caught();
	return err_set(e, ERR_CANCELLED, "interrupted");
}

static int
read_all(struct filter *f, struct err *e)
{
	for (;;) {
		ssize_t n;

		if (wait_input(f, e) == -1)
			return -1;
		buf_grow(&f->input, READ_SIZE);
		n = fd_read(f->in, f->input.data + f->input.len, READ_SIZE);
		if (n == -1)
			return err_sys(e, "read stdin");
		f->input.len += (size_t)n;
		if (handle_lines(f, n == 0, e) == -1)
			return -1;
		if (n == 0)
			return flush(f, e);
	}
}

int
filter_run(struct tool_env *env, int in, int out, struct filter_end *end,
    struct err *e)
{
	struct filter f = { .env = env, .in = in, .out = out, .end = end };
	int rc = read_all(&f, e);

	if (rc == -1)
		flush(&f, &(struct err)ERR_INIT);
	else if (f.bad != 0)
		rc = err_set(e, ERR_DATA, "%llu of %llu lines were left out",
		    (unsigned long long)f.bad, (unsigned long long)f.lineno);
	else if (f.lineno == 0)
		rc = err_set(e, ERR_NOINPUT, "no input; give it messages as "
		    "JSON lines, see agent-message(5)");
	else if (f.calls == 0)
		rc = err_set(e, ERR_NEGATIVE, "%s", "");
	buf_free(&f.input);
	buf_free(&f.output);
	return rc;
}
