/*
 * chat_loop.c - the loop's state machine, with strings on every side.
 */
#include "chat/loop.h"

#include <stdlib.h>

#include "core/event.h"
#include "tap.h"

/* What came out: one line each, "K type ..." kept, "S type" shown,
 * "G ..." to the gate, "T ..." to the tools, "sync". */
static struct buf out;
static struct loop l;
static bool sync_fails;

static void
event(void *arg, jv ev, bool keep)
{
	const char *type = js_str(ev, "type"), *s;

	(void)arg;
	buf_addf(&out, "%c %s", keep ? 'K' : 'S', type);
	if ((s = js_str(ev, "role")) != NULL)
		buf_addf(&out, " %s", s);
	if ((s = js_str(ev, "content")) != NULL)
		buf_addf(&out, " '%s'", s);
	if ((s = js_str(ev, "tool_call_id")) != NULL)
		buf_addf(&out, " %s", s);
	if ((s = js_str(ev, "stop_reason")) != NULL)
		buf_addf(&out, " %s", s);
	if ((s = js_str(ev, "code")) != NULL)
		buf_addf(&out, " %s", s);
	buf_addc(&out, '\n');
}

static int
sync_now(void *arg)
{
	(void)arg;
	buf_adds(&out, "sync\n");
	return sync_fails ? -1 : 0;
}

static void
line_out(char to, jv line)
{
	const char *type = js_str(line, "type"), *role = js_str(line, "role");

	buf_addf(&out, "%c %s %s\n", to, type != NULL ? type : "-",
	    role != NULL ? role : "-");
}

static void
to_gate(void *arg, jv line)
{
	(void)arg;
	line_out('G', line);
}

static void
to_tool(void *arg, jv line)
{
	(void)arg;
	line_out('T', line);
}

static void
begin(void)
{
	loop_free(&l);
	loop_init(&l);
	l.io = (struct loop_io){ .event = event, .sync = sync_now,
	    .to_gate = to_gate, .to_tool = to_tool };
	l.tools = l.stream = true;
	buf_reset(&out);
	sync_fails = false;
	loop_begin(&l, "hi", 2);
}

static jv
parse(const char *s)
{
	struct err e = ERR_INIT;
	jv v = js_parse(s, strlen(s), &e);

	if (!js_is_valid(v))
		printf("Bail out! test line: %s\n", e.msg);
	return v;
}

static void
gate(const char *s)
{
	jv v = parse(s);

	loop_gate(&l, v);
	js_free(v);
}

static void
tool(const char *s)
{
	jv v = parse(s);

	loop_tool(&l, v);
	js_free(v);
}

static void
done(int status)
{
	char s[128];

	snprintf(s, sizeof(s), "{\"type\":\"done\",\"id\":\"%s\","
	    "\"exit_code\":%d}", l.id, status);
	if (l.state == LOOP_TOOLS)
		tool(s);
	else
		gate(s);
}

#define SAY(text)							\
	"{\"type\":\"message\",\"role\":\"assistant\",\"content\":" text "}"
#define CALL(id)							\
	"{\"id\":\"" id "\",\"type\":\"function\",\"function\":"	\
	"{\"name\":\"shell\",\"arguments\":\"{}\"}}"
#define CALLS(list)							\
	"{\"type\":\"message\",\"role\":\"assistant\",\"content\":null,"	\
	"\"tool_calls\":[" list "]}"
#define RESULT(id, text)						\
	"{\"role\":\"tool\",\"tool_call_id\":\"" id "\",\"content\":\""	\
	text "\"}"

static void
test_plain(void)
{
	jv r;

	begin();
	is_str(buf_str(&out), "K turn.start\nG - user\n"
	    "K message user 'hi'\nG request -\n", "begin: kept, sent, asked");
	buf_reset(&out);
	gate("{\"type\":\"delta\",\"kind\":\"text\",\"text\":\"He\"}");
	gate(SAY("\"Hello\""));
	is_str(buf_str(&out), "S delta\n", "an answer waits for done");
	gate("{\"type\":\"done\",\"id\":\"other\",\"exit_code\":0}");
	is_int(l.state, LOOP_MODEL, "done of another request is ignored");
	done(0);
	is_str(buf_str(&out), "S delta\nK message assistant 'Hello'\n"
	    "K turn.end end_turn\n", "then the turn ends");
	is_int(loop_exit(&l), 0, "with status 0");
	r = loop_result(&l, 0, 5);
	is_str(js_str(r, "text"), "Hello", "the result has the text");
	ok(!js_bool(r, "is_error", true), "and is no error");
	js_free(r);
}

