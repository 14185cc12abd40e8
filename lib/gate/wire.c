/*
 * wire.c - the body of a reply, as it comes, to an answer or an error.
 */
#include "gate/wire.h"

#include <string.h>

#include "base/mem.h"
#include "base/utf8.h"
#include "gate/fault.h"
#include "gate/line.h"
#include "gate/quick.h"
#include "gate/mend.h"
#include "json/scan.h"

#define BLANKS	" \t\r\n"

void
wire_init(struct wire *w, struct delta *d)
{
	*w = (struct wire){ .delta = d };
	sse_init(&w->sse, BASE_LINE_MAX);
}

void
wire_free(struct wire *w)
{
	sse_free(&w->sse);
	quick_free(&w->quick);
	buf_free(&w->body);
	buf_free(&w->marked);
}

/* What the model wrote, out of a report that it could not be read. */
static bool
take_unread(struct wire *w, jv v)
{
	jv report = js_get(v, "error");
	struct delta *d = w->delta;
	size_t n = 0;
	const char *s = js_str_len(report, "failed_generation", &n);

	if (s != NULL && n > 0) {
		delta_text(d, DELTA_TEXT, s, n);
		d->any = true;
		if (d->finish == NULL)
			d->finish = xstrdup("stop");
	}
	js_free(report);
	return s != NULL && n > 0;
}

bool
wire_unread(struct wire *w, const char *p, size_t n)
{
	struct err ignored = ERR_INIT;
	jv v = js_parse(p, n, &ignored);
	bool yes = js_is_obj(v) && take_unread(w, v);

	js_free(v);
	return yes;
}

/* One JSON value that is a chunk or an error report. */
static int
take_value(struct wire *w, jv v, bool marked, struct err *e)
{
	jv choices, first;
	bool bad;

	if (js_is_obj(v) && take_unread(w, v))
		return 0;
	if (fault_json(v, 0, &w->fault)) {
		*e = w->fault;
		return -1;
	}
	/* A choice may carry the report, too. */
	choices = js_get(v, "choices");
	first = js_at(choices, 0);
	bad = js_is_obj(first) && js_has(first, "error") &&
	    fault_json(first, 0, &w->fault);
	js_free(first);
	js_free(choices);
	if (bad) {
		*e = w->fault;
		return -1;
	}
	w->chunks++;
	delta_take(w->delta, v, marked);
	return 0;
}

/* One JSON text.  0, 1 when it is none, -1 with e filled. */
static int
take_json(struct wire *w, const char *p, size_t n, struct err *e)
{
	struct scan_info info;
	struct err ignored = ERR_INIT;
	struct buf quoted = BUF_INIT;
	bool marked = false;
	jv v;
	int rc;

	if (quick_again(&w->quick, w->delta, p, n)) {
		w->chunks++;
		return 0;
	}
	if (!scan_text(p, n, JS_DEPTH, &info))
		return 1;
	if (info.surrogate || info.bytes) {
		buf_reset(&w->marked);
		marked = mend_in(&w->marked, p, n);
	} else if (quick_take(&w->quick, w->delta, p, n)) {
		w->chunks++;
		return 0;
	}
	if (marked) {
		p = w->marked.data;
		n = w->marked.len;
	}
	w->delta->objects = line_quote_args(&quoted, p, n);
	v = quoted.len > 0 ? js_parse(quoted.data, quoted.len, &ignored) :
	    js_parse(p, n, &ignored);
	buf_free(&quoted);
	if (js_is_obj(v) || js_is_arr(v))
		rc = take_value(w, v, marked, e);
	else
		rc = 1;
	js_free(v);
	return rc;
}

/* Data that is no JSON as a whole: lines that are, or an error report that
 * was put into the middle of a torn event. */
static int
take_broken(struct wire *w, const char *p, size_t n, struct err *e)
{
	const char *end = p + n, *report;
	int rc = 1;

	for (const char *line = p; line < end;) {
		const char *nl = memchr(line, '\n', (size_t)(end - line));
		size_t len = (size_t)((nl != NULL ? nl : end) - line);

		if (len != n && len > 0) {
			int r = take_json(w, line, len, e);

			if (r == -1)
				return -1;
			rc = r == 0 ? 0 : rc;
		}
		line += len + 1;
	}
	if (rc == 0)
		return 0;
	report = memmem(p, n, "{\"error\"", 8);
	if (report != NULL && report > p)
		return take_json(w, report, (size_t)(end - report), e);
	return 1;
}

/* An event that is called an error, whatever is in it. */
static int
take_error(struct wire *w, const char *p, size_t n, struct err *e)
{
	struct err ignored = ERR_INIT;
	jv v = js_parse(p, n, &ignored), wrapped;

	if (js_is_obj(v) && take_unread(w, v)) {
		js_free(v);
		return 0;
	}
	if (js_is_obj(v) && !js_has(v, "error")) {
		wrapped = js_set(js_obj(), "error", js_ref(v));
		fault_json(wrapped, 0, &w->fault);
		js_free(wrapped);
	} else {
		fault_body(p, n, 0, &w->fault);
	}
	js_free(v);
	*e = w->fault;
	return -1;
}

static bool
is_done(const char *p, size_t n)
{
	return n >= 6 && strncasecmp(p, "[DONE]", 6) == 0;
}

