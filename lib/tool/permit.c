/*
 * permit.c - may this call run: the policy's word and the user's.
 */
#include "tool/permit.h"

#include "base/clock.h"
#include "base/mem.h"
#include "base/utf8.h"
#include "core/event.h"
#include "json/jsonl.h"
#include "tool/job.h"
#include "tool/label.h"

#include <stdlib.h>
#include <string.h>

#define REASON_MAX	((size_t)2000)	/* of the user's own words */
#define RULE_MAX	((size_t)64 * 1024)	/* of one that is kept */

void
permit_free(struct permit *p)
{
	if (p->judged)
		verdict_free(&p->verdict);
	free(p->note);
	js_free(p->form);
	js_free(p->filled);
	*p = (struct permit){ .judged = false };
}

/* ---- the policy's word ---- */

int
permit_verdict(struct tool_env *env, const struct tool *t, jv args,
    struct verdict *v, struct err *e)
{
	struct policy_call call = { .tool = t->name, .args = args,
	    .reads = t->needs != TOOL_RUNS,
	    .writes = t->needs == TOOL_WRITES,
	    .runs = t->needs == TOOL_RUNS || t->program != NULL ||
	    t->server != NULL, .tainted = label_tainted(env) };
	const struct policy *policy = tool_env_policy(env);

	if (policy == NULL) {
		*e = env->policy_fault;
		return -1;
	}
	policy_judge(policy, &call, v);
	return 0;
}

static bool
judge(struct job *j)
{
	struct err ignored = ERR_INIT;

	if (j->permit.judged)
		verdict_free(&j->permit.verdict);
	j->permit.judged = permit_verdict(j->env, j->tool, j->shown,
	    &j->permit.verdict, &ignored) == 0;
	return j->permit.judged;
}

/* The result of a call that does not run: after why, the rule's words. */
static void
refuse(struct job *j, enum result_code code, const char *why,
    const char *advice)
{
	struct buf b = BUF_INIT;
	jv facts = js_obj();

	verdict_text(&b, &j->permit.verdict);
	result_error(&j->result, code, "%s%s\n%s", why, buf_str(&b), advice);
	facts = verdict_json_take(facts, &j->permit.verdict);
	buf_reset(&b);
	js_dump(&b, facts);
	free(j->result.permission);
	j->result.permission = buf_detach(&b);
	js_free(facts);
	j->state = JOB_DONE;
}

void
permit_judge(struct job *j)
{
	if (!j->env->judges || j->permit.granted)
		return;
	if (!judge(j)) {
		result_error(&j->result, CODE_DENIED, "the policy cannot be "
		    "read, so nothing runs: %s", j->env->policy_fault.msg);
		j->state = JOB_DONE;
	} else if (j->permit.verdict.decision == POLICY_DENY) {
		refuse(j, CODE_DENIED, "the policy forbids ", "Do not try "
		    "the same in another spelling.");
	}
}

bool
permit_waits(const struct job *j)
{
	return j->env->judges && !j->permit.granted &&
	    j->permit.verdict.decision == POLICY_ASK &&
	    j->env->approval.way > APPROVAL_YES;
}

/* ---- the question ---- */

/* What "always" would remember, as a line of a policy. */
static void
always(struct buf *b, const struct job *j)
{
	const struct verdict *v = &j->permit.verdict;
	size_t plain = strspn(v->what, "abcdefghijklmnopqrstuvwxyz"
	    "0123456789.-");

	if (v->kind == RULE_HOST && v->what[plain] == '\0') {
		buf_addf(b, "allow host %s", v->what);
	} else {
		buf_addf(b, "allow exact %s ", j->tool->name);
		policy_exact(b, j->shown);
	}
}

void
permit_tell(const struct job *j, jv ev)
{
	struct err ignored = ERR_INIT;

	if (j->env->approval.events != -1)
		jsonl_write(j->env->approval.events, ev, &ignored);
}

/* What a tool that writes would change, where it can tell. */
static void
preview(const struct job *j, struct buf *diff)
{
	struct result r;

	if (j->tool->run != tool_write_file && j->tool->run != tool_edit_file)
		return;
	result_init(&r);
	r.preview = diff;
	j->tool->run(j->env, j->args, &r);
	result_free(&r);
}

static jv
question(const struct job *j)
{
	const struct verdict *v = &j->permit.verdict;
	struct buf text = BUF_INIT;
	jv ev = event_new("permission.request");

	ev = js_set_str(ev, "id", j->permit.id);
	ev = js_set_str(ev, "call_id", j->id);
	ev = js_set_str(ev, "tool", j->tool->name);
	ev = js_set(ev, "arguments", js_ref(j->shown));
	buf_adds(&text, v->rule != NULL && v->rule->reason != NULL ?
	    v->rule->reason : v->rule != NULL ? "a rule asks" :
	    "no rule allows it");
	ev = js_set(ev, "reason", js_from_buf(&text));
	buf_reset(&text);
	ev = verdict_json_take(ev, v);
	ev = js_set_str(ev, "reason", js_str(ev, "reason"));
	always(&text, j);
	ev = js_set(ev, "always", js_from_buf(&text));
	buf_reset(&text);
	if (j->env->approval.way > APPROVAL_YES)
		preview(j, &text);
	if (text.len > 0)
		ev = js_set(ev, "diff", js_from_buf(&text));
	buf_free(&text);
	return js_del(ev, "decision");
}

