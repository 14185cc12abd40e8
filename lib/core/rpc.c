/*
 * rpc.c - JSON-RPC 2.0 as the Model Context Protocol uses it.
 */
#include "core/rpc.h"

#include "json/exact.h"
#include "json/scan.h"

#include <string.h>

static const char *const legacy[] = { RPC_LEGACY, "2025-06-18", "2025-03-26",
    "2024-11-05" };

static bool
good_id(jv msg)
{
	jv id = js_get(msg, "id");
	int64_t n;
	/* Beyond that another one would be given back. */
	bool good = js_is_str(id) || js_int_of(id, 1 - (1LL << 53),
	    (1LL << 53) - 1, &n);

	js_free(id);
	return good;
}

enum rpc_kind
rpc_classify(jv msg)
{
	jv v;
	bool object;

	if (!js_str_is(msg, "jsonrpc", "2.0"))
		return RPC_NONE;
	if (js_has(msg, "method")) {
		if (js_str(msg, "method") == NULL)
			return RPC_NONE;
		if (!js_has(msg, "id"))
			return RPC_NOTIFICATION;
		return good_id(msg) ? RPC_REQUEST : RPC_NONE;
	}
	v = js_get(msg, "error");
	object = js_is_obj(v);
	js_free(v);
	if (object)
		return RPC_ERROR;
	return js_has(msg, "result") && good_id(msg) ? RPC_RESULT : RPC_NONE;
}

static jv
begin(jv id)
{
	jv o = js_set_str(js_obj(), "jsonrpc", "2.0");

	return js_is_valid(id) ? js_set(o, "id", js_ref(id)) : o;
}

jv
rpc_request(jv id, const char *method, jv params_take)
{
	return js_set(js_set_str(begin(id), "method", method), "params",
	    params_take);
}

jv
rpc_notification(const char *method, jv params_take)
{
	jv o = js_set_str(begin(js_none()), "method", method);

	return js_is_valid(params_take) ? js_set(o, "params", params_take) : o;
}

jv
rpc_result(jv id, jv result_take)
{
	return js_set(begin(id), "result", result_take);
}

jv
rpc_error(jv id, enum rpc_code code, const char *text, jv data_take)
{
	jv e = js_set_str(js_set_int(js_obj(), "code", code), "message",
	    text);

	if (js_is_valid(data_take))
		e = js_set(e, "data", data_take);
	return js_set(begin(id), "error", e);
}

jv
rpc_exact_take(jv msg, const char *p, size_t n)
{
	static const char key[] = "structuredContent";
	struct scan_span text;
	struct scan_info info;
	jv result, part;

	if (memmem(p, n, key, sizeof(key) - 1) == NULL ||
	    !scan_text(p, n, JS_DEPTH, &info) ||
	    !scan_find(p, n, "result", &text) ||
	    !scan_find(text.p, text.n, key, &text))
		return msg;
	result = js_get(msg, "result");
	part = js_get(result, key);
	if (js_is_obj(result) && js_is_valid(part))
		msg = js_set(msg, "result", js_set(js_ref(result), key,
		    exact_shown(part, text.p, text.n)));
	js_free(part);
	js_free(result);
	return msg;
}

bool
rpc_is_legacy(const char *version)
{
	for (size_t i = 0; version != NULL && i < BASE_NITEMS(legacy); i++)
		if (strcmp(version, legacy[i]) == 0)
			return true;
	return false;
}

jv
rpc_versions(void)
{
	jv a = js_push(js_arr(), js_from_str(RPC_MODERN));

	for (size_t i = 0; i < BASE_NITEMS(legacy); i++)
		a = js_push(a, js_from_str(legacy[i]));
	return a;
}

bool
rpc_is_modern_code(int64_t code)
{
	return code == RPC_HEADERS || code == RPC_ABILITY ||
	    code == RPC_VERSION;
}
