/*
 * coproc.c - agent-gate as a coprocess, agent-protocol(7).
 *
 * Lines are handled one after the other.  While a request is under way the
 * input is still read, because a cancel is handled at once; other lines
 * wait in a queue.
 */
#include "gate/coproc.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "base/mem.h"
#include "core/event.h"
#include "json/jsonl.h"
#include "json/scan.h"
#include "sys/fd.h"
#include "sys/sig.h"

#define CHUNK	65536

/* A line that waits. */
struct waiting {
	char		*text;
	size_t		 n;
	uint64_t	 lineno;
	bool		 cancelled;	/* a request that is not to be made */
};

struct coproc {
	struct gate	*g;
	struct out	*out;
	int		 fd;
	struct jsonl	 in;
	struct waiting	*queue;
	size_t		 head, len, cap;
	bool		 eof;
	bool		 busy;
	bool		 cancel;	/* of the request under way */
	bool		 stream;
	const char	*id;		/* of that request; NULL none */
	char		*text;		/* read buffer */
	struct err	 err;		/* of writing */
};

static void
push(struct coproc *c, const char *p, size_t n)
{
	if (c->head > 0 && c->head == c->len)
		c->head = c->len = 0;
	if (c->len == c->cap) {
		c->cap = c->cap == 0 ? 64 : c->cap * 2;
		c->queue = xreallocarray(c->queue, c->cap,
		    sizeof(*c->queue));
	}
	c->queue[c->len++] = (struct waiting){ xmemdup(p, n), n,
	    c->in.lineno, false };
}

static void
flush(struct coproc *c)
{
	if (c->err.kind == ERR_NONE)
		out_flush(c->out, &c->err);
	buf_reset(&c->out->b);
}

static void
emit(struct coproc *c, jv v)
{
	out_line(c->out, v);
	js_free(v);
}

/* Whoever drives us tells people, or not. */
static void
on_note(void *arg, const char *text)
{
	struct coproc *c = arg;
	jv ev = js_set_str(event_new("notice"), "code", c->g->note_code);

	emit(c, js_set_str(ev, "text", text));
	flush(c);
}

/* A line that cannot be used. */
static void
bad_line(struct coproc *c, const struct err *e, uint64_t lineno)
{
	jv ev = event_error(e);

	emit(c, js_set_int(ev, "line", (int64_t)lineno));
	flush(c);
	log_warn("%s", e->msg);
}

/* True when the line is an object of this type. */
static bool
is_type(const char *p, size_t n, const char *type)
{
	struct scan_span v;

	return scan_find(p, n, "type", &v) && scan_is(v, type);
}

static jv
parse(const char *p, size_t n)
{
	struct err ignored = ERR_INIT;

	return js_parse(p, n, &ignored);
}

/* A cancel: of the request under way, or of those that wait. */
static void
take_cancel(struct coproc *c, jv v)
{
	const char *id = js_str(v, "id");

	if (c->busy && (id == NULL || c->id == NULL ||
	    strcmp(id, c->id) == 0)) {
		c->cancel = true;
		return;
	}
	for (size_t i = c->head; i < c->len; i++) {
		struct waiting *w = &c->queue[i];
		jv line;

		if (!is_type(w->text, w->n, "request"))
			continue;
		line = parse(w->text, w->n);
		if (id == NULL || js_str_is(line, "id", id))
			w->cancelled = true;
		js_free(line);
	}
}

/* Lines that are whole, into the queue; a cancel takes effect. */
static void
take_lines(struct coproc *c)
{
	enum jsonl_status st;
	struct err e = ERR_INIT;
	const char *p;
	size_t n;

	while ((st = jsonl_line(&c->in, &p, &n, &e)) == JSONL_ITEM ||
	    st == JSONL_ERROR) {
		jv v = js_none();

		if (st == JSONL_ERROR) {
			bad_line(c, &e, c->in.lineno);
			e = (struct err)ERR_INIT;
		} else if (is_type(p, n, "cancel") &&
		    js_is_obj(v = parse(p, n))) {
			take_cancel(c, v);
		} else {
			push(c, p, n);
		}
		js_free(v);
	}
}

