/*
 * ask.c - one question to a server over HTTP, with all that can go wrong.
 */
#include "gate/ask.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <bsd/stdlib.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/mem.h"
#include "core/event.h"
#include "gate/beat.h"
#include "gate/charge.h"
#include "gate/endpoint.h"
#include "gate/fault.h"
#include "gate/repair.h"
#include "gate/rest.h"
#include "gate/wire.h"
#include "net/retry.h"

#define LOADING_TRIES	60	/* a large model takes its minutes to load */
#define LOADING_CAP_MS	4000

/* One try. */
struct attempt {
	struct ask	*a;
	const struct sink *sink;
	struct wire	 wire;
	struct http_reply reply;
	struct booking	 booking;
	bool		 sent;		/* as far as we know */
};

void
ask_init(struct ask *a, struct http *h, const char *base, const char *key)
{
	struct buf shown = BUF_INIT;

	memset(a, 0, sizeof(*a));
	a->http = h;
	a->url = endpoint_join(base, "/chat/completions");
	http_show_url(&shown, base);
	a->shown = buf_detach(&shown);
	if (key != NULL)
		a->auth = xasprintf("Authorization: Bearer %s", key);
}

void
ask_free(struct ask *a)
{
	free(a->url);
	free(a->shown);
	if (a->auth != NULL)
		explicit_bzero(a->auth, strlen(a->auth));
	free(a->auth);
	memset(a, 0, sizeof(*a));
}

static int
on_body(void *arg, const char *p, size_t n, struct err *e)
{
	struct attempt *t = arg;

	return wire_feed(&t->wire, p, n, e);
}

/* What came together goes out together, not in a write for each token. */
static int
on_pause(void *arg, struct err *e)
{
	struct attempt *t = arg;

	return t->sink->flush != NULL ? t->sink->flush(t->sink->arg, e) : 0;
}

/* Do the transfer, with the sink's watches and a beat. */
static int
perform(struct attempt *t, struct http_request *q, struct err *e)
{
	struct http_watch watch[HTTP_WATCH_MAX];
	struct beat beat;
	size_t n = t->sink->nwatch;
	int rc;

	for (size_t i = 0; i < n; i++)
		watch[i] = t->sink->watch[i];
	beat_open(&beat, n < HTTP_WATCH_MAX ? t->a->beat_ms : 0, t->a->shown,
	    q->len, t->wire.delta);
	if (beat.fd != -1)
		watch[n++] = beat_watch(&beat);
	q->watch = watch;
	q->nwatch = n;
	rc = http_perform(t->a->http, q, &t->reply, e);
	beat_close(&beat);
	return rc;
}

/* Send it once.  0 when a complete answer is in d. */
static int
try_once(struct attempt *t, struct request *r, bool stream,
    int64_t deadline, struct err *e)
{
	struct ask *a = t->a;
	const char *headers[] = { "Content-Type: application/json",
	    stream ? "Accept: text/event-stream, application/json" :
	    "Accept: application/json", a->auth, NULL };
	struct http_request q = { .url = a->url, .headers = headers,
	    .connect_ms = a->connect_ms, .first_ms = a->first_ms,
	    .idle_ms = a->idle_ms, .total_ms = clock_left(deadline),
	    .on_body = on_body, .on_pause = on_pause, .arg = t };
	int rc;

	if (q.total_ms == 0)
		return err_set(e, ERR_TIMEOUT, "the time limit is over");
	q.body = request_body(r, stream, &q.len);
	t->sent = true;
	rc = perform(t, &q, e);
	if (rc == -1) {
		/* All that matters may have come before it broke. */
		if (e->kind != ERR_IO && wire_complete(&t->wire))
			return wire_end(&t->wire, e);
		return -1;
	}
	if (t->reply.status == 400 && js_len(r->tools) > 0 &&
	    wire_unread(&t->wire, buf_str(&t->reply.body),
	    t->reply.body.len))
		return 0;
	if (t->reply.status / 100 != 2)
		return fault_body(buf_str(&t->reply.body), t->reply.body.len,
		    t->reply.status, e);
	return wire_end(&t->wire, e);
}

