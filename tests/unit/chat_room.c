/*
 * chat_room.c - making room for a talk: what /compact and a full window do to
 * random talks, on which nobody relied when the rules were written.
 */
#include "chat/chat.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/msg.h"
#include "tap.h"

static struct chat_opts opts = { .quiet = true, .format = VIEW_TEXT };
static struct chat c;
static unsigned long seed;

static int
roll(int n)
{
	seed = seed * 6364136223846793005ul + 1442695040888963407ul;
	return (int)((seed >> 33) % (unsigned long)n);
}

static void
add(jv msg)
{
	static int n;
	char id[32];

	snprintf(id, sizeof(id), "m%d", ++n);
	msg = event_message_take(msg, id);
	chat_event(&c, msg, true);
	js_free(msg);
}

static void
say(const char *role, const char *text, bool keep)
{
	jv m = msg_text(role, text, strlen(text));

	if (keep)
		m = js_set(m, "agent", js_set_bool(js_obj(), "keep", true));
	add(m);
}

/* One answer with calls, and their results. */
static void
step(int calls, size_t bytes)
{
	static int n;
	struct buf b = BUF_INIT, text = BUF_INIT;
	struct err e = ERR_INIT;

	n++;
	buf_adds(&b, "{\"role\":\"assistant\",\"content\":null,\"tool_calls\":[");
	for (int i = 0; i < calls; i++)
		buf_addf(&b, "%s{\"id\":\"c%d_%d\",\"type\":\"function\","
		    "\"function\":{\"name\":\"read_file\",\"arguments\":"
		    "\"{\\\"path\\\":\\\"f%d\\\"}\"}}", i > 0 ? "," : "", n, i,
		    roll(9));
	buf_adds(&b, "]}");
	add(js_parse(buf_str(&b), b.len, &e));
	for (int i = 0; i < calls; i++) {
		char id[32];

		snprintf(id, sizeof(id), "c%d_%d", n, i);
		buf_reset(&text);
		while (text.len < bytes)
			buf_addf(&text, "cup %d stands by pot %d\n", roll(999),
			    roll(999));
		add(msg_result(id, "read_file", buf_str(&text), text.len));
	}
	buf_free(&b);
	buf_free(&text);
}

static void
begin(int64_t window)
{
	struct err e = ERR_INIT;

	memset(&c, 0, sizeof(c));
	c.o = &opts;
	coproc_init(&c.gate, "agent-gate");
	coproc_init(&c.tool, "agent-tool");
	view_init(&c.view, opts.format, opts.color, false, true);
	loop_init(&c.loop);
	context_init(&c.context);
	c.context.mode = CONTEXT_RULES;
	context_window(&c.context, window, "test");
	c.instructions = js_arr();
	c.ask.question = js_none();
	c.has_session = session_memory(&c.session, &e) == 0;
}

static void
end(void)
{
	session_close(&c.session);
	view_free(&c.view);
	loop_free(&c.loop);
	context_free(&c.context);
	js_free(c.instructions);
	vec_free(&c.deps);
	coproc_close(&c.gate, 0);
	coproc_close(&c.tool, 0);
}

/* The messages of the talk as they are sent. */
static jv
sent(const struct compact *t)
{
	jv list = js_arr();

	for (size_t i = 0; i < t->n; i++) {
		jv m = compact_get(t, i);

		if (js_is_valid(m))
			list = js_push(list, m);
	}
	return list;
}

/* NULL when every call has its result right behind it, in order, and no
 * result is without its call. */
static const char *
broken(jv list)
{
	size_t want = 0, n = js_len(list);
	jv call = js_none();
	const char *why = NULL;

	for (size_t i = 0; why == NULL && i < n; i++) {
		jv m = js_at(list, i);
		const char *id = js_str(m, "tool_call_id"), *own;

		if (msg_role(m) == MSG_TOOL) {
			if (!js_is_valid(call) || want >= msg_ncalls(call)) {
				why = "a result without its call";
			} else {
				msg_call(call, want++, &own, NULL, NULL, NULL);
				if (id == NULL || strcmp(id, own) != 0)
					why = "another result";
			}
		} else if (js_is_valid(call) && want < msg_ncalls(call)) {
			why = "a call without its result";
		} else {
			js_free(call);
			call = js_ref(m);
			want = 0;
		}
		js_free(m);
	}
	if (why == NULL && js_is_valid(call) && want < msg_ncalls(call))
		why = "a call at the end without its result";
	js_free(call);
	return why;
}

static bool
has_message(jv list, const char *role, const char *beginning)
{
	bool found = false;

	for (size_t i = 0; i < js_len(list); i++) {
		jv m = js_at(list, i);
		const char *s = js_str(m, "content");

		found = found || (js_str_is(m, "role", role) && s != NULL &&
		    strncmp(s, beginning, strlen(beginning)) == 0);
		js_free(m);
	}
	return found;
}

static void
on_replay(void *arg, jv ev)
{
	compact_event(arg, ev);
}

/* What the session's file says of the talk is what the talk is. */
static bool
file_agrees(void)
{
	struct err e = ERR_INIT;
	struct compact again;
	struct replay r;
	jv a, b;
	bool same;

	compact_init(&again);
	replay_init(&r, on_replay, &again);
	same = session_replay(&c.session, &r, &e) == 0;
	replay_end(&r);
	replay_free(&r);
	a = sent(&again);
	b = sent(&c.context.talk);
	same = same && js_len(a) == js_len(b);
	for (size_t i = 0; same && i < js_len(b); i++) {
		jv x = js_at(a, i), y = js_at(b, i), s = js_get(x, "content"),
		    t = js_get(y, "content");

		same = js_eq(s, t);
		js_free(x);
		js_free(y);
		js_free(s);
		js_free(t);
	}
	js_free(a);
	js_free(b);
	compact_free(&again);
	return same;
}

