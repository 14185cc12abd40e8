/*
 * delta.c - chunks of a streamed answer, in every form they come in.
 *
 * The calls themselves are put together in calls.c.
 */
#include "gate/delta.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "gate/calls.h"

void
delta_init(struct delta *d, delta_fn *fn, void *arg)
{
	*d = (struct delta){ .fn = fn, .arg = arg, .choice = -1 };
	d->used = js_none();
	d->usage = js_none();
	d->details = js_none();
	d->renamed = js_none();
}

void
delta_free(struct delta *d)
{
	jv used;

	for (size_t i = 0; i < d->ncalls; i++) {
		buf_free(&d->calls[i].id);
		buf_free(&d->calls[i].name);
		buf_free(&d->calls[i].args);
		js_free(d->calls[i].extra);
	}
	free(d->calls);
	buf_free(&d->text);
	buf_free(&d->think);
	js_free(d->usage);
	js_free(d->details);
	js_free(d->renamed);
	free(d->model);
	free(d->id);
	free(d->finish);
	used = d->used;
	delta_init(d, d->fn, d->arg);
	d->used = used;
}

static void
add_text(struct delta *d, enum delta_kind kind, const char *p, size_t n,
    bool marked)
{
	bool think = kind == DELTA_REASONING;
	struct buf *b = think ? &d->think : &d->text;
	struct mend *m = think ? &d->mend_think : &d->mend_text;
	size_t old = b->len;

	mend_out(m, b, p, n, marked);
	if (b->len == old)
		return;
	d->pieces++;
	if (d->fn != NULL)
		d->fn(d->arg, kind, b->data + old, b->len - old, -1, NULL);
}

void
delta_text(struct delta *d, enum delta_kind kind, const char *p, size_t n)
{
	add_text(d, kind, p, n, false);
}

/* Replace *s by the string, when it is one and not empty. */
static void
keep(char **s, const char *v)
{
	if (v == NULL || *v == '\0' || (*s != NULL && strcmp(*s, v) == 0))
		return;
	free(*s);
	*s = xstrdup(v);
}

/* Content that is an array: text parts, and parts of thinking. */
static void
take_parts(struct delta *d, jv parts, enum delta_kind kind, bool marked,
    int depth)
{
	for (size_t i = 0; i < js_len(parts); i++) {
		jv part = js_at(parts, i);
		enum delta_kind k = kind;
		jv inner = js_get(part, "thinking");
		const char *s;
		size_t n;

		if (js_str_is(part, "type", "thinking") ||
		    js_str_is(part, "type", "reasoning"))
			k = DELTA_REASONING;
		if (js_is_arr(inner) && depth < 3)
			take_parts(d, inner, DELTA_REASONING, marked,
			    depth + 1);
		else if ((s = js_bytes(inner, &n)) != NULL)
			add_text(d, DELTA_REASONING, s, n, marked);
		else if ((s = js_str_len(part, "text", &n)) != NULL ||
		    (s = js_bytes(part, &n)) != NULL)
			add_text(d, k, s, n, marked);
		js_free(inner);
		js_free(part);
	}
}

/* The first of the names under which reasoning comes. */
static void
take_reasoning(struct delta *d, jv o, bool marked)
{
	static const char *const names[] = { "reasoning_content",
	    "reasoning", "thinking", "reasoning_text" };
	jv details = js_get(o, "reasoning_details");

	for (size_t i = 0; i < BASE_NITEMS(names); i++) {
		size_t n;
		const char *s = js_str_len(o, names[i], &n);

		if (s != NULL && n > 0) {
			add_text(d, DELTA_REASONING, s, n, marked);
			break;
		}
	}
	for (size_t i = 0; i < js_len(details) && js_is_arr(details); i++) {
		if (!js_is_arr(d->details))
			d->details = js_arr();
		d->details = js_push(d->details, js_at(details, i));
	}
	js_free(details);
}

