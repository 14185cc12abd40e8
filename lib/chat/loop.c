/*
 * loop.c - the agent's loop as a state machine, apart from every descriptor.
 */
#include "chat/loop.h"

#include "base/clock.h"
#include "base/mem.h"
#include "base/num.h"
#include "chat/calls.h"
#include "core/event.h"
#include "core/ids.h"
#include "core/msg.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void
loop_init(struct loop *l)
{
	memset(l, 0, sizeof(*l));
	l->max_steps = 20;
	l->guarded = true;
	l->answer = l->spare = js_none();
	l->stop_reason = "end_turn";
}

void
loop_free(struct loop *l)
{
	buf_free(&l->partial);
	buf_free(&l->text);
	js_free(l->answer);
	js_free(l->spare);
	l->answer = l->spare = js_none();
	free(l->answered);
	l->answered = NULL;
}

/* ---- what goes out ---- */

void
loop_keep_take(struct loop *l, jv ev)
{
	if (l->io.event != NULL)
		l->io.event(l->io.arg, ev, true);
	js_free(ev);
}

void
loop_notice(struct loop *l, const char *code, const char *text)
{
	jv ev = js_set_str(event_new("notice"), "code", code);

	loop_keep_take(l, js_set_str(ev, "text", text));
}

/* True when all requests together took what they may; then it ends. */
static bool
spent(struct loop *l)
{
	int64_t n = l->usage.in + l->usage.out;

	if (l->max_tokens == 0 || n < l->max_tokens)
		return false;
	err_set(&l->err, ERR_LIMIT, "stopped after %lld token%s; raise "
	    "--max-total-tokens, or go on with -c", (long long)n, num_s(n));
	loop_end_badly(l, NULL);
	return true;
}

static void
ask(struct loop *l)
{
	char id[IDS_SIZE];

	if (spent(l))
		return;
	ids_prefixed(id, "m");
	snprintf(l->id, sizeof(l->id), "%s", id);
	buf_reset(&l->partial);
	js_free(l->answer);
	l->answer = js_none();
	l->verdict = GUARD_FINE;
	l->steps++;
	l->all_steps++;
	if (l->io.fits != NULL && !l->io.fits(l->io.arg)) {
		l->refusal = (struct err)ERR_INIT;
		l->state = LOOP_ROOM;
		return;
	}
	l->state = LOOP_MODEL;
	loop_again(l);
}

void
loop_again(struct loop *l)
{
	jv req;

	if (l->state != LOOP_MODEL)
		return;
	l->truncated = false;
	req = js_set_str(event_new("request"), "id", l->id);
	req = js_set_bool(req, "stream", l->stream);
	l->io.to_gate(l->io.arg, req);
	js_free(req);
}

void
loop_begin_take(struct loop *l, jv msg)
{
	char id[IDS_SIZE];

	BUG(l->state != LOOP_IDLE);
	l->turn++;
	l->in_turn = true;
	l->steps = l->calls = 0;
	l->began = clock_ms();
	l->cancelled = l->asked_again = l->short_of_room = false;
	l->failures = l->unapproved = 0;
	l->halves = 0;
	l->err = (struct err)ERR_INIT;
	l->stop_reason = "end_turn";
	memset(&l->turn_usage, 0, sizeof(l->turn_usage));
	guard_reset(&l->guard);
	buf_reset(&l->text);

	loop_keep_take(l, js_set_int(event_new("turn.start"), "turn", l->turn));
	ids_prefixed(id, "m");
	l->io.to_gate(l->io.arg, msg);
	loop_keep_take(l, event_message_take(msg, id));
	ask(l);
}

void
loop_begin(struct loop *l, const char *text, size_t len)
{
	loop_begin_take(l, msg_text("user", text, len));
}

/* ---- the end of a turn ---- */

static void
end_turn(struct loop *l, const char *reason)
{
	jv ev = js_set_int(event_new("turn.end"), "turn", l->turn);

	l->state = LOOP_IDLE;
	l->stop_reason = reason;
	ev = js_set_str(ev, "stop_reason", reason);
	ev = js_set_int(ev, "duration_ms", clock_ms() - l->began);
	loop_keep_take(l, js_set(ev, "usage", loop_usage_obj(&l->turn_usage)));
	l->in_turn = false;
}