/* Read what is there. */
static void
read_some(struct coproc *c)
{
	ssize_t n = fd_read(c->fd, c->text, CHUNK);

	if (n == -1 && errno == EAGAIN)
		return;
	if (n > 0) {
		jsonl_feed(&c->in, c->text, (size_t)n);
	} else {
		c->eof = true;
		jsonl_eof(&c->in);
	}
	take_lines(c);
}

/* Input came while a request is under way. */
static int
wake_input(void *arg)
{
	struct coproc *c = arg;

	read_some(c);
	if (c->eof)
		c->cancel = true;
	return c->cancel;
}

static int
wake_signal(void *arg)
{
	struct coproc *c = arg;

	c->cancel = true;
	return 1;
}

static void
on_delta(void *arg, enum delta_kind kind, const char *p, size_t n, int index,
    const char *name)
{
	struct coproc *c = arg;

	if (c->stream)
		out_delta(c->out, c->id != NULL ? c->id : "", kind, p, n,
		    index, name);
}

static int
on_flush(void *arg, struct err *e)
{
	struct coproc *c = arg;

	flush(c);
	if (c->err.kind == ERR_NONE)
		return 0;
	*e = c->err;
	return -1;
}

static void
on_event(void *arg, jv ev)
{
	struct coproc *c = arg;

	out_line(c->out, ev);
	flush(c);
}

static void
tell_answer(struct coproc *c, int rc, jv msg, struct err *e)
{
	int status;
	jv done;

	if (rc == 0)
		gate_verdict(msg, e);
	status = err_exit(e);
	if (rc == 0 || (e->kind == ERR_CANCELLED && js_is_valid(msg))) {
		emit(c, event_message_take(js_ref(msg), NULL));
	} else if (e->kind == ERR_CANCELLED) {
		struct delta none;

		delta_init(&none, NULL, NULL);
		emit(c, event_message_take(delta_message(&none,
		    DELTA_CANCELLED, js_none()), NULL));
	} else {
		jv ev = event_error(e);

		if (js_is_valid(msg))
			ev = js_set(ev, "partial", js_ref(msg));
		emit(c, ev);
	}
	done = event_new("done");
	done = js_set(done, "id", c->id != NULL ? js_from_str(c->id) :
	    js_null());
	emit(c, js_set_int(done, "exit_code", status));
	flush(c);
}

/* The form that one request wants of its answer. */
static int
own_form(struct coproc *c, jv request, struct form *f, struct err *e)
{
	jv schema = js_get(request, "schema");
	int rc = 0;

	if (js_is_valid(schema) && !js_is_null(schema)) {
		rc = form_set(f, schema, e);
		if (rc == -1)
			e->kind = ERR_DATA;
		else
			gate_set_form(c->g, f);
	}
	js_free(schema);
	return rc;
}

static void
serve(struct coproc *c, jv request, bool cancelled)
{
	struct http_watch watch[2] = {
		{ .fd = sig_fd(), .wake = wake_signal, .arg = c },
		{ .fd = c->fd, .wake = wake_input, .arg = c },
	};
	struct sink sink = { .delta = on_delta, .flush = on_flush,
	    .event = on_event, .arg = c, .watch = watch,
	    .nwatch = c->eof ? 1 : 2 };
	const struct form *usual = c->g->form;
	struct form form = FORM_INIT;
	struct err e = ERR_INIT;
	jv msg = js_none();
	int rc;

	c->id = js_str(request, "id");
	c->stream = js_bool(request, "stream", false);
	account_session(c->g->account, js_str(request, "session"));
	c->busy = true;
	c->cancel = false;
	if (cancelled)
		rc = err_set(&e, ERR_CANCELLED, "interrupted");
	else if (own_form(c, request, &form, &e) == -1)
		rc = -1;
	else
		rc = gate_ask(c->g, c->stream, &sink, &msg, &e);
	c->busy = false;
	if (c->g->form != usual)
		gate_set_form(c->g, usual);
	form_free(&form);
	tell_answer(c, rc, msg, &e);
	js_free(msg);
	account_session(c->g->account, NULL);
	c->id = NULL;
	sig_forget_int();
}