static void
answered(const struct job *j, const char *decision, const char *by,
    jv extra)
{
	jv ev = event_new("permission.reply");

	ev = js_set_str(ev, "id", j->permit.id);
	ev = js_set_str(ev, "call_id", j->id);
	ev = js_set_str(ev, "decision", decision);
	ev = js_set_str(ev, "by", by);
	ev = js_copy_key(ev, "scope", extra, "scope");
	ev = js_copy_key(ev, "rule", extra, "rule");
	ev = js_copy_key(ev, "arguments", extra, "arguments");
	permit_tell(j, ev);
	js_free(ev);
}

/* Nobody can be asked: that is no. */
static void
nobody(struct job *j)
{
	refuse(j, CODE_APPROVAL, "this needs the user's consent, and nobody "
	    "can be asked: ", "Go on without it, or tell the user what you "
	    "wanted to do and why.");
}

bool
permit_start(struct job *j)
{
	struct approval *a = &j->env->approval;
	int rc = 0;
	jv ev;

	if (!j->env->judges || j->permit.granted)
		return true;
	permit_judge(j);
	if (j->state == JOB_DONE)
		return false;
	if (j->permit.verdict.decision == POLICY_ALLOW)
		return true;
	if (a->open)
		return false;	/* one question at a time: later */
	ids_prefixed(j->permit.id, "p");
	ev = question(j);
	permit_tell(j, ev);
	if (a->way > APPROVAL_PROTOCOL)
		rc = approval_ask(a, ev);
	js_free(ev);
	if (a->way == APPROVAL_YES) {
		answered(j, "allow", "yes", js_none());
		j->permit.granted = true;
		return true;
	}
	if (a->way == APPROVAL_NONE || rc == -1) {
		answered(j, "deny", "nobody", js_none());
		nobody(j);
		return false;
	}
	j->state = JOB_ASKING;
	j->permit.until = a->limit_ms > 0 ? clock_ms() + a->limit_ms : -1;
	j->deadline = a->way == APPROVAL_SPOOL ? clock_ms() + APPROVAL_LOOK :
	    j->permit.until;
	return false;
}

/* ---- the answer ---- */

/* Remember what was allowed for good; what is asked after that, is. */
static int
remember(struct job *j, jv reply, jv *facts, struct err *e)
{
	const char *scope = js_str(reply, "scope");
	struct buf rule = BUF_INIT;
	char *file = NULL;
	int rc = 0;

	if (scope == NULL)
		scope = "session";
	if (strcmp(scope, "session") != 0 && strcmp(scope, "user") != 0)
		return err_set(e, ERR_DATA, "permission.reply: scope is "
		    "session or user, not %.40s", scope);
	always(&rule, j);
	if (rule.len > RULE_MAX)
		rc = err_set(e, ERR_DATA, "permission.reply: this call is "
		    "too long to be remembered; allow it once");
	if (rc == 0 && strcmp(scope, "user") == 0)
		rc = policy_append(buf_str(&rule), &file, e);
	if (rc == 0)
		rc = policy_add(j->env->policy, PLACE_SESSION, "session",
		    buf_str(&rule), rule.len, e);
	if (rc == 0) {
		*facts = js_set_str(*facts, "scope", scope);
		*facts = js_set(*facts, "rule", js_from_buf(&rule));
	}
	free(file);
	buf_free(&rule);
	return rc;
}

/* The user wrote other arguments: they are judged, but not asked about. */
static int
change(struct job *j, jv args, jv *facts, struct err *e)
{
	struct buf text = BUF_INIT, was_text = j->text;
	jv was = j->args, was_shown;

	if (!js_is_obj(args))
		return err_set(e, ERR_DATA, "permission.reply: arguments is "
		    "no object");
	if (js_eq(args, j->shown))
		return 0;
	was_shown = js_ref(j->shown);
	j->text = (struct buf)BUF_INIT;
	j->args = js_ref(args);
	if (!job_fits(j, &text)) {
		js_free(j->args);
		js_free(j->shown);
		j->args = was;
		j->text = was_text;
		j->shown = was_shown;
		err_set(e, ERR_DATA, "permission.reply: these arguments do "
		    "not fit: %s", buf_str(&text));
		buf_free(&text);
		return -1;
	}
	js_free(was);
	js_free(was_shown);
	buf_free(&was_text);
	permit_judge(j);
	buf_adds(&text, "[the user changed the arguments to ");
	js_dump(&text, j->args);
	buf_adds(&text, "]\n");
	free(j->permit.note);
	j->permit.note = buf_detach(&text);
	*facts = js_set(*facts, "arguments", js_ref(j->args));
	return 0;
}

