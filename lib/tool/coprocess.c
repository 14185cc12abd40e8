/*
 * coprocess.c - agent-tool run --coprocess, agent-protocol(7).
 *
 * The input is watched all the time, so that a cancel that stands behind
 * other messages still stops what runs.  Messages that came meanwhile wait
 * in a queue; a cancel answers them, too, as cancelled.
 */
#include "tool/filter.h"

#include "base/log.h"
#include "base/mem.h"
#include "core/event.h"
#include "core/msg.h"
#include "json/jsonl.h"
#include "sys/fd.h"
#include "sys/sig.h"
#include "tool/batch.h"
#include "tool/walls.h"
#include "tool/why.h"

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>

#define QUEUE_MAX	64	/* messages; then the sender has to wait */

#ifndef VERSION
#define VERSION "unknown"
#endif

struct waiting {
	jv		 msg;
	bool		 cancelled;
};

struct coprocess {
	struct tool_env	*env;
	int		 in, out;
	struct jsonl	 lines;
	bool		 eof;
	struct waiting	 queue[QUEUE_MAX];
	size_t		 first, n;
	struct batch	 batch;
	bool		 busy;		/* batch is running */
	unsigned	 told;		/* changes of skills that were told */
	struct filter_end *end;
};

static int
put(struct coprocess *c, jv v, struct err *e)
{
	int rc = jsonl_write(c->out, v, e);

	c->end->closed |= rc == -1 && errno == EPIPE;
	js_free(v);
	return rc;
}

static int
ready(struct coprocess *c, struct err *e)
{
	jv v = event_new("ready"), walls = js_obj();
	int spaces = why_granted();
	struct walls w;

	walls_probe(&w);
	if (spaces != -1)
		walls = js_set_bool(walls, "namespaces", spaces == 1);
	walls = js_set_int(walls, "landlock", w.landlock);
	walls = js_set_bool(walls, "seccomp", w.seccomp);
	v = js_set_str(v, "protocol", "agent-protocol/1");
	v = js_set_str(v, "program", log_prog());
	v = js_set_str(v, "version", VERSION);
	v = js_set_str(v, "workspace", c->env->workspace);
	if (c->env->artifacts != NULL)
		v = js_set_str(v, "artifacts", c->env->artifacts);
	v = js_set(v, "sandbox", walls);
	v = js_set_str(v, "approval", approval_name(&c->env->approval));
	v = js_set(v, "tools", tool_schemas(c->env, TOOL_OPENAI));
	return put(c, v, e);
}

/* The tools as they are now, when others than before. */
static int
tell_tools(struct coprocess *c, struct err *e)
{
	jv v;

	if (c->told == c->env->tools_changes)
		return 0;
	c->told = c->env->tools_changes;
	v = event_new("tools");
	return put(c, js_set(v, "tools", tool_schemas(c->env, TOOL_OPENAI)),
	    e);
}

static int
done(struct coprocess *c, jv msg, struct err *e)
{
	jv v = event_new("done");
	const char *id = js_str(msg, "id");

	if (tell_tools(c, e) == -1) {
		js_free(v);
		return -1;
	}

	v = js_set(v, "id", id != NULL ? js_from_str(id) : js_null());
	return put(c, js_set_int(v, "exit_code", 0), e);
}

static void
cancel(struct coprocess *c)
{
	if (c->busy)
		batch_cancel(&c->batch);
	for (size_t i = 0; i < c->n; i++)
		c->queue[(c->first + i) % QUEUE_MAX].cancelled = true;
}

static int
bad_line(struct coprocess *c, const struct err *why, struct err *e)
{
	return put(c, event_error(why), e);
}