void
loop_end_badly(struct loop *l, const char *reason)
{
	if (reason == NULL)
		reason = l->err.kind == ERR_CANCELLED ? "cancelled" :
		    l->err.kind == ERR_REFUSED ? "refusal" :
		    l->err.kind == ERR_LIMIT ? "budget" : "error";
	if (l->err.kind != ERR_CANCELLED)
		loop_keep_take(l, event_error(&l->err));
	end_turn(l, reason);
}

/* ---- the answer of the model ---- */

/* The answer as an event, under the id of its request. */
static jv
answer_event(const struct loop *l, jv line, jv agent)
{
	jv ev = event_message_take(js_del(js_del(js_ref(line), "type"), "id"),
	    l->id);

	if (!js_has(ev, "model"))
		ev = js_copy_key(ev, "model", agent, "model");
	if (!js_has(ev, "finish_reason"))
		ev = js_copy_key(ev, "finish_reason", agent, "finish_reason");
	return ev;
}

/* What came of an answer that will not be finished. */
static void
keep_partial(struct loop *l)
{
	jv m, extra;

	if (l->partial.len == 0 || js_is_valid(l->answer))
		return;
	m = msg_text("assistant", l->partial.data, l->partial.len);
	extra = js_set_bool(js_obj(), l->cancelled ? "cancelled" : "partial",
	    true);
	m = event_message_take(js_set(m, "agent", extra), l->id);
	buf_reset(&l->text);
	buf_add(&l->text, l->partial.data, l->partial.len);
	loop_keep_take(l, m);
}

/* Answer an open call ourselves. */
static void
answer_one(struct loop *l, size_t i, const char *status, const char *text)
{
	jv m = calls_answer(l->answer, i, status, text);

	l->answered[i] = true;
	l->io.to_gate(l->io.arg, m);
	loop_keep_take(l, calls_result(m));
	loop_keep_take(l, calls_message_take(m));
}

/* Every one of them, with the same text. */
static void
answer_open(struct loop *l, const char *status, const char *text)
{
	size_t n = msg_ncalls(l->answer);

	for (size_t i = 0; i < n; i++)
		if (!l->answered[i])
			answer_one(l, i, status, text);
}

static void next_step(struct loop *l);

/* The calls go to agent-tool, but for those of tools that it has and this turn
 * does not offer: a model may remember them. */
static void
send_calls(struct loop *l)
{
	size_t n = msg_ncalls(l->answer), left = 0;
	jv msg;

	for (size_t i = 0; i < n; i++) {
		const char *name;

		msg_call(l->answer, i, NULL, &name, NULL, NULL);
		if (l->io.offers == NULL || name == NULL ||
		    l->io.offers(l->io.arg, name))
			left++;
		else
			answer_one(l, i, "denied", "not run: this prompt does "
			    "not offer that tool; go on without it");
	}
	if (left == n) {
		l->io.to_tool(l->io.arg, l->answer);
	} else if (left == 0) {
		next_step(l);
	} else {
		msg = calls_open(l->answer, l->answered);
		l->io.to_tool(l->io.arg, msg);
		js_free(msg);
	}
}

static void
run_calls(struct loop *l)
{
	size_t n = msg_ncalls(l->answer);

	free(l->answered);
	l->answered = xcalloc(n, sizeof(*l->answered));
	l->state = LOOP_TOOLS;
	if (l->cancelled) {
		answer_open(l, "cancelled", "cancelled by the user: not run");
		loop_end_badly(l, NULL);
		return;
	}
	if (l->max_calls > 0 && l->calls + (int64_t)n > l->max_calls) {
		answer_open(l, "denied",
		    "not run: the limit of tool calls is reached");
		err_set(&l->err, ERR_LIMIT, "stopped at the limit of %lld "
		    "tool call%s; raise --max-tool-calls",
		    (long long)l->max_calls, num_s(l->max_calls));
		loop_end_badly(l, NULL);
		return;
	}
	l->calls += (int64_t)n;
	l->all_calls += (int64_t)n;
	for (size_t i = 0; i < n; i++)
		loop_keep_take(l, calls_event(l->answer, i));
	if (!l->tools) {
		answer_open(l, "denied", "not run: there are no tools in "
		    "this session; answer without them");
		ask(l);
		return;
	}
	if (l->io.sync(l->io.arg) == 0)
		send_calls(l);
}

/* An answer without text and calls: once is bad luck. */
static void
empty_answer(struct loop *l)
{
	if (l->guarded && !l->asked_again && l->steps < l->max_steps) {
		l->asked_again = true;
		loop_notice(l, "empty_answer",
		    "the answer was empty; the model is asked again");
		ask(l);
		return;
	}
	err_set(&l->err, ERR_PROTOCOL, "the model gave an empty answer%s",
	    l->asked_again ? " twice" : "");
	loop_end_badly(l, NULL);
}