static void
said_no(struct job *j, jv reply)
{
	struct buf why = BUF_INIT;
	const char *s = js_str(reply, "reason");

	buf_adds(&why, "the user said no");
	if (s != NULL && *s != '\0') {
		buf_adds(&why, ", with these words: ");
		utf8_escape(&why, s, strnlen(s, REASON_MAX), UTF8_TEXT);
		buf_adds(&why, "\nIt was about ");
	} else {
		buf_adds(&why, " to ");
	}
	refuse(j, CODE_REFUSED, buf_str(&why), "Do not do the same in "
	    "another way; go on without it, or ask what to do instead.");
	buf_free(&why);
}

static int
allow(struct job *j, jv reply, bool for_good, jv *facts, struct err *e)
{
	jv args = js_get(reply, "arguments");
	int rc = 0;

	if (js_is_valid(args))
		rc = change(j, args, facts, e);
	if (rc == 0 && for_good && j->state == JOB_ASKING)
		rc = remember(j, reply, facts, e);
	/* After "always" there may be more in the call to be asked about. */
	if (rc == 0 && j->state == JOB_ASKING) {
		j->permit.granted = !for_good;
		j->state = JOB_READY;
	}
	js_free(args);
	return rc;
}

bool
permit_answer(struct job *j, jv reply, struct err *e)
{
	const char *d = js_str(reply, "decision");
	jv facts = js_obj();
	int rc = 0;

	if (j->state != JOB_ASKING || !js_str_is(reply, "id", j->permit.id)) {
		js_free(facts);
		return false;
	}
	if (permit_is_form(&j->permit))
		rc = permit_form_answer(j, reply, &facts, e);
	else if (d != NULL && strcmp(d, "deny") == 0)
		said_no(j, reply);
	else if (d != NULL && (strcmp(d, "allow") == 0 ||
	    strcmp(d, "allow_always") == 0))
		rc = allow(j, reply, strcmp(d, "allow") != 0, &facts, e);
	else
		rc = err_set(e, ERR_DATA, "permission.reply: decision is "
		    "allow, allow_always or deny, not %.40s", d != NULL ? d :
		    "missing");
	if (rc == 0)
		answered(j, d, "user", facts);
	js_free(facts);
	return true;
}

size_t
permit_fds(const struct job *j, struct pollfd *p)
{
	return approval_fds(&j->env->approval, p);
}

/* Nobody said anything in time, or will. */
static void
unanswered(struct job *j, bool late)
{
	permit_close(j, late ? "timeout" : "nobody");
	if (j->state != JOB_ASKING)
		return;		/* a form: the call goes on without */
	if (!late) {
		nobody(j);
		return;
	}
	refuse(j, CODE_APPROVAL, "this needs the user's consent, and nobody "
	    "answered in time: ", "Go on without it, or tell the user what "
	    "you wanted to do and why.");
}

void
permit_step(struct job *j)
{
	struct approval *a = &j->env->approval;
	struct err bad = ERR_INIT;
	jv reply = js_none();
	int rc;

	/* What it asks for is not wanted any more. */
	if (permit_is_form(&j->permit) && mcp_call_step(&j->mcp)) {
		permit_close(j, "cancel");
		return;
	}
	if (a->way == APPROVAL_PROTOCOL)
		return;
	rc = approval_hear(a, &reply);
	if (rc == 1) {
		/* There is one question, so the id need not be there. */
		if (!js_has(reply, "id") && js_is_obj(reply))
			reply = js_set_str(reply, "id", j->permit.id);
		if (!permit_answer(j, reply, &bad))
			err_set(&bad, ERR_DATA, "permission.reply: this is "
			    "no answer to %s", j->permit.id);
		if (bad.kind != ERR_NONE)
			approval_again(a, &bad);
	} else if (rc == -1) {
		unanswered(j, false);
	} else if (j->permit.until != -1 && clock_left(j->permit.until) == 0) {
		unanswered(j, true);
	}
	if (j->state != JOB_ASKING)
		approval_over(a);
	else if (a->way == APPROVAL_SPOOL)
		j->deadline = clock_ms() + APPROVAL_LOOK;
	js_free(reply);
}

void
permit_close(struct job *j, const char *by)
{
	if (j->state != JOB_ASKING)
		return;
	answered(j, "deny", by, js_none());
	approval_over(&j->env->approval);
	if (permit_is_form(&j->permit))
		permit_form_end(j, "cancel", js_none());
}
