/*
 * loop_room.c - a talk that the server does not take as a whole.
 */
#include "chat/loop.h"

#include "core/event.h"

/*
 * The server did not take the whole talk: it refused, or it answered a part.
 * Once the talk is made shorter and sent again.
 */
bool
loop_retry_shorter(struct loop *l)
{
	if (l->io.fits == NULL || l->cancelled || l->short_of_room ||
	    (l->err.kind != ERR_OVERFLOW && !l->truncated))
		return false;
	l->short_of_room = true;
	l->refusal = l->err;
	if (l->truncated) {
		jv agent = js_get(l->answer, "agent");
		jv usage = js_get(agent, "usage");
		int64_t n = 0;

		js_int(usage, "input_tokens", 1, (int64_t)1 << 40, &n);
		err_set(&l->refusal, ERR_OVERFLOW, "the server cut the talk");
		l->refusal.window = n;
		js_free(usage);
		js_free(agent);
		js_free(l->spare);
		l->spare = js_ref(l->answer);
	}
	l->err = (struct err)ERR_INIT;
	buf_reset(&l->partial);
	js_free(l->answer);
	l->answer = js_none();
	l->state = LOOP_ROOM;
	return true;
}

/* An answer to a part of the talk is no answer: its goal may have been in the
 * other part. */
static void
discard_spare(struct loop *l)
{
	jv agent = js_get(l->spare, "agent"), line;

	loop_usage(l, agent);
	line = js_set_str(event_new("delta"), "message_id", l->id);
	line = js_set_str(line, "kind", "recast");
	line = js_set_str(line, "text", "");
	l->io.event(l->io.arg, line, false);
	js_free(line);
	js_free(agent);
	js_free(l->spare);
	l->spare = js_none();
}

void
loop_room(struct loop *l, const struct err *why)
{
	if (l->state != LOOP_ROOM)
		return;
	if (js_is_valid(l->spare) && why != NULL && !l->cancelled) {
		/* There is no shorter talk, so there is no better answer. */
		l->state = LOOP_MODEL;
		l->answer = l->spare;
		l->spare = js_none();
		loop_take_answer(l);
		return;
	}
	if (js_is_valid(l->spare))
		discard_spare(l);
	if (l->cancelled || why != NULL) {
		if (!l->cancelled)
			l->err = *why;
		loop_end_badly(l, NULL);
		return;
	}
	l->state = LOOP_MODEL;
	loop_again(l);
}