/* A delta, or a whole message. */
static void
take_delta(struct delta *d, jv o, bool whole, bool marked)
{
	jv content = js_get(o, "content");
	jv calls = js_get(o, "tool_calls");
	jv old = js_get(o, "function_call");
	const char *s;
	size_t n;

	take_reasoning(d, o, marked);
	if ((s = js_bytes(content, &n)) != NULL)
		add_text(d, DELTA_TEXT, s, n, marked);
	else if (js_is_arr(content))
		take_parts(d, content, DELTA_TEXT, marked, 0);
	if ((s = js_str_len(o, "refusal", &n)) != NULL && n > 0) {
		d->refused = true;
		add_text(d, DELTA_TEXT, s, n, marked);
	}
	if (js_is_arr(calls))
		calls_take(d, calls, whole, marked);
	if (js_is_obj(old)) {
		jv one = js_push(js_arr(), js_set(js_obj(), "function",
		    js_ref(old)));

		calls_take(d, one, whole, marked);
		js_free(one);
	}
	js_free(old);
	js_free(calls);
	js_free(content);
}

static void
take_usage(struct delta *d, jv o)
{
	jv u = js_get(o, "usage");

	if (js_is_obj(u) && js_len(u) > 0) {
		js_free(d->usage);
		d->usage = u;
		d->counted = true;
		return;
	}
	js_free(u);
}

/* llama.cpp tells its counts in "timings" when usage is not asked for. */
static void
take_timings(struct delta *d, jv chunk)
{
	jv t = js_get(chunk, "timings");

	if (js_is_obj(t) && !js_is_valid(d->usage))
		d->usage = js_set(js_set(js_obj(), "prompt_tokens",
		    js_from_num(js_num(t, "prompt_n", 0) +
		    js_num(t, "cache_n", 0))), "completion_tokens",
		    js_from_num(js_num(t, "predicted_n", 0)));
	js_free(t);
}

static void
take_choice(struct delta *d, jv choice, bool piece, bool marked)
{
	jv o = js_get(choice, "delta");
	bool whole = false;
	const char *s;
	size_t n;

	d->any = true;
	if (!js_is_obj(o)) {
		js_free(o);
		o = js_get(choice, "message");
		whole = d->whole = js_is_obj(o) && !piece;
	}
	if (js_is_obj(o))
		take_delta(d, o, whole, marked);
	else if ((s = js_str_len(choice, "text", &n)) != NULL)
		add_text(d, DELTA_TEXT, s, n, marked);
	js_free(o);
	keep(&d->finish, js_str(choice, "finish_reason"));
	take_usage(d, choice);
}

/* The choice to read: the one read before, else 0, else the first. */
static void
take_choices(struct delta *d, jv choices, bool piece, bool marked)
{
	size_t n = js_len(choices);

	for (size_t i = 0; d->choice < 0 && i < n; i++) {
		jv c = js_at(choices, i);
		int64_t index = 0;

		js_int(c, "index", 0, 1 << 20, &index);
		if (index == 0 || i == n - 1)
			d->choice = index;
		js_free(c);
	}
	for (size_t i = 0; i < n; i++) {
		jv c = js_at(choices, i);
		int64_t index = d->choice;

		js_int(c, "index", 0, 1 << 20, &index);
		if (index == d->choice)
			take_choice(d, c, piece, marked);
		js_free(c);
	}
}

/* Ollama's own form: {"message":{...},"done":B,"done_reason":S,...}. */
static void
take_native(struct delta *d, jv chunk, jv msg, bool marked)
{
	const char *why = js_str(chunk, "done_reason");

	d->any = true;
	take_delta(d, msg, false, marked);
	if (!js_bool(chunk, "done", false))
		return;
	keep(&d->finish, why != NULL ? why : "stop");
	if (!js_is_valid(d->usage))
		d->usage = js_set(js_set(js_obj(), "prompt_tokens",
		    js_from_num(js_num(chunk, "prompt_eval_count", 0))),
		    "completion_tokens",
		    js_from_num(js_num(chunk, "eval_count", 0)));
}

void
delta_take(struct delta *d, jv chunk, bool marked)
{
	jv choices = js_get(chunk, "choices");
	jv msg = js_get(chunk, "message");
	jv groq = js_get(chunk, "x_groq");
	/* Some put the pieces of a stream into "message", too. */
	bool piece = js_str_is(chunk, "object", "chat.completion.chunk");

	keep(&d->model, js_str(chunk, "model"));
	if (d->id == NULL)
		keep(&d->id, js_str(chunk, "id"));
	take_usage(d, chunk);
	take_usage(d, groq);
	if (js_is_arr(choices))
		take_choices(d, choices, piece, marked);
	else if (js_is_obj(choices))
		take_choice(d, choices, piece, marked);
	else if (js_is_obj(msg))
		take_native(d, chunk, msg, marked);
	take_timings(d, chunk);
	js_free(groq);
	js_free(msg);
	js_free(choices);
}

