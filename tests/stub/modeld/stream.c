/*
 * stream.c - a step as server-sent events, with every oddity of framing and
 * of deltas that the switches of the `stream` verb ask for.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "md.h"

struct flow {
	struct reply *r;
	const struct context *c;
	const char *nl, *colon;		/* line end, "data: " */
	struct text front, pending, event;
	bool has_pending;
	long deltas, batch;
	int calls;
};

static const char *
sw(const struct flow *f, const char *key)
{
	char full[64];

	snprintf(full, sizeof full, "stream.%s", key);
	return opt(f->c->step, full);
}

static bool
sw_is(const struct flow *f, const char *key, const char *value)
{
	const char *v = sw(f, key);

	return v && strcmp(v, value) == 0;
}

static void
put(struct reply *r, const char *s, size_t n)
{
	if (r->chunked)
		text_fmt(&r->out, "%zx\r\n", n);
	text_add(&r->out, s, n);
	if (r->chunked)
		text_add(&r->out, "\r\n", 2);
}

/* Send what was held, in pieces of the size asked for. */
static void
flush(struct reply *r)
{
	size_t step = r->piece > 0 ? (size_t)r->piece : r->held.len;

	for (size_t i = 0; i < r->held.len; i += step) {
		size_t n = r->held.len - i < step ? r->held.len - i : step;

		put(r, r->held.p + i, n);
		if (r->piece > 0)
			reply_mark(r, r->out.len, MARK_PAUSE, 0);
	}
	if (r->pace_ms > 0)
		reply_mark(r, r->out.len, MARK_PAUSE, r->pace_ms);
	r->held.len = 0;
	r->nheld = 0;
}

static void
field(struct flow *f, const char *name, const char *s, size_t n)
{
	struct text *t = &f->r->held;

	text_str(t, name);
	text_str(t, f->colon);
	text_add(t, s, n);
	text_str(t, f->nl);
}

static void
emit(struct flow *f, const char *json, size_t n)
{
	struct text *t = &f->r->held;
	const char *split = NULL;

	if (sw(f, "comments"))
		text_fmt(t, ": ping%s%s", f->nl, f->nl);
	if (sw(f, "comment-data") && f->deltas == 0)
		text_fmt(t, "data: : OPENROUTER PROCESSING%s%s", f->nl, f->nl);
	if (sw(f, "blanks"))
		text_fmt(t, "%s%s", f->nl, f->nl);
	if (sw(f, "named"))
		text_fmt(t, "event: message%sid: %ld%sretry: 3000%s", f->nl,
		    f->deltas, f->nl, f->nl);
	if (sw(f, "multiline"))
		split = memmem(json, n, ",\"", 2);
	if (split) {
		split++;
		field(f, "data", json, (size_t)(split - json));
		field(f, "data", split, n - (size_t)(split - json));
	} else {
		field(f, "data", json, n);
	}
	if (!sw(f, "glue"))
		text_str(t, f->nl);
	f->deltas++;
	if (++f->r->nheld >= f->batch)
		flush(f->r);
}

/* One chunk object; finish NULL is null. */
static void
chunk(struct flow *f, const char *delta, const char *finish)
{
	struct text *t = &f->event;

	t->len = 0;
	text_add(t, f->front.p, f->front.len);
	text_str(t, "\"choices\":[{\"index\":0");
	if (sw_is(f, "delta", "message"))
		text_fmt(t, ",\"message\":%s", delta);
	else if (sw_is(f, "delta", "null") && delta[1] == '}')
		text_str(t, ",\"delta\":null");
	else if (!(sw_is(f, "delta", "missing") && delta[1] == '}'))
		text_str(t, ",\"delta\":"), text_str(t, delta);
	if (finish)
		text_fmt(t, ",\"finish_reason\":\"%s\"", finish);
	else
		text_str(t, ",\"finish_reason\":null");
	if (sw_is(f, "usage", "choice") && finish)
		text_str(t, ","), usage_add(t, f->c);
	text_str(t, "}]");
	if (sw_is(f, "usage", "each"))
		text_str(t, ","), usage_add(t, f->c);
	text_str(t, "}");
	emit(f, t->p, t->len);
}

static void
release(struct flow *f, const char *finish)
{
	if (f->has_pending)
		chunk(f, f->pending.p, finish);
	f->has_pending = false;
}

