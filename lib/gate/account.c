/*
 * account.c - requests are reserved with agent-ledger(1), and settled.
 */
#include "gate/account.h"

#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>

#include "base/clock.h"
#include "base/mem.h"
#include "core/coproc.h"
#include "core/event.h"
#include "core/ids.h"
#include "core/state.h"
#include "gate/account_set.h"

#define TELL_MS		2000	/* who waits longer than this is told */
#define PATIENCE_MS	120000	/* for a server that asks for rest */
#define CLOSE_MS	10000
#define DEATHS		2	/* in a row, that are made good */
#define TOKENS_MAX	((int64_t)1000000000)
#define WAIT_MAX_MS	((int64_t)365 * 24 * 3600 * 1000)

struct account {
	struct account_set set;
	struct coproc	 child;
	TAILQ_HEAD(, booking) list;	/* asked and granted */
	uint64_t	 ids;
	uint64_t	 unsure;	/* settled, and not yet confirmed */
	int		 deaths;
	bool		 noted;		/* what ready had to say */
	bool		 told;		/* that something waits */
	bool		 spent;		/* something was granted */
	const char	*session;
	struct err	 over;		/* why nothing is granted any more */
	account_note	*note;
	void		*arg;
};

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

static void
say(struct account *a, const char *code, const char *fmt, const char *what)
{
	char text[700];

	snprintf(text, sizeof(text), fmt, what);
	a->note(a->arg, code, text);
}

static void
send_line(struct account *a, jv line)
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

static void
leave(struct account *a, struct booking *b)
{
	TAILQ_REMOVE(&a->list, b, link);
	js_free(b->line);
	b->line = js_none();
	b->state = BOOKING_NONE;
}

static void
deny(struct account *a, struct booking *b, const struct err *e)
{
	leave(a, b);
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
		say(a, "ledger", "%s; what is held for requests under way "
		    "counts as used", e->msg);
	if (lost_count(a)) {
		err_wrap(e, "what was spent so far is not known any more");
		a->over = *e;
	} else if (killed && a->deaths++ < DEATHS && start(a, e) == 0) {
		TAILQ_FOREACH(b, &a->list, link)
			if (b->state == BOOKING_ASKED)
				send_line(a, b->line);
		return;
	}
	TAILQ_FOREACH_SAFE(b, &a->list, link, next)
		if (b->state == BOOKING_ASKED)
			deny(a, b, e);
}

/* ---- what it says ---- */

static struct booking *
find(struct account *a, jv line)
{
	const char *s = js_str(line, "id");
	uint64_t id = s != NULL ? strtoull(s, NULL, 10) : 0;
	struct booking *b;

	TAILQ_FOREACH(b, &a->list, link)
		if (b->id == id)
			break;
	return b;
}

static void
on_granted(struct account *a, struct booking *b, jv line)
{
	int64_t tokens;

	if (b->state != BOOKING_ASKED)
		return;
	b->state = BOOKING_GRANTED;
	if (js_int(line, "tokens", 0, TOKENS_MAX * 2, &tokens) &&
	    tokens >= b->input)
		b->output = tokens - b->input;
	a->deaths = 0;
	a->spent = true;
	if (clock_ms() - b->begun < TELL_MS)
		a->told = false;
}

/* What to try, for the two that can be helped. */
static void
advise(struct err *e)
{
	size_t n = strlen(e->msg);
	const char *more = e->kind == ERR_RATE ? "; try later, or a longer "
	    "--limit-wait" : e->kind == ERR_LIMIT ? "; try a smaller "
	    "--max-tokens, or raise it" : "";

	snprintf(e->msg + n, sizeof(e->msg) - n, "%s", more);
}

static void
on_denied(struct account *a, struct booking *b, jv line)
{
	struct err e = ERR_INIT;

	if (b->state != BOOKING_ASKED)
		return;
	event_to_err(line, &e);
	advise(&e);
	deny(a, b, &e);
}

