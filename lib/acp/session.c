/*
 * session.c - one conversation: an agent-chat and what the editor waits for.
 */
#include "acp/acp_in.h"

#include "base/mem.h"
#include "core/state.h"

#include <stdlib.h>
#include <string.h>

#define GRACE_MS	2000
#define PATIENCE_MS	600000	/* that agent-chat has to get ready */

struct acp_session *
acp_session_find(struct acp *a, const char *id)
{
	for (size_t i = 0; id != NULL && i < a->n; i++)
		if (a->v[i]->id != NULL && strcmp(a->v[i]->id, id) == 0)
			return a->v[i];
	return NULL;
}

static void
acp_session_free(struct acp *a, struct acp_session *s)
{
	acp_ask_drop(a, s);
	coproc_close(&s->chat, GRACE_MS);
	acp_servers_drop(s);
	js_free(s->kept);
	update_free(&s->update);
	buf_free(&s->complaint);
	js_free(s->opening);
	js_free(s->prompt);
	free(s->id);
	free(s->cwd);
	for (size_t i = 0; i < a->n; i++)
		if (a->v[i] == s) {
			a->v[i] = a->v[--a->n];
			break;
		}
	free(s);
}

static int
start(struct acp *a, struct acp_session *s, const char *resume,
    struct err *e)
{
	struct vec argv = VEC_INIT;
	char *program = state_program("agent-chat");
	int rc;

	vec_push(&argv, program);
	for (size_t i = 0; i < a->o->pass.n; i++)
		vec_push(&argv, a->o->pass.v[i]);
	vec_push(&argv, "--coprocess");
	vec_push(&argv, "-w");
	vec_push(&argv, s->cwd);
	if (resume != NULL) {
		vec_push(&argv, "--resume");
		vec_push(&argv, resume);
	}
	coproc_init(&s->chat, "agent-chat");
	/* It has children to wait for, and says itself when it gives up. */
	s->chat.patience = PATIENCE_MS;
	rc = acp_servers_write(s, e);
	if (rc == 0)
		rc = coproc_start(&s->chat, &argv, e);
	vec_free(&argv);
	free(program);
	return rc;
}

struct acp_session *
acp_session_open(struct acp *a, const char *method, jv id, jv params,
    const char *resume)
{
	struct acp_session *s = xcalloc(1, sizeof(*s));
	struct err e = ERR_INIT;

	s->cwd = xstrdup(js_str(params, "cwd"));
	s->update.cwd = s->cwd;
	s->opening = js_ref(id);
	s->prompt = s->kept = js_none();
	s->method = method;
	acp_servers_take(s, params);
	a->v = xreallocarray(a->v, a->n + 1, sizeof(*a->v));
	a->v[a->n++] = s;
	if (start(a, s, resume, &e) == -1) {
		acp_error(a, id, RPC_INTERNAL, e.msg);
		acp_session_free(a, s);
		return NULL;
	}
	return s;
}

/* ---- what agent-chat says ---- */

/* What the user may type behind a slash. */
static void
commands(struct acp *a, struct acp_session *s)
{
	jv prompts = js_get(s->chat.hello, "prompts");
	jv list = update_commands(prompts), params, update;

	update = js_set_str(js_obj(), "sessionUpdate",
	    "available_commands_update");
	params = js_set_str(js_obj(), "sessionId", s->id);
	params = js_set(params, "update", js_set(update, "availableCommands",
	    list));
	acp_send(a, rpc_notification("session/update", params));
	js_free(prompts);
}

/* It is ready: the request that opened the session has its answer. */
static void
opened(struct acp *a, struct acp_session *s)
{
	const char *id = js_str(s->chat.hello, "session_id");
	jv result = js_obj();

	if (s->id == NULL)
		s->id = xstrdup(id != NULL ? id : "");
	if (strcmp(s->method, "session/load") == 0) {
		struct err e = ERR_INIT;
		char *path = acp_history_path(s->cwd, s->id, &e);

		if (path != NULL)
			acp_history_replay(a, s, path);
		free(path);
	} else if (strcmp(s->method, "session/new") == 0) {
		result = js_set_str(result, "sessionId", s->id);
	}
	acp_result(a, s->opening, result);
	js_free(s->opening);
	s->opening = js_none();
	commands(a, s);
}

/* The prompt has its answer, for the stop reason of turn.end (NULL: it
 * failed). */
