/*
 * core_compact.c - a talk is made shorter and stays a talk: every call keeps
 * its result, the goal and the system message stay to the byte.
 */
#include "core/compact.h"
#include "core/msg.h"
#include "tap.h"

#include <stdlib.h>

static struct compact c;
static struct buf big;

static void
add(const char *role, const char *text)
{
	jv m = msg_text(role, text, strlen(text));

	compact_add(&c, m);
	js_free(m);
}

static void
call_of(const char *id, const char *tool, const char *args)
{
	jv fn = js_set_str(js_set_str(js_obj(), "name", tool), "arguments",
	    args);
	jv call = js_set(js_set_str(js_set_str(js_obj(), "id", id), "type",
	    "function"), "function", fn);
	jv m = js_set(js_set(js_set_str(js_obj(), "role", "assistant"),
	    "content", js_null()), "tool_calls", js_push(js_arr(), call));

	compact_add(&c, m);
	js_free(m);
}

/* One step: a call with its arguments and its result. */
static void
step(const char *id, const char *tool, const char *args, const char *result)
{
	jv m = msg_result(id, tool, result, strlen(result));

	call_of(id, tool, args);
	compact_add(&c, m);
	js_free(m);
}

static void
steps(int from, int to)
{
	for (int i = from; i < to; i++) {
		char id[16], args[64];

		snprintf(id, sizeof(id), "c%d", i);
		snprintf(args, sizeof(args), "{\"path\":\"f%d\"}", i);
		big.data[0] = (char)('a' + i % 26);
		big.data[1] = (char)('a' + i / 26);
		step(id, "read_file", args, buf_str(&big));
	}
}

/* Content of message i, "gone" when it is; static. */
static const char *
text(size_t i)
{
	static struct buf b = BUF_INIT;
	jv m = compact_get(&c, i);

	buf_reset(&b);
	if (js_is_valid(m))
		msg_content(&b, m);
	else
		buf_adds(&b, "gone");
	js_free(m);
	return buf_str(&b);
}

/* The whole talk as lines. */
static void
dump(struct buf *b)
{
	for (size_t i = 0; i < c.n; i++) {
		jv m = compact_get(&c, i);

		if (js_is_valid(m)) {
			js_dump(b, m);
			buf_addc(b, '\n');
		}
		js_free(m);
	}
}

static size_t
unanswered(void)
{
	jv list = js_arr(), open;
	size_t n;

	for (size_t i = 0; i < c.n; i++) {
		jv m = compact_get(&c, i);

		if (js_is_valid(m))
			list = js_push(list, m);
		else
			js_free(m);
	}
	open = msg_unanswered(list);
	n = js_len(open);
	js_free(open);
	js_free(list);
	return n;
}

static bool
save(void *arg, jv msg, struct buf *path)
{
	const char *id = js_str(msg, "tool_call_id");

	(void)arg;
	buf_addf(path, "/kept/%s", id != NULL ? id : "");
	return true;
}

static void
begin(void)
{
	compact_reset(&c);
	add("system", "Be brief.  AGENTS.md says: use tabs.");
	add("user", "The goal is to find the teapot.");
}

static void
old_outputs(void)
{
	enum compact_tier used;

	begin();
	c.save = save;
	big.data[0] = 'a';
	step("c1", "read_file", "{\"path\":\"a\"}", buf_str(&big));
	big.data[0] = 'b';
	step("c2", "read_file", "{\"path\":\"b\"}", buf_str(&big));
	big.data[0] = 'c';
	step("c3", "read_file", "{\"path\":\"a\"}", buf_str(&big));
	step("c4", "shell", "{\"command\":\"cat a\"}", buf_str(&big));
	big.data[0] = 'd';
	step("c5", "write_file", "{\"path\":\"b\",\"content\":\"x\"}", "ok");
	step("c6", "shell", "{\"command\":\"true\"}", buf_str(&big));
	ok(compact_run(&c, 1000000, COMPACT_HARD, &used), "it fits");
	is_int(used, COMPACT_NONE, "and nothing is done");
	is_int(c.v[3].fate, COMPACT_KEPT, "to any message");

	compact_run(&c, compact_tokens(&c) - 1, COMPACT_OLD, &used);
	is_int(used, COMPACT_OLD, "the first tier");
	has(text(3), "same call was made again later", "a repeated read");
	has(text(3), "all of it: /kept/c1", "names where it is kept");
	has(text(5), "file was written anew later", "a file written anew");
	has(text(7), "same as a later result", "a repeated output");
	ok(strlen(text(9)) == big.len, "the newest copy stays");
	is_int(unanswered(), 0, "calls keep their results");
	c.save = NULL;
}

