/*
 * serve_permit.c - a server of the Model Context Protocol: asking the user.
 *
 * Where the policy says "ask", the client asks for us, by elicitation: in the
 * older era with a request of ours, in the newer one with a result that wants
 * input, after which the call is made again.
 */
#include "tool/serve.h"

#include "base/log.h"
#include "base/utf8.h"
#include "core/rpc.h"
#include "tool/permit.h"

#include <string.h>

#define SHOWN	((size_t)600)	/* of arguments, and of reasons */

/* On one line, cut, with nothing that hides. */
static void
show(struct buf *out, const struct buf *b)
{
	utf8_escape(out, buf_str(b), b->len < SHOWN ? b->len :
	    utf8_cut(b->data, SHOWN), UTF8_LINE);
	if (b->len > SHOWN)
		buf_adds(out, "...");
}

static jv
choices(void)
{
	static const char *const words[] = { "allow", "allow_always", "deny" };
	jv e = js_arr(), p = js_set_str(js_obj(), "type", "string"), s;

	for (size_t i = 0; i < BASE_NITEMS(words); i++)
		e = js_push(e, js_from_str(words[i]));
	p = js_set_str(p, "title", "Decision");
	p = js_set_str(p, "description", "allow_always holds for this "
	    "session");
	s = js_set_str(js_obj(), "type", "object");
	s = js_set(s, "properties", js_set(js_obj(), "decision", js_set(p,
	    "enum", e)));
	return js_set(s, "required", js_push(js_arr(),
	    js_from_str("decision")));
}

jv
serve_question(const struct job *j)
{
	struct buf text = BUF_INIT, b = BUF_INIT;
	jv p = js_set_str(js_obj(), "mode", "form"), form;

	if (permit_is_form(&j->permit)) {
		/* Passed on as it is; whose question it is stands before
		 * it. */
		form = j->permit.form;
		p = js_set(p, "message", js_fmt("%s: %s asks: %s", log_prog(),
		    j->tool->server, js_str(form, "message")));
		return js_copy_key(p, "requestedSchema", form, "schema");
	}
	buf_addf(&text, "%s: may %s run with ", log_prog(), j->tool->name);
	js_dump(&b, j->args);
	show(&text, &b);
	buf_reset(&b);
	verdict_text(&b, &j->permit.verdict);
	buf_adds(&text, "? The policy wants you to decide about ");
	show(&text, &b);
	p = js_set(p, "message", js_from_buf(&text));
	buf_free(&text);
	buf_free(&b);
	return js_set(p, "requestedSchema", choices());
}

jv
serve_wants(const struct job *j, jv id, const char *ticket)
{
	jv q = js_set_str(js_obj(), "method", "elicitation/create"), r;

	q = js_set(q, "params", serve_question(j));
	r = js_set_str(js_obj(), "resultType", "input_required");
	r = js_set(r, "inputRequests", js_set(js_obj(), "approval", q));
	return rpc_result(id, js_set_str(r, "requestState", ticket));
}

void
serve_answer(struct job *j, jv result)
{
	bool accepted = js_str_is(result, "action", "accept");
	jv content = js_get(result, "content"), reply;
	const char *d = js_str(content, "decision");
	bool form = permit_is_form(&j->permit);
	struct err e = ERR_INIT;

	if (form)
		d = accepted ? "allow" : "deny";
	if (!accepted || d == NULL || (strcmp(d, "allow") != 0 &&
	    strcmp(d, "allow_always") != 0))
		d = "deny";
	reply = js_set_str(js_obj(), "id", j->permit.id);
	reply = js_set_str(reply, "decision", d);
	if (form && accepted && js_is_obj(content))
		reply = js_set(reply, "arguments", js_ref(content));
	/* What cannot be remembered is asked again the next time. */
	if (permit_answer(j, reply, &e) && e.kind != ERR_NONE) {
		reply = js_set_str(reply, "decision", form ? "deny" :
		    "allow");
		e = (struct err)ERR_INIT;
		permit_answer(j, reply, &e);
	}
	js_free(reply);
	js_free(content);
}
