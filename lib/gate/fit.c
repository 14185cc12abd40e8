/*
 * fit.c - one message of a talk, made to fit what strict servers take.
 */
#include "gate/fit.h"

#include <string.h>

#include "core/ids.h"
#include "core/msg.h"
#include "json/scan.h"

/* The text of an object without torn characters, or "{}". */
static jv
mend_args(const char *s, size_t n, const char **mended)
{
	struct buf b = BUF_INIT;
	struct err ignored = ERR_INIT;
	jv v = js_parse(s, n, &ignored), out;

	if (js_is_obj(v)) {
		js_dump(&b, v);
		out = js_from_buf(&b);
		buf_free(&b);
	} else {
		if (strspn(s, " \t\r\n") != n)
			*mended = "arguments that are no JSON object are "
			    "sent as {}";
		out = js_from_str("{}");
	}
	js_free(v);
	return out;
}

/* The arguments as a string that holds a JSON object. */
static jv
fit_args(jv args, const char **mended)
{
	struct buf b = BUF_INIT;
	struct scan_info info;
	size_t n;
	const char *s = js_bytes(args, &n);
	jv v;

	if (s == NULL) {
		if (js_is_obj(args))
			js_dump(&b, args);
		else
			buf_adds(&b, "{}");
		v = js_from_buf(&b);
		buf_free(&b);
		return v;
	}
	if (scan_text(s, n, JS_DEPTH, &info) && !info.surrogate &&
	    s[strspn(s, " \t\r\n")] == '{')
		return js_ref(args);
	return mend_args(s, n, mended);
}

static jv
fit_call(jv call, const char **mended)
{
	jv fn = js_get(call, "function");
	jv from = js_is_obj(fn) ? fn : call;
	jv args = js_get(from, "arguments");
	const char *id = js_str(call, "id"), *name = js_str(from, "name");
	char fresh[IDS_SIZE];
	jv f = js_set_str(js_obj(), "name",
	    name != NULL && *name != '\0' ? name : "unnamed");
	jv out;

	if (id == NULL || *id == '\0') {
		ids_call(fresh);
		id = fresh;
	}
	f = js_set(f, "arguments", fit_args(args, mended));
	out = js_set_str(js_obj(), "id", id);
	out = js_set_str(out, "type", "function");
	out = js_set(out, "function", f);
	out = js_copy_key(out, "extra_content", call, "extra_content");
	js_free(args);
	js_free(fn);
	return out;
}

static jv
fit_calls(jv calls, const char **mended)
{
	jv out = js_arr();

	for (size_t i = 0; js_is_arr(calls) && i < js_len(calls); i++) {
		jv call = js_at(calls, i);

		if (js_is_obj(call))
			out = js_push(out, fit_call(call, mended));
		js_free(call);
	}
	return out;
}

/* Members that say nothing only give servers a reason to refuse. */
static jv
drop_nulls(jv m)
{
	jv keys = js_keys(m);

	for (size_t i = 0; i < js_len(keys); i++) {
		jv k = js_at(keys, i);
		const char *key = js_cstr(k);
		jv v = key != NULL ? js_get(m, key) : js_none();

		if (js_is_null(v) && strcmp(key, "content") != 0)
			m = js_del(m, key);
		js_free(v);
		js_free(k);
	}
	js_free(keys);
	return m;
}

static bool
is_empty(jv content)
{
	size_t n = 0;

	if (js_is_arr(content))
		return js_len(content) == 0;
	return js_bytes(content, &n) == NULL || n == 0;
}

static jv
fit_assistant(jv m, enum fit_flags flags, const char **why,
    const char **mended)
{
	static const char *const thoughts[] = { "reasoning_content",
	    "reasoning", "thinking" };
	jv old = js_get(m, "tool_calls");
	jv calls = fit_calls(old, mended);
	jv content = js_get(m, "content");
	bool empty = is_empty(content);

	js_free(old);
	js_free(content);
	if (empty && js_len(calls) == 0) {
		*why = "an empty message of the assistant";
		js_free(calls);
		js_free(m);
		return js_none();
	}
	if (empty)
		m = js_set(m, "content", js_null());
	if (js_len(calls) > 0) {
		m = js_set(m, "tool_calls", calls);
	} else {
		js_free(calls);
		if (js_has(m, "tool_calls"))
			m = js_del(m, "tool_calls");
	}
	for (size_t i = 0; !(flags & FIT_REASONING) &&
	    i < BASE_NITEMS(thoughts); i++)
		if (js_has(m, thoughts[i]))
			m = js_del(m, thoughts[i]);
	return m;
}

/* A result's content is a plain string everywhere. */
static jv
fit_tool(jv m)
{
	jv content = js_get(m, "content");
	struct buf b = BUF_INIT;

	if (!js_is_str(content)) {
		if (js_is_obj(content))
			js_dump(&b, content);
		else
			msg_content(&b, m);
		m = js_set(m, "content", js_from_buf(&b));
		buf_free(&b);
	}
	js_free(content);
	return m;
}

jv
fit_message(jv line, enum fit_flags flags, const char **why,
    const char **mended, struct err *e)
{
	jv m = msg_strip(line);
	enum msg_role role = msg_role(m);

	*why = NULL;
	/* Role and content alone are the usual case. */
	if (js_is_obj(m) && js_len(m) > 2)
		m = drop_nulls(m);
	if (role == MSG_ASSISTANT)
		m = fit_assistant(m, flags, why, mended);
	else if (role == MSG_TOOL)
		m = fit_tool(m);
	else if (role == MSG_SYSTEM)
		m = js_set_str(m, "role", "system");
	if (*why != NULL)
		return m;
	if (msg_check(m, e) == -1) {
		js_free(m);
		return js_none();
	}
	return m;
}