static void
on_waiting(struct account *a, struct booking *b, jv line)
{
	static const char *const reasons[] = { "requests", "tokens", "line",
	    "in_flight", "retry_after", "budget" };
	struct err e = ERR_INIT;
	jv cancel;

	if (b->state != BOOKING_ASKED)
		return;
	b->reason = reasons[0];
	for (size_t i = 0; i < BASE_NITEMS(reasons); i++)
		if (js_str_is(line, "reason", reasons[i]))
			b->reason = reasons[i];
	b->delay = 0;
	js_int(line, "delay_ms", 0, INT64_C(1) << 50, &b->delay);
	b->delay += clock_ms();
	if (strcmp(b->reason, "retry_after") != 0 || a->set.patient ||
	    b->delay - clock_ms() <= PATIENCE_MS)
		return;
	cancel = js_set(event_new("cancel"), "id", js_get(b->line, "id"));
	send_line(a, cancel);
	js_free(cancel);
	err_set(&e, ERR_RATE, "the server wants to be left alone for %lld s; "
	    "try later, or --limit-wait=1h",
	    (long long)(b->delay - clock_ms()) / 1000);
	deny(a, b, &e);
}

static void
on_line(struct account *a, jv line)
{
	struct booking *b = find(a, line);
	const char *text = js_str(line, "message");

	if (js_str_is(line, "type", "settled") && a->unsure > 0)
		a->unsure--;
	else if (js_str_is(line, "type", "error") && b != NULL)
		on_denied(a, b, line);
	else if (js_str_is(line, "type", "error"))
		say(a, "ledger", "what a request used could not be written "
		    "down, and what was held for it counts: %s",
		    text != NULL ? text : "agent-ledger does not say why");
	else if (b == NULL)
		return;
	else if (js_str_is(line, "type", "granted"))
		on_granted(a, b, line);
	else if (js_str_is(line, "type", "denied"))
		on_denied(a, b, line);
	else if (js_str_is(line, "type", "waiting"))
		on_waiting(a, b, line);
}

/* One line says that it waits, however many do. */
static void
tell(struct account *a)
{
	struct booking *b;
	char text[200];
	long long s;

	TAILQ_FOREACH(b, &a->list, link) {
		if (a->told || b->state != BOOKING_ASKED ||
		    clock_ms() - b->begun < TELL_MS)
			continue;
		a->told = true;
		s = clock_left(b->delay) / 1000 + 1;
		if (b->reason == NULL)
			snprintf(text, sizeof(text), "waiting for "
			    "agent-ledger; another process may hold its "
			    "file");
		else if (strcmp(b->reason, "budget") == 0)
			snprintf(text, sizeof(text), "waiting for requests "
			    "that hold the rest of the budget");
		else if (strcmp(b->reason, "in_flight") == 0)
			snprintf(text, sizeof(text), "waiting until fewer "
			    "requests are under way");
		else if (strcmp(b->reason, "retry_after") == 0)
			snprintf(text, sizeof(text), "waiting %lld s, as the "
			    "server asked for", s);
		else
			snprintf(text, sizeof(text), "waiting for a turn "
			    "under the shared limit (%s), %lld s or more",
			    b->reason, s);
		a->note(a->arg, "limit_wait", text);
	}
}

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
		on_line(a, line);
		js_free(line);
	}
	if (a->child.ready && !a->noted && js_str(a->child.hello, "note"))
		say(a, "ledger", "%s", js_str(a->child.hello, "note"));
	a->noted = a->child.ready;
	return rc;
}

void
account_run(struct account *a)
{
	struct err e = ERR_INIT;

	if (a->child.started && take(a, 0, &e) == -1)
		on_death(a, &e);
	tell(a);
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
	int left = -1, mine;

	if (a->told)
		return -1;
	TAILQ_FOREACH(b, &a->list, link) {
		if (b->state != BOOKING_ASKED)
			continue;
		mine = clock_left(b->begun + TELL_MS);
		if (left == -1 || mine < left)
			left = mine;
	}
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
	return n < 0 ? 0 : n > TOKENS_MAX ? TOKENS_MAX : n;
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
		deny(a, b, &e);
		return;
	}
	b->state = BOOKING_ASKED;
	b->line = reserve_line(a, b, q);
	send_line(a, b->line);
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
		send_line(a, v);
		js_free(v);
		a->unsure++;
	}
	leave(a, b);
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
		send_line(a, v);
		js_free(v);
		leave(a, b);
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
		say(a, "ledger", "%s; what is held for requests under way "
		    "counts as used", rc == 0 ? "agent-ledger does not end" :
		    e.msg);
	coproc_close(&a->child, 0);
	while (!TAILQ_EMPTY(&a->list))
		leave(a, TAILQ_FIRST(&a->list));
	free(a);
}
