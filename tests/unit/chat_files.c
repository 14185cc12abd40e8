/*
 * chat_files.c - heads of Markdown files, places in prompt files, rules for
 * make.
 */
#include "chat/check.h"
#include "chat/done.h"
#include "core/front.h"
#include "chat/prompt.h"
#include "tap.h"

static void
head(const char *text, const char *key, const char *want, const char *rest,
    const char *name)
{
	size_t body;
	jv o = front_read(text, strlen(text), &body);

	is_str(js_str(o, key), want, name);
	is_str(text + body, rest, "  and the body");
	js_free(o);
}

static void
fill(const char *text, const char *want, bool any)
{
	struct vec v = VEC_INIT;
	struct buf b = BUF_INIT;

	vec_push(&v, "a");
	vec_push(&v, "b c");
	vec_push(&v, "d");
	is_int(prompt_fill(&b, text, strlen(text), &v), any, text);
	is_str(buf_str(&b), want, "  is filled");
	buf_free(&b);
	vec_free(&v);
}

/* A command is shown to who is to agree, and what it writes is put there. */
static int
fake(void *arg, const char *command, struct buf *out)
{
	(void)arg;
	buf_addf(out, "<%s>", command);
	return 0;
}

static void
runs(const char *text, const char *commands, const char *want)
{
	struct prompt_runner r = { .run = fake };
	struct vec v = VEC_INIT, found = VEC_INIT;
	struct buf b = BUF_INIT;

	vec_push(&v, "a'; rm x");
	vec_push(&v, "b");
	prompt_commands(text, strlen(text), &found);
	for (size_t i = 0; i < found.n; i++)
		buf_addf(&b, "%s|", found.v[i]);
	is_str(buf_str(&b), commands, text);
	buf_reset(&b);
	prompt_expand(&b, text, strlen(text), &v, &r);
	is_str(buf_str(&b), want, "  is run");
	buf_reset(&b);
	prompt_fill(&b, text, strlen(text), &v);
	is_int(strchr(buf_str(&b), '<') == NULL, 1, "  only where it may");
	vec_free(&found);
	vec_free(&v);
	buf_free(&b);
}

static void
commands(void)
{
	runs("x !{git log} y", "git log|", "x <git log> y");
	runs("!`ls -l`: $2", "ls -l|", "<ls -l>: b");
	runs("!{cat $1} $1", "cat $1|",
	    "<cat 'a'\\''; rm x'> a'; rm x");
	runs("!{f() { echo; }; f}!{b}", "f() { echo; }; f|b|",
	    "<f() { echo; }; f><b>");
	runs("Wow!`x` and !{open !{} !`", "", "Wow!`x` and !{open !{} !`");
	runs("!{wc ${@:2}}", "wc ${@:2}|", "<wc 'b'>");
	runs("!!{wc} !{x ${9:-a b}}", "x ${9:-a b}|", "!{wc} <x 'a b'>");
}

static void
rules(void)
{
	struct vec v = VEC_INIT;
	struct buf b = BUF_INIT;

	vec_push(&v, "a b");
	vec_push(&v, "/x/$y#z");
	done_rule(&b, "out.md", &v, NULL);
	is_str(buf_str(&b), "out.md: a\\ b /x/$$y\\#z\na\\ b:\n/x/$$y\\#z:\n",
	    "a rule");
	buf_reset(&b);
	done_rule(&b, "o", &v, "/w");
	has(buf_str(&b), "o: /w/a\\ b /x/", "from another folder");
	buf_free(&b);
	vec_free(&v);
}

/* One event for the check: a call of the tool, and its good result. */
static void
call(struct check *k, const char *tool, const char *key, const char *value)
{
	jv ev = js_set_str(event_new("tool.call"), "tool", tool);

	ev = js_set(ev, "arguments", js_set_str(js_obj(), key, value));
	check_event(k, ev);
	js_free(ev);
	ev = js_set_str(event_new("tool.result"), "tool", tool);
	check_event(k, ev);
	js_free(ev);
}