static void
test_calls(void)
{
	begin();
	buf_reset(&out);
	gate(CALLS(CALL("a") "," CALL("b")));
	done(0);
	is_str(buf_str(&out), "K message assistant\nK tool.call\nK tool.call\n"
	    "sync\nT message assistant\n",
	    "calls are kept and synced before they go out");
	buf_reset(&out);
	tool(RESULT("a", "1"));
	tool(RESULT("zz", "?"));
	tool(RESULT("a", "again"));
	is_str(buf_str(&out), "G - tool\nK tool.result\n"
	    "K message tool '1' a\nK notice stray_result\n"
	    "K notice stray_result\n", "one result per call, strays noted");
	buf_reset(&out);
	done(0);
	has(buf_str(&out), "agent-tool ended the call without one",
	    "a missing result is made up");
	has(buf_str(&out), "G request", "and the model is asked again");
	gate(SAY("\"ok\""));
	done(0);
	is_int(l.state, LOOP_IDLE, "the turn is over");
	is_int(l.all_calls, 2, "two calls");
	is_int(l.all_steps, 2, "two steps");
}

static void
test_limits(void)
{
	begin();
	l.max_steps = 1;
	gate(CALLS(CALL("a")));
	done(0);
	tool(RESULT("a", "1"));
	buf_reset(&out);
	done(0);
	is_str(buf_str(&out), "K error budget\nK turn.end max_turns\n",
	    "max steps");
	is_int(loop_exit(&l), 3, "is status 3");

	begin();
	l.max_calls = 1;
	buf_reset(&out);
	gate(CALLS(CALL("a") "," CALL("b")));
	done(0);
	ok(strstr(buf_str(&out), "T ") == NULL, "over the limit nothing runs");
	has(buf_str(&out), "not run: the limit of tool calls is reached' b",
	    "each call is told");
	has(buf_str(&out), "K turn.end budget", "and the turn ends");

	begin();
	l.max_steps = 100;
	for (int i = 0; i < 5; i++) {
		gate(CALLS(CALL("a")));
		done(0);
		if (i == 2)
			buf_reset(&out);
		tool(RESULT("a", "same"));
		if (i == 2)
			has(buf_str(&out), "[You made this same call before",
			    "the third same call brings a hint");
		done(0);
	}
	is_int(l.state, LOOP_IDLE, "the fifth ends the turn");
	is_str(l.stop_reason, "budget", "as a limit");
	is_int(loop_exit(&l), 3, "with status 3");

	begin();
	gate("{\"type\":\"message\",\"role\":\"assistant\",\"content\":\"par\","
	    "\"agent\":{\"finish_reason\":\"length\",\"cut\":true}}");
	done(0);
	is_str(l.stop_reason, "max_tokens", "a cut answer");
	is_int(loop_exit(&l), 3, "is status 3 too");
	begin();
	gate("{\"type\":\"message\",\"role\":\"assistant\",\"content\":\"\","
	    "\"agent\":{\"finish_reason\":\"content_filter\"}}");
	done(0);
	is_str(l.stop_reason, "refusal", "a filtered answer");
	is_int(loop_exit(&l), 4, "is status 4");
}

static void
test_empty(void)
{
	begin();
	gate(SAY("\"\""));
	buf_reset(&out);
	done(0);
	is_str(buf_str(&out), "K notice empty_answer\nG request -\n",
	    "an empty answer is asked for again");
	gate(SAY("null"));
	done(0);
	is_int(l.state, LOOP_IDLE, "but once");
	is_int(loop_exit(&l), 76, "then it is nonsense");
}

static void
test_failures(void)
{
	struct err why = ERR_INIT;

	begin();
	gate("{\"type\":\"delta\",\"kind\":\"text\",\"text\":\"Hal\"}");
	gate("{\"type\":\"error\",\"code\":\"rate_limit\",\"message\":\"slow "
	    "down\",\"retryable\":true}");
	buf_reset(&out);
	done(75);
	is_str(buf_str(&out), "K message assistant 'Hal'\nK error rate_limit\n"
	    "K turn.end error\n", "an error keeps the partial answer");
	is_int(loop_exit(&l), 75, "and its status");

	begin();
	done(0);
	is_int(loop_exit(&l), 76, "done without an answer is nonsense");

	begin();
	gate(CALLS(CALL("a")));
	sync_fails = true;
	buf_reset(&out);
	done(0);
	ok(strstr(buf_str(&out), "T ") == NULL,
	    "nothing runs when it could not be synced");
	err_set(&why, ERR_IO, "disk full");
	buf_reset(&out);
	loop_abort(&l, &why);
	has(buf_str(&out), "effect unverified", "an open call gets its result");
	has(buf_str(&out), "K turn.end error", "and the turn its end");
	is_int(loop_exit(&l), 74, "with the reason's status");
	buf_reset(&out);
	loop_abort(&l, &why);
	loop_cancel(&l, &why);
	gate(SAY("\"late\""));
	tool(RESULT("a", "late"));
	is_str(buf_str(&out), "", "between turns nothing happens");
}