void
loop_take_answer(struct loop *l)
{
	jv agent = js_get(l->answer, "agent");
	const char *reason = js_str(l->answer, "finish_reason");
	bool cut = js_bool(agent, "cut", false) ||
	    (reason != NULL && strcmp(reason, "length") == 0);
	bool refused = reason != NULL && strcmp(reason, "content_filter") == 0;
	size_t n = msg_ncalls(l->answer);
	struct buf text = BUF_INIT;
	bool empty;

	if (n > 0 && (cut || refused)) {
		/* They may be incomplete; a call that is kept must run. */
		l->answer = js_del(l->answer, "tool_calls");
		reason = NULL;
		n = 0;
	}
	msg_content(&text, l->answer);
	empty = text.len == 0 && n == 0;
	if (text.len > 0) {
		buf_reset(&l->text);
		buf_add(&l->text, text.data, text.len);
	}
	buf_free(&text);
	/* An empty message would only be in the way of what follows. */
	if (!empty || cut || refused)
		l->io.event(l->io.arg, l->answer, true);
	loop_usage(l, agent);
	if (js_bool(agent, "cancelled", false) && !l->cancelled) {
		l->cancelled = true;
		err_set(&l->err, ERR_CANCELLED, "cancelled");
	}
	js_free(agent);

	if (n > 0 && !cut && !refused) {
		run_calls(l);
	} else if (l->cancelled) {
		loop_end_badly(l, NULL);
	} else if (refused) {
		err_set(&l->err, ERR_REFUSED,
		    "the model's filter stopped the answer");
		loop_end_badly(l, NULL);
	} else if (cut) {
		err_set(&l->err, ERR_LIMIT, "the answer was cut off at the "
		    "limit of tokens; raise AGENT_MAX_TOKENS");
		loop_end_badly(l, "max_tokens");
	} else if (empty) {
		empty_answer(l);
	} else if (l->io.check != NULL && l->io.check(l->io.arg)) {
		l->state = LOOP_CHECK;
	} else {
		end_turn(l, "end_turn");
	}
}

void
loop_checked(struct loop *l, const char *by, const char *text, size_t len)
{
	char id[IDS_SIZE];
	jv msg;

	if (l->state != LOOP_CHECK)
		return;
	if (l->cancelled || l->err.kind != ERR_NONE) {
		loop_end_badly(l, NULL);
		return;
	}
	if (text == NULL || l->steps >= l->max_steps) {
		end_turn(l, "end_turn");
		return;
	}
	ids_prefixed(id, "m");
	msg = js_set(msg_text("user", text, len), "agent",
	    js_set_str(js_obj(), "by", by));
	l->io.to_gate(l->io.arg, msg);
	loop_keep_take(l, event_message_take(msg, id));
	ask(l);
}

static void
request_done(struct loop *l, jv line)
{
	int64_t status = 0;

	if (!js_str_is(line, "id", l->id))
		return;		/* of a request that was given up */
	if (loop_retry_shorter(l))
		return;
	if (js_is_valid(l->answer)) {
		/* A server that goes on cutting can not be helped. */
		l->short_of_room = l->truncated;
		loop_take_answer(l);
		return;
	}
	if (l->err.kind == ERR_OVERFLOW && l->short_of_room)
		l->err.kind = ERR_LIMIT;
	keep_partial(l);
	js_int(line, "exit_code", 0, 255, &status);
	if (l->cancelled) {
		loop_end_badly(l, NULL);
		return;
	}
	if (l->err.kind == ERR_NONE)
		err_set(&l->err, ERR_PROTOCOL, "agent-gate ended a request "
		    "with status %d and without an answer", (int)status);
	loop_end_badly(l, NULL);
}

static void
take_delta(struct loop *l, jv line)
{
	size_t n;
	const char *s = js_str_len(line, "text", &n);

	if (s != NULL && js_str_is(line, "kind", "text"))
		buf_add(&l->partial, s, n);
	else if (js_str_is(line, "kind", "recast"))
		buf_reset(&l->partial);
	l->io.event(l->io.arg, line, false);
}