static void
handle(struct coproc *c, const struct waiting *w)
{
	struct err e = ERR_INIT;
	jv v = js_none();

	if (is_type(w->text, w->n, "request") &&
	    js_is_obj(v = parse(w->text, w->n)))
		serve(c, v, w->cancelled);
	else if (is_type(w->text, w->n, "reset") &&
	    js_is_obj(v = parse(w->text, w->n)))
		gate_reset(c->g);
	else if (gate_push(c->g, w->text, w->n, &e) == -1) {
		err_wrap(&e, "<stdin> line %llu",
		    (unsigned long long)w->lineno);
		bad_line(c, &e, w->lineno);
	}
	js_free(v);
}

jv
coproc_known_take(const struct gate *g, jv o)
{
	const char *source;
	int64_t window = gate_window(g, &source);

	if (g->kind == GATE_OFFLINE)
		o = js_set_str(o, "model", "offline");
	else if (g->model != NULL)
		o = js_set_str(o, "model", g->model);
	if (window > 0) {
		o = js_set_int(o, "window", window);
		o = js_set_str(o, "window_source", source);
	}
	if (g->window_max > window && window > 0)
		o = js_set_int(o, "window_max", g->window_max);
	if (g->silent)
		o = js_set_bool(o, "silent", true);
	o = js_set(o, "factor", js_from_num(tally_read(g->model).factor));
	o = js_copy_key(o, "system", g->prof.members, "system");
	return g->kind == GATE_OFFLINE ? js_set_bool(o, "vision", false) :
	    js_copy_key(o, "vision", g->prof.members, "vision");
}

static void
ready(struct coproc *c, const char *version)
{
	const struct gate *g = c->g;
	struct buf url = BUF_INIT;
	jv r = event_new("ready");

	r = js_set_str(r, "protocol", "agent-protocol/1");
	r = js_set_str(r, "program", "agent-gate");
	r = js_set_str(r, "version", version);
	if (g->kind == GATE_SERVER)
		http_show_url(&url, g->base);
	else
		buf_adds(&url, g->base);
	r = js_set(r, "url", js_from_buf(&url));
	r = js_set_str(r, "source", gate_source(g));
	r = coproc_known_take(g, r);
	emit(c, r);
	flush(c);
	buf_free(&url);
}

/* Wait for input; false when a signal says to leave. */
static bool
wait_input(struct coproc *c)
{
	struct pollfd fds[2] = { { c->fd, POLLIN, 0 },
	    { sig_fd(), POLLIN, 0 } };

	if (poll(fds, 2, -1) == -1)
		return errno == EINTR;
	sig_forget_int();	/* nothing to cancel */
	if (sig_caught() != 0)
		return false;
	if (fds[0].revents != 0)
		read_some(c);
	return true;
}

int
coproc_run(struct gate *g, int fd, const char *version, struct out *out,
    struct err *e)
{
	struct coproc c = { .g = g, .out = out, .fd = fd };
	bool stay = true;

	c.text = xmalloc(CHUNK);
	jsonl_init(&c.in, "<stdin>");
	g->note = on_note;
	g->note_arg = &c;
	ready(&c, version);
	while (stay && c.err.kind == ERR_NONE) {
		if (c.head < c.len) {
			struct waiting line = c.queue[c.head++];

			handle(&c, &line);
			free(line.text);
			tally_keep(&g->book);
			/* The end of input during a request: leave. */
			if (c.cancel && c.eof)
				break;
			c.cancel = false;
		} else if (c.eof) {
			break;
		} else {
			stay = wait_input(&c);
		}
		if (sig_caught() != 0 && sig_caught() != SIGINT)
			break;
	}
	if (c.err.kind != ERR_NONE)
		*e = c.err;
	else if (c.cancel && c.eof)
		err_set(e, ERR_CANCELLED, "the input ended during a request");
	while (c.head < c.len)
		free(c.queue[c.head++].text);
	free(c.queue);
	free(c.text);
	jsonl_free(&c.in);
	g->note = NULL;
	return e->kind == ERR_NONE ? 0 : -1;
}
