/*
 * acp.c - the editor's side: requests in, responses and updates out.
 */
#include "acp/acp_in.h"

#include "base/clock.h"
#include "base/fdio.h"
#include "base/log.h"
#include "base/mem.h"
#include "json/jsonl.h"
#include "sys/fd.h"
#include "sys/sig.h"

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#ifndef VERSION
#define VERSION "unknown"
#endif

#define SESSIONS_MAX	64

/* ---- to the editor ---- */

static void
flush(struct acp *a)
{
	while (!a->gone && a->out_at < a->out.len) {
		ssize_t n = write(STDOUT_FILENO, a->out.data + a->out_at,
		    a->out.len - a->out_at);

		if (n > 0)
			a->out_at += (size_t)n;
		else if (n == -1 && errno == EAGAIN)
			return;
		else if (n == -1 && errno != EINTR) {
			a->gone = true;
			a->error = errno == EPIPE ? 0 : errno;
		}
	}
	buf_reset(&a->out);
	a->out_at = 0;
}

void
acp_send(struct acp *a, jv msg)
{
	js_dump(&a->out, msg);
	buf_addc(&a->out, '\n');
	js_free(msg);
	flush(a);
}

void
acp_result(struct acp *a, jv id, jv result)
{
	acp_send(a, rpc_result(id, result));
}

void
acp_error(struct acp *a, jv id, int code, const char *text)
{
	acp_send(a, rpc_error(id, (enum rpc_code)code, text, js_none()));
}

void
acp_update(struct acp *a, struct acp_session *s, jv ev, bool replay)
{
	jv list = update_of_event(&s->update, ev, replay);

	for (size_t i = 0; i < js_len(list); i++) {
		jv params = js_set_str(js_obj(), "sessionId", s->id != NULL ?
		    s->id : "");

		params = js_set(params, "update", js_at(list, i));
		acp_send(a, rpc_notification("session/update", params));
	}
	js_free(list);
}

/* ---- requests ---- */

static void
initialize(struct acp *a, jv id)
{
	jv prompt = js_set_bool(js_set_bool(js_set_bool(js_obj(), "image",
	    true), "audio", false), "embeddedContext", true);
	jv sessions = js_set(js_set(js_set(js_obj(), "list", js_obj()),
	    "resume", js_obj()), "close", js_obj());
	jv can = js_set_bool(js_obj(), "loadSession", true), result;
	jv mcp = js_set_bool(js_set_bool(js_obj(), "http", true), "sse", true);

	can = js_set(can, "mcpCapabilities", mcp);
	can = js_set(can, "promptCapabilities", prompt);
	can = js_set(can, "sessionCapabilities", sessions);
	/* Whatever version it speaks: ours. */
	result = js_set_int(js_obj(), "protocolVersion", ACP_VERSION);
	result = js_set(result, "agentCapabilities", can);
	result = js_set(result, "agentInfo", js_set_str(js_set_str(
	    js_set_str(js_obj(), "name", "agent-chat"), "title", "agent"),
	    "version", VERSION));
	acp_result(a, id, js_set(result, "authMethods", js_arr()));
}

/* An absolute folder, as the protocol wants it; NULL when answered. */
static const char *
folder(struct acp *a, jv id, jv params)
{
	const char *cwd = js_str(params, "cwd");

	if (cwd == NULL || *cwd != '/') {
		acp_error(a, id, RPC_PARAMS, "cwd: an absolute path is "
		    "wanted");
		return NULL;
	}
	if (a->n >= SESSIONS_MAX) {
		acp_error(a, id, RPC_INTERNAL, "too many open sessions; "
		    "close one");
		return NULL;
	}
	return cwd;
}

static void
new_session(struct acp *a, jv id, jv params)
{
	const char *cwd = folder(a, id, params);

	if (cwd != NULL)
		acp_session_open(a, "session/new", id, params, NULL);
}

/* session/load tells all that was said, session/resume does not. */
static void
old_session(struct acp *a, const char *method, jv id, jv params)
{
	const char *cwd = folder(a, id, params);
	const char *which = js_str(params, "sessionId");
	struct err e = ERR_INIT;
	struct acp_session *s;
	char *path;

	if (cwd == NULL)
		return;
	if (which == NULL) {
		acp_error(a, id, RPC_PARAMS, "sessionId is missing");
		return;
	}
	if (acp_session_find(a, which) != NULL) {
		acp_error(a, id, RPC_INVALID, "the session is open");
		return;
	}
	path = acp_history_path(cwd, which, &e);
	if (path == NULL) {
		acp_error(a, id, ACP_NOT_FOUND, e.msg);
		return;
	}
	free(path);
	s = acp_session_open(a, method, id, params, which);
	if (s != NULL)
		s->id = xstrdup(which);
}

static void
list_sessions(struct acp *a, jv id, jv params)
{
	struct err e = ERR_INIT;
	jv list = acp_history_list(js_str(params, "cwd"), &e);

	if (js_is_valid(list))
		acp_result(a, id, js_set(js_obj(), "sessions", list));
	else
		acp_error(a, id, RPC_INTERNAL, e.msg);
}

