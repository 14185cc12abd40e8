/*
 * update.c - events as the updates of an editor.
 */
#include "acp/update.h"

#include "base/utf8.h"
#include "core/msg.h"

#include <string.h>

#define TITLE_MAX	((size_t)160)	/* bytes */
#define OUTPUT_MAX	((size_t)64 * 1024)

void
update_free(struct update_ctx *u)
{
	buf_free(&u->shown);
	buf_free(&u->thought);
}

static jv
text_block(const char *p, size_t n)
{
	return js_set(js_set_str(js_obj(), "type", "text"), "text",
	    js_from_bytes(p, n));
}

static jv
chunk(const char *what, const char *p, size_t n)
{
	return js_set(js_set_str(js_obj(), "sessionUpdate", what), "content",
	    text_block(p, n));
}

/* The text of a message's content, its parts one behind the other. */
static void
content_text(struct buf *b, jv content)
{
	size_t n;
	const char *p = js_bytes(content, &n);

	if (p != NULL) {
		buf_add(b, p, n);
		return;
	}
	for (size_t i = 0; i < js_len(content); i++) {
		jv part = js_at(content, i);

		p = js_str_len(part, "text", &n);
		if (p != NULL)
			buf_add(b, p, n);
		js_free(part);
	}
}

static jv
say(jv out, const char *what, jv content)
{
	struct buf b = BUF_INIT;

	content_text(&b, content);
	if (b.len > 0)
		out = js_push(out, chunk(what, b.data, b.len));
	buf_free(&b);
	return out;
}

/* ---- messages ---- */

static jv
delta(struct update_ctx *u, jv ev)
{
	size_t n = 0;
	const char *text = js_str_len(ev, "text", &n);
	const char *id = js_str(ev, "message_id");
	bool thought = js_str_is(ev, "kind", "reasoning");
	struct buf *seen = thought ? &u->thought : &u->shown;

	if (text == NULL || n == 0 || (!thought &&
	    !js_str_is(ev, "kind", "text")))
		return js_arr();
	buf_reset(seen);
	buf_adds(seen, id != NULL ? id : "");
	return js_push(js_arr(), chunk(thought ? "agent_thought_chunk" :
	    "agent_message_chunk", text, n));
}

/* What a tool said goes to its call. */
static jv
tool_output(jv ev)
{
	const char *id = js_str(ev, "tool_call_id");
	jv content = js_get(ev, "content"), agent, up;
	struct buf b = BUF_INIT;
	size_t n;

	content_text(&b, content);
	js_free(content);
	if (id == NULL || b.len == 0) {
		buf_free(&b);
		return js_arr();
	}
	n = b.len > OUTPUT_MAX ? utf8_cut(b.data, OUTPUT_MAX) : b.len;
	up = js_set_str(js_obj(), "sessionUpdate", "tool_call_update");
	up = js_set_str(up, "toolCallId", id);
	/* Of a call that was broken off nothing else tells its end. */
	agent = js_get(ev, "agent");
	if (js_bool(agent, "unverified", false))
		up = js_set_str(up, "status", "failed");
	js_free(agent);
	up = js_set(up, "content", js_push(js_arr(), js_set(js_set_str(
	    js_obj(), "type", "content"), "content",
	    text_block(b.data, n))));
	buf_free(&b);
	return js_push(js_arr(), up);
}

static bool
is_shown(const struct buf *seen, const char *id)
{
	return id != NULL && seen->len > 0 && strcmp(buf_str(seen), id) == 0;
}

static jv
message(struct update_ctx *u, jv ev, bool replay)
{
	const char *id = js_str(ev, "id");
	jv out = js_arr(), v;

	if (js_str_is(ev, "role", "tool")) {
		js_free(out);
		return tool_output(ev);
	}
	if (js_str_is(ev, "role", "user") && (!replay || msg_is_ours(ev)))
		return out;
	if (js_str_is(ev, "role", "user")) {
		v = js_get(ev, "content");
		out = say(out, "user_message_chunk", v);
		js_free(v);
	}
	if (!js_str_is(ev, "role", "assistant"))
		return out;
	/* What came in pieces is on the screen already. */
	if (!is_shown(&u->thought, id)) {
		v = js_get(ev, "reasoning_content");
		out = say(out, "agent_thought_chunk", v);
		js_free(v);
	}
	if (!is_shown(&u->shown, id)) {
		v = js_get(ev, "content");
		out = say(out, "agent_message_chunk", v);
		js_free(v);
	}
	return out;
}