static bool
too_long(void *arg)
{
	(void)arg;
	return true;
}

/* The server answers to a part of the talk, and says so. */
static void
answer_to_a_part(void)
{
	begin();
	l.io.fits = too_long;	/* of that it knows nothing */
	gate("{\"type\":\"notice\",\"code\":\"truncated\",\"text\":\"x\"}");
	gate("{\"type\":\"message\",\"role\":\"assistant\",\"content\":"
	    "\"What?\",\"agent\":{\"usage\":{\"input_tokens\":900,"
	    "\"output_tokens\":2}}}");
	buf_reset(&out);
	done(0);
}

static void
test_room(void)
{
	struct err why = ERR_INIT;

	answer_to_a_part();
	is_int(l.state, LOOP_ROOM, "room is to be made");
	is_int(l.refusal.window, 900, "for a window of what was read");
	is_str(buf_str(&out), "", "the answer is kept back");
	loop_room(&l, NULL);
	is_str(buf_str(&out), "K usage\nS delta\nG request -\n",
	    "there was room: it counts, is taken back and asked for again");
	gate(SAY("\"Tea.\""));
	done(0);
	is_str(buf_str(&l.text), "Tea.", "the second answer counts");

	answer_to_a_part();
	err_set(&why, ERR_LIMIT, "too long");
	loop_room(&l, &why);
	is_str(buf_str(&out), "K message assistant 'What?'\nK usage\n"
	    "K turn.end end_turn\n", "no room: there is no better answer");
	is_int(loop_exit(&l), 0, "than that one");

	begin();
	l.io.fits = too_long;
	gate("{\"type\":\"error\",\"code\":\"context_overflow\","
	    "\"message\":\"too long\",\"retryable\":false}");
	done(65);
	is_int(l.state, LOOP_ROOM, "the server refuses: room is to be made");
	loop_room(&l, &why);
	is_int(loop_exit(&l), 3, "none: that is a limit");

	answer_to_a_part();
	err_set(&why, ERR_CANCELLED, "cancelled");
	loop_cancel(&l, &why);
	loop_room(&l, NULL);
	is_int(loop_exit(&l), 130, "cancelled meanwhile");
	ok(strstr(buf_str(&out), "What?") == NULL, "without half an answer");
}

static void
test_cancel(void)
{
	struct err why = ERR_INIT;

	err_set(&why, ERR_CANCELLED, "interrupted");
	begin();
	gate("{\"type\":\"delta\",\"kind\":\"text\",\"text\":\"Once\"}");
	buf_reset(&out);
	loop_cancel(&l, &why);
	loop_cancel(&l, &why);
	is_str(buf_str(&out), "G cancel -\n", "cancel is said once");
	gate("{\"type\":\"message\",\"role\":\"assistant\",\"content\":"
	    "\"Once\",\"agent\":{\"cancelled\":true}}");
	done(130);
	is_str(buf_str(&out), "G cancel -\nK message assistant 'Once'\n"
	    "K turn.end cancelled\n", "the partial answer is kept");
	is_int(loop_exit(&l), 130, "status 130");

	begin();
	loop_cancel(&l, &why);
	gate(CALLS(CALL("a")));
	buf_reset(&out);
	done(0);
	ok(strstr(buf_str(&out), "T ") == NULL, "a late answer's calls do not "
	    "run");
	has(buf_str(&out), "cancelled by the user: not run", "and say so");
	is_str(l.stop_reason, "cancelled", "cancelled");

	begin();
	gate(CALLS(CALL("a") "," CALL("b")));
	done(0);
	buf_reset(&out);
	loop_cancel(&l, &why);
	is_str(buf_str(&out), "T cancel -\n", "the tools are told");
	tool(RESULT("a", "x"));
	loop_abort(&l, &why);
	has(buf_str(&out), "effect unverified", "the other call is answered");
	is_str(l.stop_reason, "cancelled", "cancelled in a tool");
}

int
main(void)
{
	loop_init(&l);
	test_plain();
	test_calls();
	test_limits();
	test_empty();
	test_failures();
	test_room();
	test_cancel();
	loop_free(&l);
	buf_free(&out);
	return done_testing();
}
