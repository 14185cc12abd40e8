/* Two coprocesses that say anything: every call that is kept gets exactly one
 * result, every turn one end, and nothing goes to the tools unsynced.  Lines
 * that begin with t come from agent-tool, with c they cancel, with x they
 * abort, others come from agent-gate.  The id "ID" is that of the request. */
#include "chat/loop.h"

#include <stdlib.h>
#include <string.h>

#include "core/msg.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static long calls, results, starts, ends;
static bool synced;

static void
event(void *arg, jv ev, bool keep)
{
	(void)arg;
	if (js_str_is(ev, "type", "turn.start"))
		starts++;
	if (js_str_is(ev, "type", "turn.end"))
		ends++;
	if (!keep || !js_str_is(ev, "type", "message"))
		return;
	synced = false;
	if (msg_role(ev) == MSG_ASSISTANT)
		calls += (long)msg_ncalls(ev);
	if (msg_role(ev) == MSG_TOOL)
		results++;
}

static int
sync_now(void *arg)
{
	(void)arg;
	synced = true;
	return 0;
}

static void
to_gate(void *arg, jv line)
{
	(void)arg;
	(void)line;
}

static void
to_tool(void *arg, jv line)
{
	(void)arg;
	if (msg_role(line) == MSG_ASSISTANT && !synced)
		abort();
}

static void
one_line(struct loop *l, const char *p, size_t n)
{
	struct err e = ERR_INIT;
	bool tool = n > 0 && *p == 't';
	jv v;

	if (n > 0 && (*p == 'c' || *p == 'x')) {
		err_set(&e, ERR_CANCELLED, "stop");
		if (*p == 'c')
			loop_cancel(l, &e);
		else
			loop_abort(l, &e);
		return;
	}
	v = js_parse(p + tool, n - tool, &e);
	if (js_is_obj(v)) {
		if (js_str_is(v, "id", "ID"))
			v = js_set_str(v, "id", l->id);
		if (tool)
			loop_tool(l, v);
		else
			loop_gate(l, v);
	}
	js_free(v);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	const char *p = (const char *)data, *end = p + n;
	struct loop l;
	struct err e = ERR_INIT;

	calls = results = starts = ends = 0;
	loop_init(&l);
	l.io = (struct loop_io){ .event = event, .sync = sync_now,
	    .to_gate = to_gate, .to_tool = to_tool };
	l.tools = true;
	l.max_calls = 7;
	while (p < end) {
		const char *nl = memchr(p, '\n', (size_t)(end - p));
		size_t len = (size_t)((nl != NULL ? nl : end) - p);

		if (l.state == LOOP_IDLE)
			loop_begin(&l, "hi", 2);
		one_line(&l, p, len);
		p += len + 1;
	}
	err_set(&e, ERR_IO, "over");
	loop_abort(&l, &e);
	if (calls != results || starts != ends || l.state != LOOP_IDLE)
		abort();
	loop_free(&l);
	return 0;
}
