/*
 * replay.c - a session's events made into a talk that a server accepts.
 */
#include "chat/replay.h"

#include "core/msg.h"

#include <stdio.h>
#include <string.h>

/* Greatest whole number that a JSON number carries exactly. */
#define WHOLE_MAX	(((int64_t)1 << 53) - 1)

void
replay_init(struct replay *r, void (*emit)(void *arg, jv ev), void *arg)
{
	memset(r, 0, sizeof(*r));
	r->emit = emit;
	r->arg = arg;
	r->pending = js_arr();
	r->seq = -1;
}

void
replay_free(struct replay *r)
{
	js_free(r->pending);
	r->pending = js_none();
}

jv
replay_unverified(jv call)
{
	const char *id = js_str(call, "id");
	const char *name = js_str(call, "name");
	jv m = msg_result(id != NULL ? id : "", name,
	    REPLAY_UNVERIFIED, sizeof(REPLAY_UNVERIFIED) - 1);
	jv extra = js_set_bool(js_obj(), "unverified", true);

	if (name != NULL)
		extra = js_set_str(extra, "tool", name);
	extra = js_set_str(extra, "status", "failed");
	extra = js_set_bool(extra, "is_error", true);
	return js_set(m, "agent", extra);
}

static void
hand_on(struct replay *r, jv msg)
{
	r->messages++;
	if (r->emit != NULL)
		r->emit(r->arg, msg);
}

void
replay_end(struct replay *r)
{
	for (size_t i = 0; i < js_len(r->pending); i++) {
		jv call = js_at(r->pending, i);
		jv m = replay_unverified(call);

		hand_on(r, m);
		js_free(m);
		js_free(call);
	}
	js_free(r->pending);
	r->pending = js_arr();
}

/* Take the call that msg answers off the list; false when there is none. */
static bool
answers(struct replay *r, jv msg)
{
	const char *id = js_str(msg, "tool_call_id");
	jv left = js_arr();
	bool found = false;

	for (size_t i = 0; i < js_len(r->pending); i++) {
		jv call = js_at(r->pending, i);

		if (!found && id != NULL && js_str_is(call, "id", id)) {
			found = true;
			js_free(call);
		} else {
			left = js_push(left, call);
		}
	}
	js_free(r->pending);
	r->pending = left;
	return found;
}

static void
take_calls(struct replay *r, jv msg)
{
	for (size_t i = 0; i < msg_ncalls(msg); i++) {
		const char *id, *name;
		jv call = js_obj();

		msg_call(msg, i, &id, &name, NULL, NULL);
		call = js_set_str(call, "id", id);
		call = js_set_str(call, "name", name);
		r->pending = js_push(r->pending, call);
	}
}

/* An assistant message that says nothing and calls nothing. */
static bool
is_empty(jv msg)
{
	struct buf b = BUF_INIT;
	bool empty;

	if (msg_ncalls(msg) > 0)
		return false;
	msg_content(&b, msg);
	empty = b.len == 0;
	buf_free(&b);
	return empty;
}

static void
take_message(struct replay *r, jv ev)
{
	enum msg_role role = msg_role(ev);
	const char *id = js_str(ev, "id");
	struct err why = ERR_INIT;

	if (id != NULL)
		snprintf(r->last_id, sizeof(r->last_id), "%s", id);
	/* One that no server takes would be in the way for ever. */
	if (role != MSG_NONE && msg_check(ev, &why) == -1) {
		r->unfit++;
		return;
	}
	if (role == MSG_TOOL) {
		if (answers(r, ev))
			hand_on(r, ev);
		else
			r->dropped++;
		return;
	}
	if (role == MSG_NONE)
		return;
	replay_end(r);
	if (role == MSG_ASSISTANT && is_empty(ev))
		return;
	if (role == MSG_SYSTEM)
		r->system = true;
	hand_on(r, ev);
	if (role == MSG_ASSISTANT)
		take_calls(r, ev);
}

/* The talk so far becomes another one; no call may be open there. */
static void
take_change(struct replay *r, jv ev)
{
	const char *to = js_str(ev, "to");

	replay_end(r);
	if (js_str_is(ev, "type", "undo"))
		snprintf(r->last_id, sizeof(r->last_id), "%s",
		    to != NULL ? to : "");
	if (r->emit != NULL)
		r->emit(r->arg, ev);
}

void
replay_feed(struct replay *r, jv ev)
{
	int64_t n;

	if (!js_is_obj(ev))
		return;
	if (js_int(ev, "seq", 0, WHOLE_MAX, &n) && n > r->seq)
		r->seq = n;
	if (js_int(ev, "turn", 0, WHOLE_MAX, &n) && n > r->turn)
		r->turn = n;
	if (js_str_is(ev, "type", "session"))
		r->header = true;
	r->finished = js_str_is(ev, "type", "result");
	if (msg_classify(ev) == MSG_LINE_MESSAGE)
		take_message(r, ev);
	else if (js_str_is(ev, "type", "compaction") ||
	    js_str_is(ev, "type", "undo"))
		take_change(r, ev);
}
