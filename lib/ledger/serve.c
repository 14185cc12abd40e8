/*
 * serve.c - the ledger as a coprocess, agent-protocol(7).
 *
 * Any number of requests may wait or be under way at once; each is known by
 * the id that its owner gave it.
 */
#include "ledger/serve.h"

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/mem.h"
#include "core/event.h"
#include "json/jsonl.h"
#include "ledger/reserve.h"
#include "sys/fd.h"
#include "sys/sig.h"

#define TOKENS_MAX	((int64_t)1000000000)
#define MS_MAX		((int64_t)1000 * 3600 * 24 * 365)

struct item {
	struct reserve	 r;
	jv		 line;		/* owns the strings of r */
	int64_t		 begun, next;	/* of clock_ms */
	bool		 told;		/* that it waits */
	bool		 blocked;	/* told that the server wants it so */
	struct item	*after;
};

struct serve {
	struct ledger	*l;
	int		 out;
	int64_t		 limit_wait;
	struct jsonl	 in;
	struct item	*items;
	struct err	 err;		/* of writing */
};

static void
emit(struct serve *s, jv v)
{
	if (s->err.kind == ERR_NONE)
		jsonl_write(s->out, v, &s->err);
	js_free(v);
}

static jv
answer(const char *type, const struct item *it)
{
	return js_set_str(event_new(type), "id", js_str(it->line, "id"));
}

static void
bad_line(struct serve *s, const struct err *e)
{
	emit(s, js_set_int(event_error(e), "line", (int64_t)s->in.lineno));
}

static struct item **
find(struct serve *s, jv line)
{
	const char *id = js_str(line, "id");
	struct item **p = &s->items;

	while (*p != NULL && (id == NULL || !js_str_is((*p)->line, "id", id)))
		p = &(*p)->after;
	return p;
}

static void
forget(struct item **p)
{
	struct item *it = *p;

	*p = it->after;
	js_free(it->line);
	free(it);
}

static void
tell_granted(struct serve *s, struct item *it)
{
	jv v = answer("granted", it);

	v = js_set_int(v, "time_ms", it->r.granted_ms);
	v = js_set_int(v, "waited_ms", clock_ms() - it->begun);
	v = js_set_int(v, "tokens", it->r.input + it->r.output);
	if (it->r.priced)
		v = js_set_int(v, "cost_micro", it->r.cost);
	emit(s, v);
}

static void
tell_denied(struct serve *s, struct item *it, const struct reserve_wait *w,
    const struct err *e)
{
	jv v = answer("denied", it);

	v = js_set_str(v, "code", err_kind_name(e->kind));
	v = js_set_str(v, "message", e->msg);
	v = js_set_bool(v, "retryable", err_retryable(e->kind));
	if (w->sure_ms > 0)
		v = js_set_int(v, "retry_after_ms", w->sure_ms);
	emit(s, js_set_int(v, "exit_code", err_exit(e)));
}

static void
tell_waiting(struct serve *s, struct item *it, const struct reserve_wait *w)
{
	bool blocked = strcmp(w->reason, "retry_after") == 0;
	jv v;

	if (it->told && (it->blocked || !blocked))
		return;
	it->told = true;
	it->blocked = blocked;
	v = js_set_str(answer("waiting", it), "reason", w->reason);
	emit(s, js_set_int(v, "delay_ms", w->sure_ms > w->ms ? w->sure_ms :
	    w->ms));
}

/* Ask for one that is due; it is gone afterwards when it was denied. */
static void
try(struct serve *s, struct item **p)
{
	struct item *it = *p;
	struct reserve_wait w;
	struct err e = ERR_INIT;
	int rc = reserve_try(s->l, &it->r, &w, &e);

	if (rc == 1) {
		tell_granted(s, it);
	} else if (rc == 0) {
		it->next = clock_ms() + w.ms;
		tell_waiting(s, it, &w);
	} else {
		tell_denied(s, it, &w, &e);
		forget(p);
	}
}

/* A count, 0 when it is missing; false when it is none. */
static bool
count(jv line, const char *key, int64_t max, int64_t *out)
{
	*out = 0;
	return !js_has(line, key) || js_int(line, key, 0, max, out);
}