/* ---- tool calls ---- */

/* The argument that says most of a call, in one line. */
static void
title(struct buf *b, const char *tool, jv args)
{
	static const char *const telling[] = { "command", "path", "pattern",
		"query", "url", "code", "operation", "objective", NULL };
	const char *p = NULL;
	size_t n = 0;

	buf_adds(b, tool);
	for (size_t i = 0; p == NULL && telling[i] != NULL; i++)
		p = js_str_len(args, telling[i], &n);
	if (p == NULL)
		return;
	buf_adds(b, ": ");
	if (n > TITLE_MAX)
		n = utf8_cut(p, TITLE_MAX);
	utf8_escape(b, p, n, UTF8_LINE);
}

/* An absolute path of the session's folder. */
static jv
absolute(const struct update_ctx *u, const char *path)
{
	if (*path == '/' || u->cwd == NULL)
		return js_from_str(path);
	return js_fmt("%s/%s", u->cwd, path);
}

static jv
locations(const struct update_ctx *u, jv ev, jv args)
{
	jv list = js_get(ev, "locations"), out = js_arr();
	const char *path = js_str(args, "path");

	for (size_t i = 0; i < js_len(list); i++) {
		jv at = js_at(list, i);
		const char *p = js_str(at, "path");
		int64_t line;

		if (p != NULL) {
			jv to = js_set(js_obj(), "path", absolute(u, p));

			if (js_int(at, "line", 0, INT32_MAX, &line))
				to = js_set_int(to, "line", line);
			out = js_push(out, to);
		}
		js_free(at);
	}
	if (js_len(out) == 0 && path != NULL)
		out = js_push(out, js_set(js_obj(), "path",
		    absolute(u, path)));
	js_free(list);
	return out;
}

static jv
diff(const struct update_ctx *u, const char *path, jv args,
    const char *before, const char *after)
{
	jv d = js_set_str(js_obj(), "type", "diff"), v;

	d = js_set(d, "path", absolute(u, path));
	v = before != NULL ? js_get(args, before) : js_null();
	d = js_set(d, "oldText", js_is_str(v) ? js_ref(v) : js_null());
	js_free(v);
	v = js_get(args, after);
	d = js_set(d, "newText", js_ref(v));
	js_free(v);
	return d;
}

static bool
is_edit(jv args)
{
	return js_str(args, "old_text") != NULL &&
	    js_str(args, "new_text") != NULL;
}

/* What a call that writes would change: by the diff that a question has, else
 * as far as its arguments tell. */
static jv
changes(const struct update_ctx *u, const char *tool, jv ev, jv args)
{
	const char *path = js_str(args, "path"), *hunks;
	jv out = js_arr(), edits;
	size_t n = 0;

	if (path == NULL)
		return out;
	hunks = js_str_len(ev, "diff", &n);
	if (hunks != NULL) {
		jv at = absolute(u, path);

		js_free(out);
		out = update_diff(at, hunks, n);
		js_free(at);
		if (js_len(out) > 0)
			return out;
	}
	if (strcmp(tool, "write_file") == 0 && js_str(args, "content") !=
	    NULL)
		return js_push(out, diff(u, path, args, NULL, "content"));
	if (strcmp(tool, "edit_file") != 0)
		return out;
	if (is_edit(args))
		return js_push(out, diff(u, path, args, "old_text",
		    "new_text"));
	edits = js_get(args, "edits");
	for (size_t i = 0; i < js_len(edits); i++) {
		jv one = js_at(edits, i);

		if (is_edit(one))
			out = js_push(out, diff(u, path, one, "old_text",
			    "new_text"));
		js_free(one);
	}
	js_free(edits);
	return out;
}

static const char *
kind_of(jv ev, const char *tool)
{
	static const char *const kinds[] = { "read", "edit", "delete", "move",
		"search", "execute", "think", "fetch", NULL };
	static const char *const tools[][2] = {
		{ "shell", "execute" }, { "pyexe", "execute" },
		{ "write_file", "edit" }, { "edit_file", "edit" },
		{ "read_file", "read" }, { "list_files", "read" },
		{ "data_view", "read" }, { "search_files", "search" },
		{ "fetch", "fetch" },
	};

	for (size_t i = 0; kinds[i] != NULL; i++)
		if (js_str_is(ev, "kind", kinds[i]))
			return kinds[i];
	/* A request for permission has another kind: of the rule. */
	for (size_t i = 0; i < BASE_NITEMS(tools); i++)
		if (strcmp(tool, tools[i][0]) == 0)
			return tools[i][1];
	return "other";
}

