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

/* Note the ids of the messages that came since the last time. */
static void
learn_ids(struct compact *t)
{
	for (; t->known < t->n; t->known++) {
		const char *id = compact_id(t, t->known);

		if (id != NULL)
			t->ids = js_set_int(t->ids, id,
			    (int64_t)t->v[t->known].serial);
	}
}

/* The message of that id: serials rise with the places. */
static bool
find(const struct compact *t, const char *id, size_t *i)
{
	size_t lo = 0, hi = t->n;
	int64_t serial;

	if (id == NULL || !js_int(t->ids, id, 0, (int64_t)1 << 40, &serial))
		return false;
	while (lo < hi) {
		size_t mid = (lo + hi) / 2;

		if (t->v[mid].serial < (size_t)serial)
			lo = mid + 1;
		else
			hi = mid;
	}
	*i = lo;
	return lo < t->n && t->v[lo].serial == (size_t)serial;
}

static void
apply_changes(struct compact *t, jv ev)
{
	jv gone = js_get(ev, "gone"), some = js_get(ev, "short");
	bool any = false;
	size_t at;

	learn_ids(t);
	for (size_t i = 0; js_is_arr(some) && i < js_len(some); i++) {
		jv m = js_at(some, i);

		if (find(t, js_str(m, "id"), &at) &&
		    msg_role(m) == msg_role(t->v[at].msg)) {
			compact_replace_take(t, at, js_ref(m));
			t->v[at].fate = COMPACT_KEPT;
		}
		js_free(m);
	}
	for (size_t i = 0; js_is_arr(gone) && i < js_len(gone); i++) {
		jv id = js_at(gone, i);

		if (find(t, js_cstr(id), &at) &&
		    t->v[at].fate != COMPACT_GONE) {
			t->v[at].fate = COMPACT_GONE;
			t->sum -= t->v[at].tokens;
			any = true;
		}
		js_free(id);
	}
	if (any)
		compact_sweep(t);
	js_free(some);
	js_free(gone);
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
