/*
 * check.c - refuse what the strictest of the real servers refuse: bad JSON,
 * unknown keys, broken order of tool calls and results, arguments that are no
 * JSON text.  `set lenient` in the script switches it off; `set reuse-ids`
 * and `set parts` each relax one rule.
 */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "md.h"

static char fault[600];

static bool __attribute__((format(printf, 1, 2)))
refuse(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(fault, sizeof fault, fmt, ap);
	va_end(ap);
	return false;
}

static const char *const body_keys[] = {
	"model", "messages", "stream", "stream_options", "tools",
	"tool_choice", "parallel_tool_calls", "temperature", "top_p", "top_k",
	"min_p", "max_tokens", "max_completion_tokens", "stop", "seed", "n",
	"response_format", "frequency_penalty", "presence_penalty",
	"repetition_penalty", "repeat_penalty", "logprobs", "top_logprobs",
	"logit_bias", "user", "metadata", "store", "reasoning_effort",
	"chat_template_kwargs", "cache_prompt", "id_slot", "reasoning_format",
	"timings_per_token", "grammar", "keep_alive", NULL
};
static const char *const message_keys[] = {
	"role", "content", "name", "tool_calls", "tool_call_id", "refusal",
	"reasoning_content", "reasoning_details", NULL
};
static const char *const call_keys[] = {
	"id", "type", "function", "extra_content", NULL
};
static const char *const function_keys[] = { "name", "arguments", NULL };

static bool
known_keys(jv object, const char *const *keys, const char *where)
{
	bool good = true;

	jv_object_foreach(object, k, v) {
		size_t i = 0;

		while (keys[i] && strcmp(keys[i], jv_string_value(k)) != 0)
			i++;
		if (good && keys[i] == NULL)
			good = refuse("%s: property '%.60s' is not supported",
			    where, jv_string_value(k));
		jv_free(k);
		jv_free(v);
	}
	return good;
}

/* The string member, valid while o lives; NULL if it is none. */
static const char *
str(jv o, const char *key)
{
	jv v = jv_object_get(jv_copy(o), jv_string(key));
	const char *s = jv_get_kind(v) == JV_KIND_STRING ?
	    jv_string_value(v) : NULL;

	jv_free(v);
	return s;
}

static jv_kind
kind(jv o, const char *key)
{
	jv v = jv_object_get(jv_copy(o), jv_string(key));
	jv_kind k = jv_get_kind(v);

	jv_free(v);
	return k;
}

static bool
name_is_good(const char *s)
{
	size_t n = s ? strlen(s) : 0;

	return n > 0 && n <= 64 && strspn(s, "abcdefghijklmnopqrstuvwxyz"
	    "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-") == n;
}

/* Ids that wait for their result, and all ids seen. */
struct ids {
	jv open, seen;
};

static bool
check_call(jv call, struct ids *ids, bool reuse, const char *where)
{
	if (jv_get_kind(call) != JV_KIND_OBJECT)
		return refuse("%s: not an object", where);
	if (!known_keys(call, call_keys, where))
		return false;
	const char *id = str(call, "id"), *type = str(call, "type");
	if (id == NULL || *id == '\0' || strlen(id) > 64)
		return refuse("%s: id must be a string of 1 to 64", where);
	if (type == NULL || strcmp(type, "function") != 0)
		return refuse("%s: type must be \"function\"", where);
	if (jv_object_has(jv_copy(ids->open), jv_string(id)) || (!reuse &&
	    jv_object_has(jv_copy(ids->seen), jv_string(id))))
		return refuse("%s: duplicate id '%s'", where, id);
	ids->open = jv_object_set(ids->open, jv_string(id), jv_true());
	ids->seen = jv_object_set(ids->seen, jv_string(id), jv_true());

	jv f = jv_object_get(jv_copy(call), jv_string("function"));
	bool good = jv_get_kind(f) == JV_KIND_OBJECT ||
	    refuse("%s: function must be an object", where);
	if (good)
		good = known_keys(f, function_keys, where);
	if (good && !name_is_good(str(f, "name")))
		good = refuse("%s: bad function name", where);
	const char *args = good ? str(f, "arguments") : NULL;
	if (good && args == NULL)
		good = refuse("%s: arguments must be a string", where);
	const char *why = args ? json_fault(args, strlen(args)) : NULL;
	if (good && (why || args[strspn(args, " \t\r\n")] != '{'))
		good = refuse("%s: Failed to parse tool call arguments as "
		    "JSON object: %s", where, why ? why : "no object");
	jv_free(f);
	return good;
}

