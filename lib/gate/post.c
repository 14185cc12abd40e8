/*
 * post.c - several requests to a server at once, each tried until it is
 * answered or hopeless.
 *
 * A request is in one of three lists: waiting, until its time has come,
 * booking, until the account (account.h) grants it, and flying.  Ends are
 * kept in another until net/many has returned, so that the caller may do
 * anything when it is told.
 */
#include "gate/post.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <bsd/stdlib.h>
#include <bsd/sys/queue.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/mem.h"
#include "gate/charge.h"
#include "gate/endpoint.h"
#include "gate/fault.h"
#include "gate/rest.h"
#include "json/js.h"
#include "json/scan.h"
#include "net/many.h"
#include "net/retry.h"

#define LOADING_TRIES	60	/* a large model takes its minutes to load */
#define LOADING_CAP_MS	4000

struct one {
	TAILQ_ENTRY(one) link;
	struct post	*p;
	char		*url;
	struct buf	 body;		/* of the request, for every try */
	void		*tag;
	struct many_call *call;
	struct post_reply r;
	struct booking	 booking;	/* of this try */
	int		 tries;		/* at most */
	int64_t		 at;		/* when to try, clock_ms */
	int64_t		 rest;		/* what was waited for (rest.h) */
	int64_t		 deadline;	/* of all tries, -1 none */
	bool		 embeds;	/* no tokens come out of it */
	bool		 long_body;	/* the answer is over the limit */
};

TAILQ_HEAD(ones, one);

struct post {
	const struct server *s;
	struct many	*many;
	post_fn		*done;
	void		*arg;
	struct account	*account;	/* or NULL */
	char		*shown;		/* the base, for its books */
	struct ones	 waiting, booking, flying, ended;
	size_t		 count;
	int64_t		 hold;		/* nobody asks before this */
	int64_t		 patience;	/* with a server at rest */
	bool		 told;		/* that it is */
	bool		 stopped;
};

struct post *
post_open(const struct server *s, post_fn *done, void *arg, struct err *e)
{
	struct many *many = many_open(e);
	struct buf shown = BUF_INIT;
	struct post *p;

	if (many == NULL)
		return NULL;
	p = xcalloc(1, sizeof(*p));
	p->s = s;
	p->many = many;
	p->done = done;
	p->arg = arg;
	p->patience = rest_patience(s->set);
	http_show_url(&shown, s->base);
	p->shown = buf_detach(&shown);
	TAILQ_INIT(&p->waiting);
	TAILQ_INIT(&p->booking);
	TAILQ_INIT(&p->flying);
	TAILQ_INIT(&p->ended);
	return p;
}

static void
one_free(struct one *o)
{
	buf_free(&o->body);
	buf_free(&o->r.body);
	free(o->url);
	free(o);
}

static void
drop_all(struct ones *list)
{
	struct one *o;

	while ((o = TAILQ_FIRST(list)) != NULL) {
		TAILQ_REMOVE(list, o, link);
		one_free(o);
	}
}

void
post_close(struct post *p)
{
	struct one *o;

	if (p == NULL)
		return;
	many_close(p->many);
	/* What is booked or flies stays held: it counts as used. */
	TAILQ_FOREACH(o, &p->booking, link)
		account_drop(p->account, &o->booking);
	TAILQ_FOREACH(o, &p->flying, link)
		if (p->account != NULL)
			account_settle(p->account, &o->booking, NULL);
	drop_all(&p->waiting);
	drop_all(&p->booking);
	drop_all(&p->flying);
	drop_all(&p->ended);
	free(p->shown);
	free(p);
}

void
post_account(struct post *p, struct account *a)
{
	p->account = a;
	account_start(a);
}

int
post_account_fd(const struct post *p)
{
	return p->account != NULL ? account_fd(p->account) : -1;
}

size_t
post_count(const struct post *p)
{
	return p->count;
}

