/*
 * msg.c - chat messages, agent-message(5).
 */
#include "core/msg.h"

#include <string.h>

/* What a message event has beside the message, and our own extras. */
static const char *const event_keys[] = {
	"type", "ts", "seq", "session_id", "turn", "id", "parent_id",
	"model", "finish_reason",
};

enum msg_role
msg_role(jv msg)
{
	static const struct {
		const char *name;
		enum msg_role role;
	} roles[] = {
		{ "system", MSG_SYSTEM }, { "developer", MSG_SYSTEM },
		{ "user", MSG_USER }, { "assistant", MSG_ASSISTANT },
		{ "tool", MSG_TOOL },
	};
	const char *name = js_str(msg, "role");

	for (size_t i = 0; name != NULL && i < BASE_NITEMS(roles); i++)
		if (strcmp(roles[i].name, name) == 0)
			return roles[i].role;
	return MSG_NONE;
}

enum msg_line
msg_classify(jv line)
{
	const char *type = js_str(line, "type");

	if (type == NULL)
		return js_str(line, "role") != NULL ? MSG_LINE_MESSAGE :
		    MSG_LINE_OTHER;
	return strcmp(type, "message") == 0 ? MSG_LINE_MESSAGE :
	    MSG_LINE_EVENT;
}

bool
msg_is_ours(jv msg)
{
	jv agent = js_get(msg, "agent");
	bool ours = js_has(agent, "by");

	js_free(agent);
	return ours;
}

jv
msg_strip(jv line)
{
	jv msg = js_ref(line);

	if (!js_is_obj(msg))
		return msg;
	if (js_str_is(msg, "type", "message"))
		for (size_t i = 0; i < BASE_NITEMS(event_keys); i++)
			if (js_has(msg, event_keys[i]))
				msg = js_del(msg, event_keys[i]);
	if (js_has(msg, "agent"))
		msg = js_del(msg, "agent");
	return msg;
}

jv
msg_text(const char *role, const char *text, size_t len)
{
	jv m = js_set_str(js_obj(), "role", role);

	return js_set(m, "content", js_from_bytes(text, len));
}

void
msg_content(struct buf *b, jv msg)
{
	jv content = js_get(msg, "content");
	const char *s;
	size_t n;

	if ((s = js_bytes(content, &n)) != NULL)
		buf_add(b, s, n);
	for (size_t i = 0; js_is_arr(content) && i < js_len(content); i++) {
		jv part = js_at(content, i);

		if ((s = js_bytes(part, &n)) != NULL ||
		    (s = js_str_len(part, "text", &n)) != NULL)
			buf_add(b, s, n);
		js_free(part);
	}
	js_free(content);
}

static int
check_call(jv call, size_t i, struct err *e)
{
	jv fn = js_get(call, "function");
	const char *id = js_str(call, "id"), *name = js_str(fn, "name");
	jv args = js_get(fn, "arguments");
	int rc = 0;

	if (id == NULL || *id == '\0')
		rc = err_set(e, ERR_DATA, "tool_calls[%zu].id: expected a "
		    "string", i);
	else if (name == NULL || *name == '\0')
		rc = err_set(e, ERR_DATA, "tool_calls[%zu].function.name: "
		    "expected a string", i);
	else if (!js_is_str(args))
		rc = err_set(e, ERR_DATA, "tool_calls[%zu].function."
		    "arguments: expected a string, got %s", i, js_kind(args));
	js_free(args);
	js_free(fn);
	return rc;
}

static int
check_calls(jv msg, struct err *e)
{
	jv calls = js_get(msg, "tool_calls");
	int rc = 0;

	if (js_is_valid(calls) && !js_is_null(calls) && !js_is_arr(calls))
		rc = err_set(e, ERR_DATA, "tool_calls: expected an array, "
		    "got %s", js_kind(calls));
	for (size_t i = 0; rc == 0 && js_is_arr(calls) && i < js_len(calls);
	    i++) {
		jv call = js_at(calls, i);

		rc = check_call(call, i, e);
		js_free(call);
	}
	js_free(calls);
	return rc;
}