static void
answer(struct acp *a, struct acp_session *s, const char *reason)
{
	const char *stop = s->cancelled ? "cancelled" :
	    update_stop_reason(reason);

	acp_ask_drop(a, s);
	s->asked = 0;
	js_free(s->kept);
	s->kept = js_none();
	if (!js_is_valid(s->prompt))
		return;
	if (stop != NULL)
		acp_result(a, s->prompt, js_set_str(js_obj(), "stopReason",
		    stop));
	else
		acp_error(a, s->prompt, s->auth ? ACP_AUTH : RPC_INTERNAL,
		    s->complaint.len != 0 ? buf_str(&s->complaint) :
		    "the turn failed");
	js_free(s->prompt);
	s->prompt = js_none();
	s->cancelled = false;
}

static void
line(struct acp *a, struct acp_session *s, jv ev)
{
	const char *type = js_str(ev, "type"), *text;

	if (type == NULL)
		return;
	if (strcmp(type, "error") == 0) {
		text = js_str(ev, "message");
		buf_reset(&s->complaint);
		buf_adds(&s->complaint, text != NULL ? text : "");
		s->auth = js_str_is(ev, "code", "auth");
	} else if (strcmp(type, "permission.request") == 0) {
		acp_ask_editor(a, s, ev);
	} else if (strcmp(type, "turn.end") == 0) {
		answer(a, s, js_str(ev, "stop_reason"));
	} else {
		acp_update(a, s, ev, false);
	}
}

/* agent-chat is gone: whoever waits is told, the session stays in its file
 * and may be loaded again. */
static void
ended(struct acp *a, struct acp_session *s, const struct err *e)
{
	if (js_is_valid(s->opening))
		acp_error(a, s->opening, s->chat.complaint.kind == ERR_AUTH ?
		    ACP_AUTH : RPC_INTERNAL, e->msg);
	if (s->complaint.len == 0)
		buf_adds(&s->complaint, e->msg);
	answer(a, s, NULL);
	acp_session_free(a, s);
}

bool
acp_session_work(struct acp *a, struct acp_session *s)
{
	struct err e = ERR_INIT;
	jv ev;
	int rc;

	while ((rc = coproc_next(&s->chat, &ev, &e)) == 1) {
		if (js_is_valid(s->opening) && s->chat.ready)
			opened(a, s);
		line(a, s, ev);
		js_free(ev);
	}
	if (js_is_valid(s->opening) && s->chat.ready)
		opened(a, s);
	if (rc == -1) {
		ended(a, s, &e);
		return false;
	}
	return true;
}

/* ---- what the editor wants ---- */

void
acp_session_prompt(struct acp *a, struct acp_session *s, jv id, jv params)
{
	struct err e = ERR_INIT;
	jv blocks, msg, prompts;

	if (js_is_valid(s->prompt)) {
		acp_error(a, id, RPC_INVALID, "the session is at work on "
		    "another prompt; cancel it first");
		return;
	}
	blocks = js_get(params, "prompt");
	msg = update_prompt(blocks, &e);
	js_free(blocks);
	if (!js_is_valid(msg)) {
		acp_error(a, id, RPC_PARAMS, e.msg);
		return;
	}
	prompts = js_get(s->chat.hello, "prompts");
	msg = update_command_take(msg, prompts);
	js_free(prompts);
	s->prompt = js_ref(id);
	s->cancelled = s->auth = false;
	buf_reset(&s->complaint);
	if (acp_servers_ask(a, s)) {
		s->kept = msg;
		return;
	}
	coproc_send(&s->chat, msg);
	js_free(msg);
}

void
acp_session_go(struct acp *a, struct acp_session *s, bool restart)
{
	struct err e = ERR_INIT;

	if (restart) {
		/* Killed, not asked to end: it would take a session in which
		 * nothing was said yet with it.  One that was killed can be
		 * gone on with. */
		coproc_kill(&s->chat);
		coproc_close(&s->chat, 0);
		if (start(a, s, s->id, &e) == -1) {
			buf_adds(&s->complaint, e.msg);
			answer(a, s, NULL);
			acp_session_free(a, s);
			return;
		}
	}
	if (js_is_valid(s->kept))
		coproc_send(&s->chat, s->kept);
	js_free(s->kept);
	s->kept = js_none();
}

void
acp_session_cancel(struct acp *a, struct acp_session *s)
{
	jv cancel = js_set_str(js_obj(), "type", "cancel");

	if (js_is_valid(s->kept)) {
		/* It was not even begun. */
		s->cancelled = true;
		answer(a, s, NULL);
	} else if (js_is_valid(s->prompt)) {
		s->cancelled = true;
		coproc_send(&s->chat, cancel);
	}
	js_free(cancel);
}

void
acp_session_close(struct acp *a, struct acp_session *s)
{
	s->cancelled = true;
	if (js_is_valid(s->opening))
		acp_error(a, s->opening, RPC_INTERNAL, "the session was "
		    "closed");
	answer(a, s, NULL);
	acp_session_free(a, s);
}
