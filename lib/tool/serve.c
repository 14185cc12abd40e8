/*
 * serve.c - a server of the Model Context Protocol: its loop.
 *
 * One loop over the input, the output and what runs.  Nothing in it waits:
 * answers queue up until the client takes them, and while too many do, no
 * more is read.  Standard output is set aside at once and stands for
 * standard error from then on, so that nothing can get between the answers.
 */
#include "tool/serve.h"

#include "base/clock.h"
#include "base/mem.h"
#include "core/ids.h"
#include "core/rpc.h"
#include "json/jsonl.h"
#include "sys/fd.h"
#include "sys/sig.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define CALLS_MAX	256	/* asked for and not answered */
#define RUNNING_MAX	8	/* of them at a time */
#define PARKED_MAX	32	/* questions that wait for an answer */
#define OUT_MAX		((size_t)8 * 1024 * 1024)	/* not yet taken */
#define LEAVE_MS	1500	/* for what runs when the input ends */
#define BEAT_MS		2000	/* between two signs of life */

struct serve_call {
	jv		 id, token;
	char		*name, *args;
	struct job	*job;
	bool		 modern, elicits;
	bool		 asked;		/* the client asks its user */
	char		 ticket[IDS_SIZE];	/* of the question, or "" */
	bool		 parked;	/* answered with a question: made
					 * again, or forgotten */
	bool		 dropped;	/* cancelled: nobody is told */
	bool		 told;		/* it says itself how far it is */
	int64_t		 beat;		/* when the next sign is due */
	int64_t		 began;
};

struct serve {
	struct tool_env	*env;
	struct serve_peer peer;
	int		 in, out;
	struct jsonl	 lines;
	struct buf	 queue;		/* answers, from at on */
	size_t		 at;
	bool		 eof, closed;
	bool		 by_client;	/* it is the client that is asked */
	struct serve_call *call[CALLS_MAX];
	size_t		 n;
};

/* ---- output ---- */

static void
flush(struct serve *s)
{
	while (!s->closed && s->at < s->queue.len) {
		ssize_t n = write(s->out, s->queue.data + s->at,
		    s->queue.len - s->at);

		if (n > 0)
			s->at += (size_t)n;
		else if (n == -1 && errno == EAGAIN)
			return;
		else if (n == -1 && errno != EINTR)
			s->closed = true;
	}
	buf_reset(&s->queue);
	s->at = 0;
}

static void
send_take(struct serve *s, jv msg)
{
	js_dump(&s->queue, msg);
	buf_addc(&s->queue, '\n');
	js_free(msg);
	flush(s);
}

static void
fault(struct serve *s, jv id, enum rpc_code code, const char *text)
{
	send_take(s, rpc_error(id, code, text, js_none()));
}

/* ---- calls ---- */

static void
call_free(struct serve_call *c)
{
	job_free(c->job);
	js_free(c->id);
	js_free(c->token);
	free(c->name);
	free(c->args);
	free(c);
}

static struct serve_call *
find(const struct serve *s, jv id)
{
	for (size_t i = 0; i < s->n; i++)
		if (!s->call[i]->parked && js_eq(s->call[i]->id, id))
			return s->call[i];
	return NULL;
}

/* ---- the user's consent ---- */

/* The call whose question has that ticket. */
static struct serve_call *
by_ticket(const struct serve *s, const char *ticket)
{
	for (size_t i = 0; ticket != NULL && i < s->n; i++)
		if (s->call[i]->asked && strcmp(s->call[i]->ticket,
		    ticket) == 0)
			return s->call[i];
	return NULL;
}

/* A job that waits for the user's word: let the client ask. */
static void
ask_client(struct serve *s, struct serve_call *c)
{
	jv id;

	if (c->job->state != JOB_ASKING || c->asked || !s->by_client)
		return;
	if (!c->elicits) {
		/* A server of ours asks, and this client asks nobody. */
		id = js_none();
		serve_answer(c->job, id);
		return;
	}
	c->asked = true;
	ids_prefixed(c->ticket, "ask-");
	if (c->modern) {
		send_take(s, serve_wants(c->job, c->id, c->ticket));
		c->parked = true;
		return;
	}
	id = js_from_str(c->ticket);
	send_take(s, rpc_request(id, "elicitation/create", serve_question(
	    c->job)));
	js_free(id);
}

/* A question that the client could not put counts as a no. */
static void
answered(struct serve *s, const struct serve_ask *a)
{
	struct serve_call *c = by_ticket(s, js_cstr(a->id));

	if (c == NULL || c->parked)
		return;
	c->asked = false;
	serve_answer(c->job, a->reply);
}

/* The same call again, with what the user said; true when it is one. */
static bool
resumed(struct serve *s, const struct serve_ask *a, const char *args)
{
	struct serve_call *c = by_ticket(s, js_cstr(a->ticket));
	jv said;

	if (c == NULL || !c->parked || strcmp(c->name, js_cstr(a->name)) != 0 ||
	    strcmp(c->args, args) != 0)
		return false;
	js_free(c->id);
	js_free(c->token);
	c->id = js_ref(a->id);
	c->token = js_ref(a->token);
	c->parked = c->asked = false;
	said = js_get(a->answers, "approval");
	serve_answer(c->job, said);
	js_free(said);
	return true;
}

