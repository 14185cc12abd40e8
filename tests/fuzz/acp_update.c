/* Lines of events and prompts of any shape: whatever they hold, the updates
 * are objects that can be written. */
#include "acp/update.h"

#include "json/jsonl.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static void
one(struct update_ctx *u, jv v)
{
	struct err e = ERR_INIT;
	struct buf b = BUF_INIT;
	jv list = update_of_event(u, v, false), msg = update_prompt(v, &e);

	for (size_t i = 0; i < js_len(list); i++) {
		jv up = js_at(list, i);

		if (!js_is_obj(up) || js_str(up, "sessionUpdate") == NULL)
			abort();
		js_free(up);
	}
	js_dump(&b, list);
	if (js_is_valid(msg))
		js_dump(&b, msg);
	js_free(list);
	list = update_of_event(u, v, true);
	js_dump(&b, list);
	js_free(list);
	js_free(msg);
	buf_free(&b);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct update_ctx u = { .cwd = "/w" };
	struct err e = ERR_INIT;
	struct jsonl in;
	enum jsonl_status st;
	jv v;

	jsonl_init(&in, "input");
	jsonl_feed(&in, (const char *)data, n);
	jsonl_eof(&in);
	while ((st = jsonl_next(&in, &v, NULL, NULL, &e)) == JSONL_ITEM ||
	    st == JSONL_ERROR)
		if (st == JSONL_ITEM) {
			one(&u, v);
			js_free(v);
		}
	jsonl_free(&in);
	update_free(&u);
	return 0;
}
