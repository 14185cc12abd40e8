/*
 * compact_event.c - the talk as the model sees it, from a session's events.
 */
#include "core/compact.h"

#include "core/msg.h"

const char *
compact_id(const struct compact *t, size_t i)
{
	return i < t->n ? js_str(t->v[i].msg, "id") : NULL;
}

/* id -> index of all messages. */
static jv
ids(const struct compact *t)
{
	jv map = js_obj();

	for (size_t i = 0; i < t->n; i++) {
		const char *id = compact_id(t, i);

		if (id != NULL)
			map = js_set_int(map, id, (int64_t)i);
	}
	return map;
}

static bool
find(const struct compact *t, jv map, const char *id, size_t *i)
{
	int64_t n;

	if (id == NULL || !js_int(map, id, 0, (int64_t)1 << 40, &n) ||
	    (size_t)n >= t->n)
		return false;
	*i = (size_t)n;
	return true;
}

static void
apply_changes(struct compact *t, jv ev)
{
	jv map = ids(t), gone = js_get(ev, "gone"), some = js_get(ev, "short");
	size_t at;

	for (size_t i = 0; js_is_arr(some) && i < js_len(some); i++) {
		jv m = js_at(some, i);

		if (find(t, map, js_str(m, "id"), &at) &&
		    msg_role(m) == msg_role(t->v[at].msg))
			compact_replace_take(t, at, js_ref(m));
		js_free(m);
	}
	for (size_t i = 0; js_is_arr(gone) && i < js_len(gone); i++) {
		jv id = js_at(gone, i);

		if (find(t, map, js_cstr(id), &at) &&
		    t->v[at].fate != COMPACT_GONE) {
			t->v[at].fate = COMPACT_GONE;
			t->sum -= t->v[at].tokens;
		}
		js_free(id);
	}
	compact_sweep(t);
	js_free(some);
	js_free(gone);
	js_free(map);
}

/* Back to the message that the event names; to nothing but the system's
 * messages when it names none. */
static void
apply_undo(struct compact *t, jv ev)
{
	const char *to = js_str(ev, "to");
	size_t keep = 0;

	while (to == NULL && keep < t->n &&
	    msg_role(t->v[keep].msg) == MSG_SYSTEM)
		keep++;
	for (size_t i = t->n; to != NULL && keep == 0 && i > 0; i--)
		if (js_str_is(t->v[i - 1].msg, "id", to))
			keep = i;
	if (to == NULL || keep > 0)
		compact_truncate(t, keep);
}

void
compact_event(struct compact *t, jv ev)
{
	if (msg_classify(ev) == MSG_LINE_MESSAGE)
		compact_add(t, ev);
	else if (js_str_is(ev, "type", "compaction"))
		apply_changes(t, ev);
	else if (js_str_is(ev, "type", "undo"))
		apply_undo(t, ev);
}