void
loop_gate(struct loop *l, jv line)
{
	const char *type = js_str(line, "type");

	if (l->state != LOOP_MODEL || type == NULL)
		return;
	if (strcmp(type, "delta") == 0) {
		take_delta(l, line);
	} else if (strcmp(type, "message") == 0) {
		jv agent = js_get(line, "agent");

		if (msg_role(line) == MSG_ASSISTANT &&
		    !js_is_valid(l->answer))
			l->answer = answer_event(l, line, agent);
		js_free(agent);
	} else if (strcmp(type, "error") == 0) {
		if (!l->cancelled)
			event_to_err(line, &l->err);
	} else if (strcmp(type, "done") == 0) {
		request_done(l, line);
	} else if (strcmp(type, "retry") == 0 || strcmp(type, "notice") == 0 ||
	    strcmp(type, "compaction") == 0) {
		if (js_str_is(line, "code", "truncated"))
			l->truncated = true;
		l->io.event(l->io.arg, line, true);
	}
}

/* ---- the results of the tools ---- */

static void
next_step(struct loop *l)
{
	if (l->cancelled) {
		loop_end_badly(l, NULL);
	} else if (l->verdict == GUARD_END) {
		err_set(&l->err, ERR_LIMIT, "stopped: the model made the same "
		    "call %d times with the same result", GUARD_STOP);
		loop_end_badly(l, NULL);
	} else if (l->steps >= l->max_steps) {
		err_set(&l->err, ERR_LIMIT, "stopped after %lld step%s; "
		    "raise --max-steps, or go on with -c",
		    (long long)l->max_steps, num_s(l->max_steps));
		loop_end_badly(l, "max_turns");
	} else {
		ask(l);
	}
}

static void
take_result(struct loop *l, jv line)
{
	const char *id = js_str(line, "tool_call_id");
	size_t n = msg_ncalls(l->answer);
	jv m;

	for (size_t i = 0; i < n; i++) {
		const char *want;

		msg_call(l->answer, i, &want, NULL, NULL, NULL);
		if (l->answered[i] || id == NULL || strcmp(id, want) != 0)
			continue;
		l->answered[i] = true;
		m = loop_judge_take(l, i, js_ref(line));
		l->io.to_gate(l->io.arg, m);
		loop_keep_take(l, calls_result(m));
		loop_keep_take(l, calls_message_take(m));
		return;
	}
	loop_notice(l, "stray_result",
	    "agent-tool gave a result for no open call");
}

void
loop_tool(struct loop *l, jv line)
{
	const char *type = js_str(line, "type");

	if (l->state != LOOP_TOOLS)
		return;
	if (msg_classify(line) == MSG_LINE_MESSAGE) {
		if (msg_role(line) == MSG_TOOL)
			take_result(l, line);
	} else if (type != NULL && strcmp(type, "done") == 0) {
		const char *id = js_str(line, "id");

		if (id != NULL && strcmp(id, l->id) != 0)
			return;
		answer_open(l, "failed", "no result: agent-tool ended the "
		    "call without one; check what it did");
		next_step(l);
	} else if (type != NULL && strcmp(type, "tools") == 0) {
		/* A skill was promoted: the model may call it from now on. */
		l->io.to_gate(l->io.arg, line);
	} else if (type != NULL) {
		l->io.event(l->io.arg, line,
		    strcmp(type, "tool.progress") != 0);
	}
}

/* ---- stopping ---- */

void
loop_cancel(struct loop *l, const struct err *why)
{
	jv line;

	if (l->state == LOOP_IDLE || l->cancelled)
		return;
	l->cancelled = true;
	l->err = *why;
	line = event_new("cancel");
	if (l->state == LOOP_MODEL) {
		line = js_set_str(line, "id", l->id);
		l->io.to_gate(l->io.arg, line);
	} else if (l->state != LOOP_ROOM) {
		l->io.to_tool(l->io.arg, line);
	}
	js_free(line);
}

void
loop_abort(struct loop *l, const struct err *why)
{
	if (l->state == LOOP_IDLE)
		return;
	if (!l->cancelled)
		l->err = *why;
	if (l->state == LOOP_TOOLS)
		answer_open(l, l->cancelled ? "cancelled" : "failed",
		    "effect unverified: the call was broken off before its "
		    "result was there; check before repeating it");
	else if (l->state == LOOP_MODEL && js_is_valid(l->answer)) {
		l->cancelled = true;	/* complete, but its calls do not run */
		loop_take_answer(l);
		return;
	} else {
		keep_partial(l);
	}
	loop_end_badly(l, NULL);
}
