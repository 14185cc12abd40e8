/*
 * aside.c - a question to the model beside the talk.
 *
 * The same agent-gate is asked, so that the same server, budget and ledger
 * count.  It forgets the talk by that; whoever asks gives it back.
 */
#include "chat/chat.h"

#include "base/clock.h"
#include "core/msg.h"
#include "sys/sig.h"

#define ASIDE_ID	"aside"
#define CANCEL_MS	2000

/* tools is consumed. */
static void
send_question_take(struct chat *c, const struct buf *system,
    const struct buf *user, jv tools)
{
	jv line = event_new("reset");

	coproc_send(&c->gate, line);
	js_free(line);
	line = js_set(event_new("tools"), "tools", tools);
	coproc_send(&c->gate, line);
	js_free(line);
	line = msg_text("system", buf_str(system), system->len);
	coproc_send(&c->gate, line);
	js_free(line);
	line = msg_text("user", buf_str(user), user->len);
	coproc_send(&c->gate, line);
	js_free(line);
	line = js_set_str(event_new("request"), "id", ASIDE_ID);
	line = js_set_str(line, "session", chat_payer(c));
	coproc_send(&c->gate, line);
	js_free(line);
}

static void
send_cancel(struct chat *c)
{
	jv line = js_set_str(event_new("cancel"), "id", ASIDE_ID);

	coproc_send(&c->gate, line);
	js_free(line);
}

/* One line of the answer; true when it was the last. */
static bool
take(struct chat *c, jv line, struct buf *text, size_t *calls, struct err *e)
{
	if (js_str_is(line, "type", "error")) {
		event_to_err(line, e);
	} else if (js_str_is(line, "type", "message")) {
		jv agent = js_get(line, "agent");

		buf_reset(text);
		msg_content(text, line);
		*calls = msg_ncalls(line);
		loop_usage(&c->loop, agent);
		js_free(agent);
	}
	return js_str_is(line, "type", "done") &&
	    js_str_is(line, "id", ASIDE_ID);
}

/* The turn is to end, or we are.  What says so stays, for the turn to see. */
static bool
is_over(const struct chat *c, int64_t until)
{
	return sig_caught() != 0 || c->stop || c->view.error != 0 ||
	    (until != -1 && clock_ms() >= until);
}

/* Until the answer is whole: its text and the number of its calls. */
static int
wait_answer(struct chat *c, struct buf *text, size_t *calls, struct err *e)
{
	int64_t until = chat_due(c);
	bool cancelled = false, done = false;

	while (!done) {
		jv line = js_none();
		int rc = coproc_next(&c->gate, &line, e);

		if (rc == -1)
			return -1;
		if (rc == 1) {
			done = take(c, line, text, calls, e);
			js_free(line);
			continue;
		}
		if (!cancelled && is_over(c, until)) {
			cancelled = true;
			send_cancel(c);
			until = clock_ms() + CANCEL_MS;
			err_set(e, ERR_CANCELLED, "interrupted");
		} else if (cancelled && clock_ms() >= until) {
			/* What it has yet to say is for nobody. */
			coproc_kill(&c->gate);
			return -1;
		}
		chat_wait_busy(c, until);
	}
	return e->kind == ERR_NONE && (text->len > 0 || *calls > 0) ? 0 : -1;
}

int
chat_aside(struct chat *c, const struct buf *system, const struct buf *user,
    struct buf *text, struct err *e)
{
	size_t calls = 0;

	send_question_take(c, system, user, js_arr());
	return wait_answer(c, text, &calls, e);
}

int
chat_try_call(struct chat *c, bool *called, struct err *e)
{
	static const char schema[] = "[{\"type\":\"function\",\"function\":{"
	    "\"name\":\"say\",\"description\":\"Say a word.\","
	    "\"parameters\":{\"type\":\"object\",\"properties\":{"
	    "\"word\":{\"type\":\"string\"}},\"required\":[\"word\"]}}}]";
	struct buf system = BUF_INIT, user = BUF_INIT, text = BUF_INIT;
	struct err bad = ERR_INIT;
	size_t calls = 0;
	int rc;

	buf_adds(&system, "You have one tool. Use it.");
	buf_adds(&user, "Call the tool say with the word yes.");
	send_question_take(c, &system, &user, js_parse(schema,
	    sizeof(schema) - 1, &bad));
	rc = wait_answer(c, &text, &calls, e);
	*called = calls > 0;
	buf_free(&system);
	buf_free(&user);
	buf_free(&text);
	return rc;
}