int
post_fd(const struct post *p)
{
	return many_fd(p->many);
}

int
post_left(const struct post *p)
{
	int left = many_left(p->many);
	const struct one *o;

	if (!TAILQ_EMPTY(&p->ended))
		return 0;
	if (p->account != NULL)
		left = clock_sooner(left, account_left(p->account));
	TAILQ_FOREACH(o, &p->waiting, link)
		left = clock_sooner(left, clock_left(o->at));
	return left;
}

/* ---- judging ---- */

/* True when the body plainly is an answer, so that it need not be parsed. */
static bool
plain_answer(const char *p, size_t n)
{
	static const char *const has[] = { "choices", "data", "output",
	    "results" };
	struct scan_span v;

	if (scan_find(p, n, "error", &v) &&
	    !(v.n == 4 && memcmp(v.p, "null", 4) == 0))
		return false;
	for (size_t i = 0; i < BASE_NITEMS(has); i++)
		if (scan_find(p, n, has[i], &v))
			return true;
	return false;
}

static int
judge(struct post_reply *r, struct err *e)
{
	const char *p = buf_str(&r->body);
	struct scan_info info;
	bool bad;
	jv v;

	if (r->status / 100 != 2)
		return fault_body(p, r->body.len, r->status, e);
	if (!scan_text(p, r->body.len, JS_DEPTH, &info)) {
		err_set(e, ERR_PROTOCOL, "the answer is no JSON document (%s)",
		    r->body.len == 0 ? "it is empty" : info.fault);
		e->http_status = r->status;
		return -1;
	}
	if (plain_answer(p, r->body.len))
		return 0;
	v = js_parse(p, r->body.len, e);
	bad = !js_is_valid(v) || fault_json(v, r->status, e);
	js_free(v);
	return bad ? -1 : 0;
}

/* ---- what net/many tells ---- */

static void
on_head(void *arg, const struct http_reply *r)
{
	static const char *const names[] = { "x-request-id", "request-id" };
	struct one *o = arg;

	for (size_t i = 0; i < BASE_NITEMS(names); i++)
		if (http_header(r, names[i], o->r.request_id,
		    sizeof(o->r.request_id)))
			break;
}

static enum many_more
on_body(void *arg, const char *p, size_t n)
{
	struct one *o = arg;

	if (n > POST_BODY_MAX - o->r.body.len) {
		o->long_body = true;
		return MANY_ENOUGH;
	}
	buf_add(&o->r.body, p, n);
	return MANY_GO;
}

static int64_t
next_wait(struct one *o, const struct http_reply *reply)
{
	struct retry_policy p = RETRY_POLICY;
	struct retry_case c = { .attempt = o->r.tries, .kind = o->r.err.kind,
	    .http_status = o->r.err.http_status, .final = reply->final,
	    .after_ms = reply->after_ms,
	    .budget_ms = o->deadline < 0 ? -1 : clock_left(o->deadline),
	    .random = arc4random() };

	p.tries = o->tries;
	if (o->tries > 1 && fault_is_loading(o->r.err.msg)) {
		p.tries = LOADING_TRIES;
		p.cap_ms = LOADING_CAP_MS;
	}
	return o->p->stopped ? RETRY_NEVER : retry_wait(&p, &c);
}

/* Later: now and ms, or when all may ask again. */
static void
postpone(struct one *o, const struct http_reply *reply, int64_t ms)
{
	struct post *p = o->p;
	int64_t now = clock_ms();

	if (reply->after_ms > 0 && now + reply->after_ms > p->hold)
		p->hold = now + reply->after_ms;
	o->at = now + ms;
	o->long_body = false;
	buf_free(&o->r.body);
	TAILQ_INSERT_TAIL(&p->waiting, o, link);
}

