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
#include "chat/slash.h"
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
	ev = js_set(ev, "prompts", prompt_list(c->workspace));
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

/* ---- turns ---- */

/* The message with that text; its pictures stay. */
static jv
with_text(jv msg, const struct buf *text)
{
	jv was = js_get(msg, "content"), parts, part;
	jv m = js_set_str(js_obj(), "role", "user");

	if (!js_is_arr(was)) {
		js_free(was);
		return js_set(m, "content", js_from_buf(text));
	}
	part = js_set(js_set_str(js_obj(), "type", "text"), "text",
	    js_from_buf(text));
	parts = js_push(js_arr(), part);
	for (size_t i = 0; i < js_len(was); i++) {
		part = js_at(was, i);
		if (!js_str_is(part, "type", "text"))
			parts = js_push(parts, js_ref(part));
		js_free(part);
	}
	js_free(was);
	return js_set(m, "content", parts);
}

/* A prompt file, whose words the message has.  Its name is one of a list,
 * never a path. */
static void
fill(struct chat *c, jv msg, const char *name)
{
	struct vec words = VEC_INIT;
	struct buf text = BUF_INIT, b = BUF_INIT;
	struct chat_given g = { .template = name, .words = &words };
	struct err e = ERR_INIT;
	jv whole;

	msg_content(&text, msg);
	if (strspn(buf_str(&text), " \t\r\n") < text.len)
		g.text = buf_str(&text);
	slash_words(&words, buf_str(&text));
	if (strchr(name, '/') != NULL)
		err_set(&e, ERR_DATA, "'%.60s' is no name of a prompt", name);
	else if (chat_head(c, name, &e) == 0)
		chat_prompt(c, &g, &b, &e);
	if (e.kind == ERR_NONE) {
		whole = js_set(with_text(msg, &b), "agent",
		    js_ref(c->head.said));
		chat_turn_message(c, whole);
		js_free(whole);
	} else {
		chat_turn_failed(c, text.data, text.len, &e);
	}
	chat_head_end(c);
	vec_free(&words);
	buf_free(&text);
	buf_free(&b);
}

static void
turn(struct chat *c, jv msg)
{
	jv agent = js_get(msg, "agent");
	const char *name = js_str(agent, "fill");

	if (name != NULL)
		fill(c, msg, name);
	else
		chat_turn_message(c, msg);
	js_free(agent);
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
			turn(c, msg);
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
		if (c->view.error == EPIPE)
			c->signal = SIGPIPE;
		if (c->view.error != 0)
			break;
		if (fd.revents != 0)
			chat_hear(c);
	}
}