/* Deltas wait for the next one, so that the last can carry the finish. */
static void
delta(struct flow *f, const char *inner, size_t n)
{
	release(f, NULL);
	f->pending.len = 0;
	text_str(&f->pending, "{");
	if (sw_is(f, "role", "each"))
		text_str(&f->pending, "\"role\":\"assistant\",");
	if (sw_is(f, "role", "empty"))
		text_str(&f->pending, "\"role\":\"\",");
	text_add(&f->pending, inner, n);
	text_str(&f->pending, "}");
	f->has_pending = true;
}

/* Length of the next piece: N characters, or up to the next blank. */
static size_t
piece(const struct flow *f, const char *s, bool args)
{
	const char *how = sw(f, "piece");
	long n = how ? strtol(how, NULL, 10) : args ? 6 : -1;
	size_t i = 0;

	if (n == 0)
		return strlen(s);
	if (n < 0)
		return *s ? 1 + strcspn(s + 1, " ") : 0;
	while (s[i] && n > 0) {
		i++;
		while ((s[i] & 0xc0) == 0x80)
			i++;
		n--;
	}
	return i;
}

static void
say(struct flow *f, const char *key, const char *s)
{
	struct text t = { 0 };

	for (size_t n; (n = piece(f, s, false)) > 0; s += n) {
		t.len = 0;
		text_fmt(&t, "\"%s\":", key);
		text_quote(&t, s, n);
		delta(f, t.p, t.len);
	}
	text_free(&t);
}

static void
say_tokens(struct flow *f, long n)
{
	struct text t = { 0 };

	for (long i = 0; i < n; i++) {
		t.len = 0;
		text_str(&t, "\"content\":\"");
		answer_tokens(&t, i, 1);
		text_str(&t, "\"");
		delta(f, t.p, t.len);
	}
	text_free(&t);
}

static void
call_front(struct flow *f, struct text *t, const struct part *p, bool first)
{
	const char *index = sw(f, "index"), *ids = sw(f, "ids");
	int k = f->calls;

	t->len = 0;
	text_str(t, "\"tool_calls\":[{");
	if (index == NULL || strcmp(index, "none") != 0)
		text_fmt(t, "\"index\":%d,", index == NULL ? k :
		    strcmp(index, "zero") == 0 ? 0 :
		    strcmp(index, "one") == 0 ? k + 1 : k * 5);
	if (ids && strcmp(ids, "empty") == 0) {
		text_str(t, "\"id\":\"\",");
	} else if ((first || (ids && strcmp(ids, "each") == 0)) &&
	    !(ids && strcmp(ids, "none") == 0)) {
		text_str(t, "\"id\":");
		if (p->id)
			text_quote(t, p->id, strlen(p->id));
		else
			text_fmt(t, "\"call_%ld_%d\"", f->c->n, k);
		text_str(t, ",");
	}
	if ((first || sw_is(f, "type", "each")) && !sw_is(f, "type", "none"))
		text_str(t, "\"type\":\"function\",");
	text_str(t, "\"function\":{");
}

static void
call_delta(struct flow *f, const struct part *p, bool first,
    const char *name, size_t name_n, const char *args, size_t args_n)
{
	struct text t = { 0 };

	call_front(f, &t, p, first);
	if (name) {
		text_str(&t, "\"name\":");
		text_quote(&t, name, name_n);
	}
	if (args) {
		text_str(&t, name ? ",\"arguments\":" : "\"arguments\":");
		if (sw_is(f, "args", "object"))
			text_add(&t, args, args_n);
		else
			text_quote(&t, args, args_n);
	} else if (sw_is(f, "args", "null")) {
		text_str(&t, name ? ",\"arguments\":null" :
		    "\"arguments\":null");
	}
	text_str(&t, "}}]");
	delta(f, t.p, t.len);
	text_free(&t);
}

static void
say_call(struct flow *f, const struct part *p)
{
	struct text args = { 0 }, twice = { 0 };
	const char *name = p->a, *each = sw_is(f, "name", "each") ? name : NULL;
	size_t nn = strlen(name), from = 0;
	bool none = sw_is(f, "args", "none") || sw_is(f, "args", "null");
	bool one = sw(f, "whole-call") || sw_is(f, "args", "object") || none ||
	    sw_is(f, "args", "empty");

	expand(&args, f->c, p->b, true);
	if (sw_is(f, "args", "double")) {
		text_quote(&twice, args.p, args.len);
		args.len = 0;
		text_add(&args, twice.p, twice.len);
	}
	if (sw_is(f, "args", "empty"))
		args.len = 0, text_add(&args, "", 0);
	if (one) {
		call_delta(f, p, true, name, nn, none ? NULL : args.p,
		    args.len);
	} else if (sw_is(f, "name", "late")) {
		from = piece(f, args.p, true);
		call_delta(f, p, true, NULL, 0, args.p, from);
		call_delta(f, p, false, name, nn, NULL, 0);
	} else if (sw_is(f, "name", "split")) {
		call_delta(f, p, true, name, nn / 2, NULL, 0);
		call_delta(f, p, false, name + nn / 2, nn - nn / 2, NULL, 0);
	} else {
		call_delta(f, p, true, name, nn, "", 0);
	}
	for (size_t n; !one && (n = piece(f, args.p + from, true)) > 0;
	    from += n)
		call_delta(f, p, false, each, each ? nn : 0, args.p + from, n);
	f->calls++;
	text_free(&args);
	text_free(&twice);
}

