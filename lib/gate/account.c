/*
 * account.c - requests are reserved with agent-ledger(1), and settled.
 */
#include "gate/account_in.h"

#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>

#include "base/clock.h"
#include "base/mem.h"
#include "core/event.h"
#include "core/ids.h"
#include "core/state.h"

#define CLOSE_MS	10000
#define SYNC_MS		2000
#define DEATHS		2	/* in a row, that are made good */
#define WAIT_MAX_MS	((int64_t)365 * 24 * 3600 * 1000)

int
account_open(struct account **out, const struct settings *s,
    account_note *note, void *arg, struct err *e)
{
	struct account_set set;
	struct account *a;
	int rc = account_set(&set, s, e);

	*out = NULL;
	if (rc != 1)
		return rc;
	a = xcalloc(1, sizeof(*a));
	a->set = set;
	a->note = note;
	a->arg = arg;
	coproc_init(&a->child, "agent-ledger");
	TAILQ_INIT(&a->list);
	*out = a;
	return 0;
}

void
account_say(struct account *a, const char *code, const char *fmt,
    const char *what)
{
	char text[700];

	snprintf(text, sizeof(text), fmt, what);
	a->note(a->arg, code, text);
}

void
account_send(struct account *a, jv line)
{
	struct coproc *c = &a->child;
	struct pollfd fds[COPROC_FDS];

	coproc_send(c, line);
	/* Its answers are read meanwhile, so that it can take the rest. */
	while (c->out_at < c->out.len && c->proc.fd[0] >= 0) {
		coproc_poll(c, fds);
		poll(fds, COPROC_FDS, -1);
		coproc_work(c, fds);
	}
}

static int
start(struct account *a, struct err *e)
{
	const struct account_set *s = &a->set;
	char *path = state_libexec("agent-ledger");
	struct vec v = VEC_INIT;
	int rc;

	vec_push(&v, path);
	vec_push(&v, "--coprocess");
	if (s->max_cost != NULL)
		vec_pushf(&v, "--max-cost=%s", s->max_cost);
	if (s->max_total != NULL)
		vec_pushf(&v, "--max-total-tokens=%s", s->max_total);
	if (s->budget != NULL)
		vec_pushf(&v, "--budget=%s", s->budget);
	coproc_init(&a->child, "agent-ledger");
	/* It sees the end of its input, and writes down what was lost. */
	a->child.outlives = true;
	a->noted = false;
	rc = coproc_start(&a->child, &v, e);
	if (rc == -1)
		err_wrap(e, "limits and budgets need agent-ledger");
	vec_free(&v);
	free(path);
	return rc;
}

void
account_leave(struct account *a, struct booking *b)
{
	TAILQ_REMOVE(&a->list, b, link);
	js_free(b->line);
	b->line = js_none();
	b->state = BOOKING_NONE;
}

void
account_deny(struct account *a, struct booking *b, const struct err *e)
{
	account_leave(a, b);
	b->state = BOOKING_DENIED;
	b->err = *e;
}

/* ---- the end of the process ---- */

/* How much of a limit of its own this process has spent only the dead one
 * knew. */
static bool
lost_count(const struct account *a)
{
	return a->spent && (a->set.max_cost != NULL ||
	    a->set.max_total != NULL);
}

static void
on_death(struct account *a, struct err *e)
{
	/* Not by us, because it spoke nonsense. */
	bool killed = e->kind == ERR_INTERNAL &&
	    WIFSIGNALED(a->child.proc.status);
	bool held = a->unsure > 0;
	struct booking *b, *next;

	if (killed)
		e->kind = ERR_TEMP;
	coproc_close(&a->child, 0);
	a->unsure = 0;
	TAILQ_FOREACH(b, &a->list, link)
		if (b->state == BOOKING_GRANTED)
			b->lost = held = true;
	if (held)
		account_say(a, "ledger", "%s; what is held for requests "
		    "under way counts as used", e->msg);
	if (lost_count(a)) {
		err_wrap(e, "what was spent so far is not known any more");
		a->over = *e;
	} else if (killed && a->deaths++ < DEATHS && start(a, e) == 0) {
		TAILQ_FOREACH(b, &a->list, link)
			if (b->state == BOOKING_ASKED)
				account_send(a, b->line);
		return;
	}
	TAILQ_FOREACH_SAFE(b, &a->list, link, next)
		if (b->state == BOOKING_ASKED)
			account_deny(a, b, e);
}

/* ---- what comes from it ---- */

/* Take what came; -1 with e filled when that was the last. */
static int
take(struct account *a, int wait_ms, struct err *e)
{
	struct pollfd fds[COPROC_FDS];
	jv line = js_none();
	int rc;

	coproc_poll(&a->child, fds);
	poll(fds, COPROC_FDS, wait_ms);
	coproc_work(&a->child, fds);
	while ((rc = coproc_next(&a->child, &line, e)) == 1) {
		account_hear(a, line);
		js_free(line);
	}
	if (a->child.ready && !a->noted && js_str(a->child.hello, "note"))
		account_say(a, "ledger", "%s", js_str(a->child.hello, "note"));
	a->noted = a->child.ready;
	return rc;
}

void
account_run(struct account *a)
{
	struct err e = ERR_INIT;

	if (a->child.started && take(a, 0, &e) == -1)
		on_death(a, &e);
	account_tell(a);
}

int
account_fd(const struct account *a)
{
	return a->child.started ? a->child.proc.fd[1] : -1;
}

