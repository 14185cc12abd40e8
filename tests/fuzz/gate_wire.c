/* Any body of a reply, in one piece and in many: the same end, the same
 * message, and the message is one. */
#include "gate/wire.h"
#include "core/msg.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static int
run(struct buf *out, const char *p, size_t n, size_t step)
{
	struct delta d;
	struct wire w;
	struct err e = ERR_INIT;
	int rc = 0;
	jv m;

	delta_init(&d, NULL, NULL);
	wire_init(&w, &d);
	for (size_t i = 0; rc == 0 && i < n; i += step)
		rc = wire_feed(&w, p + i, step < n - i ? step : n - i, &e);
	if (rc != -1)
		rc = wire_end(&w, &e);
	if ((rc == -1) != (e.kind != ERR_NONE))
		abort();
	m = delta_message(&d, rc == 0 ? DELTA_DONE : DELTA_CUT, js_none());
	if (rc == 0 && msg_check(m, &e) == -1)
		abort();
	/* Ids that are made up differ from run to run. */
	if (msg_ncalls(m) > 0)
		m = js_set(m, "tool_calls", js_null());
	m = js_del(m, "agent");
	js_dump(out, m);
	js_free(m);
	wire_free(&w);
	delta_free(&d);
	return rc;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	const char *p = (const char *)data;
	struct buf one = BUF_INIT, many = BUF_INIT;
	int rc = run(&one, p, n, n + 1);

	if (run(&many, p, n, 1) != rc || one.len != many.len ||
	    memcmp(one.data, many.data, one.len) != 0)
		abort();
	buf_free(&one);
	buf_free(&many);
	return 0;
}