/* Change the request by what the server says of it, and tell. */
static bool
may_repair(struct request *r, const struct sink *sink, const struct err *e)
{
	struct buf how = BUF_INIT;
	bool done = false;
	jv ev;

	buf_adds(&how, "the server refused: ");

	if (e->kind == ERR_INVALID || e->http_status == 422 ||
	    e->http_status == 500 || e->http_status == 501 ||
	    e->http_status == 404 || (e->http_status < 300 &&
	    strncmp(e->msg, "the server reports", 18) == 0))
		done = repair_request(r, e->msg, &how);
	if (done && sink->event != NULL) {
		buf_adds(&how, " from now on");
		ev = js_set_str(event_new("notice"), "code", "repaired");
		ev = js_set(ev, "text", js_from_buf(&how));
		sink->event(sink->arg, ev);
		js_free(ev);
	}
	buf_free(&how);
	return done;
}

/* See that the try may be made; the wait for that is a part of its time. */
static int
reserve(struct attempt *t, const struct request *r, int64_t deadline,
    struct err *e)
{
	struct ask *a = t->a;
	struct account_ask q = { .endpoint = a->shown, .model = r->model,
	    .auth = a->auth, .input = a->tokens,
	    .output = r->max_tokens > 0 ? r->max_tokens : -1,
	    .wait_ms = clock_left(deadline) };

	return a->account == NULL ? rest_wait(&q, a->patience_ms, t->sink, e) :
	    charge_wait(a->account, &t->booking, &q, t->sink, e);
}

/* How long the server wants us to wait, as a header or its words say. */
static int64_t
asked_wait(const struct attempt *t, const struct err *e)
{
	static const char *const words[] = { "try again in ", "retry in ",
	    "retry after " };

	if (t->reply.after_ms >= 0 || (e->kind != ERR_RATE &&
	    e->kind != ERR_OVERLOADED))
		return t->reply.after_ms;
	for (size_t i = 0; i < BASE_NITEMS(words); i++) {
		const char *s = strcasestr(e->msg, words[i]);
		char span[32];
		size_t n;

		if (s == NULL)
			continue;
		s += strlen(words[i]);
		n = strspn(s, "0123456789.hms");
		while (n > 0 && s[n - 1] == '.')	/* of the sentence */
			n--;
		if (n > 0 && n < sizeof(span)) {
			memcpy(span, s, n);
			span[n] = '\0';
			return retry_after(span, 0);
		}
	}
	return -1;
}

/* Tell all processes what the server wants, and what was used. */
static void
settle(struct attempt *t, const struct request *r, const struct err *fault)
{
	struct account_ask q = { .endpoint = t->a->shown, .model = r->model,
	    .auth = t->a->auth };
	struct charge_end end = { .fault = fault, .status = t->reply.status,
	    .reached = t->sent && (fault->kind != ERR_UNAVAILABLE ||
	    t->reply.status != 0), .after_ms = asked_wait(t, fault),
	    .usage = t->wire.delta->usage };

	if (t->a->account == NULL) {
		if (fault->kind != ERR_NONE)
			rest_tell(&q, end.after_ms);
		return;
	}
	end.output = charge_output(t->wire.delta);
	charge(t->a->account, &t->booking, &end);
	account_sync(t->a->account);
}

/* Nobody listens where a server of this machine is said to be: it will not
 * start by itself. */
static bool
is_refused(const struct ask *a, const struct err *e)
{
	return e->kind == ERR_UNAVAILABLE && e->http_status == 0 &&
	    strstr(e->msg, strerror(ECONNREFUSED)) != NULL &&
	    http_is_loopback(a->url);
}

