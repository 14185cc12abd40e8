/*
 * calls.c - tool calls and results as messages and as events.
 */
#include "chat/calls.h"

#include "base/utf8.h"
#include "core/event.h"
#include "core/ids.h"
#include "core/msg.h"
#include "json/exact.h"

#include <string.h>

/* What an editor shows beside a call. */
static const char *
kind_of(const char *tool)
{
	static const struct {
		const char *tool, *kind;
	} kinds[] = {
		{ "list_files", "read" },	{ "read_file", "read" },
		{ "write_file", "edit" },	{ "edit_file", "edit" },
		{ "search_files", "search" },	{ "shell", "execute" },
		{ "fetch", "fetch" },
	};

	for (size_t i = 0; i < BASE_NITEMS(kinds); i++)
		if (strcmp(kinds[i].tool, tool) == 0)
			return kinds[i].kind;
	return "other";
}

jv
calls_event(jv msg, size_t i)
{
	struct err ignored = ERR_INIT;
	const char *id, *name, *args, *path;
	size_t n;
	jv ev = event_new("tool.call"), whole, a;

	msg_call(msg, i, &id, &name, &args, &n);
	ev = js_set_str(ev, "call_id", id);
	ev = js_set_str(ev, "tool", name);
	whole = js_parse(args, n, &ignored);
	a = js_is_obj(whole) ? exact_shown(whole, args, n) : js_obj();
	js_free(whole);
	path = js_str(a, "path");
	ev = js_set(ev, "arguments", js_ref(a));
	ev = js_set_str(ev, "kind", kind_of(name));
	if (path != NULL)
		ev = js_set(ev, "locations", js_push(js_arr(),
		    js_set_str(js_obj(), "path", path)));
	js_free(a);
	return ev;
}

jv
calls_answer(jv msg, size_t i, const char *status, const char *text)
{
	const char *id, *name;
	jv m, extra;

	msg_call(msg, i, &id, &name, NULL, NULL);
	m = msg_result(id, name, text, strlen(text));
	extra = js_set_str(js_obj(), "tool", name);
	extra = js_set_str(extra, "status", status);
	extra = js_set_bool(extra, "is_error", true);
	return js_set(m, "agent", js_set_int(extra, "duration_ms", 0));
}

jv
calls_open(jv msg, const bool *done)
{
	jv all = js_get(msg, "tool_calls"), some = js_arr();

	for (size_t i = 0; i < js_len(all); i++)
		if (!done[i])
			some = js_push(some, js_at(all, i));
	js_free(all);
	return js_set(js_ref(msg), "tool_calls", some);
}

jv
calls_result(jv msg)
{
	static const char *const more[] = {
		"exit_code", "signal", "truncated", "bytes", "artifact",
		"sandbox",
	};
	jv ev = event_new("tool.result"), agent = js_get(msg, "agent");
	const char *status = js_str(agent, "status");
	bool bad = js_bool(agent, "is_error",
	    status != NULL && strcmp(status, "completed") != 0);
	int64_t ms = 0;

	js_int(agent, "duration_ms", 0, (int64_t)1 << 40, &ms);
	ev = js_copy_key(ev, "call_id", msg, "tool_call_id");
	ev = js_copy_key(ev, "tool", agent, "tool");
	ev = js_set_bool(ev, "is_error", bad);
	ev = js_set_str(ev, "status", status != NULL ? status :
	    bad ? "failed" : "completed");
	ev = js_set_int(ev, "duration_ms", ms);
	for (size_t i = 0; i < BASE_NITEMS(more); i++)
		ev = js_copy_key(ev, more[i], agent, more[i]);
	js_free(agent);
	return ev;
}

jv
calls_message_take(jv msg)
{
	char id[IDS_SIZE];

	ids_prefixed(id, "m");
	return event_message_take(msg, id);
}

void
calls_brief(struct buf *b, jv arguments, size_t max)
{
	static const char *const telling[] = {
		"command", "path", "pattern", "query", "url",
	};
	const char *s = NULL;
	size_t n = 0, columns = 0;

	for (size_t i = 0; s == NULL && i < BASE_NITEMS(telling); i++)
		s = js_str_len(arguments, telling[i], &n);
	while (s != NULL && n > 0) {
		uint32_t cp = 0;
		size_t len = utf8_decode(s, n, &cp);
		struct buf one = BUF_INIT;

		if (len == 0)
			len = 1;
		utf8_escape(&one, s, len, UTF8_LINE);
		columns += one.len == len && len > 1 ?
		    (size_t)utf8_width(cp) : one.len;
		if (columns > max) {
			buf_adds(b, "…");
			buf_free(&one);
			break;
		}
		buf_add(b, one.data, one.len);
		buf_free(&one);
		s += len;
		n -= len;
	}
}

void
calls_size(struct buf *b, uint64_t bytes)
{
	if (bytes < 1000)
		buf_addf(b, "%lluB", (unsigned long long)bytes);
	else if (bytes < 1000 * 1000)
		buf_addf(b, "%.1fkB", (double)bytes / 1e3);
	else
		buf_addf(b, "%.1fMB", (double)bytes / 1e6);
}
