/* Whatever is in a session file, the talk that comes out of it is one that a
 * strict server takes: each call has one result, right behind it. */
#include "chat/replay.h"

#include <stdlib.h>
#include <string.h>

#include "core/msg.h"
#include "json/jsonl.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static jv open_calls;

static void
take_calls(jv m)
{
	for (size_t i = 0; i < msg_ncalls(m); i++) {
		const char *id;

		msg_call(m, i, &id, NULL, NULL, NULL);
		open_calls = js_push(open_calls, js_from_str(id));
	}
}

/* Take a result's id off the list; a result without call is a fault. */
static void
take_result(jv m)
{
	const char *id = js_str(m, "tool_call_id");
	jv left = js_arr();
	bool found = false;

	if (id == NULL)
		abort();
	for (size_t i = 0; i < js_len(open_calls); i++) {
		jv one = js_at(open_calls, i);
		const char *s = js_cstr(one);

		if (!found && s != NULL && strcmp(s, id) == 0) {
			found = true;
			js_free(one);
		} else {
			left = js_push(left, one);
		}
	}
	js_free(open_calls);
	open_calls = left;
	if (!found)
		abort();
}

static void
emit(void *arg, jv m)
{
	(void)arg;
	if (msg_role(m) == MSG_TOOL) {
		take_result(m);
		return;
	}
	if (js_len(open_calls) != 0)
		abort();
	if (msg_role(m) == MSG_ASSISTANT)
		take_calls(m);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct jsonl in;
	struct replay r;
	struct err e = ERR_INIT;
	enum jsonl_status st;
	jv v;

	open_calls = js_arr();
	replay_init(&r, emit, NULL);
	jsonl_init(&in, "fuzz");
	jsonl_feed(&in, (const char *)data, n);
	jsonl_eof(&in);
	while ((st = jsonl_next(&in, &v, NULL, NULL, &e)) != JSONL_END) {
		if (st == JSONL_ITEM)
			replay_feed(&r, v);
		js_free(v);
	}
	replay_end(&r);
	if (js_len(open_calls) != 0)
		abort();
	jsonl_free(&in);
	replay_free(&r);
	js_free(open_calls);
	return 0;
}