static void
take_reserve(struct serve *s, jv line)
{
	struct item **p = find(s, line), *it;
	int64_t wait = s->limit_wait;
	struct err e = ERR_INIT;
	struct reserve r = { .endpoint = js_str(line, "endpoint"),
	    .model = js_str(line, "model"), .key = js_str(line, "key_hash"),
	    .session = js_str(line, "session") };

	if (js_str(line, "id") == NULL || *p != NULL || r.endpoint == NULL ||
	    !count(line, "tokens", TOKENS_MAX, &r.input) ||
	    !count(line, "max_output", TOKENS_MAX, &r.output) ||
	    (js_has(line, "limit_wait_ms") &&
	    !js_int(line, "limit_wait_ms", -1, MS_MAX, &wait))) {
		err_set(&e, ERR_DATA, "reserve: an id of its own, endpoint, "
		    "and whole numbers are needed");
		if (js_str(line, "id") == NULL)
			bad_line(s, &e);
		else
			emit(s, js_set_str(event_error(&e), "id",
			    js_str(line, "id")));
		return;
	}
	if (!js_has(line, "max_output"))
		r.output = -1;
	if (r.model == NULL)
		r.model = "";
	if (r.key == NULL)
		r.key = "";
	it = xcalloc(1, sizeof(*it));
	it->line = js_ref(line);
	it->begun = clock_ms();
	r.deadline = wait < 0 ? -1 : it->begun + wait;
	it->r = r;
	*p = it;
	try(s, p);
}

/* Something came back: the one that waits longest need not wait for its
 * time to ask. */
static void
hurry(struct serve *s)
{
	struct item *first = NULL;

	for (struct item *it = s->items; it != NULL; it = it->after)
		if (it->r.lease == 0 && (first == NULL ||
		    it->r.ticket < first->r.ticket))
			first = it;
	if (first != NULL)
		first->next = clock_ms();
}

static void
take_settle(struct serve *s, jv line)
{
	struct item **p = find(s, line);
	struct reserve_use u = { .outcome = js_str(line, "outcome"),
	    .estimated = js_bool(line, "estimated", false) };
	struct err e = ERR_INIT;
	int64_t cost = -1;
	jv v;

	if (*p == NULL || (*p)->r.lease == 0 ||
	    !count(line, "input", TOKENS_MAX, &u.input) ||
	    !count(line, "output", TOKENS_MAX, &u.output) ||
	    !count(line, "cached", TOKENS_MAX, &u.cached) ||
	    !count(line, "reasoning", TOKENS_MAX, &u.reasoning) ||
	    !count(line, "duration_ms", MS_MAX, &u.duration_ms) ||
	    !count(line, "retry_after_ms", MS_MAX, &u.retry_after_ms)) {
		err_set(&e, ERR_DATA, "settle: the id of a granted request "
		    "and whole numbers are needed");
		bad_line(s, &e);
		return;
	}
	if (u.outcome == NULL)
		u.outcome = "ok";
	if (reserve_settle(s->l, &(*p)->r, &u, &cost, &e) == -1) {
		/* It stays: the end of input tries once more. */
		v = js_set_str(event_error(&e), "id", js_str(line, "id"));
		emit(s, js_set_int(v, "exit_code", err_exit(&e)));
		return;
	}
	v = answer("settled", *p);
	v = js_set(v, "cost_micro", cost < 0 ? js_null() :
	    js_from_int(cost));
	emit(s, v);
	forget(p);
	hurry(s);
}

static void
take_retry_after(struct serve *s, jv line)
{
	struct item **p = find(s, line);
	struct reserve r = { .endpoint = js_str(line, "endpoint"),
	    .model = js_str(line, "model"), .key = js_str(line, "key_hash") };
	struct err e = ERR_INIT;
	int64_t ms;

	if (*p != NULL)
		r = (*p)->r;
	if (r.endpoint == NULL || !js_int(line, "ms", 0, MS_MAX, &ms)) {
		err_set(&e, ERR_DATA, "retry_after: ms, and an id or an "
		    "endpoint are needed");
		bad_line(s, &e);
		return;
	}
	if (r.model == NULL)
		r.model = "";
	if (r.key == NULL)
		r.key = "";
	if (reserve_block(s->l, &r, ms, &e) == -1)
		bad_line(s, &e);
}