/* A talk of some turns. */
static void
random_talk(void)
{
	int turns = 1 + roll(4);

	say("system", "SYSTEM: be brief.  AGENTS: use tabs.", false);
	say("user", "GOAL: drink tea.", false);
	for (int t = 0; t < turns; t++) {
		for (int i = roll(20); i > 0; i--)
			step(1 + roll(3), (size_t)roll(4000));
		if (roll(3) == 0)
			say("assistant", "Some words.", false);
		if (roll(4) == 0)
			say("user", "KEEP: this one.", true);
		say("user", t == turns - 1 ? "LAST: and now?" : "Go on.",
		    false);
	}
	for (int i = roll(6); i > 0; i--)
		step(1 + roll(3), (size_t)roll(4000));
}

/* After room was made: what must hold whatever came of it. */
static const char *
wrong(bool keeps)
{
	jv list = sent(&c.context.talk);
	const char *why = broken(list);

	if (why == NULL && !has_message(list, "system", "SYSTEM"))
		why = "the system prompt is gone";
	if (why == NULL && !has_message(list, "user", "GOAL: drink tea."))
		why = "the goal is gone";
	if (why == NULL && !has_message(list, "user", "LAST: and now?"))
		why = "the last question is gone";
	if (why == NULL && keeps && !has_message(list, "user", "KEEP"))
		why = "what was to be kept is gone";
	if (why == NULL && !file_agrees())
		why = "the session says something else";
	js_free(list);
	return why;
}

static void
test_random(void)
{
	for (int i = 0; i < 60; i++) {
		struct err e = ERR_INIT;
		const char *why = NULL;
		jv before;
		bool keeps;
		int rc;

		seed = (unsigned long)i * 7919 + 1;
		begin(1000 + roll(12000));
		random_talk();
		before = sent(&c.context.talk);
		keeps = has_message(before, "user", "KEEP");
		rc = i % 3 == 0 ? chat_compact(&c, &e) :
		    chat_make_room(&c, NULL, &e);
		if (rc == 0 && i % 3 != 0 && !context_fits(&c.context))
			why = "it says that it fits";
		else if (rc == -1 && e.kind != ERR_LIMIT)
			why = "another error";
		else
			why = wrong(keeps);
		/* And once more, with what came of it. */
		step(2, 3000);
		if (why == NULL) {
			chat_make_room(&c, NULL, &e);
			why = wrong(keeps);
		}
		if (why != NULL)
			printf("# talk %d: %s\n", i, why);
		ok(why == NULL, "random talk %d", i);
		js_free(before);
		end();
	}
}

static void
test_compact(void)
{
	struct err e = ERR_INIT;
	int64_t before;

	begin(100000);
	say("system", "SYSTEM", false);
	say("user", "GOAL: drink tea.", false);
	for (int i = 0; i < 30; i++)
		step(1, 2000);
	say("user", "LAST: and now?", false);
	before = compact_tokens(&c.context.talk);
	is_int(chat_compact(&c, &e), 0, "compact: it can be made shorter");
	ok(compact_tokens(&c.context.talk) < before * 8 / 10,
	    "by a fifth at the least, although nothing forces it");
	is_int(c.context.window, 100000, "the window is what it was");
	is_int(c.context.mode, CONTEXT_RULES, "and the way");
	is_int(c.context.runs, 1, "it is counted");
	ok(wrong(false) == NULL, "nothing is lost that must not be");
	c.context.mode = CONTEXT_OFF;
	is_int(chat_compact(&c, &e), 0, "switched off: asked for is asked for");
	is_int(c.context.mode, CONTEXT_OFF, "and off afterwards");
	end();

	begin(100000);
	say("user", "GOAL: drink tea.", false);
	is_int(chat_compact(&c, &e), -1, "one message can not be shortened");
	is_int(e.kind, ERR_LIMIT, "which is a limit");
	has(e.msg, "as short as it can be", "and said so");
	end();
}

static void
test_refused(void)
{
	struct err why = ERR_INIT, e = ERR_INIT;

	begin(0);
	say("system", "SYSTEM", false);
	say("user", "GOAL: drink tea.", false);
	for (int i = 0; i < 30; i++)
		step(1, 2000);
	say("user", "LAST: and now?", false);
	err_set(&why, ERR_OVERFLOW, "too long");
	why.window = 4096;
	why.need = compact_tokens(&c.context.talk) * 3 / 2;
	is_int(chat_make_room(&c, &why, &e), 0, "refused: there is room");
	is_int(c.context.window, 4096, "the window is what the server said");
	ok(c.context.factor > 1.4 && c.context.factor < 1.6,
	    "and a token what it counts for one");
	ok(context_fits(&c.context), "it fits");
	ok(wrong(false) == NULL, "nothing is lost that must not be");
	end();

	begin(0);
	say("user", "GOAL: drink tea.", false);
	for (int i = 0; i < 30; i++)
		step(1, 2000);
	say("user", "LAST: and now?", false);
	why.window = why.need = 0;
	is_int(chat_make_room(&c, &why, &e), 0, "refused without a number");
	ok(c.context.window > 0 && context_fits(&c.context),
	    "a part of what there is will do");
	c.context.mode = CONTEXT_OFF;
	is_int(chat_make_room(&c, &why, &e), -1, "switched off");
	is_int(e.kind, ERR_LIMIT, "refused is refused");
	has(e.msg, "does not fit into the window", "and says so");
	end();
}

int
main(void)
{
	test_compact();
	test_refused();
	test_random();
	return done_testing();
}
