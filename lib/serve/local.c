/*
 * local.c - answers without any server: the offline model, recordings.
 */
#include <stdio.h>

#include "base/mem.h"
#include "core/msg.h"
#include "gate/offline.h"
#include "gate/request.h"
#include "serve/serve.h"

/* The conversation of a request. */
struct local {
	struct request	 q;
	struct offline	 off;
};

static int
push(struct local *l, jv m, struct err *e)
{
	if (!js_is_obj(m))
		return err_set(e, ERR_DATA, "a message is an object");
	if (request_push(&l->q, m, e) == -1)
		return -1;
	offline_push(&l->off, m);
	return 0;
}

/* The messages, or the prompt as one.  0, or -1 with e filled. */
static int
read_messages(struct local *l, jv body, enum emit_kind kind, struct err *e)
{
	jv list = js_get(body, "messages");
	const char *prompt;
	size_t n;
	int rc = 0;

	if (kind == EMIT_TEXT) {
		js_free(list);
		prompt = js_str_len(body, "prompt", &n);
		if (prompt == NULL)
			return err_set(e, ERR_DATA, "prompt: expected a "
			    "string");
		list = js_push(js_arr(), msg_text("user", prompt, n));
	}
	if (!js_is_arr(list) || js_len(list) == 0)
		rc = err_set(e, ERR_DATA, "messages: expected an array that "
		    "is not empty");
	for (size_t i = 0; rc == 0 && i < js_len(list); i++) {
		jv m = js_at(list, i);

		rc = push(l, m, e);
		if (rc == -1)
			err_wrap(e, "messages[%zu]", i);
		js_free(m);
	}
	js_free(list);
	return rc;
}

/* What else counts for the key of a recording. */
static void
set_head(struct local *l, jv body, jv tools)
{
	struct request_head h = { .model = NULL };
	char temp[32];

	if (js_has(body, "temperature")) {
		snprintf(temp, sizeof(temp), "%g", js_num(body,
		    "temperature", 0));
		h.temperature = temp;
	}
	if (!js_int(body, "max_tokens", 1, 100000000, &h.max_tokens))
		js_int(body, "max_completion_tokens", 1, 100000000,
		    &h.max_tokens);
	request_head(&l->q, &h);
	if (js_is_arr(tools))
		request_tools(&l->q, tools);
}

static void
on_piece(void *arg, enum delta_kind kind, const char *p, size_t n, int index,
    const char *name)
{
	struct talk *t = arg;

	(void)index;
	(void)name;
	/* Calls are in the message at the end, whole. */
	if (kind != DELTA_ARGS)
		delta_text(&t->delta, kind, p, n);
}

static int
replay(struct serve *s, struct local *l, jv body, struct talk *t,
    struct err *e)
{
	const char *model = js_str(body, "model");
	char key[REQUEST_KEY_SIZE];
	jv msg;

	if (model != NULL)
		t->delta.model = xstrdup(model);
	request_key(&l->q, key);
	msg = record_answer(&s->rec, key, NULL, t->emit.stream ? on_piece :
	    NULL, t, e);
	if (!js_is_valid(msg))
		return -1;
	talk_end_with(t, msg);
	js_free(msg);
	return 0;
}

static int
answer(struct serve *s, struct local *l, jv body, const struct want *w,
    struct req *r, struct err *e)
{
	struct talk t;
	int rc = 0;

	if (read_messages(l, body, w->kind, e) == -1)
		return -1;
	set_head(l, body, w->tools);
	request_close_calls(&l->q);
	talk_init(&t, w, &r->out, false);
	if (s->mode == SERVE_REPLAY) {
		rc = replay(s, l, body, &t, e);
	} else {
		t.delta.model = xstrdup("offline");
		offline_answer(&l->off, w->tools, &t.delta);
		talk_end(&t);
	}
	talk_free(&t);
	return rc;
}

void
local_answer(struct serve *s, struct req *r, enum emit_kind kind)
{
	struct err e = ERR_INIT;
	struct local l;
	struct want w;
	jv body = js_parse(buf_str(&r->in), r->in.len, &e);

	want_read(&w, kind, buf_str(&r->in), r->in.len);
	request_init(&l.q);
	offline_init(&l.off);
	if (answer(s, &l, body, &w, r, &e) == 0) {
		answer_end(r);
		if (w.stream)
			answer_header(r, "Cache-Control", "no-cache");
		answer_begin(r, 200, w.stream ? "text/event-stream" :
		    "application/json", (int64_t)r->out.len);
	} else {
		bool missing = e.kind == ERR_NOINPUT;

		answer_fail(r, missing ? 404 : 400, missing ? "no_recording" :
		    "invalid_request", "%s", e.msg);
	}
	offline_free(&l.off);
	request_free(&l.q);
	want_free(&w);
	js_free(body);
}
