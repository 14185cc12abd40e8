/*
 * serve.c - agent-chat as a coprocess: agent-protocol(7) on standard input
 * and output, for a program that drives it as a person would.
 *
 * Messages of the user are prompts, one turn each, in their order.  What has
 * to do with the turn under way, a cancel or the answer to a question, is
 * taken as it comes.  At the end of the input what was asked is done first.
 */
#include "chat/chat.h"

#include "base/fdio.h"
#include "core/coproc.h"
#include "core/msg.h"
#include "sys/sig.h"

#include <errno.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>


void
chat_say_ready(struct chat *c)
{
	jv ev = js_set_str(event_new("ready"), "protocol", COPROC_PROTOCOL);
	jv model = js_get(c->gate.hello, "model");

	ev = js_set_str(ev, "program", "agent-chat");
	ev = js_set_str(ev, "session_id", c->session.ctx.session_id);
	if (js_is_str(model))
		ev = js_set(ev, "model", model);
	else
		js_free(model);
	view_line(&c->view, ev);
	js_free(ev);
}

/* What is wrong with a line is told; it ends nothing. */
static void
complain(struct chat *c, const struct err *e)
{
	jv ev = event_error(e);

	chat_event(c, ev, false);
	js_free(ev);
}

static void
line(struct chat *c, jv v)
{
	struct err e = ERR_INIT;

	if (js_str_is(v, "type", "cancel")) {
		/* Who sent a prompt before it means that one, though it may
		 * not be begun. */
		if (c->loop.in_turn)
			c->stop = true;
		else if (c->asked_at < js_len(c->asked))
			c->stop_next = true;
	} else if (js_str_is(v, "type", "permission.reply")) {
		coproc_send(&c->tool, v);
		chat_ask_answered(c, v);
	} else if (msg_classify(v) == MSG_LINE_MESSAGE) {
		if (msg_role(v) == MSG_USER && msg_check(v, &e) == 0) {
			c->asked = js_push(c->asked, js_ref(v));
		} else {
			if (e.kind == ERR_NONE)
				err_set(&e, ERR_DATA, "only messages of "
				    "the user are taken");
			complain(c, &e);
		}
	}
	/* Lines of other types are for others. */
}

void
chat_hear(struct chat *c)
{
	struct err e = ERR_INIT;
	enum jsonl_status st;
	char b[BASE_PIECE];
	ssize_t n = fd_read(STDIN_FILENO, b, sizeof(b));
	jv v = js_none();

	if (n == -1 && errno == EAGAIN)
		return;
	if (n > 0) {
		jsonl_feed(&c->in, b, (size_t)n);
	} else {
		jsonl_eof(&c->in);
		c->deaf = true;
	}
	while ((st = jsonl_next(&c->in, &v, NULL, NULL, &e)) == JSONL_ITEM ||
	    st == JSONL_ERROR) {
		if (st == JSONL_ITEM)
			line(c, v);
		else
			complain(c, &e);
		js_free(v);
		v = js_none();
		e = (struct err)ERR_INIT;
	}
	if (c->deaf)
		chat_ask_nobody(c);
}

void
chat_serve(struct chat *c)
{
	while (c->signal == 0 && c->fatal.kind == ERR_NONE) {
		struct pollfd fd = { .fd = STDIN_FILENO, .events = POLLIN };
		jv msg;

		if (c->asked_at < js_len(c->asked)) {
			c->stop = c->stop_next;
			c->stop_next = false;
			msg = js_at(c->asked, c->asked_at++);
			chat_turn_message(c, msg);
			js_free(msg);
			continue;
		}
		if (c->deaf)
			break;
		view_flush(&c->view);
		chat_wait(c, -1, &fd);
		if (sig_caught() != 0) {
			c->signal = sig_caught();
			break;
		}
		if (c->view.error != 0) {
			c->signal = SIGPIPE;
			break;
		}
		if (fd.revents != 0)
			chat_hear(c);
	}
}