/* Too many questions that nobody came back to: the oldest is forgotten. */
static void
unpark(struct serve *s)
{
	size_t parked = 0, oldest = s->n;

	for (size_t i = 0; i < s->n; i++)
		if (s->call[i]->parked) {
			parked++;
			oldest = oldest == s->n ? i : oldest;
		}
	if (parked <= PARKED_MAX)
		return;
	call_free(s->call[oldest]);
	s->n--;
	memmove(&s->call[oldest], &s->call[oldest + 1], (s->n - oldest) *
	    sizeof(*s->call));
}

/* ---- calls under way ---- */

static void
begin(struct serve *s, struct serve_ask *a)
{
	struct buf args = BUF_INIT;
	struct serve_call *c;
	size_t n;

	if (find(s, a->id) != NULL) {
		fault(s, a->id, RPC_INVALID, "a request with this id is not "
		    "answered yet");
		return;
	}
	if (s->n == CALLS_MAX) {
		fault(s, a->id, RPC_INTERNAL, "too many calls at a time");
		return;
	}
	js_dump(&args, a->args);
	if (js_is_valid(a->ticket) && resumed(s, a, buf_str(&args))) {
		buf_free(&args);
		return;
	}
	n = args.len;
	c = xcalloc(1, sizeof(*c));
	c->id = js_ref(a->id);
	c->token = js_ref(a->token);
	c->name = xstrdup(js_cstr(a->name));
	c->args = buf_detach(&args);
	c->modern = a->modern;
	c->elicits = a->elicits;
	c->began = clock_ms();
	c->beat = c->began + BEAT_MS;
	c->job = job_new(s->env, "", c->name, c->args, n);
	s->call[s->n++] = c;
}

static void
cancel(struct serve *s, jv id)
{
	struct serve_call *c = find(s, id);

	if (c == NULL)
		return;
	c->dropped = true;
	job_cancel(c->job);
}

/* A call tells those who want to know how far it is; one that does not know
 * and takes long, that it lives. */
static void
beat(struct serve *s, struct serve_call *c)
{
	jv known = job_progress(c->job), p;
	int64_t now = clock_ms();

	if (!js_is_valid(c->token) || c->dropped || c->parked ||
	    (!js_is_valid(known) && (now < c->beat || c->told))) {
		js_free(known);
		return;
	}
	c->beat = now + BEAT_MS;
	p = js_set(js_obj(), "progressToken", js_ref(c->token));
	if (js_is_valid(known)) {
		c->told = true;
		p = js_copy_key(p, "progress", known, "progress");
		p = js_copy_key(p, "total", known, "total");
		p = js_copy_key(p, "message", known, "text");
	} else {
		p = js_set_int(p, "progress", (now - c->began) / 1000);
		p = js_set(p, "message", js_fmt("%s runs", c->name));
	}
	send_take(s, rpc_notification("notifications/progress", p));
	js_free(known);
}

/* Start what may start; answer what is done. */
static void
tend(struct serve *s)
{
	size_t running = 0, kept = 0;

	for (size_t i = 0; i < s->n; i++) {
		struct serve_call *c = s->call[i];

		if (s->by_client)
			s->env->approval.way = c->elicits ?
			    APPROVAL_PROTOCOL : APPROVAL_NONE;
		if (running < RUNNING_MAX && !c->parked)
			job_start(c->job);
		ask_client(s, c);
		running += c->job->state == JOB_RUNNING;
		beat(s, c);
		if (c->job->state != JOB_DONE) {
			s->call[kept++] = c;
			continue;
		}
		if (!c->dropped && !c->parked)
			send_take(s, serve_result(c->job, c->id, c->modern));
		call_free(c);
	}
	s->n = kept;
	if (s->by_client)
		s->env->approval.way = APPROVAL_PROTOCOL;
	unpark(s);
}

/* ---- input ---- */

static void
take(struct serve *s, jv msg)
{
	struct serve_ask a;

	serve_read(&s->peer, s->env, msg, &a);
	if (a.what == SERVE_REPLY)
		send_take(s, js_ref(a.reply));
	else if (a.what == SERVE_CALL)
		begin(s, &a);
	else if (a.what == SERVE_CANCEL)
		cancel(s, a.id);
	else if (a.what == SERVE_ANSWER)
		answered(s, &a);
	serve_ask_free(&a);
}

/* The version 2025-03-26 alone sends several messages as an array. */
static void
take_any(struct serve *s, jv v)
{
	if (!js_is_arr(v) || strcmp(s->peer.version, "2025-03-26") != 0) {
		take(s, v);
		return;
	}
	for (size_t i = 0; i < js_len(v); i++) {
		jv msg = js_at(v, i);

		take(s, msg);
		js_free(msg);
	}
}

