/*
 * batch.c - all calls of one message: which run when, results in order.
 *
 * Invariant: the jobs sent..made are in the ring, every one before sent is
 * answered, none after made exists.  So memory does not depend on how many
 * calls a message has.
 */
#include "tool/batch.h"

#include "base/clock.h"
#include "core/msg.h"
#include "json/jsonl.h"
#include "sys/sig.h"
#include "tool/skill.h"

#include <errno.h>
#include <poll.h>
#include <string.h>

void
batch_begin(struct batch *b, struct tool_env *env, jv msg, int out)
{
	memset(b, 0, sizeof(*b));
	/* Others may have promoted something, or taken it back. */
	skill_refresh(env);
	b->env = env;
	b->msg = js_ref(msg);
	b->n = msg_ncalls(msg);
	b->out = out;
}

/*
 * A jail tidies up while the model is asked already.  Nothing is begun, and
 * nobody is left, before it is done.
 */
static void
settle(struct batch *b)
{
	while (b->nleft != 0)
		proc_settle(&b->left[--b->nleft], TOOL_TIDY_MS);
}

void
batch_end(struct batch *b)
{
	for (size_t i = b->sent; i < b->made; i++) {
		struct job *j = b->job[i % BATCH_PARALLEL];

		/* Ask all first, so that they end beside each other. */
		job_cancel(j);
	}
	for (size_t i = b->sent; i < b->made; i++)
		job_free(b->job[i % BATCH_PARALLEL]);
	settle(b);
	b->sent = b->made = b->n = 0;
	js_free(b->msg);
	b->msg = js_none();
}

void
batch_cancel(struct batch *b)
{
	b->cancelled = true;
	for (size_t i = b->sent; i < b->made; i++)
		job_cancel(b->job[i % BATCH_PARALLEL]);
}

bool
batch_answer(struct batch *b, jv reply, struct err *e)
{
	struct err bad = ERR_INIT;

	for (size_t i = b->sent; i < b->made; i++)
		if (permit_answer(b->job[i % BATCH_PARALLEL], reply, &bad))
			break;
	if (bad.kind == ERR_NONE)
		return true;
	*e = bad;
	return false;
}

/* The same call twice, as some streams repeat it: run it once. */
static bool
repeated(const struct batch *b, size_t i)
{
	const char *id, *name, *args, *id2, *name2, *args2;
	size_t n, n2;

	msg_call(b->msg, i, &id, &name, &args, &n);
	for (size_t k = 0; *id != '\0' && k < i; k++) {
		msg_call(b->msg, k, &id2, &name2, &args2, &n2);
		if (strcmp(id, id2) == 0 && strcmp(name, name2) == 0 &&
		    n == n2 && memcmp(args, args2, n) == 0)
			return true;
	}
	return false;
}

static void
make_job(struct batch *b)
{
	const char *id, *name, *args;
	size_t i = b->made++, n;
	struct job *j;

	msg_call(b->msg, i, &id, &name, &args, &n);
	j = job_new(b->env, id, name, args, n);
	b->job[i % BATCH_PARALLEL] = j;
	if (b->cancelled && j->state == JOB_READY)
		job_cancel(j);
	else if (i >= BATCH_CALLS)
		job_refuse(j, CODE_RESOURCE, "too many calls in one message; "
		    "this one was not run.\nMake fewer calls at a time.");
	else if (j->state == JOB_READY && repeated(b, i))
		job_refuse(j, CODE_ARGUMENTS, "this call repeats an earlier "
		    "one with the same id; see the result there.");
}

/* Make and start what may run now. */
static void
schedule(struct batch *b)
{
	for (size_t i = b->sent; i < b->sent + BATCH_PARALLEL && i < b->n;
	    i++) {
		struct job *j;

		if (i == b->made)
			make_job(b);
		j = b->job[i % BATCH_PARALLEL];
		/* One that changes things runs alone. */
		if (!job_reads(j) && i != b->sent)
			break;
		if (j->state == JOB_READY)
			settle(b);
		job_start(j);
		if (!job_reads(j))
			break;
	}
}

/* Tell how far the calls are, to those who stay to hear it. */
static int
tell_progress(struct batch *b, struct err *e)
{
	for (size_t i = b->sent; b->env->stays && i < b->made; i++) {
		jv v = job_progress(b->job[i % BATCH_PARALLEL]);
		int rc = js_is_valid(v) ? jsonl_write(b->out, v, e) : 0;

		js_free(v);
		b->closed |= rc == -1 && errno == EPIPE;
		if (rc == -1)
			return -1;
	}
	return 0;
}

/* Write the results that are next in order. */
static int
answer(struct batch *b, struct err *e)
{
	if (tell_progress(b, e) == -1)
		return -1;
	while (b->sent < b->made) {
		struct job **j = &b->job[b->sent % BATCH_PARALLEL];
		jv m;
		int rc;

		if ((*j)->state != JOB_DONE)
			break;
		m = job_message(*j);
		rc = jsonl_write(b->out, m, e);
		b->closed = rc == -1 && errno == EPIPE;
		js_free(m);
		if (b->nleft == BATCH_PARALLEL)
			settle(b);
		b->nleft += job_leave(*j, &b->left[b->nleft]);
		job_free(*j);
		*j = NULL;
		b->sent++;
		if (rc == -1)
			return -1;
	}
	return 0;
}

static int
nearest(const struct batch *b)
{
	int64_t first = -1;

	for (size_t i = b->sent; i < b->made; i++) {
		const struct job *j = b->job[i % BATCH_PARALLEL];

		if ((j->state == JOB_RUNNING || j->state == JOB_ASKING) &&
		    j->deadline != -1 && (first == -1 ||
		    j->deadline < first))
			first = j->deadline;
	}
	return clock_left(first);
}

/* Wait for the jobs, a signal, the input, or the end of our reader. */
static enum batch_event
wait_for(struct batch *b, int in, struct err *e)
{
	struct pollfd p[3 + BATCH_PARALLEL * JOB_FDS];
	size_t n = 3;

	p[0] = (struct pollfd){ sig_fd(), POLLIN, 0 };
	p[1] = (struct pollfd){ b->out, 0, 0 };
	p[2] = (struct pollfd){ in, POLLIN, 0 };
	for (size_t i = b->sent; i < b->made; i++)
		n += job_fds(b->job[i % BATCH_PARALLEL], &p[n]);
	if (poll(p, n, nearest(b)) == -1 && errno != EINTR) {
		err_sys(e, "poll");
		return BATCH_ERROR;
	}
	if (sig_caught() != 0)
		return BATCH_SIGNAL;
	if ((p[1].revents & (POLLERR | POLLHUP | POLLNVAL)) != 0)
		return BATCH_CLOSED;
	for (size_t i = b->sent; i < b->made; i++)
		job_step(b->job[i % BATCH_PARALLEL]);
	if (p[2].revents != 0)
		return BATCH_INPUT;
	return BATCH_GO_ON;
}

enum batch_event
batch_step(struct batch *b, int in, struct err *e)
{
	enum batch_event ev;
	size_t before;

	/* As long as an answer lets another begin. */
	do {
		before = b->sent;
		schedule(b);
		if (answer(b, e) == -1)
			return b->closed ? BATCH_CLOSED : BATCH_ERROR;
		if (b->sent == b->n)
			return BATCH_DONE;
	} while (b->sent == b->made || b->sent != before);
	ev = wait_for(b, in, e);
	if (ev == BATCH_GO_ON || ev == BATCH_INPUT)
		if (answer(b, e) == -1)
			return b->closed ? BATCH_CLOSED : BATCH_ERROR;
	return ev;
}
