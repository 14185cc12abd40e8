/*
 * serve_read.c - a server of the Model Context Protocol: what is said.
 */
#include "tool/serve.h"

#include "base/log.h"
#include "core/rpc.h"
#include "tool/permit.h"
#include "tool/registry.h"

#include <bsd/string.h>
#include <string.h>

#ifndef VERSION
#define VERSION "unknown"
#endif

#define TTL_MS	300000		/* how long a list may be kept */

void
serve_ask_free(struct serve_ask *a)
{
	js_free(a->id);
	js_free(a->reply);
	js_free(a->name);
	js_free(a->args);
	js_free(a->token);
	js_free(a->ticket);
	js_free(a->answers);
}

static void
refuse(struct serve_ask *a, enum rpc_code code, const char *text, jv data)
{
	a->what = SERVE_REPLY;
	a->reply = rpc_error(a->id, code, text, data);
}

static jv
ourselves(void)
{
	return js_set_str(js_set_str(js_obj(), "name", log_prog()), "version",
	    VERSION);
}

static void
answer(struct serve_ask *a, jv result)
{
	if (a->modern) {
		result = js_set_str(result, "resultType", "complete");
		result = js_set(result, "_meta", js_set(js_obj(),
		    RPC_META_SERVER, ourselves()));
	}
	a->what = SERVE_REPLY;
	a->reply = rpc_result(a->id, result);
}

static jv
abilities(void)
{
	return js_set(js_obj(), "tools", js_obj());
}

static jv
instructions(const struct tool_env *env)
{
	return js_fmt("Tools that work in the folder %s; paths are relative "
	    "to it. Commands run in a sandbox without network. Text of a "
	    "failure begins with ERROR [CODE] and says what to try.",
	    env->workspace);
}

/* ---- methods ---- */

static void
initialize(struct serve_peer *p, const struct tool_env *env, jv params,
    struct serve_ask *a)
{
	const char *wants = js_str(params, "protocolVersion");
	jv r, able;

	if (wants == NULL) {
		refuse(a, RPC_PARAMS, "protocolVersion: required (string), "
		    "missing", js_set(js_obj(), "supported", rpc_versions()));
		return;
	}
	able = js_get(params, "capabilities");
	p->elicits = js_has(able, "elicitation");
	js_free(able);
	/* Theirs, or the newest that has such a handshake. */
	strlcpy(p->version, rpc_is_legacy(wants) ? wants : RPC_LEGACY,
	    sizeof(p->version));
	r = js_set_str(js_obj(), "protocolVersion", p->version);
	r = js_set(r, "capabilities", abilities());
	r = js_set(r, "serverInfo", ourselves());
	r = js_set(r, "instructions", instructions(env));
	answer(a, r);
}

static void
discover(const struct tool_env *env, struct serve_ask *a)
{
	jv r = js_set(js_obj(), "supportedVersions", rpc_versions());

	r = js_set(r, "capabilities", abilities());
	r = js_set(r, "instructions", instructions(env));
	r = js_set_int(r, "ttlMs", TTL_MS);
	answer(a, js_set_str(r, "cacheScope", "private"));
}

/* A tool that nobody could say yes to is not offered. */
static bool
hopeless(struct tool_env *env, jv schema)
{
	const struct tool *t = tool_find(env, js_str(schema, "name"));
	struct err ignored = ERR_INIT;
	jv none = js_obj();
	struct verdict v;
	bool no = true;

	if (t != NULL && permit_verdict(env, t, none, &v, &ignored) == 0) {
		no = v.decision != POLICY_ALLOW;
		verdict_free(&v);
	}
	js_free(none);
	return no;
}

static jv
offered(struct tool_env *env, bool elicits)
{
	jv all = tool_schemas(env, TOOL_MCP), some = js_arr();
	bool nobody = env->judges && (env->approval.way == APPROVAL_NONE ||
	    (env->approval.way == APPROVAL_PROTOCOL && !elicits));

	for (size_t i = 0; i < js_len(all); i++) {
		jv t = js_at(all, i);

		if (nobody && hopeless(env, t))
			js_free(t);
		else
			some = js_push(some, t);
	}
	js_free(all);
	return some;
}

static void
list(struct tool_env *env, jv params, struct serve_ask *a)
{
	jv r;

	if (js_has(params, "cursor")) {
		refuse(a, RPC_PARAMS, "cursor: there is one page only",
		    js_none());
		return;
	}
	r = js_set(js_obj(), "tools", offered(env, a->elicits));
	if (a->modern) {
		r = js_set_int(r, "ttlMs", TTL_MS);
		r = js_set_str(r, "cacheScope", "private");
	}
	answer(a, r);
}

static void
unknown_tool(const struct tool_env *env, const char *name,
    struct serve_ask *a)
{
	const char *near = tool_nearest(env, name);
	struct buf b = BUF_INIT;

	buf_addf(&b, "there is no tool '%.80s'", name);
	if (near != NULL)
		buf_addf(&b, "; did you mean %s?", near);
	refuse(a, RPC_PARAMS, buf_str(&b), js_none());
	buf_free(&b);
}

static void
call(const struct tool_env *env, jv params, struct serve_ask *a)
{
	const char *name = js_str(params, "name");
	jv meta = js_get(params, "_meta");

	a->args = js_get(params, "arguments");
	if (js_is_null(a->args) || !js_is_valid(a->args)) {
		js_free(a->args);
		a->args = js_obj();
	}
	a->token = js_get(meta, "progressToken");
	if (!js_is_str(a->token) && !js_is_num(a->token)) {
		js_free(a->token);
		a->token = js_none();
	}
	js_free(meta);
	a->ticket = js_get(params, "requestState");
	a->answers = js_get(params, "inputResponses");
	if (name == NULL)
		refuse(a, RPC_PARAMS, "name: required (string), missing",
		    js_none());
	else if (!js_is_obj(a->args))
		refuse(a, RPC_PARAMS, "arguments: expected an object",
		    js_none());
	else if (tool_find(env, name) == NULL)
		unknown_tool(env, name, a);
	else {
		a->what = SERVE_CALL;
		a->name = js_get(params, "name");
	}
}