static void
settle(struct one *o, const struct http_reply *reply, const struct err *fault)
{
	jv usage = charge_usage(&o->r.body);
	struct charge_end end = { .fault = fault, .status = reply->status,
	    .reached = reply->status != 0 ||
	    fault->kind != ERR_UNAVAILABLE, .after_ms = reply->after_ms,
	    .usage = usage };

	if (fault->kind == ERR_NONE && !js_is_valid(usage))
		end.output = charge_text(&o->r.body);
	charge(o->p->account, &o->booking, &end);
	js_free(usage);
}

/* All processes are told that the server wants to be left alone. */
static void
rest(struct one *o, int64_t ms)
{
	struct account_ask q = { .endpoint = o->p->shown,
	    .auth = o->p->s->auth };
	char *model;

	if (ms <= 0)
		return;
	model = charge_model(&o->body);
	q.model = model;
	rest_tell(&q, ms);
	free(model);
}

static void
on_end(void *arg, const struct http_reply *reply, const struct err *e)
{
	struct one *o = arg;
	struct err fault = ERR_INIT;
	int64_t ms;

	o->call = NULL;
	TAILQ_REMOVE(&o->p->flying, o, link);
	o->r.status = reply->status;
	if (reply->status != 0 || (e != NULL && e->kind != ERR_UNAVAILABLE))
		o->r.reached = true;
	/* The body of an error may be cut short: the status is what counts. */
	if (e != NULL && reply->status < 400)
		fault = *e;
	else if (o->long_body)
		err_set(&fault, ERR_PROTOCOL, "the answer is longer than %zu "
		    "bytes", POST_BODY_MAX);
	else
		judge(&o->r, &fault);
	log_redact_err(&fault);
	if (o->p->account != NULL)
		settle(o, reply, &fault);
	else if (fault.kind != ERR_NONE)
		rest(o, reply->after_ms);
	o->r.err = fault;
	ms = fault.kind == ERR_NONE ? RETRY_NEVER : next_wait(o, reply);
	if (ms == RETRY_NEVER)
		TAILQ_INSERT_TAIL(&o->p->ended, o, link);
	else
		postpone(o, reply, ms);
}

/* ---- asking ---- */

static const struct many_ops ops = { on_head, on_body, on_end };

static void
launch(struct one *o)
{
	struct post *p = o->p;
	const struct settings *a = p->s->set;
	const char *headers[] = { "Content-Type: application/json",
	    "Accept: application/json", p->s->auth, NULL };
	struct http_request q = { .url = o->url, .headers = headers,
	    .connect_ms = a->connect_ms, .first_ms = a->first_ms,
	    .idle_ms = a->idle_ms,
	    .total_ms = o->deadline < 0 ? -1 : clock_left(o->deadline) + 1 };
	struct buf body = BUF_INIT;

	buf_add(&body, o->body.data, o->body.len);
	o->r.tries++;
	o->r.err = (struct err)ERR_INIT;
	o->call = many_start(p->many, &q, &body, &ops, o, &o->r.err);
	buf_free(&body);
	if (o->call != NULL) {
		TAILQ_INSERT_TAIL(&p->flying, o, link);
		return;
	}
	if (p->account != NULL)
		account_drop(p->account, &o->booking);
	TAILQ_INSERT_TAIL(&p->ended, o, link);
}

/* True when another process was told to wait, and so is this request. */
static bool
must_rest(struct one *o, struct account_ask *q)
{
	struct post *p = o->p;
	int64_t at, ms;
	char *model;

	if (!rest_any())
		return false;
	model = charge_model(&o->body);
	q->model = model;
	at = rest_until(q);
	ms = at - clock_wall_ms();
	free(model);
	if (at <= o->rest)
		return false;
	o->rest = at;
	if (rest_check(ms, p->patience, &o->r.err) == -1 ||
	    (q->wait_ms >= 0 && rest_check(ms, q->wait_ms, &o->r.err) ==
	    -1)) {
		o->r.denied = true;
		TAILQ_INSERT_TAIL(&p->ended, o, link);
		return true;
	}
	if (!p->told)
		log_note("waiting %lld s, as the server asked another "
		    "process", (long long)(ms + 999) / 1000);
	p->told = true;
	o->at = clock_ms() + ms + arc4random_uniform(100);
	TAILQ_INSERT_TAIL(&p->waiting, o, link);
	return true;
}

