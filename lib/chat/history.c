/*
 * history.c - go back in a session, or on in another one.
 */
#include "chat/chat.h"

#include "base/mem.h"
#include "core/msg.h"
#include "core/state.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

int
chat_undo(struct chat *c, struct buf *b, struct err *e)
{
	struct compact *t = &c->context.talk;
	size_t at = talk_last_turn(t);
	const char *to;
	jv ev;

	if (at == SIZE_MAX)
		return err_set(e, ERR_NEGATIVE, "there is no turn to take "
		    "back");
	msg_content(b, t->v[at].msg);
	to = at > 0 && msg_role(t->v[at - 1].msg) != MSG_SYSTEM ?
	    compact_id(t, at - 1) : NULL;
	ev = js_set(event_new("undo"), "to", to != NULL ? js_from_str(to) :
	    js_null());
	snprintf(c->session.last_id, sizeof(c->session.last_id), "%s",
	    to != NULL ? to : "");
	chat_event(c, ev, true);
	js_free(ev);
	compact_truncate(t, at);
	chat_send_anew(c);
	return 0;
}

/* The messages of the talk, into the new file. */
static int
copy_talk(struct chat *c, struct err *e)
{
	struct compact *t = &c->context.talk;

	for (size_t i = 0; i < t->n; i++) {
		jv m = compact_get(t, i), bare = js_del(js_del(js_ref(m),
		    "parent_id"), "turn");

		js_free(m);
		if (session_append_take(&c->session, bare, e) == -1)
			return -1;
	}
	c->session.system = true;
	return 0;
}

/* The session that was gone on with until now ends well, with its result; one
 * that was only read stays as it is, also in its age. */
static void
leave(struct chat *c, struct session *old)
{
	struct session now = c->session;

	c->session = *old;
	if (old->header && old->used && old->grown)
		chat_put_result(c, 0, NULL, true);
	session_close(&c->session);
	c->session = now;
}

/* The new session's header and the talk, all of it or nothing: the file has
 * another name until it is whole, so that no kill leaves a part of a talk
 * where the next run looks for the last session. */
static int
fill_fork(struct chat *c, const char *parent, struct err *e)
{
	char *hidden = xasprintf("%s" SESSION_NEW, c->session.path);
	jv ev = js_set_str(event_new("session"), "schema", EVENT_SCHEMA);
	int rc = 0;

	ev = js_set_str(ev, "producer", "agent-chat/" VERSION);
	ev = js_set_str(ev, "cwd", c->workspace);
	ev = js_set(ev, "model", js_null());
	ev = js_set_str(ev, "parent_id", parent);
	if (rename(c->session.path, hidden) == -1)
		rc = err_sys(e, "%s", hidden);
	if (rc == 0)
		rc = session_append_take(&c->session, js_ref(ev), e);
	js_free(ev);
	if (rc == 0)
		rc = copy_talk(c, e);
	if (rc == 0)
		rc = session_sync(&c->session, e);
	if (rc == 0 && rename(hidden, c->session.path) == -1)
		rc = err_sys(e, "%s", c->session.path);
	if (rc == -1)
		unlink(hidden);
	free(hidden);
	return rc;
}

int
chat_fork(struct chat *c, struct err *e)
{
	char *dir = state_dir(c->workspace, "sessions", e);
	struct session old = c->session;
	int rc;

	if (dir == NULL)
		return -1;
	rc = session_create(&c->session, dir, e);
	free(dir);
	if (rc == 0 && fill_fork(c, old.ctx.session_id, e) == -1) {
		session_close(&c->session);
		rc = -1;
	}
	if (rc == -1) {
		c->session = old;
		return -1;
	}
	c->session.header = true;
	free(c->parent);
	c->parent = xstrdup(old.ctx.session_id);
	leave(c, &old);
	return 0;
}

int
chat_new(struct chat *c, struct err *e)
{
	struct session old = c->session;
	char *dir = NULL;
	int rc = -1;

	if (c->o->no_session) {
		rc = session_memory(&c->session, e);
	} else if ((dir = state_dir(c->workspace, "sessions", e)) != NULL) {
		rc = session_create(&c->session, dir, e);
		free(dir);
	}
	if (rc == -1) {
		c->session = old;
		return -1;
	}
	leave(c, &old);
	compact_reset(&c->context.talk);
	free(c->parent);
	c->parent = NULL;
	buf_reset(&c->brief_text);
	js_free(c->instructions);
	c->instructions = js_arr();
	c->loop.turn = 0;
	chat_send_anew(c);
	chat_begin_stream(c);
	return chat_begin_system(c, e);
}

void
chat_name(struct chat *c, const char *name)
{
	jv ev = js_set_str(event_new("notice"), "code", "name");

	ev = js_set_str(ev, "text", name);
	chat_event(c, ev, true);
	js_free(ev);
}

int
chat_resume(struct chat *c, const char *id, struct err *e)
{
	char *dir = state_dir(c->workspace, "sessions", e);
	struct session old = c->session;
	int rc;

	if (dir == NULL)
		return -1;
	rc = chat_open_old(c, dir, id, false, e);
	free(dir);
	if (rc == -1 && (c->session.path == NULL ||
	    c->session.path == old.path)) {
		/* It was not opened: go on as we were. */
		c->session = old;
		return -1;
	}
	leave(c, &old);
	chat_begin_stream(c);
	chat_send_anew(c);
	return rc;
}