/* ---- messages ---- */

/* Whether the request says of itself all that the modern era wants; when
 * not, it is answered. */
static bool
is_modern(jv params, struct serve_ask *a)
{
	jv meta = js_get(params, "_meta"), able;
	const char *version = js_str(meta, RPC_META_VERSION);
	jv data;

	able = js_get(meta, RPC_META_ABILITIES);
	a->modern = js_has(meta, RPC_META_VERSION);
	if (a->modern)
		a->elicits = js_has(able, "elicitation");
	if (a->modern && version == NULL) {
		refuse(a, RPC_PARAMS, "_meta/" RPC_META_VERSION ": expected a "
		    "string", js_none());
	} else if (a->modern && strcmp(version, RPC_MODERN) != 0) {
		data = js_set(js_obj(), "supported", rpc_versions());
		data = js_set_str(data, "requested", version);
		refuse(a, RPC_VERSION, "Unsupported protocol version", data);
	} else if (a->modern && !js_is_obj(able)) {
		refuse(a, RPC_PARAMS, "_meta/" RPC_META_ABILITIES
		    ": required (object)", js_none());
	}
	js_free(able);
	js_free(meta);
	return a->modern;
}

static void
request(struct serve_peer *p, struct tool_env *env, const char *method,
    jv params, struct serve_ask *a)
{
	a->elicits = p->elicits;
	if (strcmp(method, "initialize") == 0) {
		initialize(p, env, params, a);
		return;
	}
	if (strcmp(method, "ping") == 0) {
		answer(a, js_obj());
		return;
	}
	if (is_modern(params, a) && a->what == SERVE_REPLY)
		return;
	if (strcmp(method, "tools/list") != 0 &&
	    strcmp(method, "tools/call") != 0 &&
	    strcmp(method, "server/discover") != 0)
		refuse(a, RPC_NO_METHOD, "Method not found", js_none());
	else if (!a->modern && (p->version[0] == '\0' ||
	    strcmp(method, "server/discover") == 0))
		refuse(a, RPC_PARAMS, "no initialize came before this, and "
		    "its _meta names no " RPC_META_VERSION, js_set(js_obj(),
		    "supported", rpc_versions()));
	else if (strcmp(method, "tools/list") == 0)
		list(env, params, a);
	else if (strcmp(method, "tools/call") == 0)
		call(env, params, a);
	else
		discover(env, a);
}

void
serve_read(struct serve_peer *p, struct tool_env *env, jv msg,
    struct serve_ask *a)
{
	const char *method = js_str(msg, "method");
	jv params = js_get(msg, "params");

	*a = (struct serve_ask){ .id = js_none(), .reply = js_none(),
	    .name = js_none(), .args = js_none(), .ticket = js_none(),
	    .answers = js_none(), .token = js_none() };
	switch (rpc_classify(msg)) {
	case RPC_REQUEST:
		a->id = js_get(msg, "id");
		if (js_is_valid(params) && !js_is_obj(params))
			refuse(a, RPC_PARAMS, "params: expected an object",
			    js_none());
		else
			request(p, env, method, params, a);
		break;
	case RPC_NOTIFICATION:
		if (strcmp(method, "notifications/cancelled") == 0 &&
		    js_has(params, "requestId")) {
			a->what = SERVE_CANCEL;
			a->id = js_get(params, "requestId");
		}
		break;
	case RPC_NONE:
		/* An answer to nothing is passed over, the rest is a fault. */
		a->id = js_null();
		refuse(a, RPC_INVALID, "no message of JSON-RPC 2.0", js_none());
		break;
	case RPC_RESULT:
	case RPC_ERROR:
		a->what = SERVE_ANSWER;
		a->id = js_get(msg, "id");
		a->reply = js_get(msg, "result");
		break;
	}
	js_free(params);
}

jv
serve_result(const struct job *j, jv id, bool modern)
{
	struct serve_ask a = { .id = js_ref(id), .reply = js_none(),
	    .name = js_none(), .args = js_none(), .ticket = js_none(),
	    .answers = js_none(), .token = js_none(), .modern = modern };
	jv m = job_message(j), facts = js_get(m, "agent");
	jv block = js_set_str(js_obj(), "type", "text"), r = js_obj(), whole;
	jv meta = js_obj(), structured = js_get(facts, "structured");

	block = js_set(block, "text", js_get(m, "content"));
	r = js_set(r, "content", js_push(js_arr(), block));
	/* The older era knows objects only. */
	if (js_is_obj(structured) || (modern && js_is_valid(structured)))
		r = js_set(r, "structuredContent", js_ref(structured));
	r = js_set_bool(r, "isError", js_bool(facts, "is_error", true));
	answer(&a, r);
	whole = a.reply;
	a.reply = js_none();
	r = js_get(whole, "result");
	if (modern) {
		js_free(meta);
		meta = js_get(r, "_meta");
	}
	meta = js_set(meta, "agent", js_del(facts, "structured"));
	r = js_set(r, "_meta", meta);
	whole = js_set(whole, "result", r);
	js_free(structured);
	js_free(m);
	serve_ask_free(&a);
	return whole;
}
