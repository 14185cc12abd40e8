/*
 * event.c - events of schema agent-events/1, agent-events(5).
 */
#include "core/event.h"

#include "base/clock.h"

#include <stdio.h>
#include <string.h>

jv
event_new(const char *type)
{
	return js_set_str(js_obj(), "type", type);
}

/* Move every member of src but "type" behind those of o. */
static jv
append_members(jv o, jv src)
{
	jv keys = js_keys(src);

	for (size_t i = 0; i < js_len(keys); i++) {
		jv k = js_at(keys, i);
		const char *key = js_cstr(k);

		if (key != NULL && !js_has(o, key))
			o = js_copy_key(o, key, src, key);
		js_free(k);
	}
	js_free(keys);
	return o;
}

jv
event_stamp_take(struct event_ctx *c, jv ev)
{
	const char *type = js_str(ev, "type");
	char stamp[CLOCK_STAMP_SIZE];
	jv o = event_new(type != NULL ? type : "notice");

	clock_stamp(stamp, clock_wall_ms());
	o = js_set_str(o, "ts", stamp);
	o = js_set_int(o, "seq", c->seq++);
	o = js_set_str(o, "session_id", c->session_id);
	if (c->turn > 0)
		o = js_set_int(o, "turn", c->turn);
	o = append_members(o, ev);
	js_free(ev);
	return o;
}

jv
event_message_take(jv msg, const char *id)
{
	jv ev = event_new("message");

	if (id != NULL)
		ev = js_set_str(ev, "id", id);
	ev = append_members(ev, msg);
	js_free(msg);
	return ev;
}

jv
event_error(const struct err *e)
{
	jv ev = event_new("error");

	ev = js_set_str(ev, "code", err_kind_name(e->kind));
	ev = js_set_str(ev, "message", e->msg);
	ev = js_set_bool(ev, "retryable", err_retryable(e->kind));
	if (e->http_status != 0)
		ev = js_set_int(ev, "http_status", e->http_status);
	if (e->window > 0)
		ev = js_set_int(ev, "window", e->window);
	if (e->need > 0)
		ev = js_set_int(ev, "need", e->need);
	return ev;
}

void
event_to_err(jv ev, struct err *e)
{
	const char *code = js_str(ev, "code"), *text = js_str(ev, "message");
	int64_t status = 0;

	err_set(e, err_kind_from_name(code != NULL ? code : ""), "%s",
	    text != NULL ? text : "an error without a message");
	if (js_int(ev, "http_status", 100, 599, &status))
		e->http_status = (int)status;
	js_int(ev, "window", 1, (int64_t)1 << 40, &e->window);
	js_int(ev, "need", 1, (int64_t)1 << 40, &e->need);
}
