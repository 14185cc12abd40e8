/*
 * ask.c - may a call run?  The editor's user decides.
 */
#include "acp/acp_in.h"

#include "base/mem.h"

#include <stdlib.h>
#include <string.h>

static jv
option(const char *id, const char *name, const char *kind)
{
	return js_set_str(js_set_str(js_set_str(js_obj(), "optionId", id),
	    "name", name), "kind", kind);
}

static jv
options(jv ev)
{
	const char *always = js_str(ev, "always");
	jv out = js_push(js_arr(), option("allow", "Allow", "allow_once"));

	if (always != NULL) {
		char *name = xasprintf("Always: %.200s", always);

		out = js_push(out, option("allow_always", name,
		    "allow_always"));
		free(name);
	}
	return js_push(out, option("deny", "Do not allow", "reject_once"));
}

/* Why it is asked, and by which rule, is shown with the call. */
static jv
reasons(jv call, jv ev)
{
	const char *reason = js_str(ev, "reason"), *rule = js_str(ev, "rule");
	const char *what = js_str(ev, "what");
	jv content = js_get(call, "content"), block;

	if (reason == NULL)
		reason = "the policy asks";
	block = js_fmt("%s%s%s%s%s%s", reason, what != NULL ? ": " : "",
	    what != NULL ? what : "", rule != NULL ? " (rule: " : "",
	    rule != NULL ? rule : "", rule != NULL ? ")" : "");
	if (!js_is_arr(content)) {
		js_free(content);
		content = js_arr();
	}
	block = js_set(js_set_str(js_obj(), "type", "text"), "text", block);
	content = js_push(content, js_set(js_set_str(js_obj(), "type",
	    "content"), "content", block));
	return js_set(call, "content", content);
}

void
acp_ask_editor(struct acp *a, struct acp_session *s, jv ev)
{
	const char *id = js_str(ev, "id");
	struct acp_ask *ask;
	jv params, rpc;

	if (id == NULL)
		return;
	a->asks = xreallocarray(a->asks, a->nasks + 1, sizeof(*a->asks));
	ask = &a->asks[a->nasks++];
	*ask = (struct acp_ask){ .rpc = a->next_rpc++, .session = s,
	    .id = xstrdup(id) };
	params = js_set_str(js_obj(), "sessionId", s->id);
	params = js_set(params, "toolCall",
	    reasons(update_tool_call(&s->update, ev), ev));
	params = js_set(params, "options", options(ev));
	rpc = js_from_int(ask->rpc);
	acp_send(a, rpc_request(rpc, "session/request_permission", params));
	js_free(rpc);
}

void
acp_ask_server(struct acp *a, struct acp_session *s, size_t which,
    const char *name, const char *text)
{
	jv call = js_set_str(js_obj(), "toolCallId", "mcp-"), params, rpc, list;
	struct acp_ask *ask;

	a->asks = xreallocarray(a->asks, a->nasks + 1, sizeof(*a->asks));
	ask = &a->asks[a->nasks++];
	*ask = (struct acp_ask){ .rpc = a->next_rpc++, .session = s,
	    .server = which };
	call = js_set(call, "toolCallId", js_fmt("mcp-%s", name));
	call = js_set_str(js_set_str(call, "title", text), "kind", "execute");
	list = js_push(js_arr(), option("allow", "Start it", "allow_once"));
	list = js_push(list, option("allow_always", "Always start it",
	    "allow_always"));
	list = js_push(list, option("deny", "Do not start it", "reject_once"));
	list = js_push(list, option("deny_always", "Never start it",
	    "reject_always"));
	params = js_set_str(js_obj(), "sessionId", s->id);
	params = js_set(params, "toolCall", js_set_str(call, "status",
	    "pending"));
	rpc = js_from_int(ask->rpc);
	acp_send(a, rpc_request(rpc, "session/request_permission", js_set(
	    params, "options", list)));
	js_free(rpc);
}

static void
reply(const struct acp_ask *ask, const char *decision)
{
	jv line = js_set_str(js_obj(), "type", "permission.reply");

	line = js_set_str(line, "id", ask->id);
	line = js_set_str(line, "decision", decision);
	coproc_send(&ask->session->chat, line);
	js_free(line);
}

static void
forget(struct acp *a, size_t i)
{
	free(a->asks[i].id);
	a->asks[i] = a->asks[--a->nasks];
}

/* Anything but a choice that was offered is no. */
static const char *
decision(jv msg)
{
	jv result = js_get(msg, "result"), outcome;
	const char *out = "deny";

	outcome = js_get(result, "outcome");
	if (js_str_is(outcome, "outcome", "selected")) {
		if (js_str_is(outcome, "optionId", "allow"))
			out = "allow";
		else if (js_str_is(outcome, "optionId", "allow_always"))
			out = "allow_always";
		else if (js_str_is(outcome, "optionId", "deny_always"))
			out = "deny_always";
	}
	js_free(outcome);
	js_free(result);
	return out;
}

void
acp_ask_answered(struct acp *a, jv msg)
{
	int64_t rpc;

	if (!js_int(msg, "id", 0, INT64_C(1) << 50, &rpc))
		return;
	for (size_t i = 0; i < a->nasks; i++)
		if (a->asks[i].rpc == rpc) {
			struct acp_ask ask = a->asks[i];

			a->asks[i] = a->asks[--a->nasks];
			if (ask.id != NULL)
				reply(&ask, decision(msg));
			else
				acp_servers_answered(a, ask.session,
				    ask.server, decision(msg));
			free(ask.id);
			return;
		}
}

void
acp_ask_drop(struct acp *a, const struct acp_session *s)
{
	for (size_t i = 0; i < a->nasks;)
		if (a->asks[i].session == s)
			forget(a, i);
		else
			i++;
}
