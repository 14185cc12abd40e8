/*
 * talk.c - one answer of a model on its way to a client.
 */
#include "serve/talk.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "core/ids.h"
#include "core/msg.h"
#include "gate/heal.h"
#include "gate/tools.h"
#include "json/scan.h"
#include "serve/front.h"

/* ---- what was asked --------------------------------------------------- */

static bool
is_true(const char *p, size_t n, const char *name)
{
	struct scan_span v;

	return scan_find(p, n, name, &v) && v.n == 4 &&
	    memcmp(v.p, "true", 4) == 0;
}

/* More than the one choice that is read here. */
static bool
is_plain(const char *p, size_t n)
{
	struct scan_span v;

	if (scan_find(p, n, "n", &v) && !(v.n == 1 && v.p[0] == '1') &&
	    v.p[0] != 'n')
		return true;
	return is_true(p, n, "logprobs");
}

void
want_read(struct want *w, enum emit_kind kind, const char *p, size_t n)
{
	struct err ignored = ERR_INIT;
	struct scan_span v;

	*w = (struct want){ .kind = kind };
	w->stream = is_true(p, n, "stream");
	w->usage = w->stream && scan_find(p, n, "stream_options", &v) &&
	    is_true(v.p, v.n, "include_usage");
	w->plain = is_plain(p, n);
	w->tools = js_none();
	if (scan_find(p, n, "tool_choice", &v) && scan_is(v, "none"))
		return;
	if (kind == EMIT_CHAT && scan_find(p, n, "tools", &v) &&
	    v.p[0] == '[') {
		jv raw = js_parse(v.p, v.n, &ignored);

		if (js_len(raw) > 0)
			w->tools = tools_fit(raw, &ignored);
		js_free(raw);
	}
}

void
want_free(struct want *w)
{
	js_free(w->tools);
	w->tools = js_none();
}

/* ---- pieces ----------------------------------------------------------- */

static void
know_model(struct talk *t)
{
	const struct delta *d = &t->delta;

	if (t->emit.head.len == 0)
		emit_model(&t->emit, d->id, d->model != NULL ? d->model :
		    "");
}

static void
on_recover(void *arg, enum recover_kind kind, const char *p, size_t n)
{
	struct talk *t = arg;

	if (kind == RECOVER_TEXT)
		emit_text(&t->emit, p, n);
	else if (kind == RECOVER_REASONING)
		emit_reasoning(&t->emit, p, n);
	/* What has been told cannot be taken back. */
}

/* The id that the client is told, in the delta as well. */
static const char *
call_id(struct talk *t, struct delta_call *c)
{
	char fresh[IDS_SIZE];

	if (c->id.len == 0 || js_has(t->used, buf_str(&c->id))) {
		ids_call(fresh);
		buf_reset(&c->id);
		buf_adds(&c->id, fresh);
	}
	t->used = js_set_bool(t->used, buf_str(&c->id), true);
	return buf_str(&c->id);
}

/*
 * A piece of arguments.  It goes out at once when the name is known and the
 * arguments are an object, as they should be; else all at the end.
 */
static void
take_args(struct talk *t, size_t i)
{
	struct delta_call *c = &t->delta.calls[i];
	const char *args = buf_str(&c->args);
	struct talk_call *mine;

	if (i >= t->ncalls) {
		t->calls = xreallocarray(t->calls, i + 1, sizeof(*t->calls));
		memset(t->calls + t->ncalls, 0,
		    (i + 1 - t->ncalls) * sizeof(*t->calls));
		t->ncalls = i + 1;
	}
	mine = &t->calls[i];
	if (c->name.len == 0 || args[strspn(args, " \t\r\n")] != '{')
		return;
	if (!mine->open)
		emit_call(&t->emit, i, call_id(t, c), buf_str(&c->name));
	mine->open = true;
	emit_args(&t->emit, i, args + mine->sent, c->args.len - mine->sent);
	mine->sent = c->args.len;
}

static void
on_piece(void *arg, enum delta_kind kind, const char *p, size_t n, int index,
    const char *name)
{
	struct talk *t = arg;

	(void)name;
	if (kind == DELTA_TEXT && t->rec != NULL)
		recover_feed(t->rec, p, n);
	if (!t->emit.stream)
		return;
	know_model(t);
	if (kind == DELTA_REASONING)
		emit_reasoning(&t->emit, p, n);
	else if (kind == DELTA_TEXT && t->rec == NULL)
		emit_text(&t->emit, p, n);
	else if (kind == DELTA_ARGS && index >= 0)
		take_args(t, (size_t)index);
}

