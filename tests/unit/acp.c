/* Events as an editor is told them, and prompts as messages: nothing of what
 * a model wrote ends anything, and what does not fit is left out. */
#include "acp/update.h"

#include "tap.h"

static jv
parse(const char *text)
{
	struct err e = ERR_INIT;

	return js_parse(text, strlen(text), &e);
}

/* The updates of an event, as text. */
static void
updates(struct update_ctx *u, const char *event, bool replay,
    const char *want, const char *name)
{
	struct buf b = BUF_INIT;
	jv ev = parse(event), list = update_of_event(u, ev, replay);

	js_dump(&b, list);
	is_str(buf_str(&b), want, name);
	js_free(list);
	js_free(ev);
	buf_free(&b);
}

static void
messages(void)
{
	struct update_ctx u = { .cwd = "/w" };

	updates(&u, "{\"type\":\"delta\",\"message_id\":\"m1\",\"kind\":"
	    "\"text\",\"text\":\"Hel\"}", false,
	    "[{\"sessionUpdate\":\"agent_message_chunk\",\"content\":"
	    "{\"type\":\"text\",\"text\":\"Hel\"}}]", "a piece");
	updates(&u, "{\"type\":\"message\",\"id\":\"m1\",\"role\":"
	    "\"assistant\",\"content\":\"Hello\"}", false, "[]",
	    "what came in pieces does not come again");
	updates(&u, "{\"type\":\"message\",\"id\":\"m2\",\"role\":"
	    "\"assistant\",\"content\":\"All\",\"reasoning_content\":"
	    "\"hm\"}", false,
	    "[{\"sessionUpdate\":\"agent_thought_chunk\",\"content\":"
	    "{\"type\":\"text\",\"text\":\"hm\"}},"
	    "{\"sessionUpdate\":\"agent_message_chunk\",\"content\":"
	    "{\"type\":\"text\",\"text\":\"All\"}}]", "a whole one does");
	updates(&u, "{\"type\":\"message\",\"id\":\"u1\",\"role\":\"user\","
	    "\"content\":\"Hi\"}", false, "[]", "the user knows");
	updates(&u, "{\"type\":\"message\",\"id\":\"u1\",\"role\":\"user\","
	    "\"content\":[{\"type\":\"text\",\"text\":\"Hi\"},7]}", true,
	    "[{\"sessionUpdate\":\"user_message_chunk\",\"content\":"
	    "{\"type\":\"text\",\"text\":\"Hi\"}}]",
	    "and is told when a session is read again");
	updates(&u, "{\"type\":\"delta\",\"message_id\":\"m1\",\"kind\":"
	    "\"tool_args\",\"text\":\"{\"}", false, "[]", "arguments");
	updates(&u, "{\"type\":\"delta\",\"text\":7}", false, "[]", "odd");
	updates(&u, "{\"type\":7}", false, "[]", "odder");
	updates(&u, "{\"type\":\"unheard.of\"}", false, "[]", "new types");
	update_free(&u);
}