const char *
delta_finish(const struct delta *d)
{
	static const struct { const char *theirs, *ours; } map[] = {
		{ "tool_calls", "tool_calls" },
		{ "function_call", "tool_calls" },
		{ "tool_use", "tool_calls" },
		{ "length", "length" }, { "max_tokens", "length" },
		{ "model_length", "length" },
		{ "content_filter", "content_filter" },
		{ "safety", "content_filter" }, { "SAFETY", "content_filter" },
		{ "refusal", "content_filter" }, { "error", "error" },
		{ "insufficient_system_resource", "error" },
		{ "model_context_window_exceeded", "error" },
	};

	for (size_t i = 0; d->finish != NULL && i < BASE_NITEMS(map); i++) {
		if (strcmp(map[i].theirs, d->finish) != 0)
			continue;
		if (strcmp(map[i].ours, "tool_calls") == 0)
			break;
		return map[i].ours;
	}
	return d->ncalls > 0 ? "tool_calls" : "stop";
}

/* A count that may be a float, nonsense or missing: -1 then. */
static int64_t
count(jv o, const char *key)
{
	double v = js_num(o, key, -1);

	return v >= 0 && v < 1e15 ? (int64_t)v : -1;
}

static jv
usage_set(jv u, const char *key, int64_t n)
{
	return n >= 0 ? js_set_int(u, key, n) : u;
}

jv
delta_usage(jv raw)
{
	jv u = js_obj();
	jv pd = js_get(raw, "prompt_tokens_details");
	jv cd = js_get(raw, "completion_tokens_details");
	int64_t in = count(raw, "prompt_tokens");
	int64_t out = count(raw, "completion_tokens");
	int64_t total = count(raw, "total_tokens");

	if (in < 0)
		in = count(raw, "input_tokens");
	if (out < 0)
		out = count(raw, "output_tokens");
	if (out < 0 && in >= 0 && total >= in)
		out = total - in;
	u = usage_set(u, "input_tokens", in);
	u = usage_set(u, "output_tokens", out);
	u = usage_set(u, "cached_input_tokens", count(pd, "cached_tokens"));
	u = usage_set(u, "reasoning_tokens", count(cd, "reasoning_tokens"));
	js_free(pd);
	js_free(cd);
	return u;
}

static jv
extras(struct delta *d, enum delta_end end)
{
	jv a = js_obj();
	const char *finish = delta_finish(d);

	if (d->model != NULL)
		a = js_set_str(a, "model", d->model);
	if (end == DELTA_DONE)
		a = js_set_str(a, "finish_reason", finish);
	if (js_is_obj(d->usage)) {
		jv u = delta_usage(d->usage);

		if (js_len(u) > 0)
			a = js_set(a, "usage", u);
		else
			js_free(u);
	}
	if (d->id != NULL)
		a = js_set_str(a, "request_id", d->id);
	if (end == DELTA_CANCELLED)
		a = js_set_bool(a, "cancelled", true);
	if (end == DELTA_CUT ||
	    (end == DELTA_DONE && strcmp(finish, "length") == 0))
		a = js_set_bool(a, "cut", true);
	if (d->refused)
		a = js_set_bool(a, "refused", true);
	return a;
}

jv
delta_message(struct delta *d, enum delta_end end, jv tools)
{
	jv m = js_set_str(js_obj(), "role", "assistant");
	jv a, calls;
	bool release = end == DELTA_DONE &&
	    strcmp(delta_finish(d), "length") != 0;

	mend_end(&d->mend_text, &d->text);
	mend_end(&d->mend_think, &d->think);
	calls = calls_result(d, tools, release);
	if (d->text.len == 0 && release && js_len(calls) > 0)
		m = js_set(m, "content", js_null());
	else
		m = js_set(m, "content", js_from_buf(&d->text));
	if (d->think.len > 0)
		m = js_set(m, "reasoning_content", js_from_buf(&d->think));
	if (js_is_arr(d->details))
		m = js_set(m, "reasoning_details", js_ref(d->details));
	a = extras(d, end);
	if (js_is_arr(d->renamed))
		a = js_set(a, "renamed", js_ref(d->renamed));
	if (js_len(calls) == 0)
		js_free(calls);
	else if (release)
		m = js_set(m, "tool_calls", calls);
	else
		a = js_set(a, "cut_calls", calls);
	return js_set(m, "agent", a);
}