static int
read_input(struct serve *s, struct err *e)
{
	char piece[BASE_PIECE];
	ssize_t n = fd_read(s->in, piece, sizeof(piece));

	if (n == -1 && errno == EAGAIN)
		return 0;
	if (n == -1)
		return err_sys(e, "read stdin");
	s->eof = n == 0;
	if (s->eof)
		jsonl_eof(&s->lines);
	else
		jsonl_feed(&s->lines, piece, (size_t)n);
	for (;;) {
		struct err bad = ERR_INIT;
		jv v = js_none(), none = js_null();
		enum jsonl_status st = jsonl_next(&s->lines, &v, NULL, NULL,
		    &bad);

		if (st == JSONL_ITEM)
			take_any(s, v);
		else if (st == JSONL_ERROR)
			fault(s, none, RPC_PARSE, "Parse error");
		js_free(none);
		js_free(v);
		if (st != JSONL_ITEM && st != JSONL_ERROR)
			return 0;
	}
}

/* ---- the loop ---- */

static int
nearest(const struct serve *s, int64_t leave)
{
	int64_t first = leave;

	for (size_t i = 0; i < s->n; i++) {
		const struct serve_call *c = s->call[i];
		int64_t at = c->parked ? -1 : c->job->deadline;

		if (!c->parked && js_is_valid(c->token) && !c->told &&
		    (at == -1 || c->beat < at))
			at = c->beat;
		if (at != -1 && (first == -1 || at < first))
			first = at;
	}
	return clock_left(first);
}

static int
wait_for(struct serve *s, int64_t leave, struct err *e)
{
	struct pollfd p[3 + CALLS_MAX * JOB_FDS];
	bool full = s->queue.len - s->at > OUT_MAX;
	size_t n = 3;

	p[0] = (struct pollfd){ sig_fd(), POLLIN, 0 };
	p[1] = (struct pollfd){ s->out, s->at < s->queue.len ? POLLOUT : 0,
	    0 };
	p[2] = (struct pollfd){ s->eof || full ? -1 : s->in, POLLIN, 0 };
	for (size_t i = 0; i < s->n; i++)
		n += job_fds(s->call[i]->job, &p[n]);
	if (poll(p, n, nearest(s, leave)) == -1 && errno != EINTR)
		return err_sys(e, "poll");
	if ((p[1].revents & (POLLERR | POLLHUP | POLLNVAL)) != 0)
		s->closed = true;
	flush(s);
	for (size_t i = 0; i < s->n; i++)
		job_step(s->call[i]->job);
	return p[2].revents != 0 ? read_input(s, e) : 0;
}

/* The calls that will be answered. */
static size_t
waits(const struct serve *s)
{
	size_t n = 0;

	for (size_t i = 0; i < s->n; i++)
		n += !s->call[i]->parked;
	return n;
}

/* Until the input ends, and what then still runs has had its moment. */
static int
loop(struct serve *s, struct filter_end *end, struct err *e)
{
	int64_t leave = -1;

	for (;;) {
		tend(s);
		if (s->eof && leave == -1)
			leave = clock_ms() + LEAVE_MS;
		if (s->closed || (s->eof && ((waits(s) == 0 &&
		    s->queue.len == 0) || clock_left(leave) == 0)))
			return 0;
		if (sig_caught() != 0) {
			end->signal = sig_caught();
			return err_set(e, ERR_CANCELLED, "interrupted");
		}
		if (wait_for(s, leave, e) == -1)
			return -1;
	}
}

/* Set standard output aside; the pipe of a client must not make us wait. */
static int
set_aside(int out, struct err *e)
{
	int fd = fcntl(out, F_DUPFD_CLOEXEC, 3);
	struct stat st;

	if (fd == -1 || dup2(STDERR_FILENO, out) == -1)
		return err_sys(e, "standard output");
	if (fstat(fd, &st) == 0 && (S_ISFIFO(st.st_mode) ||
	    S_ISSOCK(st.st_mode)))
		fd_nonblock(fd, true);
	return fd;
}

int
serve_stdio(struct tool_env *env, int in, int out, struct filter_end *end,
    struct err *e)
{
	struct serve *s = xcalloc(1, sizeof(*s));
	int rc;

	*s = (struct serve){ .env = env, .in = in,
	    .by_client = env->approval.way == APPROVAL_PROTOCOL };
	jsonl_init(&s->lines, "<stdin>");
	s->out = set_aside(out, e);
	rc = s->out == -1 ? -1 : loop(s, end, e);
	/* Ask all first, so that they end beside each other. */
	for (size_t i = 0; i < s->n; i++)
		job_cancel(s->call[i]->job);
	for (size_t i = 0; i < s->n; i++)
		call_free(s->call[i]);
	jsonl_free(&s->lines);
	buf_free(&s->queue);
	fd_close(&s->out);
	free(s);
	return rc;
}