static void
take_cancel(struct serve *s, jv line)
{
	struct item **p = find(s, line);
	struct reserve_wait w = { .ms = 0 };
	struct err e = ERR_INIT;

	if (*p == NULL || (*p)->r.lease != 0)
		return;
	reserve_drop(s->l, &(*p)->r);
	err_set(&e, ERR_CANCELLED, "interrupted");
	tell_denied(s, *p, &w, &e);
	forget(p);
}

static void
take_lines(struct serve *s)
{
	static const struct {
		const char *type;
		void (*take)(struct serve *s, jv line);
	} types[] = {
		{ "reserve", take_reserve }, { "settle", take_settle },
		{ "retry_after", take_retry_after },
		{ "cancel", take_cancel },
	};
	enum jsonl_status st;
	struct err e = ERR_INIT;
	jv v = js_none();

	while ((st = jsonl_next(&s->in, &v, NULL, NULL, &e)) == JSONL_ITEM ||
	    st == JSONL_ERROR) {
		if (st == JSONL_ERROR) {
			bad_line(s, &e);
			e = (struct err)ERR_INIT;
			continue;
		}
		for (size_t i = 0; i < BASE_NITEMS(types); i++)
			if (js_str_is(v, "type", types[i].type))
				types[i].take(s, v);
		js_free(v);
	}
}

/* Ask again for those that are due; how long until the next is, or -1. */
static int
run_waiting(struct serve *s)
{
	struct item **p = &s->items, *it;
	int64_t next = -1;

	while ((it = *p) != NULL) {
		if (it->r.lease == 0 && clock_left(it->next) == 0)
			try(s, p);
		if (*p != it)
			continue;
		if (it->r.lease == 0 && (next == -1 || it->next < next))
			next = it->next;
		p = &it->after;
	}
	return clock_left(next);
}

/* Nobody will settle what is left. */
static void
leave(struct serve *s)
{
	struct err fault = ERR_INIT;
	int64_t cost;

	while (s->items != NULL) {
		struct reserve *r = &s->items->r;

		reserve_drop(s->l, r);
		if (r->lease != 0 && reserve_settle(s->l, r, NULL, &cost,
		    &fault) == -1 && s->err.kind == ERR_NONE)
			s->err = fault;
		forget(&s->items);
	}
}

static void
ready(struct serve *s, const char *version)
{
	jv v = event_new("ready");

	v = js_set_str(v, "protocol", "agent-protocol/1");
	v = js_set_str(v, "program", "agent-ledger");
	v = js_set_str(v, "version", version);
	v = js_set_str(v, "ledger", s->l->path);
	if (db_note(s->l->db) != NULL)
		v = js_set_str(v, "note", db_note(s->l->db));
	emit(s, v);
}

int
serve_run(struct ledger *l, int fd, int out, int64_t limit_wait_ms,
    const char *version, struct err *e)
{
	struct serve s = { .l = l, .out = out, .limit_wait = limit_wait_ms };
	char *text = xmalloc(65536);
	bool eof = false;

	jsonl_init(&s.in, "<stdin>");
	if (reserve_sweep(l, &s.err) == 0)
		ready(&s, version);
	while (!eof && s.err.kind == ERR_NONE && sig_caught() == 0) {
		struct pollfd fds[2] = { { fd, POLLIN, 0 },
		    { sig_fd(), POLLIN, 0 } };
		ssize_t n;

		if (poll(fds, 2, run_waiting(&s)) == -1 && errno != EINTR)
			err_sys(&s.err, "poll");
		if (fds[0].revents == 0)
			continue;
		n = fd_read(fd, text, 65536);
		eof = n <= 0;
		if (n > 0)
			jsonl_feed(&s.in, text, (size_t)n);
		else
			jsonl_eof(&s.in);
		take_lines(&s);
	}
	leave(&s);
	jsonl_free(&s.in);
	free(text);
	if (s.err.kind != ERR_NONE)
		*e = s.err;
	return s.err.kind == ERR_NONE ? 0 : -1;
}