void
talk_init(struct talk *t, const struct want *w, struct buf *out,
    bool recover)
{
	memset(t, 0, sizeof(*t));
	emit_init(&t->emit, out, w->kind, w->stream, w->usage);
	delta_init(&t->delta, on_piece, t);
	wire_init(&t->wire, &t->delta);
	t->tools = js_ref(w->tools);
	t->used = js_obj();
	if (recover && js_len(w->tools) > 0)
		t->rec = recover_open(t->tools, &(struct recover_opts){
		    .format = NULL }, w->stream ? on_recover : NULL, t);
}

void
talk_free(struct talk *t)
{
	recover_free(t->rec);
	wire_free(&t->wire);
	delta_free(&t->delta);
	emit_free(&t->emit);
	js_free(t->tools);
	js_free(t->used);
	free(t->calls);
	memset(t, 0, sizeof(*t));
}

/* ---- the end ---------------------------------------------------------- */

/* Calls and content as the text has them, in place of the text. */
static jv
put_recovered(struct talk *t, jv m, const struct recover_result *res)
{
	jv calls = heal_calls(res->calls, res->ncalls, t->used);
	struct buf think = BUF_INIT;

	t->recovered = res->ncalls;
	buf_add(&think, buf_str(&t->delta.think), t->delta.think.len);
	buf_add(&think, buf_str(&res->reasoning), res->reasoning.len);
	if (think.len > 0)
		m = js_set(m, "reasoning_content", js_from_buf(&think));
	buf_free(&think);
	m = js_set(m, "content", res->content.len > 0 || res->ncalls == 0 ?
	    js_from_buf(&res->content) : js_null());
	if (js_len(calls) > 0)
		return js_set(m, "tool_calls", calls);
	js_free(calls);
	return m;
}

/* What the client does not know yet of the calls in the message. */
static void
tell_calls(struct talk *t, jv msg)
{
	size_t n = msg_ncalls(msg), k = 0;

	for (size_t i = 0; i < n; i++, k++) {
		const char *id, *name, *args;
		struct talk_call *mine;
		size_t len;

		while (t->recovered == 0 && k < t->delta.ncalls &&
		    t->delta.calls[k].name.len == 0 &&
		    t->delta.calls[k].args.len == 0)
			k++;
		msg_call(msg, i, &id, &name, &args, &len);
		mine = k < t->ncalls ? &t->calls[k] : NULL;
		if (mine == NULL || !mine->open)
			emit_call(&t->emit, k, id, name);
		if (mine == NULL || !mine->open)
			emit_args(&t->emit, k, args, len);
		else if (len > mine->sent)
			emit_args(&t->emit, k, args + mine->sent,
			    len - mine->sent);
	}
}

static void
tell_end(struct talk *t, jv msg, const char *finish, jv usage)
{
	know_model(t);
	if (t->emit.stream) {
		tell_calls(t, msg);
		emit_finish(&t->emit, finish, usage);
	} else {
		emit_whole(&t->emit, msg, finish, usage);
	}
}

void
talk_end(struct talk *t)
{
	struct delta *d = &t->delta;
	const char *finish = delta_finish(d);
	bool length = strcmp(finish, "length") == 0;
	const struct recover_result *res = NULL;
	jv msg;

	if (t->rec != NULL)
		res = recover_end(t->rec, length);
	d->used = js_none();
	msg = delta_message(d, DELTA_DONE, t->tools);
	msg = js_del(msg, "agent");
	if (res != NULL && d->ncalls == 0 && (length ? res->ncalls == 0 &&
	    res->ncut == 0 : true))
		msg = put_recovered(t, msg, res);
	if (t->recovered > 0)
		finish = "tool_calls";
	tell_end(t, msg, finish, d->usage);
	js_free(msg);
}

void
talk_end_with(struct talk *t, jv msg)
{
	jv agent = js_get(msg, "agent"), usage = js_get(agent, "usage");
	jv m = msg_strip(msg), u = js_none();
	const char *finish = msg_ncalls(m) > 0 ? "tool_calls" : "stop";
	int64_t in = 0, out = 0;

	if (js_str_is(agent, "finish_reason", "length"))
		finish = "length";
	else if (js_str_is(agent, "finish_reason", "content_filter"))
		finish = "content_filter";
	js_int(usage, "input_tokens", 0, INT32_MAX, &in);
	js_int(usage, "output_tokens", 0, INT32_MAX, &out);
	u = js_set_int(js_set_int(js_obj(), "prompt_tokens", in),
	    "completion_tokens", out);
	if (t->delta.model == NULL && js_str(agent, "model") != NULL)
		t->delta.model = xstrdup(js_str(agent, "model"));
	tell_end(t, m, finish, u);
	js_free(u);
	js_free(m);
	js_free(usage);
	js_free(agent);
}

void
talk_fail(struct talk *t, int status, const char *code, const char *text)
{
	struct buf b = BUF_INIT;

	answer_error_json(&b, status, code, text);
	emit_error(&t->emit, b.data, b.len);
	buf_free(&b);
}