static bool
check_content(jv m, const char *role, bool parts, const char *where)
{
	jv_kind k = kind(m, "content");
	bool calls = kind(m, "tool_calls") == JV_KIND_ARRAY;

	if (k == JV_KIND_STRING)
		return true;
	if (k == JV_KIND_ARRAY && parts)
		return true;
	if (k == JV_KIND_NULL && calls && strcmp(role, "assistant") == 0)
		return true;
	if (k == JV_KIND_INVALID)
		return refuse("%s: content is missing", where);
	return refuse("%s: content must be a string%s", where,
	    k == JV_KIND_NULL ? ", null needs tool_calls" : "");
}

static bool
check_calls(jv m, struct ids *ids, bool reuse, const char *where)
{
	jv calls = jv_object_get(jv_copy(m), jv_string("tool_calls"));
	bool good = true;

	if (jv_get_kind(calls) == JV_KIND_INVALID)
		goto out;
	if (jv_get_kind(calls) != JV_KIND_ARRAY ||
	    jv_array_length(jv_copy(calls)) == 0) {
		good = refuse("%s: tool_calls must be a filled array", where);
		goto out;
	}
	jv_array_foreach(calls, i, call) {
		char here[80];

		snprintf(here, sizeof here, "%s.tool_calls[%d]", where, i);
		good = good && check_call(call, ids, reuse, here);
		jv_free(call);
	}
out:
	jv_free(calls);
	return good;
}

static bool
check_message(jv m, struct ids *ids, const struct script *sc,
    const char *where)
{
	static const char *const roles[] = {
		"system", "developer", "user", "assistant", "tool", NULL
	};
	bool reuse = setting(sc, "reuse-ids") != NULL;

	if (jv_get_kind(m) != JV_KIND_OBJECT)
		return refuse("%s: not an object", where);
	if (!known_keys(m, message_keys, where))
		return false;
	const char *role = str(m, "role");
	size_t i = 0;
	while (role && roles[i] && strcmp(roles[i], role) != 0)
		i++;
	if (role == NULL || roles[i] == NULL)
		return refuse("%s: unknown role '%.40s'", where,
		    role ? role : "");
	if (!check_content(m, role, setting(sc, "parts") != NULL, where))
		return false;

	bool tool = strcmp(role, "tool") == 0;
	if (!tool && jv_object_length(jv_copy(ids->open)) > 0)
		return refuse("%s: an assistant message with 'tool_calls' "
		    "must be followed by tool messages responding to each "
		    "'tool_call_id'", where);
	if (strcmp(role, "assistant") == 0)
		return check_calls(m, ids, reuse, where);
	if (kind(m, "tool_calls") != JV_KIND_INVALID)
		return refuse("%s: tool_calls on role %s", where, role);
	const char *id = str(m, "tool_call_id");
	if (!tool)
		return id == NULL || refuse("%s: tool_call_id on role %s",
		    where, role);
	if (id == NULL)
		return refuse("%s: tool_call_id is missing", where);
	if (!jv_object_has(jv_copy(ids->open), jv_string(id)))
		return refuse("%s: tool message without a preceding call "
		    "'%.64s'", where, id);
	ids->open = jv_object_delete(ids->open, jv_string(id));
	return true;
}