/* Its time has come: ask for leave, or go. */
static void
set_out(struct one *o)
{
	struct post *p = o->p;
	struct account_ask q = { .endpoint = p->shown, .auth = p->s->auth,
	    .wait_ms = clock_left(o->deadline) };
	char *model;

	TAILQ_REMOVE(&p->waiting, o, link);
	if (p->account == NULL) {
		if (!must_rest(o, &q))
			launch(o);
		return;
	}
	model = charge_body(&o->body, o->embeds, &q);
	q.model = model;
	account_book(p->account, &o->booking, &q);
	free(model);
	TAILQ_INSERT_TAIL(&p->booking, o, link);
}

/* Those that the account has decided on. */
static void
run_booked(struct post *p)
{
	struct one *o, *next;

	if (p->account == NULL)
		return;
	account_run(p->account);
	TAILQ_FOREACH_SAFE(o, &p->booking, link, next) {
		if (o->booking.state == BOOKING_ASKED)
			continue;
		TAILQ_REMOVE(&p->booking, o, link);
		if (o->booking.state == BOOKING_GRANTED) {
			launch(o);
			continue;
		}
		o->r.status = 0;
		o->r.err = o->booking.err;
		o->r.denied = true;
		TAILQ_INSERT_TAIL(&p->ended, o, link);
	}
}

void
post_ask(struct post *p, const char *path, struct buf *body, int tries,
    void *tag)
{
	struct one *o = xcalloc(1, sizeof(*o));
	const struct settings *a = p->s->set;
	int64_t now = clock_ms();

	o->p = p;
	o->url = endpoint_join(p->s->base, path);
	o->embeds = strcmp(path, "/embeddings") == 0;
	o->body = *body;
	*body = (struct buf)BUF_INIT;
	o->tag = tag;
	o->tries = (int)a->retries + 1;
	if (tries > 0 && tries < o->tries)
		o->tries = tries;
	o->deadline = a->total_ms > 0 ? now + a->total_ms : -1;
	o->at = now;
	p->count++;
	TAILQ_INSERT_TAIL(&p->waiting, o, link);
	if (now >= p->hold)
		set_out(o);
	else
		o->at = p->hold;
}

static void
tell_ended(struct post *p)
{
	struct one *o;

	while ((o = TAILQ_FIRST(&p->ended)) != NULL) {
		TAILQ_REMOVE(&p->ended, o, link);
		p->count--;
		p->done(p->arg, o->tag, &o->r);
		one_free(o);
	}
}

void
post_run(struct post *p)
{
	struct one *o, *next;
	int64_t now;

	many_run(p->many);
	now = clock_ms();
	TAILQ_FOREACH_SAFE(o, &p->waiting, link, next) {
		if (now < o->at)
			continue;
		if (now < p->hold)
			o->at = p->hold + arc4random_uniform(100);
		else
			set_out(o);
	}
	run_booked(p);
	tell_ended(p);
}

void
post_stop(struct post *p)
{
	struct one *o;

	p->stopped = true;
	TAILQ_FOREACH(o, &p->booking, link)
		account_drop(p->account, &o->booking);
	TAILQ_CONCAT(&p->waiting, &p->booking, link);
	while ((o = TAILQ_FIRST(&p->waiting)) != NULL) {
		TAILQ_REMOVE(&p->waiting, o, link);
		if (o->r.err.kind == ERR_NONE)
			err_set(&o->r.err, ERR_CANCELLED, "stopped");
		TAILQ_INSERT_TAIL(&p->ended, o, link);
	}
	tell_ended(p);
}