int
account_left(const struct account *a)
{
	const struct booking *b;
	int left = -1;

	if (a->told)
		return -1;
	TAILQ_FOREACH(b, &a->list, link)
		if (b->state == BOOKING_ASKED)
			left = clock_sooner(left, clock_left(b->begun +
			    ACCOUNT_TELL_MS));
	return left;
}

/* ---- requests ---- */

/* The beginning of the SHA-256 of the key in the header, "" for none. */
static jv
key_hash(const char *auth)
{
	char hash[65] = "";
	const char *key = auth != NULL ? strrchr(auth, ' ') : NULL;

	if (key != NULL)
		ids_sha256(hash, key + 1, strlen(key + 1));
	hash[16] = '\0';
	return js_from_str(hash);
}

static int64_t
tokens(int64_t n)
{
	return n < 0 ? 0 : n > ACCOUNT_TOKENS ? ACCOUNT_TOKENS : n;
}

static int64_t
at_most(int64_t n, int64_t max)
{
	return n > max ? max : n;
}

static jv
reserve_line(const struct account *a, const struct booking *b,
    const struct account_ask *q)
{
	jv v = js_set(event_new("reserve"), "id", js_fmt("%llu",
	    (unsigned long long)b->id));
	int64_t wait = a->set.wait_ms;

	if (q->wait_ms >= 0 && (wait < 0 || q->wait_ms < wait))
		wait = q->wait_ms;
	v = js_set_str(v, "endpoint", q->endpoint);
	v = js_set_str(v, "model", q->model != NULL ? q->model : "");
	v = js_set(v, "key_hash", key_hash(q->auth));
	v = js_set_int(v, "tokens", b->input);
	if (a->session != NULL)
		v = js_set_str(v, "session", a->session);
	if (q->output >= 0)
		v = js_set_int(v, "max_output", tokens(q->output));
	return js_set_int(v, "limit_wait_ms", at_most(wait, WAIT_MAX_MS));
}

void
account_start(struct account *a)
{
	struct err ignored = ERR_INIT;

	if (a != NULL && !a->child.started)
		start(a, &ignored);
}

void
account_session(struct account *a, const char *session)
{
	if (a != NULL)
		a->session = session;
}

void
account_book(struct account *a, struct booking *b,
    const struct account_ask *q)
{
	struct err e = a->over;

	*b = (struct booking){ .id = ++a->ids, .begun = clock_ms(),
	    .input = tokens(q->input), .line = js_none() };
	TAILQ_INSERT_TAIL(&a->list, b, link);
	if (e.kind == ERR_NONE && !a->child.started)
		start(a, &e);
	if (e.kind != ERR_NONE) {
		account_deny(a, b, &e);
		return;
	}
	b->state = BOOKING_ASKED;
	b->line = reserve_line(a, b, q);
	account_send(a, b->line);
}

void
account_settle(struct account *a, struct booking *b,
    const struct account_use *u)
{
	struct account_use use = { .outcome = "lost", .estimated = true,
	    .input = b->input, .output = b->output };
	jv v;

	if (b->state != BOOKING_GRANTED)
		return;
	if (u != NULL)
		use = *u;
	/* It may be gone since. */
	account_run(a);
	if (!b->lost) {
		v = js_set(event_new("settle"), "id", js_get(b->line, "id"));
		v = js_set_int(v, "input", tokens(use.input));
		v = js_set_int(v, "output", tokens(use.output));
		v = js_set_int(v, "cached", tokens(use.cached));
		v = js_set_int(v, "reasoning", tokens(use.reasoning));
		v = js_set_str(v, "outcome", use.outcome);
		v = js_set_bool(v, "estimated", use.estimated);
		if (use.retry_after_ms > 0)
			v = js_set_int(v, "retry_after_ms",
			    at_most(use.retry_after_ms, WAIT_MAX_MS));
		account_send(a, v);
		js_free(v);
		a->unsure++;
	}
	account_leave(a, b);
}

void
account_sync(struct account *a)
{
	int64_t until = clock_ms() + SYNC_MS;
	struct err e = ERR_INIT;

	while (a != NULL && a->child.started && a->unsure > 0 &&
	    clock_left(until) > 0)
		if (take(a, clock_left(until), &e) == -1)
			on_death(a, &e);
}

void
account_drop(struct account *a, struct booking *b)
{
	static const struct account_use nothing = { .outcome = "cancelled" };
	jv v;

	if (b->state == BOOKING_GRANTED) {
		account_settle(a, b, &nothing);
	} else if (b->state == BOOKING_ASKED) {
		v = js_set(event_new("cancel"), "id", js_get(b->line, "id"));
		account_send(a, v);
		js_free(v);
		account_leave(a, b);
	}
}

void
account_close(struct account *a)
{
	int64_t until = clock_ms() + CLOSE_MS;
	struct err e = ERR_INIT;
	int rc = 0;

	if (a == NULL)
		return;
	coproc_hang_up(&a->child);
	while (a->child.started && rc == 0 && clock_left(until) > 0)
		rc = take(a, clock_left(until), &e);
	if (a->child.started && (rc == 0 || a->child.proc.status != 0))
		account_say(a, "ledger", "%s; what is held for requests "
		    "under way counts as used", rc == 0 ? "agent-ledger does "
		    "not end" : e.msg);
	coproc_close(&a->child, 0);
	while (!TAILQ_EMPTY(&a->list))
		account_leave(a, TAILQ_FIRST(&a->list));
	free(a);
}
