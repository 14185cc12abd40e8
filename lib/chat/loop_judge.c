/*
 * loop_judge.c - what a result says of how the model goes about its work.
 */
#include "chat/loop.h"

#include "core/msg.h"

#define HALVES		6	/* in a row, until something is said */

/*
 * Results in a row that failed: at the third the model is told to change its
 * way.  (After as many agent-gate asks a stronger model, if it knows one.)  A
 * command that ran and said no is half a failure: three tests that fail in a
 * row are how a fault is looked for.
 */
static jv
failing_take(struct loop *l, jv msg)
{
	jv agent = js_get(msg, "agent");
	int halves = msg_failed(msg), before = l->halves;
	struct buf b = BUF_INIT;

	if (js_str_is(agent, "code", "APPROVAL_NEEDED"))
		l->unapproved++;
	js_free(agent);
	l->failures = halves > 0 ? l->failures + 1 : 0;
	l->halves = halves > 0 ? l->halves + halves : 0;
	if (!l->guarded || l->halves / HALVES <= before / HALVES)
		return msg;
	msg_content(&b, msg);
	buf_addf(&b, "%s[%lld calls in a row failed.  Read what the results "
	    "say.  Do not vary the same attempt: look at what is really "
	    "there, take another tool or another way, or say what is in the "
	    "way.]", b.len > 0 ? "\n" : "", (long long)l->failures);
	msg = js_set(msg, "content", js_from_buf(&b));
	buf_free(&b);
	loop_notice(l, "failures", "several calls in a row failed; the model "
	    "was told to change its way");
	return msg;
}

/* Judge the result of call i; the model is told when it goes in circles. */
jv
loop_judge_take(struct loop *l, size_t i, jv msg)
{
	struct buf b = BUF_INIT;
	const char *name, *args;
	size_t n;
	enum guard_verdict v;

	msg_call(l->answer, i, NULL, &name, &args, &n);
	msg_content(&b, msg);
	v = !l->guarded ? GUARD_FINE :
	    guard_add(&l->guard, name, args, n, buf_str(&b), b.len);
	if (v > l->verdict)
		l->verdict = v;
	if (v != GUARD_FINE) {
		buf_addf(&b, "%s[You made this same call before, with this "
		    "same result.  Do something else, or answer.]",
		    b.len > 0 ? "\n" : "");
		msg = js_set(msg, "content", js_from_buf(&b));
		loop_notice(l, "repeated_call", v == GUARD_END ?
		    "the model repeats the same call; the turn is stopped" :
		    "the model repeats the same call; it was told so");
	}
	buf_free(&b);
	return failing_take(l, msg);
}