jv
update_tool_call(const struct update_ctx *u, jv ev)
{
	const char *id = js_str(ev, "call_id"), *tool = js_str(ev, "tool");
	jv args = js_get(ev, "arguments"), out = js_obj(), list;
	struct buf b = BUF_INIT;

	if (tool == NULL)
		tool = "tool";
	title(&b, tool, args);
	out = js_set_str(out, "toolCallId", id != NULL ? id : "");
	out = js_set(out, "title", js_from_buf(&b));
	out = js_set_str(out, "kind", kind_of(ev, tool));
	if (js_is_obj(args))
		out = js_set(out, "rawInput", js_ref(args));
	list = locations(u, ev, args);
	if (js_len(list) > 0)
		out = js_set(out, "locations", js_ref(list));
	js_free(list);
	list = changes(u, tool, ev, args);
	if (js_len(list) > 0)
		out = js_set(out, "content", js_ref(list));
	js_free(list);
	js_free(args);
	buf_free(&b);
	return out;
}

static jv
call_begins(const struct update_ctx *u, jv ev)
{
	jv call = update_tool_call(u, ev);

	call = js_set_str(call, "sessionUpdate", "tool_call");
	return js_push(js_arr(), js_set_str(call, "status", "in_progress"));
}

static jv
call_ends(jv ev)
{
	const char *id = js_str(ev, "call_id");
	jv up = js_set_str(js_obj(), "sessionUpdate", "tool_call_update");

	up = js_set_str(up, "toolCallId", id != NULL ? id : "");
	return js_push(js_arr(), js_set_str(up, "status",
	    js_bool(ev, "is_error", false) ? "failed" : "completed"));
}

/* ---- the rest ---- */

static jv
plan(jv ev)
{
	jv entries = js_get(ev, "entries"), out = js_arr();

	if (js_is_arr(entries))
		out = js_push(out, js_set(js_set_str(js_obj(),
		    "sessionUpdate", "plan"), "entries", js_ref(entries)));
	js_free(entries);
	return out;
}

/* Notes of ours are thoughts: an editor has no other place for them. */
static jv
note(const char *text)
{
	struct buf b = BUF_INIT;
	jv out;

	if (text == NULL)
		return js_arr();
	buf_addf(&b, "[%s]\n", text);
	out = js_push(js_arr(), chunk("agent_thought_chunk", b.data, b.len));
	buf_free(&b);
	return out;
}

static jv
usage(jv ev)
{
	int64_t used, size;
	jv up;

	if (!js_int(ev, "context_used", 0, INT64_C(1) << 50, &used) ||
	    !js_int(ev, "context_size", 1, INT64_C(1) << 50, &size))
		return js_arr();
	up = js_set_str(js_obj(), "sessionUpdate", "usage_update");
	up = js_set_int(up, "used", used);
	return js_push(js_arr(), js_set_int(up, "size", size));
}

jv
update_of_event(struct update_ctx *u, jv ev, bool replay)
{
	const char *type = js_str(ev, "type");

	if (type == NULL)
		return js_arr();
	if (strcmp(type, "delta") == 0)
		return replay ? js_arr() : delta(u, ev);
	if (strcmp(type, "message") == 0)
		return message(u, ev, replay);
	if (strcmp(type, "tool.call") == 0)
		return call_begins(u, ev);
	if (strcmp(type, "tool.result") == 0)
		return call_ends(ev);
	if (strcmp(type, "plan") == 0)
		return plan(ev);
	if (replay)
		return js_arr();
	if (strcmp(type, "notice") == 0)
		return note(js_str(ev, "text"));
	if (strcmp(type, "retry") == 0)
		return note(js_str(ev, "reason"));
	if (strcmp(type, "usage") == 0)
		return usage(ev);
	return js_arr();
}

const char *
update_stop_reason(const char *reason)
{
	static const char *const rows[][2] = {
		{ "end_turn", "end_turn" }, { "max_tokens", "max_tokens" },
		{ "max_turns", "max_turn_requests" },
		{ "budget", "max_turn_requests" }, { "refusal", "refusal" },
		{ "cancelled", "cancelled" },
	};

	for (size_t i = 0; reason != NULL && i < BASE_NITEMS(rows); i++)
		if (strcmp(reason, rows[i][0]) == 0)
			return rows[i][1];
	return NULL;
}
