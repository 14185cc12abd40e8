/*
 * check.c - agent-tool check: what the policy says to calls.
 */
#include "tool/check.h"

#include "base/utf8.h"
#include "core/msg.h"
#include "json/jsonl.h"
#include "tool/job.h"

#include <string.h>
#include <unistd.h>

/* A label, and behind it a text that may come from the model. */
static void
labelled(struct buf *out, const char *label, const char *text)
{
	buf_addf(out, "  %-8s", label);
	utf8_escape(out, text, strlen(text), UTF8_LINE);
	buf_addc(out, '\n');
}

static void
for_people(struct buf *out, const char *tool, const struct verdict *v)
{
	const struct rule *r = v->rule;

	buf_addf(out, "%-5s %s: ", policy_decision_name(v->decision), tool);
	buf_addf(out, "%s %s\n", policy_kind_name(v->kind), v->what);
	if (r != NULL && r->reason != NULL)
		labelled(out, "because", r->reason);
	if (r != NULL) {
		labelled(out, "rule", r->text);
		buf_addf(out, "  %-8s%s:%u\n", "in", r->file, r->line);
	} else {
		labelled(out, "because", "no rule allows it");
	}
	if (v->hint != NULL)
		labelled(out, "instead", v->hint);
}

static int
one_call(struct tool_env *env, const char *name, const char *args,
    size_t n, bool json, enum decision *worst, struct buf *out,
    struct err *e)
{
	struct tool_env quiet = *env;
	struct verdict v;
	struct job *j;
	int rc = -1;

	quiet.judges = false;
	j = job_new(&quiet, "", name, args, n);
	if (j->state == JOB_DONE) {
		err_set(e, ERR_DATA, "%.60s: %.400s", name,
		    buf_str(&j->result.text));
	} else if (permit_verdict(env, j->tool, j->args, &v, e) == 0) {
		if (v.decision > *worst)
			*worst = v.decision;
		if (json) {
			jv o = js_set_str(js_obj(), "tool", name);

			o = verdict_json_take(o, &v);
			js_dump(out, o);
			buf_addc(out, '\n');
			js_free(o);
		} else {
			for_people(out, name, &v);
		}
		verdict_free(&v);
		rc = 0;
	}
	job_free(j);
	return rc;
}

static int
calls_of(struct tool_env *env, jv msg, bool json, enum decision *worst,
    struct buf *out, struct err *e)
{
	int rc = 0;

	for (size_t i = 0; i < msg_ncalls(msg) && rc == 0; i++) {
		const char *id, *name, *args;
		size_t n;

		msg_call(msg, i, &id, &name, &args, &n);
		rc = one_call(env, name, args, n, json, worst, out, e);
	}
	return rc;
}

/* The assistant message that makes the one call v, {"name", "arguments"} by
 * itself or as an API's tool call, arguments a string or not; else v.  v is
 * consumed. */
static jv
message_take(jv v)
{
	jv f = js_get(v, "function"), args, call, msg;
	struct buf text = BUF_INIT;

	if (!js_is_obj(f)) {
		js_free(f);
		f = js_ref(v);
	}
	args = js_get(f, "arguments");
	if (js_str(f, "name") == NULL || !js_is_valid(args) ||
	    js_str(v, "role") != NULL) {
		js_free(args);
		js_free(f);
		return v;
	}
	if (!js_is_str(args)) {
		js_dump(&text, args);
		f = js_set(f, "arguments", js_from_buf(&text));
	}
	call = js_set(js_set_str(js_obj(), "type", "function"), "function", f);
	msg = js_set(js_set_str(js_obj(), "role", "assistant"), "tool_calls",
	    js_push(js_arr(), call));
	js_free(args);
	js_free(v);
	buf_free(&text);
	return msg;
}

static int
judge_line(struct tool_env *env, jv v, const struct jsonl *at, bool json,
    enum decision *worst, struct buf *out, struct err *e)
{
	switch (msg_classify(v)) {
	case MSG_LINE_MESSAGE:
		return msg_role(v) != MSG_ASSISTANT ? 0 :
		    calls_of(env, v, json, worst, out, e);
	case MSG_LINE_EVENT:
		return 0;
	default:
		return err_set(e, ERR_DATA, "%s:%ju: neither a message nor a "
		    "call; give {\"name\": ..., \"arguments\": {...}}",
		    at->name, (uintmax_t)at->lineno);
	}
}

static int
talk(struct tool_env *env, int in, bool json, enum decision *worst,
    struct buf *out, struct err *e)
{
	enum jsonl_status s;
	struct jsonl lines;
	jv v = js_none();
	int rc = 0;

	jsonl_init(&lines, "<stdin>");
	while (rc == 0 && (s = jsonl_read(&lines, in, &v, NULL, NULL, e)) !=
	    JSONL_END) {
		if (s == JSONL_ERROR) {
			rc = -1;
			break;
		}
		v = message_take(v);
		rc = judge_line(env, v, &lines, json, worst, out, e);
		js_free(v);
		v = js_none();
	}
	jsonl_free(&lines);
	return rc;
}

int
check_command(struct tool_env *env, char *const *operand, int n, bool json,
    int *status, struct buf *out, struct err *e)
{
	static const int exits[] = { 0, 1, 77 };
	enum decision worst = POLICY_ALLOW;
	int rc;
	const char *args = n == 2 ? operand[1] : "{}";

	if (n > 2)
		return err_set(e, ERR_USAGE, "check takes a tool's name and "
		    "its arguments, not also %.60s", operand[2]);
	if (n == 0 && isatty(STDIN_FILENO))
		return err_set(e, ERR_USAGE, "check reads messages from "
		    "stdin, which is a terminal; or name a tool");
	rc = n == 0 ? talk(env, STDIN_FILENO, json, &worst, out, e) :
	    one_call(env, operand[0], args, strlen(args), json, &worst, out,
	    e);
	*status = exits[worst];
	return rc;
}