static void
calls(void)
{
	struct update_ctx u = { .cwd = "/w" };

	updates(&u, "{\"type\":\"tool.call\",\"call_id\":\"c1\",\"tool\":"
	    "\"shell\",\"arguments\":{\"command\":\"ls\\n\\u001b[2J\"},"
	    "\"kind\":\"execute\"}", false,
	    "[{\"toolCallId\":\"c1\",\"title\":\"shell: ls\\\\x0a\\\\x1b[2J\","
	    "\"kind\":\"execute\",\"rawInput\":{\"command\":"
	    "\"ls\\n\\u001b[2J\"},\"sessionUpdate\":\"tool_call\","
	    "\"status\":\"in_progress\"}]", "a title is one clean line");
	updates(&u, "{\"type\":\"tool.call\",\"call_id\":\"c2\",\"tool\":"
	    "\"edit_file\",\"arguments\":{\"path\":\"a\",\"old_text\":\"x\","
	    "\"new_text\":\"y\"},\"kind\":\"edit\"}", false,
	    "[{\"toolCallId\":\"c2\",\"title\":\"edit_file: a\","
	    "\"kind\":\"edit\",\"rawInput\":{\"path\":\"a\",\"old_text\":"
	    "\"x\",\"new_text\":\"y\"},\"locations\":[{\"path\":\"/w/a\"}],"
	    "\"content\":[{\"type\":\"diff\",\"path\":\"/w/a\",\"oldText\":"
	    "\"x\",\"newText\":\"y\"}],\"sessionUpdate\":\"tool_call\","
	    "\"status\":\"in_progress\"}]", "an edit as a difference");
	updates(&u, "{\"type\":\"tool.result\",\"call_id\":\"c1\","
	    "\"is_error\":true,\"status\":\"denied\"}", false,
	    "[{\"sessionUpdate\":\"tool_call_update\",\"toolCallId\":\"c1\","
	    "\"status\":\"failed\"}]", "a failure");
	updates(&u, "{\"type\":\"message\",\"role\":\"tool\","
	    "\"tool_call_id\":\"c1\",\"content\":\"no\"}", false,
	    "[{\"sessionUpdate\":\"tool_call_update\",\"toolCallId\":\"c1\","
	    "\"content\":[{\"type\":\"content\",\"content\":{\"type\":"
	    "\"text\",\"text\":\"no\"}}]}]", "what it said");
	updates(&u, "{\"type\":\"message\",\"role\":\"tool\","
	    "\"tool_call_id\":\"c1\",\"content\":\"?\",\"agent\":"
	    "{\"unverified\":true}}", true,
	    "[{\"sessionUpdate\":\"tool_call_update\",\"toolCallId\":\"c1\","
	    "\"status\":\"failed\",\"content\":[{\"type\":\"content\","
	    "\"content\":{\"type\":\"text\",\"text\":\"?\"}}]}]",
	    "one that was broken off is over");
	updates(&u, "{\"type\":\"tool.call\"}", false,
	    "[{\"toolCallId\":\"\",\"title\":\"tool\",\"kind\":\"other\","
	    "\"sessionUpdate\":\"tool_call\",\"status\":\"in_progress\"}]",
	    "nearly nothing");
	update_free(&u);
}

static void
prompt(const char *blocks, const char *want, const char *name)
{
	struct err e = ERR_INIT;
	struct buf b = BUF_INIT;
	jv in = parse(blocks), msg = update_prompt(in, &e);

	if (js_is_valid(msg))
		js_dump(&b, msg);
	is_str(js_is_valid(msg) ? buf_str(&b) : e.msg, want, name);
	js_free(msg);
	js_free(in);
	buf_free(&b);
}

static void
prompts(void)
{
	prompt("[{\"type\":\"text\",\"text\":\"See \"},{\"type\":"
	    "\"resource_link\",\"uri\":\"file:///w/a.c\",\"name\":\"a.c\"}]",
	    "{\"role\":\"user\",\"content\":\"See /w/a.c\"}", "a link");
	prompt("[{\"type\":\"resource_link\",\"uri\":"
	    "\"file:///w/a%20%C3%BC%2f%zz%0a%2\",\"name\":\"a\"}]",
	    "{\"role\":\"user\",\"content\":\"/w/a \u00fc/%zz%0a%2\"}",
	    "one with a blank, and what codes nothing");
	prompt("[{\"type\":\"resource_link\",\"uri\":\"http://x/a%20b\"}]",
	    "{\"role\":\"user\",\"content\":\"http://x/a%20b\"}",
	    "one that is no file");
	prompt("[{\"type\":\"resource\",\"resource\":{\"uri\":\"x:y\","
	    "\"text\":\"body\"}}]", "{\"role\":\"user\",\"content\":"
	    "\"\\n<resource uri=\\\"x:y\\\">\\nbody\\n</resource>\\n\"}",
	    "a resource");
	prompt("[{\"type\":\"text\",\"text\":\"What?\"},{\"type\":\"image\","
	    "\"mimeType\":\"image/png\",\"data\":\"AA==\"}]",
	    "{\"role\":\"user\",\"content\":[{\"type\":\"text\",\"text\":"
	    "\"What?\"},{\"type\":\"image_url\",\"image_url\":{\"url\":"
	    "\"data:image/png;base64,AA==\"}}]}", "a picture");
	prompt("[{\"type\":\"audio\",\"data\":\"AA==\"}]", "a block of the "
	    "prompt is of a kind that is not taken: audio", "a sound");
	prompt("[{\"type\":\"image\",\"mimeType\":\"text/html\",\"data\":"
	    "\"x\"}]", "a block of the prompt is of a kind that is not "
	    "taken: image", "no picture");
	prompt("[{}]", "a block of the prompt has no type", "no type");
	prompt("[]", "prompt: no content blocks", "nothing");
	prompt("7", "prompt: no content blocks", "no array");
}

