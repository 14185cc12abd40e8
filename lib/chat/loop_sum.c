/*
 * loop_sum.c - what the turns took, and what came of them.
 */
#include "chat/loop.h"

#include "core/event.h"

#include <string.h>

jv
loop_usage_obj(const struct loop_usage *u)
{
	jv o = js_set_int(js_obj(), "input_tokens", u->in);

	o = js_set_int(o, "output_tokens", u->out);
	if (u->cached > 0)
		o = js_set_int(o, "cached_input_tokens", u->cached);
	if (u->reasoning > 0)
		o = js_set_int(o, "reasoning_tokens", u->reasoning);
	return o;
}

static void
count(jv usage, const char *key, int64_t *turn, int64_t *all)
{
	int64_t n;

	if (!js_int(usage, key, 0, (int64_t)1 << 40, &n))
		return;
	*turn += n;
	*all += n;
}

void
loop_usage(struct loop *l, jv agent)
{
	jv usage = js_get(agent, "usage");
	struct loop_usage *t = &l->turn_usage, *a = &l->usage;

	if (js_is_obj(usage)) {
		jv ev = event_new("usage"), keys = js_keys(usage);

		count(usage, "input_tokens", &t->in, &a->in);
		count(usage, "output_tokens", &t->out, &a->out);
		count(usage, "cached_input_tokens", &t->cached, &a->cached);
		count(usage, "reasoning_tokens", &t->reasoning,
		    &a->reasoning);
		for (size_t i = 0; i < js_len(keys); i++) {
			jv k = js_at(keys, i);
			const char *key = js_cstr(k);

			if (key != NULL && !js_has(ev, key))
				ev = js_copy_key(ev, key, usage, key);
			js_free(k);
		}
		js_free(keys);
		/* Not of what was sent: nothing is to be learned from it. */
		if (l->truncated)
			ev = js_set_bool(ev, "truncated", true);
		loop_keep_take(l, ev);
	}
	js_free(usage);
}

int
loop_exit(const struct loop *l)
{
	return err_exit(&l->err);
}

jv
loop_result(const struct loop *l, int status, int64_t duration_ms)
{
	/* No turn may have ended for it. */
	const char *reason = status == 0 ||
	    strcmp(l->stop_reason, "end_turn") != 0 ? l->stop_reason :
	    status > 128 ? "cancelled" :
	    status == err_kind_exit(ERR_LIMIT) ? "budget" : "error";
	jv ev = js_set_str(event_new("result"), "stop_reason", reason);

	ev = js_set_bool(ev, "is_error", status != 0);
	ev = js_set_int(ev, "exit_code", status);
	ev = js_set(ev, "usage", loop_usage_obj(&l->usage));
	ev = js_set_int(ev, "duration_ms", duration_ms);
	ev = js_set_int(ev, "num_turns", l->all_steps);
	ev = js_set_int(ev, "num_tool_calls", l->all_calls);
	return js_set(ev, "text", js_from_buf(&l->text));
}