static void
long_talk(void)
{
	enum compact_tier used;
	struct buf one = BUF_INIT, two = BUF_INIT;
	int64_t before;

	begin();
	steps(0, 40);
	add("user", "And the cups?");
	steps(40, 60);
	before = compact_tokens(&c);
	ok(before > 60 * 600, "some tokens: %lld", (long long)before);

	ok(compact_run(&c, before / 2, COMPACT_HARD, &used), "half of it");
	is_int(used, COMPACT_SHRINK, "by shrinking");
	ok(compact_tokens(&c) <= before / 2, "it fits");
	has(text(3), "bytes left out", "old results say so");
	ok(strlen(text(c.n - 1)) == big.len, "the last result is whole");

	ok(compact_run(&c, 3000, COMPACT_HARD, &used), "a fraction");
	is_int(used, COMPACT_DROP, "by dropping steps");
	ok(compact_tokens(&c) <= 3000, "it fits");
	is_str(text(0), "Be brief.  AGENTS.md says: use tabs.", "system");
	ok(strncmp(text(1), "The goal is to find the teapot.\n\n[Left", 37) ==
	    0, "the goal with a note");
	has(text(1), "Files looked at: ", "that lists files");
	is_str(text(2), "gone", "the oldest step is gone");
	is_str(text(82), "And the cups?", "the last user's message stays");
	is_int(unanswered(), 0, "calls keep their results");

	compact_summary(&c, "No teapot in f1.", 16);
	dump(&one);
	compact_reset(&c);
	for (const char *p = buf_str(&one), *nl; *p != '\0'; p = nl + 1) {
		struct err e = ERR_INIT;
		jv m;

		nl = strchr(p, '\n');
		m = js_parse(p, (size_t)(nl - p), &e);
		compact_add(&c, m);
		js_free(m);
	}
	dump(&two);
	is_str(buf_str(&two), buf_str(&one), "read again it is the same");
	has(text(1), "No teapot in f1.", "with the summary");
	steps(60, 80);
	ok(compact_run(&c, 3000, COMPACT_HARD, &used), "and once more");
	ok(strstr(strstr(text(1), "[Left") + 1, "[Left") == NULL,
	    "has one note");
	has(text(1), "f50,", "that still names files of the first time");
	buf_free(&one);
	buf_free(&two);
}

static void
last_step(void)
{
	enum compact_tier used;
	struct buf args = BUF_INIT;

	begin();
	buf_adds(&args, "{\"path\":\"x\",\"content\":\"");
	for (int i = 0; i < 300; i++)
		buf_adds(&args, "word ");
	buf_adds(&args, "\"}");
	step("c1", "write_file", buf_str(&args), "ok");
	steps(2, 3);
	ok(compact_run(&c, 300, COMPACT_HARD, &used), "a tiny budget");
	is_int(used, COMPACT_HARD, "cuts the last result");
	has(text(5), "bytes left out", "and says so");
	ok(!compact_run(&c, 10, COMPACT_HARD, &used), "too tiny");
	has(text(1), "The goal is to find the teapot.", "the goal stays");
	is_int(unanswered(), 0, "calls keep their results");

	begin();
	step("c1", "write_file", buf_str(&args), "ok");
	steps(2, 3);
	compact_run(&c, compact_tokens(&c) - 50, COMPACT_SHRINK, &used);
	{
		jv m = compact_get(&c, 2), a;
		struct err e = ERR_INIT;
		const char *s;
		size_t n;

		msg_call(m, 0, NULL, NULL, &s, &n);
		a = js_parse(s, n, &e);
		is_str(js_str(a, "path"), "x", "arguments stay an object");
		has(js_str(a, "content"), "bytes left out", "cut in length");
		js_free(a);
		js_free(m);
	}
	buf_free(&args);
}

/* Arguments that no tool could read, or of which no string is long. */
static void
odd_arguments(void)
{
	static const char *const begins[] = { "{\"path\":[[", "[", "words ",
	    "{\"list\":[" };
	enum compact_tier used;

	for (size_t i = 0; i < BASE_NITEMS(begins); i++) {
		struct buf args = BUF_INIT;
		struct err e = ERR_INIT;
		const char *s;
		size_t n;
		jv m, a;

		begin();
		buf_adds(&args, begins[i]);
		for (int k = 0; k < 20000; k++)
			buf_adds(&args, i == 3 ? k > 0 ? ",1" : "1" : "[");
		buf_adds(&args, i == 3 ? "]}" : "");
		step("c1", "read_file", buf_str(&args), "ERROR");
		steps(2, 3);
		ok(compact_run(&c, compact_tokens(&c) / 2 + 400,
		    COMPACT_SHRINK, &used), "odd arguments %s are shortened",
		    begins[i]);
		m = compact_get(&c, 2);
		msg_call(m, 0, NULL, NULL, &s, &n);
		a = js_parse(s, n, &e);
		ok(n < 1000 && strncmp(js_str(a, "arguments"), begins[i],
		    strlen(begins[i])) == 0, "to how they begin");
		has(js_str(a, "arguments"), "bytes left out", "and say so");
		js_free(a);
		js_free(m);
		buf_free(&args);
	}
}