static int
on_event(void *arg, const struct sse_event *ev, struct err *e)
{
	struct wire *w = arg;
	const char *p = ev->data;
	size_t n = ev->len;
	int rc;

	while (n > 0 && strchr(BLANKS, p[0]) != NULL && p[0] != '\0') {
		p++;
		n--;
	}
	while (n > 0 && strchr(BLANKS, p[n - 1]) != NULL && p[n - 1] != '\0')
		n--;
	if (n == 0 || p[0] == ':')
		return 0;
	if (is_done(p, n)) {
		w->done = true;
		return 1;
	}
	if (strcmp(ev->type, "error") == 0)
		return take_error(w, p, n, e);
	rc = take_json(w, p, n, e);
	if (rc == 1)
		rc = take_broken(w, p, n, e);
	if (rc == 1) {
		w->noise++;
		rc = 0;
	}
	/* Nothing of use can follow, and some servers never close. */
	if (rc == 0 && w->delta->finish != NULL && w->delta->counted)
		rc = 1;
	return rc;
}

/* What the first bytes say; false while they say nothing. */
static bool
sniff(struct wire *w)
{
	static const char *const fields[] = { "data:", "event:", "id:",
	    "retry:", ":" };
	const char *p = buf_str(&w->body);
	const char *end = p + w->body.len;

	if (w->body.len < 3 && memcmp(p, "\xef\xbb", w->body.len) == 0)
		return false;
	if (w->body.len >= 3 && memcmp(p, "\xef\xbb\xbf", 3) == 0)
		p += 3;
	p += strspn(p, BLANKS);
	if (p == end)
		return false;
	w->form = WIRE_OTHER;
	if (*p == '{' || *p == '[')
		w->form = WIRE_JSON;
	for (size_t i = 0; i < BASE_NITEMS(fields); i++) {
		size_t n = strlen(fields[i]), have = (size_t)(end - p);

		if (have >= n && memcmp(p, fields[i], n) == 0)
			w->form = WIRE_EVENTS;
		else if (have < n && memcmp(p, fields[i], have) == 0)
			w->form = WIRE_UNKNOWN;
		if (w->form == WIRE_EVENTS || w->form == WIRE_UNKNOWN)
			break;
	}
	return w->form != WIRE_UNKNOWN;
}

int
wire_feed(struct wire *w, const char *p, size_t n, struct err *e)
{
	int rc;

	if (w->done)
		return 1;
	if (w->form == WIRE_EVENTS)
		return sse_feed(&w->sse, p, n, on_event, w, e);
	if (w->body.len + n > BASE_LINE_MAX)
		return err_set(e, ERR_PROTOCOL, "the answer is longer than "
		    "%zu MiB", BASE_LINE_MAX >> 20);
	buf_add(&w->body, p, n);
	if (w->form != WIRE_UNKNOWN || !sniff(w) || w->form != WIRE_EVENTS)
		return 0;
	rc = sse_feed(&w->sse, w->body.data, w->body.len, on_event, w, e);
	buf_reset(&w->body);
	return rc;
}

bool
wire_complete(const struct wire *w)
{
	const char *finish = w->delta->finish;

	if (w->fault.kind != ERR_NONE)
		return false;
	if (finish != NULL)
		return w->delta->any;
	if (w->delta->whole)
		return delta_calls_whole(w->delta);
	return w->done && w->delta->any && delta_calls_whole(w->delta);
}

/* A body that is not a stream: one document, or lines. */
static int
take_body(struct wire *w, struct err *e)
{
	const char *p = buf_str(&w->body);
	size_t n = w->body.len;
	int rc;

	if (n >= 3 && memcmp(p, "\xef\xbb\xbf", 3) == 0) {
		p += 3;
		n -= 3;
	}
	rc = take_json(w, p, n, e);
	if (rc == 1)
		rc = take_broken(w, p, n, e);
	if (rc != 1)
		return rc;
	if (w->form == WIRE_JSON)
		return err_set(e, ERR_CUT, "the answer broke off within its "
		    "JSON");
	fault_body(p, n, 0, e);
	e->kind = ERR_PROTOCOL;
	return err_wrap(e, "the server's answer is no JSON");
}

/* A reason to end that is an error in itself. */
static int
bad_finish(struct wire *w, struct err *e)
{
	const char *why = w->delta->finish;

	if (strcmp(delta_finish(w->delta), "error") != 0)
		return 0;
	err_set(e, fault_kind(why, 0), "the server ended the answer: %.80s",
	    why);
	return -1;
}

int
wire_end(struct wire *w, struct err *e)
{
	int rc = 0;

	if (w->form == WIRE_EVENTS && !w->done && w->fault.kind == ERR_NONE)
		rc = sse_end(&w->sse, on_event, w, e);
	else if (w->form != WIRE_EVENTS && w->body.len > 0 && w->chunks == 0)
		rc = take_body(w, e);
	if (rc == -1)
		return -1;
	if (wire_complete(w))
		return bad_finish(w, e);
	if (w->delta->any && (w->delta->text.len > 0 ||
	    w->delta->think.len > 0 || w->delta->ncalls > 0))
		return err_set(e, ERR_CUT, "the answer broke off: the "
		    "connection ended before it did");
	if (w->noise > 0 && w->chunks == 0)
		return err_set(e, ERR_PROTOCOL, "the server's stream has "
		    "nothing that could be read");
	if (w->chunks > 0 && !w->delta->any && w->form == WIRE_JSON)
		return err_set(e, ERR_PROTOCOL, "the server's answer has no "
		    "choices");
	return err_set(e, ERR_CUT, "the server sent an empty answer");
}
