/*
 * permit_form.c - what an MCP server wants to know in the midst of a call.
 *
 * Whoever answers questions of the policy answers these, too: the arguments
 * of the question are the form, filled in with what its schema proposes, and
 * other arguments in the answer are what the user wrote into it.
 */
#include "tool/permit.h"

#include "base/clock.h"
#include "core/event.h"
#include "json/schema.h"
#include "tool/job.h"

#include <string.h>

bool
permit_is_form(const struct permit *p)
{
	return js_is_obj(p->form);
}

/* ---- what is proposed ---- */

static jv
first_of(jv schema, const char *key)
{
	jv list = js_get(schema, key), first, c;

	first = js_is_arr(list) && js_len(list) > 0 ? js_at(list, 0) :
	    js_none();
	js_free(list);
	if (!js_is_obj(first))
		return first;
	c = js_get(first, "const");
	js_free(first);
	return c;
}

/* A value for one field; invalid when nothing comes to mind. */
static jv
propose_one(jv field)
{
	jv v = js_get(field, "default");

	if (!js_is_valid(v))
		v = first_of(field, "enum");
	if (!js_is_valid(v))
		v = first_of(field, "oneOf");
	if (js_is_valid(v))
		return v;
	if (js_str_is(field, "type", "boolean"))
		return js_from_bool(true);
	if (js_str_is(field, "type", "integer") ||
	    js_str_is(field, "type", "number"))
		return js_from_num(js_num(field, "minimum", 0));
	return js_str_is(field, "type", "string") ? js_from_str("") :
	    js_none();
}

static bool
among(jv list, jv name)
{
	bool yes = false;

	for (size_t i = 0; js_is_arr(list) && i < js_len(list); i++) {
		jv x = js_at(list, i);

		yes |= js_eq(x, name);
		js_free(x);
	}
	return yes;
}

/* What has to be there, and what has a value of its own. */
static jv
propose(jv schema)
{
	jv props = js_get(schema, "properties"), keys = js_keys(props);
	jv required = js_get(schema, "required"), out = js_obj();

	for (size_t i = 0; js_is_obj(props) && i < js_len(keys); i++) {
		jv k = js_at(keys, i), field = js_get(props, js_cstr(k)), v;

		v = among(required, k) ? propose_one(field) : js_get(field,
		    "default");
		if (js_is_valid(v))
			out = js_set(out, js_cstr(k), v);
		js_free(field);
		js_free(k);
	}
	js_free(required);
	js_free(keys);
	js_free(props);
	return out;
}

/* ---- the question ---- */

jv
permit_form_question(const struct job *j)
{
	jv ev = event_new("permission.request");

	ev = js_set_str(ev, "id", j->permit.id);
	ev = js_set_str(ev, "call_id", j->id);
	ev = js_set_str(ev, "tool", j->tool->name);
	ev = js_set(ev, "arguments", js_ref(j->permit.filled));
	ev = js_set(ev, "reason", js_fmt("the MCP server %s asks",
	    j->tool->server));
	ev = js_copy_key(ev, "what", j->permit.form, "message");
	return js_copy_key(ev, "form", j->permit.form, "schema");
}

void
permit_form(struct job *j)
{
	struct approval *a = &j->env->approval;
	jv schema, ev, none = js_none();
	int rc = 0;

	if (js_len(j->mcp.asks) == 0 || a->open)
		return;
	if (a->way <= APPROVAL_YES) {
		/* Who allows everything has not said what to fill in. */
		mcp_call_answer(&j->mcp, "cancel", none);
		return;
	}
	j->permit.form = js_at(j->mcp.asks, 0);
	schema = js_get(j->permit.form, "schema");
	j->permit.filled = propose(schema);
	js_free(schema);
	ids_prefixed(j->permit.id, "p");
	ev = permit_form_question(j);
	permit_tell(j, ev);
	if (a->way > APPROVAL_PROTOCOL)
		rc = approval_ask(a, ev);
	js_free(ev);
	j->state = JOB_ASKING;
	j->permit.until = a->limit_ms > 0 ? clock_ms() + a->limit_ms : -1;
	j->deadline = a->way == APPROVAL_SPOOL ? clock_ms() + APPROVAL_LOOK :
	    j->permit.until;
	if (rc == -1)
		permit_close(j, "nobody");
}

/* ---- the answer ---- */

void
permit_form_end(struct job *j, const char *action, jv content)
{
	mcp_call_answer(&j->mcp, action, content);
	js_free(j->permit.form);
	js_free(j->permit.filled);
	j->permit.form = j->permit.filled = js_none();
	j->state = JOB_RUNNING;
	/* agent-mcp keeps the time of what the server does then. */
	j->deadline = clock_ms() + MCP_CALL_MS;
}

/* 0 when the content was sent, or cannot be by just saying yes. */
static int
send_it(struct job *j, jv given, jv *facts, struct err *e)
{
	jv schema = js_get(j->permit.form, "schema"), content, none;
	struct buf why = BUF_INIT;
	int rc = 0;

	content = js_is_valid(given) ? given : j->permit.filled;
	none = js_none();
	if (js_is_obj(content) && schema_check(schema, content, &why)) {
		if (js_is_valid(given))
			*facts = js_set(*facts, "arguments", js_ref(given));
		permit_form_end(j, "accept", content);
	} else if (js_is_valid(given)) {
		rc = err_set(e, ERR_DATA, "permission.reply: this does not "
		    "fit: %.300s", why.len > 0 ? buf_str(&why) :
		    "expected an object");
	} else {
		permit_form_end(j, "cancel", none);
	}
	buf_free(&why);
	js_free(schema);
	return rc;
}

int
permit_form_answer(struct job *j, jv reply, jv *facts, struct err *e)
{
	const char *d = js_str(reply, "decision");
	jv given = js_get(reply, "arguments"), none = js_none();
	int rc = 0;

	if (d != NULL && strcmp(d, "deny") == 0)
		permit_form_end(j, "decline", none);
	else if (d != NULL && (strcmp(d, "allow") == 0 ||
	    strcmp(d, "allow_always") == 0))
		rc = send_it(j, given, facts, e);
	else
		rc = err_set(e, ERR_DATA, "permission.reply: decision is "
		    "allow or deny, not %.40s", d != NULL ? d : "missing");
	js_free(given);
	return rc;
}