/* A step of more calls than fit, and what the user says after it. */
static void
too_many_calls(void)
{
	enum compact_tier used;
	jv calls = js_arr(), m;

	begin();
	for (int i = 0; i < 200; i++) {
		char id[16];
		jv fn = js_set_str(js_set_str(js_obj(), "name", "read_file"),
		    "arguments", "{\"path\":\"tea\"}");

		snprintf(id, sizeof(id), "c%d", i);
		calls = js_push(calls, js_set(js_set_str(js_set_str(js_obj(),
		    "id", id), "type", "function"), "function", fn));
	}
	m = js_set(js_set(js_set_str(js_obj(), "role", "assistant"), "content",
	    js_null()), "tool_calls", calls);
	compact_add(&c, m);
	js_free(m);
	for (int i = 0; i < 200; i++) {
		char id[16];

		snprintf(id, sizeof(id), "c%d", i);
		m = msg_result(id, "read_file", "green", 5);
		compact_add(&c, m);
		js_free(m);
	}
	ok(!compact_run(&c, 1000, COMPACT_HARD, &used), "too many calls");
	is_int(c.v[2].fate, COMPACT_KEPT, "whose results nobody has seen stay");
	add("user", "Go on.");
	ok(compact_run(&c, 1000, COMPACT_HARD, &used), "until the user speaks");
	is_int(used, COMPACT_HARD, "the last tier");
	is_str(text(2), "gone", "then the step goes");
	is_str(text(202), "gone", "with its results");
	has(text(1), "Left out", "and a note stays");
	has(text(1), "tea", "with its file");
	is_str(text(203), "Go on.", "and what was said");
	is_int(unanswered(), 0, "calls keep their results");
}

static void
kept(void)
{
	jv m, agent = js_set_bool(js_obj(), "keep", true);
	struct buf b = BUF_INIT;

	begin();
	m = msg_text("user", "Middle.", 7);
	compact_add(&c, m);
	js_free(m);
	m = js_set(msg_text("user", "Skill.", 6), "agent", agent);
	compact_add(&c, m);
	js_free(m);
	steps(0, 20);
	add("user", "Last.");
	is_int(compact_tell(&c, 2500, 100000, &b) > 10, 1, "what will go");
	has(buf_str(&b), "User: Middle.", "is told");
	ok(strstr(buf_str(&b), "Skill.") == NULL, "but what stays is not");
	compact_run(&c, 2500, COMPACT_HARD, NULL);
	is_str(text(2), "gone", "a message between may go");
	has(text(1), "The user also said: Middle.", "and is in the note");
	is_str(text(3), "Skill.", "one that is marked stays");
	compact_sweep(&c);
	is_str(text(2), "Skill.", "sweeping moves up");
	is_int(unanswered(), 0, "calls keep their results");
	compact_reset(&c);
	ok(compact_run(&c, 1, COMPACT_HARD, NULL), "nothing fits anywhere");
	is_int(compact_tokens(&c), 0, "and has no tokens");
	buf_free(&b);
}

/* A step whose result is to be kept. */
static void
skill(const char *id, const char *result)
{
	jv m = msg_result(id, "skill", result, strlen(result));

	m = js_set(m, "agent", js_set_bool(js_obj(), "keep", true));
	call_of(id, "skill", "{\"name\":\"tea\"}");
	compact_add(&c, m);
	js_free(m);
}

static void
kept_once(void)
{
	struct buf other = BUF_INIT, same = BUF_INIT;

	begin();
	buf_adds(&same, buf_str(&big));
	buf_adds(&other, buf_str(&big));
	buf_adds(&other, "changed since\n");
	skill("s1", buf_str(&other));
	skill("s2", buf_str(&same));
	step("s3", "shell", "{\"command\":\"cat\"}", buf_str(&same));
	skill("s4", buf_str(&same));
	step("s5", "shell", "{\"command\":\"cat\"}", buf_str(&other));
	steps(0, 6);
	add("user", "Last.");
	compact_run(&c, 2500, COMPACT_OLD, NULL);
	is_str(text(3), buf_str(&other), "one that only a command wrote again "
	    "stays");
	has(text(5), "was made again later", "the same twice is kept "
	    "once");
	is_str(text(9), buf_str(&same), "the later time");
	is_int(unanswered(), 0, "calls keep their results");
	buf_free(&same);
	buf_free(&other);
}

int
main(void)
{
	for (int i = 0; i < 60; i++)
		buf_addf(&big, "line %d of a file about tea and cups\n", i);
	compact_init(&c);
	old_outputs();
	long_talk();
	last_step();
	odd_arguments();
	too_many_calls();
	kept();
	kept_once();
	compact_free(&c);
	buf_free(&big);
	return done_testing();
}