static void
request(struct acp *a, const char *method, jv id, jv params)
{
	struct acp_session *s;

	if (strcmp(method, "initialize") == 0) {
		initialize(a, id);
	} else if (strcmp(method, "authenticate") == 0) {
		acp_result(a, id, js_obj());
	} else if (strcmp(method, "session/new") == 0) {
		new_session(a, id, params);
	} else if (strcmp(method, "session/load") == 0) {
		old_session(a, "session/load", id, params);
	} else if (strcmp(method, "session/resume") == 0) {
		old_session(a, "session/resume", id, params);
	} else if (strcmp(method, "session/list") == 0) {
		list_sessions(a, id, params);
	} else if (strcmp(method, "session/prompt") != 0 &&
	    strcmp(method, "session/close") != 0) {
		acp_error(a, id, RPC_NO_METHOD, "no such method");
	} else if ((s = acp_session_find(a, js_str(params, "sessionId"))) ==
	    NULL) {
		acp_error(a, id, ACP_NOT_FOUND, "no such session is open");
	} else if (strcmp(method, "session/close") == 0) {
		acp_session_close(a, s);
		acp_result(a, id, js_obj());
	} else {
		acp_session_prompt(a, s, id, params);
	}
}

static void
message(struct acp *a, jv msg)
{
	jv id = js_get(msg, "id"), params = js_get(msg, "params");
	const char *method = js_str(msg, "method");
	struct acp_session *s;

	switch (rpc_classify(msg)) {
	case RPC_REQUEST:
		request(a, method, id, params);
		break;
	case RPC_NOTIFICATION:
		s = acp_session_find(a, js_str(params, "sessionId"));
		if (s != NULL && strcmp(method, "session/cancel") == 0)
			acp_session_cancel(a, s);
		break;
	case RPC_RESULT:
	case RPC_ERROR:
		acp_ask_answered(a, msg);
		break;
	case RPC_NONE:
		acp_error(a, js_is_str(id) || js_is_num(id) ? id : js_null(),
		    RPC_INVALID, "not a message of JSON-RPC 2.0");
		break;
	}
	js_free(params);
	js_free(id);
}

/* ---- the loop ---- */

/* Take in what the editor wrote; false when it is gone. */
static bool
read_editor(struct acp *a, struct jsonl *in)
{
	struct err e = ERR_INIT;
	enum jsonl_status st;
	char b[BASE_PIECE];
	ssize_t n = fd_read(STDIN_FILENO, b, sizeof(b));
	jv msg;

	if (n == -1 && errno == EAGAIN)
		return true;
	if (n <= 0)
		return false;
	jsonl_feed(in, b, (size_t)n);
	while ((st = jsonl_next(in, &msg, NULL, NULL, &e)) == JSONL_ITEM ||
	    st == JSONL_ERROR) {
		if (st == JSONL_ERROR) {
			acp_error(a, js_null(), RPC_PARSE, e.msg);
			continue;
		}
		message(a, msg);
		js_free(msg);
	}
	return true;
}

/* Wait for the editor, the signals and every child, and do their work. */
static bool
turn(struct acp *a, struct jsonl *in)
{
	size_t n = 3 + a->n * COPROC_FDS;
	struct pollfd *fds = xcalloc(n, sizeof(*fds));
	bool more = true;
	size_t open = a->n;
	int64_t due = -1;

	fds[0] = (struct pollfd){ .fd = STDIN_FILENO, .events = POLLIN };
	fds[1] = (struct pollfd){ .fd = sig_fd(), .events = POLLIN };
	fds[2] = (struct pollfd){ .fd = a->out.len > 0 ? STDOUT_FILENO : -1,
	    .events = POLLOUT };
	for (size_t i = 0; i < open; i++) {
		int64_t one = coproc_due(&a->v[i]->chat);

		coproc_poll(&a->v[i]->chat, &fds[3 + i * COPROC_FDS]);
		if (one != -1 && (due == -1 || one < due))
			due = one;
	}
	if (poll(fds, (nfds_t)n, clock_left(due)) == -1 && errno != EINTR)
		more = false;
	for (size_t i = 0; more && i < open; i++)
		coproc_work(&a->v[i]->chat, &fds[3 + i * COPROC_FDS]);
	/* From the end: one that is over leaves its place to the last. */
	for (size_t i = open; more && i-- > 0;)
		acp_session_work(a, a->v[i]);
	flush(a);
	if (sig_caught() != 0 || a->gone)
		more = false;
	if (more && fds[0].revents != 0)
		more = read_editor(a, in);
	free(fds);
	return more;
}

int
acp_serve(const struct acp_opts *o, int *sig, struct err *e)
{
	struct acp a = { .o = o, .next_rpc = 1 };
	struct jsonl in;

	if (sig_init() == -1)
		return err_sys(e, "signals");
	fd_nonblock(STDIN_FILENO, true);
	fd_nonblock(STDOUT_FILENO, true);
	jsonl_init(&in, "the editor");
	while (turn(&a, &in))
		;
	*sig = sig_caught();
	while (a.n > 0)
		acp_session_close(&a, a.v[a.n - 1]);
	flush(&a);
	jsonl_free(&in);
	buf_free(&a.out);
	free(a.asks);
	free(a.v);
	if (a.error == 0)
		return 0;
	errno = a.error;
	err_sys(e, "write standard output");
	e->kind = ERR_IO;
	return -1;
}
