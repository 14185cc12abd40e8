/*
 * batch_offline.c - the offline model as a server of chat completions.
 */
#include "gate/batch.h"

#include <string.h>

#include "base/clock.h"
#include "core/ids.h"
#include "gate/delta.h"
#include "gate/offline.h"
#include "json/js.h"

/* The message of the gate as the body of an answer. */
static jv
completion(jv msg)
{
	jv agent = js_get(msg, "agent"), choice = js_obj(), usage, o;
	const char *why = js_str(agent, "finish_reason");
	int64_t in = 0, out = 0;
	char id[IDS_SIZE];

	ids_prefixed(id, "offline-");
	usage = js_get(agent, "usage");
	js_int(usage, "input_tokens", 0, (int64_t)1 << 50, &in);
	js_int(usage, "output_tokens", 0, (int64_t)1 << 50, &out);
	js_free(usage);
	choice = js_set_int(choice, "index", 0);
	choice = js_set(choice, "message", js_del(js_ref(msg), "agent"));
	choice = js_set_str(choice, "finish_reason", why != NULL ? why :
	    "stop");
	o = js_set_str(js_obj(), "id", id);
	o = js_set_str(o, "object", "chat.completion");
	o = js_set_int(o, "created", clock_wall_ms() / 1000);
	o = js_set_str(o, "model", "offline");
	o = js_set(o, "choices", js_push(js_arr(), choice));
	usage = js_set_int(js_obj(), "prompt_tokens", in);
	usage = js_set_int(usage, "completion_tokens", out);
	usage = js_set_int(usage, "total_tokens", in + out);
	js_free(agent);
	return js_set(o, "usage", usage);
}

static void
push_all(struct offline *off, jv body)
{
	jv messages = js_get(body, "messages");

	for (size_t i = 0; i < js_len(messages); i++) {
		jv msg = js_at(messages, i);

		offline_push(off, msg);
		js_free(msg);
	}
	js_free(messages);
}

void
batch_offline(const char *path, const struct buf *body, struct post_reply *r)
{
	struct offline off;
	struct delta d;
	jv v, tools, msg, o;

	if (strcmp(path, "/chat/completions") != 0) {
		err_set(&r->err, ERR_INVALID, "the offline model answers "
		    "/v1/chat/completions only");
		return;
	}
	v = js_parse(buf_str(body), body->len, &r->err);
	if (!js_is_valid(v))
		return;
	offline_init(&off);
	delta_init(&d, NULL, NULL);
	push_all(&off, v);
	tools = js_get(v, "tools");
	offline_answer(&off, tools, &d);
	msg = delta_message(&d, DELTA_DONE, tools);
	o = completion(msg);
	r->status = 200;
	js_dump(&r->body, o);
	js_free(o);
	js_free(msg);
	js_free(tools);
	js_free(v);
	delta_free(&d);
	offline_free(&off);
}
