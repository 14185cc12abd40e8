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

/* The session that was gone on with until now ends well, with its result. */
static void
leave(struct chat *c, struct session *old)
{
	struct session now = c->session;

	c->session = *old;
	if (old->header && old->used)
		chat_put_result(c, 0, true);
	session_close(&c->session);
	c->session = now;
}

int
chat_fork(struct chat *c, struct err *e)
{
	char *dir = state_dir(c->workspace, "sessions", e);
	struct session old = c->session;
	jv ev;
	int rc;

	if (dir == NULL)
		return -1;
	rc = session_create(&c->session, dir, e);
	free(dir);
	if (rc == -1) {
		c->session = old;
		return -1;
	}
	ev = js_set_str(event_new("session"), "schema", EVENT_SCHEMA);
	ev = js_set_str(ev, "producer", "agent-chat/" VERSION);
	ev = js_set_str(ev, "cwd", c->workspace);
	ev = js_set(ev, "model", js_null());
	ev = js_set_str(ev, "parent_id", old.ctx.session_id);
	rc = session_append_take(&c->session, ev, e);
	c->session.header = true;
	free(c->parent);
	c->parent = xstrdup(old.ctx.session_id);
	leave(c, &old);
	return rc == 0 ? copy_talk(c, e) : -1;
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
	const struct chat_opts *was = c->o;
	char *dir = state_dir(c->workspace, "sessions", e);
	struct session old = c->session;
	struct chat_opts own = *c->o;
	int rc;

	if (dir == NULL)
		return -1;
	own.resume = id;
	own.fork = false;
	c->o = &own;
	rc = chat_open_old(c, dir, e);
	c->o = was;
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