/* The lines that are whole, as far as the queue has room. */
static int
take_lines(struct coprocess *c, struct err *e)
{
	while (c->n < QUEUE_MAX) {
		struct err bad = ERR_INIT;
		jv v = js_none();
		enum jsonl_status s = jsonl_next(&c->lines, &v, NULL, NULL,
		    &bad);

		if (s == JSONL_MORE || s == JSONL_END)
			break;
		if (s == JSONL_ERROR) {
			if (bad_line(c, &bad, e) == -1)
				return -1;
			continue;
		}
		if (js_str_is(v, "type", "cancel")) {
			cancel(c);
		} else if (js_str_is(v, "type", "permission.reply")) {
			if (c->busy && !batch_answer(&c->batch, v, &bad) &&
			    bad_line(c, &bad, e) == -1) {
				js_free(v);
				return -1;
			}
		} else if (msg_classify(v) == MSG_LINE_MESSAGE &&
		    msg_role(v) == MSG_ASSISTANT) {
			c->queue[(c->first + c->n++) % QUEUE_MAX] =
			    (struct waiting){ v, false };
			continue;
		}
		js_free(v);
	}
	return 0;
}

/* What is there on stdin now. */
static int
read_input(struct coprocess *c, struct err *e)
{
	char piece[BASE_PIECE];
	ssize_t n = fd_read(c->in, piece, sizeof(piece));

	if (n == -1 && errno == EAGAIN)
		return 0;
	if (n == -1)
		return err_sys(e, "read stdin");
	if (n == 0) {
		c->eof = true;
		jsonl_eof(&c->lines);
	} else {
		jsonl_feed(&c->lines, piece, (size_t)n);
	}
	return take_lines(c, e);
}

static void
begin(struct coprocess *c)
{
	struct waiting *w = &c->queue[c->first];

	batch_begin(&c->batch, c->env, w->msg, c->out);
	if (w->cancelled)
		batch_cancel(&c->batch);
	js_free(w->msg);
	c->first = (c->first + 1) % QUEUE_MAX;
	c->n--;
	c->busy = true;
}

static int
interrupted(struct coprocess *c, struct err *e)
{
	c->end->signal = sig_caught();
	return err_set(e, ERR_CANCELLED, "interrupted");
}

/* Nothing runs: wait for a line. */
static int
idle(struct coprocess *c, struct err *e)
{
	struct pollfd p[3] = { { c->in, POLLIN, 0 },
	    { sig_fd(), POLLIN, 0 }, { c->out, 0, 0 } };

	if (sig_caught() != 0)
		return interrupted(c, e);
	if (poll(p, 3, -1) == -1 && errno != EINTR)
		return err_sys(e, "poll");
	if (sig_caught() != 0)
		return interrupted(c, e);
	if ((p[2].revents & (POLLERR | POLLHUP | POLLNVAL)) != 0) {
		c->end->closed = true;
		return err_set(e, ERR_IO, "nobody reads our output");
	}
	return p[0].revents != 0 ? read_input(c, e) : 0;
}

static int
work(struct coprocess *c, struct err *e)
{
	/* With a full queue the sender waits; a line may still fit. */
	int in = c->eof || c->n == QUEUE_MAX ? -1 : c->in;
	int rc = 0;

	switch (batch_step(&c->batch, in, e)) {
	case BATCH_GO_ON:
		break;
	case BATCH_INPUT:
		rc = read_input(c, e);
		break;
	case BATCH_DONE:
		c->busy = false;
		rc = done(c, c->batch.msg, e);
		batch_end(&c->batch);
		if (rc == 0)
			rc = take_lines(c, e);
		break;
	case BATCH_SIGNAL:
		rc = interrupted(c, e);
		break;
	case BATCH_CLOSED:
		c->end->closed = true;
		rc = err_set(e, ERR_IO, "nobody reads the results");
		break;
	case BATCH_ERROR:
		rc = -1;
		break;
	}
	return rc;
}

int
filter_coprocess(struct tool_env *env, int in, int out,
    struct filter_end *end, struct err *e)
{
	struct coprocess *c = xcalloc(1, sizeof(*c));
	int rc;

	*c = (struct coprocess){ .env = env, .in = in, .out = out,
	    .end = end };
	jsonl_init(&c->lines, "<stdin>");
	rc = ready(c, e);
	/* The end of the input means: stop what runs, and leave. */
	while (rc == 0 && !c->eof) {
		if (!c->busy && c->n != 0)
			begin(c);
		rc = c->busy ? work(c, e) : idle(c, e);
	}
	if (c->busy)
		batch_end(&c->batch);
	while (c->n-- != 0)
		js_free(c->queue[(c->first + c->n) % QUEUE_MAX].msg);
	jsonl_free(&c->lines);
	free(c);
	return rc;
}
