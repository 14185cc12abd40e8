/*
 * filter.c - agent-gate as a filter: a talk in, the next message out.
 *
 * Signals keep their default action: an interrupt ends the process as it
 * would end cat(1), and what was streamed is out already.
 */
#include "gate/filter.h"

#include <string.h>

#include "base/fdio.h"
#include "base/log.h"
#include "base/num.h"
#include "core/event.h"
#include "core/ids.h"
#include "json/jsonl.h"

struct run {
	struct gate	*g;
	struct out	*out;
	bool		 stream;
	char		 id[IDS_SIZE];
};

int
filter_read(struct gate *g, int fd, const char *name, struct err *e)
{
	struct jsonl in;
	enum jsonl_status st;
	const char *p;
	size_t n;
	int rc = 0;

	jsonl_init(&in, name);
	while (rc == 0 && (st = jsonl_read_line(&in, fd, &p, &n, e)) !=
	    JSONL_END) {
		if (st == JSONL_ERROR) {
			rc = -1;
			break;
		}
		if (gate_push(g, p, n, e) == -1) {
			rc = err_wrap(e, "%s line %llu", name,
			    (unsigned long long)in.lineno);
			if (in.torn)
				err_wrap(e, "the last line has no end and "
				    "may be cut off");
		}
	}
	if (rc == 0 && !gate_has_messages(g))
		rc = err_set(e, ERR_NOINPUT, "%s: no message in it; try "
		    "echo '{\"role\":\"user\",\"content\":\"Hello.\"}' | "
		    "agent-gate", name);
	jsonl_free(&in);
	return rc;
}

static void
on_delta(void *arg, enum delta_kind kind, const char *p, size_t n, int index,
    const char *name)
{
	struct run *r = arg;

	out_delta(r->out, r->id, kind, p, n, index, name);
}

static int
on_flush(void *arg, struct err *e)
{
	struct run *r = arg;

	return out_flush(r->out, e);
}

static void
on_event(void *arg, jv ev)
{
	struct run *r = arg;
	struct err ignored = ERR_INIT;
	const char *text = js_str(ev, "message");
	char until[NUM_MS_SIZE];

	if (r->stream) {
		out_line(r->out, ev);
		out_flush(r->out, &ignored);
	}
	if (js_str_is(ev, "type", "notice"))
		log_note("%s", js_str(ev, "text"));
	if (js_str_is(ev, "type", "retry"))
		log_note("%s; trying again %s", text != NULL ? text : "failed",
		    num_until(until, (int64_t)js_num(ev, "delay_ms", 0)));
}

/* Nobody waits for the answer any more: it is not asked for either. */
static int
on_reader(void *arg)
{
	struct run *r = arg;

	if (!fd_left(r->out->fd))
		return -1;	/* a socket that has something for us */
	r->out->gone = true;
	return 1;
}

/* Told as an event, too, when events are written. */
static void
on_note(void *arg, const char *text)
{
	struct run *r = arg;
	struct err ignored = ERR_INIT;
	jv ev = js_set_str(event_new("notice"), "code", r->g->note_code);

	ev = js_set_str(ev, "text", text);
	out_line(r->out, ev);
	out_flush(r->out, &ignored);
	js_free(ev);
	log_note("%s", text);
}

int
filter_run(struct gate *g, bool stream, struct out *out, struct err *e)
{
	struct run r = { .g = g, .out = out, .stream = stream };
	struct http_watch reader = { fd_piped(out->fd), on_reader, &r };
	struct sink sink = { .delta = stream ? on_delta : NULL,
	    .flush = on_flush, .event = on_event, .arg = &r,
	    .watch = &reader, .nwatch = reader.fd != -1 };
	struct err flush = ERR_INIT;
	jv msg = js_none();
	int rc;

	ids_prefixed(r.id, "msg_");
	if (stream) {
		g->note = on_note;
		g->note_arg = &r;
	}
	rc = gate_ask(g, stream, &sink, &msg, e);
	if (rc == 0)
		out_line(out, msg);
	else if (stream && !out->gone) {
		jv ev = event_error(e);

		out_line(out, ev);
		js_free(ev);
	}
	if (!out->gone && out_flush(out, &flush) == -1 && rc == 0) {
		*e = flush;
		rc = -1;
	}
	if (rc == 0) {
		gate_verdict(msg, e);
		rc = e->kind == ERR_NONE ? 0 : -1;
	}
	js_free(msg);
	if (stream)
		g->note = NULL;
	return rc;
}