static bool
check_messages(jv all, const struct script *sc)
{
	struct ids ids = { jv_object(), jv_object() };
	bool good = true;

	if (jv_get_kind(all) != JV_KIND_ARRAY)
		good = refuse("messages must be an array");
	else if (jv_array_length(jv_copy(all)) == 0)
		good = refuse("messages is empty");
	else
		jv_array_foreach(all, i, m) {
			char where[40];

			snprintf(where, sizeof where, "messages[%d]", i);
			good = good && check_message(m, &ids, sc, where);
			jv_free(m);
		}
	if (good && jv_object_length(jv_copy(ids.open)) > 0)
		good = refuse("the last tool_calls have no tool messages");
	jv_free(ids.open);
	jv_free(ids.seen);
	return good;
}

static bool
check_tool(jv tool, int i)
{
	if (jv_get_kind(tool) != JV_KIND_OBJECT)
		return refuse("tools[%d]: not an object", i);
	const char *type = str(tool, "type");
	if (type == NULL || strcmp(type, "function") != 0)
		return refuse("tools[%d]: type must be \"function\"", i);
	jv f = jv_object_get(jv_copy(tool), jv_string("function"));
	bool good = jv_get_kind(f) == JV_KIND_OBJECT ||
	    refuse("tools[%d]: function must be an object", i);
	if (good && !name_is_good(str(f, "name")))
		good = refuse("tools[%d]: bad function name", i);
	jv p = good ? jv_object_get(jv_copy(f), jv_string("parameters")) :
	    jv_invalid();
	if (jv_get_kind(p) == JV_KIND_OBJECT) {
		const char *t = str(p, "type");
		good = (t && strcmp(t, "object") == 0) ||
		    refuse("tools[%d]: parameters must be of type object", i);
	} else if (good && jv_get_kind(p) != JV_KIND_INVALID) {
		good = refuse("tools[%d]: parameters must be an object", i);
	}
	jv_free(p);
	jv_free(f);
	return good;
}

static bool
check_rest(const struct request *r)
{
	jv tools = request_get(r, "tools");
	bool good = true;

	if (jv_get_kind(tools) == JV_KIND_ARRAY) {
		good = jv_array_length(jv_copy(tools)) > 0 ||
		    refuse("tools is an empty array");
		jv_array_foreach(tools, i, t) {
			good = good && check_tool(t, i);
			jv_free(t);
		}
	} else if (jv_get_kind(tools) != JV_KIND_INVALID) {
		good = refuse("tools must be an array");
	}
	jv_free(tools);

	jv so = request_get(r, "stream_options"), stream =
	    request_get(r, "stream"), model = request_get(r, "model");
	if (good && jv_is_valid(so) && jv_get_kind(stream) != JV_KIND_TRUE)
		good = refuse("stream_options without stream");
	if (good && jv_is_valid(stream) &&
	    jv_get_kind(stream) != JV_KIND_TRUE &&
	    jv_get_kind(stream) != JV_KIND_FALSE)
		good = refuse("stream must be a boolean");
	if (good && jv_is_valid(model) && jv_get_kind(model) != JV_KIND_STRING)
		good = refuse("model must be a string");
	jv_free(so);
	jv_free(stream);
	jv_free(model);
	return good;
}

const char *
request_fault(const struct request *r, const struct script *sc)
{
	const char *why = r->body_len ? json_fault(r->body, r->body_len) :
	    "empty body";

	if (why == NULL && jv_get_kind(r->json) != JV_KIND_OBJECT)
		why = "not an object";
	if (why != NULL) {
		refuse("could not parse the JSON body: %s", why);
		return fault;
	}
	if (setting(sc, "lenient") != NULL)
		return NULL;
	const char *ct = request_header(r, "content-type");
	if (ct == NULL || strncmp(ct, "application/json", 16) != 0)
		refuse("content-type must be application/json");
	else if (known_keys(r->json, body_keys, "body")) {
		jv all = request_get(r, "messages");
		bool good = check_messages(all, sc);
		jv_free(all);
		if (good && check_rest(r))
			return NULL;
	}
	return fault;
}