int
msg_check(jv msg, struct err *e)
{
	enum msg_role role = msg_role(msg);
	jv content = js_get(msg, "content");
	const char *name = js_str(msg, "role");
	int rc = 0;

	if (!js_is_obj(msg))
		rc = err_set(e, ERR_DATA, "a message is an object, this is "
		    "%s", js_kind(msg));
	else if (role == MSG_NONE)
		rc = err_set(e, ERR_DATA, "role: expected system, user, "
		    "assistant or tool, got %.40s",
		    name != NULL ? name : "nothing");
	else if (js_is_valid(content) && !js_is_null(content) &&
	    !js_is_str(content) && !js_is_arr(content))
		rc = err_set(e, ERR_DATA, "content: expected a string, an "
		    "array of parts or null, got %s", js_kind(content));
	else if (role == MSG_ASSISTANT)
		rc = check_calls(msg, e);
	else if (!js_is_str(content) && !js_is_arr(content))
		rc = err_set(e, ERR_DATA, "content: a %s message wants it",
		    name);
	else if (role == MSG_TOOL && js_str(msg, "tool_call_id") == NULL)
		rc = err_set(e, ERR_DATA, "tool_call_id: a tool message "
		    "wants it");
	js_free(content);
	return rc;
}

size_t
msg_ncalls(jv msg)
{
	jv calls = js_get(msg, "tool_calls");
	size_t n = js_is_arr(calls) ? js_len(calls) : 0;

	js_free(calls);
	return n;
}

void
msg_call(jv msg, size_t i, const char **id, const char **name,
    const char **args, size_t *args_len)
{
	jv calls = js_get(msg, "tool_calls");
	jv call = js_at(calls, i);
	jv fn = js_get(call, "function");
	const char *s;
	size_t n = 0;

	/* msg keeps its own references, so the pointers outlive these. */
	if (id != NULL)
		*id = (s = js_str(call, "id")) != NULL ? s : "";
	if (name != NULL)
		*name = (s = js_str(fn, "name")) != NULL ? s : "";
	s = js_str_len(fn, "arguments", &n);
	if (args != NULL)
		*args = s != NULL ? s : "";
	if (args_len != NULL)
		*args_len = s != NULL ? n : 0;
	js_free(fn);
	js_free(call);
	js_free(calls);
}

jv
msg_result(const char *id, const char *name, const char *text, size_t len)
{
	jv m = js_set_str(js_obj(), "role", "tool");

	m = js_set_str(m, "tool_call_id", id);
	if (name != NULL && *name != '\0')
		m = js_set_str(m, "name", name);
	return js_set(m, "content", js_from_bytes(text, len));
}

static jv
drop_answered(jv open, const char *id)
{
	jv left = js_arr();

	for (size_t i = 0; i < js_len(open); i++) {
		jv call = js_at(open, i);

		if (js_str_is(call, "id", id))
			js_free(call);
		else
			left = js_push(left, call);
	}
	js_free(open);
	return left;
}

jv
msg_unanswered(jv messages)
{
	jv open = js_arr();
	size_t n = js_is_arr(messages) ? js_len(messages) : 0;

	for (size_t i = 0; i < n; i++) {
		jv m = js_at(messages, i);
		const char *answered = js_str(m, "tool_call_id");

		for (size_t k = 0; k < msg_ncalls(m); k++) {
			const char *id, *name;

			msg_call(m, k, &id, &name, NULL, NULL);
			open = js_push(open, js_set_str(js_set_str(js_obj(),
			    "id", id), "name", name));
		}
		if (msg_role(m) == MSG_TOOL && answered != NULL)
			open = drop_answered(open, answered);
		js_free(m);
	}
	return open;
}

int
msg_failed(jv msg)
{
	jv agent = js_get(msg, "agent");
	bool bad = js_bool(agent, "is_error", false);
	int64_t code;
	int n = !bad ? 0 : js_int(agent, "exit_code", 1, MSG_NO_MOST, &code) ?
	    1 : 2;

	js_free(agent);
	return n;
}
