/*
 * talk.c - what was left out of a talk, and where its last turn begins.
 */
#include "chat/talk.h"

#include "core/event.h"
#include "core/msg.h"

#include <stdint.h>
#include <string.h>

/* A message as it stands in a compaction event: its id and what servers
 * see, with our extras. */
static jv
shown(jv msg)
{
	jv m = js_copy_key(event_new("message"), "id", msg, "id");
	jv bare = msg_strip(msg);
	jv keys = js_keys(bare);

	for (size_t i = 0; i < js_len(keys); i++) {
		jv k = js_at(keys, i);
		const char *key = js_cstr(k);

		if (key != NULL)
			m = js_copy_key(m, key, bare, key);
		js_free(k);
	}
	js_free(keys);
	js_free(bare);
	return js_copy_key(m, "agent", msg, "agent");
}

jv
talk_changes(const struct compact *t, int64_t before, int64_t after,
    const char *tier)
{
	jv ev = event_new("compaction"), gone = js_arr(), some = js_arr();
	bool any = false;

	for (size_t i = 0; i < t->n; i++) {
		const char *id = compact_id(t, i);

		any = any || t->v[i].fate == COMPACT_GONE;
		if (id == NULL || t->v[i].fate == COMPACT_KEPT)
			continue;
		if (t->v[i].fate == COMPACT_GONE) {
			gone = js_push(gone, js_from_str(id));
		} else if (i != t->goal) {
			some = js_push(some, shown(t->v[i].msg));
		}
	}
	/* The goal carries the note on what is gone. */
	if (any && t->goal < t->n && compact_id(t, t->goal) != NULL) {
		jv m = compact_get(t, t->goal);

		some = js_push(some, shown(m));
		js_free(m);
	}
	ev = js_set_int(ev, "tokens_before", before);
	ev = js_set_int(ev, "tokens_after", after);
	ev = js_set_str(ev, "tier", tier);
	ev = js_set(ev, "gone", gone);
	return js_set(ev, "short", some);
}

size_t
talk_last_turn(const struct compact *t)
{
	for (size_t i = t->n; i > 0; i--) {
		if (msg_role(t->v[i - 1].msg) == MSG_USER &&
		    !msg_is_ours(t->v[i - 1].msg))
			return i - 1;
	}
	return SIZE_MAX;
}

bool
talk_has_picture(const struct compact *t)
{
	bool found = false;

	for (size_t i = 0; !found && i < t->n; i++) {
		jv parts = js_get(t->v[i].msg, "content");

		for (size_t k = 0; js_is_arr(parts) && k < js_len(parts); k++) {
			jv part = js_at(parts, k);

			found = found || js_str_is(part, "type", "image_url");
			js_free(part);
		}
		js_free(parts);
	}
	return found;
}