static void
say_part(struct flow *f, const struct part *p)
{
	const char *key = sw(f, "key");
	struct text s = { 0 };

	switch (p->kind) {
	case PART_TEXT:
		expand(&s, f->c, p->a, false);
		say(f, "content", s.p);
		break;
	case PART_REASONING:
		expand(&s, f->c, p->a, false);
		say(f, key ? key : "reasoning_content", s.p);
		break;
	case PART_TOKENS:
		say_tokens(f, p->n);
		break;
	case PART_CALL:
		say_call(f, p);
		break;
	case PART_EVENT:
		release(f, NULL);
		add_bytes(&s, p->a);
		emit(f, s.p, s.len);
		break;
	case PART_LINE:
		release(f, NULL);
		add_bytes(&f->r->held, p->a);
		text_str(&f->r->held, f->nl);
		f->r->nheld++;
		break;
	}
	text_free(&s);
}

static void
finish(struct flow *f)
{
	const char *why = finish_of(f->c), *how = sw(f, "finish");

	if (strcmp(why, "null") == 0 || (how && strcmp(how, "none") == 0)) {
		release(f, NULL);
	} else if (how && strcmp(how, "with") == 0) {
		release(f, why);
	} else {
		release(f, NULL);
		chunk(f, "{}", why);
		if (how && strcmp(how, "twice") == 0)
			chunk(f, "{}", why);
	}
	jv so = request_get(f->c->req, "stream_options");
	bool asked = false;
	if (jv_get_kind(so) == JV_KIND_OBJECT) {
		jv v = jv_object_get(jv_copy(so), jv_string("include_usage"));
		asked = jv_get_kind(v) == JV_KIND_TRUE;
		jv_free(v);
	}
	jv_free(so);
	if (opt(f->c->step, "usage.none"))
		asked = false;
	if (sw(f, "usage") ? sw_is(f, "usage", "last") : asked) {
		struct text *t = &f->event;

		t->len = 0;
		text_add(t, f->front.p, f->front.len);
		text_str(t, "\"choices\":[],");
		usage_add(t, f->c);
		text_str(t, "}");
		emit(f, t->p, t->len);
	}
	if (sw(f, "done-tight"))
		f->colon = ":";
	if (!sw(f, "nodone"))
		emit(f, "[DONE]", 6);
	if (sw(f, "after-done"))
		emit(f, "{\"after\":\"done\"}", 16);
}

void
reply_stream(struct reply *r, const struct context *c)
{
	struct flow f = { .r = r, .c = c };
	const char *model = opt(c->step, "model");

	f.nl = sw(&f, "crlf") ? "\r\n" : sw(&f, "cr") ? "\r" : "\n";
	f.colon = sw(&f, "nospace") ? ":" : ": ";
	f.batch = opt_num(c->step, "stream.batch", 1);
	r->piece = opt_num(c->step, "stream.chunk", 0);
	r->pace_ms = sw(&f, "pace") ? duration_ms(sw(&f, "pace")) : 0;
	if (model == NULL)
		model = setting(c->script, "model");
	if (model == NULL)
		model = "modeld-1";
	text_str(&f.front, "{\"id\":");
	chat_id(&f.front, c);
	text_fmt(&f.front, ",\"object\":\"chat.completion.chunk\","
	    "\"created\":%ld,\"model\":", 1764000000 + c->n);
	text_quote(&f.front, model, strlen(model));
	text_str(&f.front, ",");

	if (sw(&f, "bom"))
		text_str(&r->held, "\xef\xbb\xbf");
	if (sw(&f, "role") == NULL)
		chunk(&f, "{\"role\":\"assistant\",\"content\":null}", NULL);
	for (size_t i = 0; i < c->step->nparts; i++)
		say_part(&f, &c->step->parts[i]);
	finish(&f);
	flush(r);
	if (r->chunked)
		text_str(&r->out, "0\r\n\r\n");
	text_free(&f.front);
	text_free(&f.pending);
	text_free(&f.event);
}