static void
one_diff(const char *hunks, const char *want, const char *name)
{
	struct buf b = BUF_INIT;
	jv path = js_from_str("/w/a"), list;

	list = update_diff(path, hunks, strlen(hunks));
	js_dump(&b, list);
	is_str(buf_str(&b), want, name);
	js_free(list);
	js_free(path);
	buf_free(&b);
}

static void
diffs(void)
{
	struct update_ctx u = { .cwd = "/w" };
	struct buf b = BUF_INIT;
	jv ev, call, list;

	one_diff("@@ -1,2 +1,2 @@\n one\n-two\n+zwei\n@@ -9,1 +9,2 @@\n+x\n"
	    " nine\n", "[{\"type\":\"diff\",\"path\":\"/w/a\",\"oldText\":"
	    "\"one\\ntwo\\n\",\"newText\":\"one\\nzwei\\n\"},{\"type\":"
	    "\"diff\",\"path\":\"/w/a\",\"oldText\":\"nine\\n\","
	    "\"newText\":\"x\\nnine\\n\"}]", "a diff a hunk");
	one_diff("@@ -0,0 +1,1 @@\n+new\n", "[{\"type\":\"diff\",\"path\":"
	    "\"/w/a\",\"oldText\":null,\"newText\":\"new\\n\"}]",
	    "a new file");
	one_diff("@@ -1,1 +1,1 @@\n-a\n\\ No newline at end of file\n+b\n"
	    "\\ No newline at end of file\n", "[{\"type\":\"diff\",\"path\":"
	    "\"/w/a\",\"oldText\":\"a\",\"newText\":\"b\"}]",
	    "no newline at the end");
	one_diff("@@ -1,1 +1,1 @@\n-a\n+b\n(3 more lines)\n", "[]",
	    "one that is not whole");
	one_diff("-a\n+b\n", "[]", "lines without a hunk");
	one_diff("", "[]", "nothing");
	/* A question has one; what its arguments say is less. */
	ev = parse("{\"type\":\"permission.request\",\"call_id\":\"c1\","
	    "\"tool\":\"write_file\",\"arguments\":{\"path\":\"a\","
	    "\"content\":\"new\\n\"},\"diff\":\"@@ -1,1 +1,1 @@\\n-old\\n"
	    "+new\\n\"}");
	call = update_tool_call(&u, ev);
	list = js_get(call, "content");
	js_dump(&b, list);
	is_str(buf_str(&b), "[{\"type\":\"diff\",\"path\":\"/w/a\","
	    "\"oldText\":\"old\\n\",\"newText\":\"new\\n\"}]",
	    "what a question shows");
	js_free(list);
	js_free(call);
	js_free(ev);
	buf_free(&b);
}

int
main(void)
{
	diffs();
	messages();
	calls();
	prompts();
	is_str(update_stop_reason("max_turns"), "max_turn_requests", "max");
	ok(update_stop_reason("error") == NULL, "an error is none");
	ok(update_stop_reason(NULL) == NULL, "nothing is none");
	return done_testing();
}