static void
checks(void)
{
	char command[] = "make check";
	struct check k = { .command = command };

	call(&k, "read_file", "path", "x.c");
	ok(!check_due(&k), "reading needs no check");
	call(&k, "write_file", "path", "notes.md");
	ok(!check_due(&k), "nor does prose");
	call(&k, "edit_file", "path", "x.py");
	ok(check_due(&k), "code does");
	call(&k, "shell", "command", "ls -l && cat x.py");
	ok(check_due(&k), "looking at it is no test");
	call(&k, "shell", "command", "cd src && python3 -m pytest -q");
	ok(!check_due(&k), "a test is one");
	call(&k, "write_file", "path", "a/b.ts");
	ok(check_due(&k), "until more is written");
	k.rounds = CHECK_ROUNDS;
	ok(!check_due(&k), "there is an end to it");
}

int
main(void)
{
	head("---\nname: tea\n---\nBody\n", "name", "tea", "Body\n", "plain");
	head("---\r\nd: how to: make tea\r\n---\r\nB", "d", "how to: make tea",
	    "B", "a colon in the value, CRLF");
	head("---\nd: \"a \\\"b\\\" c\"\n---\n", "d", "a \"b\" c", "",
	    "double quotes");
	head("---\nd: 'it''s'\n---\n", "d", "it's", "", "single quotes");
	head("---\nd: >\n  one\n  two\nn: x\n---\n", "d", "one two", "",
	    "a folded block");
	head("---\nd: |\n  one\n  two\n---\n", "d", "one\ntwo", "",
	    "a block of lines");
	head("---\nl:\n  - a\n  - b\nn: x\n---\n", "n", "x", "",
	    "a list has its end");
	head("---\nl:\n  - a\n  - \"b c\"\nn: x\n---\n", "l", "a, b c", "",
	    "its items, joined");
	head("---\nl:\n- a\n- b\nn: x\n---\n", "l", "a, b", "",
	    "also without a margin");
	head("---\nl: |\n  - a\n  - b\n---\n", "l", "- a\n- b", "",
	    "text that looks like one");
	head("---\nl:\n  # of a\n  - a # b\n\n# more\n  - \"c #d\" # e\n"
	    "  - f#g\n---\n", "l", "a, c #d, f#g", "", "remarks in a list");
	head("---\nd: \"a # b\" # c\n---\n", "d", "a # b", "",
	    "and behind a quotation");
	head("---\nd: Fix #1 # 2\n---\n", "d", "Fix #1 # 2", "",
	    "none behind plain text");
	head("---\nd: |\n  # one\n\n  two\nl : x\n---\n", "d",
	    "# one\ntwo", "", "none in a block");
	head("---\nl\t : x: y\n---\n", "l", "x: y", "", "blanks behind a key");
	head("---\nname: tea\nBody\n", "name", NULL,
	    "---\nname: tea\nBody\n", "no end, no head");
	head("Body\n---\n", "name", NULL, "Body\n---\n", "no head");
	head("", "name", NULL, "", "nothing");

	fill("x $1-$2 $9", "x a-b c ", true);
	fill("$@|$ARGUMENTS|{{input}}", "a b c d|a b c d|a b c d", true);
	fill("${@:2}|${@:2:1}|${@:0}", "b c d|b c|${@:0}", true);
	fill("cost $$5 and $x {y} _z", "cost $5 and $x {y} _z", false);
	fill("${@:", "${@:", false);
	fill("${1} ${2:-x} ${4:-a $5} ${4} ${10:-z} ${4:-}|", "a b c a $5  z |",
	    true);
	fill("${0} ${x} ${1:x} ${1:-x", "${0} ${x} ${1:x} ${1:-x", false);
	fill("!!{x} !!`y` !!z", "!{x} !`y` !!z", false);
	rules();
	commands();
	checks();
	return done_testing();
}