/* Say how the server that is usual for the port is started. */
static void
tell_start(const struct ask *a, struct err *e)
{
	static const struct { const char *port, *how; } usual[] = {
		{ ":11434/", "ollama serve" },
		{ ":1234/", "lms server start" },
		{ ":8080/", "llama-server --jinja -m MODEL.gguf" },
		{ ":8000/", "vllm serve MODEL" },
	};
	const char *how = "llama-server --jinja -m MODEL.gguf --port ...";

	for (size_t i = 0; i < BASE_NITEMS(usual); i++)
		if (strstr(a->url, usual[i].port) != NULL)
			how = usual[i].how;
	err_set(e, ERR_UNAVAILABLE, "cannot connect to %s: %s; start the "
	    "server, for example %s, or try --offline", a->shown,
	    strerror(ECONNREFUSED), how);
}

static int64_t
next_wait(struct ask *a, const struct attempt *t, const struct err *e,
    int tries, int64_t deadline, bool stream)
{
	struct retry_policy p = RETRY_POLICY;
	struct retry_case c = { .attempt = tries, .kind = e->kind,
	    .http_status = e->http_status,
	    .begun = stream && t->wire.delta->fn != NULL &&
	    t->wire.delta->pieces > 0,
	    .final = t->reply.final, .after_ms = asked_wait(t, e),
	    .budget_ms = deadline < 0 ? -1 : clock_left(deadline),
	    .random = arc4random() };

	if (!a->known && is_refused(a, e))
		return RETRY_NEVER;
	p.tries = a->retries + 1;
	if (a->retries > 0 && fault_is_loading(e->msg)) {
		p.tries = LOADING_TRIES;
		p.cap_ms = LOADING_CAP_MS;
	}
	return retry_wait(&p, &c);
}

static void
tell_retry(const struct sink *sink, const struct err *e, int tries,
    int64_t ms)
{
	jv ev;

	if (sink->event == NULL)
		return;
	ev = js_set_int(event_new("retry"), "attempt", tries);
	ev = js_set_int(ev, "delay_ms", ms);
	ev = js_set_int(ev, "status", e->http_status);
	ev = js_set_str(ev, "reason", err_kind_name(e->kind));
	ev = js_set_str(ev, "message", e->msg);
	sink->event(sink->arg, ev);
	js_free(ev);
}

/* Put the server's URL before the message, unless it is in it. */
static void
name_server(const struct ask *a, struct err *e)
{
	int status = e->http_status;
	const char *host = strstr(a->shown, "://");
	size_t n = host != NULL ? (size_t)(host + 3 - a->shown) : 0;

	if (e->kind == ERR_NONE || e->kind == ERR_IO ||
	    e->kind == ERR_CANCELLED)
		return;
	log_redact_err(e);
	n += strcspn(a->shown + n, "/");
	if (memmem(e->msg, strlen(e->msg), a->shown, n) != NULL)
		return;
	err_wrap(e, "%s", a->shown);
	e->http_status = status;
}

int
ask_run(struct ask *a, struct request *r, bool stream,
    const struct sink *sink, struct delta *d, struct err *e)
{
	int64_t deadline = a->total_ms > 0 ? clock_ms() + a->total_ms : -1;
	int64_t wait;
	int tries = 1, rc;

	for (;;) {
		struct attempt t = { .a = a, .sink = sink };
		struct err fault = ERR_INIT;
		bool repaired;

		if (reserve(&t, r, deadline, e) == -1)
			return -1;
		wire_init(&t.wire, d);
		http_reply_init(&t.reply);
		rc = try_once(&t, r, stream, deadline, &fault);
		settle(&t, r, &fault);
		wait = RETRY_NEVER;
		repaired = rc == -1 && d->pieces == 0 &&
		    may_repair(r, sink, &fault);
		if (rc == -1 && !repaired)
			wait = next_wait(a, &t, &fault, tries++, deadline,
			    stream);
		wire_free(&t.wire);
		http_reply_free(&t.reply);
		if (rc == 0) {
			a->known = true;
			return 0;
		}
		if (is_refused(a, &fault))
			tell_start(a, &fault);
		name_server(a, &fault);
		if (wait == RETRY_NEVER && !repaired) {
			*e = fault;
			return -1;
		}
		delta_free(d);
		if (repaired)
			continue;
		tell_retry(sink, &fault, tries - 1, wait);
		if (sink_wait(sink, -1, clock_ms() + wait, e) == -1)
			return -1;
	}
}
