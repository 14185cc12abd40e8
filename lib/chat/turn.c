/*
 * turn.c - drive one turn: the loop's callbacks, the poll, the signals.
 */
#include "chat/chat.h"

#include "base/clock.h"
#include "base/log.h"
#include "base/num.h"
#include "core/msg.h"
#include "sys/sig.h"

#include <errno.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

#define GRACE_END	400	/* ms that a cancelled child has when we end */
#define GRACE_STOP	5000	/* ms that it has when the user goes on */
#define AGAIN_MS	1000	/* a second Ctrl-C within this kills */

static struct loop_io callbacks(struct chat *c);

/* ---- what the loop asks for ---- */

void
chat_event(struct chat *c, jv ev, bool keep)
{
	c->view.ctx.turn = c->session.ctx.turn =
	    c->loop.in_turn ? c->loop.turn : 0;
	/* After a failed write the file must not go on as if it were whole. */
	if (keep && c->has_session && c->fatal.kind == ERR_NONE)
		session_append_take(&c->session, js_ref(ev), &c->fatal);
	if (keep)
		context_event(&c->context, ev);
	if (keep) {
		check_event(&c->check, ev);
		chat_note_read(c, ev);
	}
	view_event(&c->view, ev);
}

static void
on_event(void *arg, jv ev, bool keep)
{
	chat_event(arg, ev, keep);
}

/* A call may only run when its message is safe on the disk, and with who
 * follows the events: they may be all that is left to go by. */
static int
on_sync(void *arg)
{
	struct chat *c = arg;

	if (c->view.format == VIEW_EVENTS)
		view_flush(&c->view);
	if (c->fatal.kind == ERR_NONE && c->has_session)
		session_sync(&c->session, &c->fatal);
	return c->fatal.kind == ERR_NONE ? 0 : -1;
}

static void
on_gate(void *arg, jv line)
{
	struct chat *c = arg;
	jv own = js_ref(line);

	/* For a gate that has to be started again. */
	if (js_str_is(line, "type", "tools")) {
		c->tool.hello = js_copy_key(c->tool.hello, "tools", line,
		    "tools");
		own = js_set(own, "tools", chat_offered(c));
	}
	if (js_str_is(line, "type", "request"))
		own = js_set_str(own, "session", chat_payer(c));
	coproc_send(&c->gate, own);
	js_free(own);
}

static void
on_tool(void *arg, jv line)
{
	struct chat *c = arg;

	coproc_send(&c->tool, line);
}

static bool
on_offers(void *arg, const char *name)
{
	return chat_offers(arg, name);
}

static bool
on_fits(void *arg)
{
	struct chat *c = arg;

	return context_fits(&c->context);
}

/* A check that nobody demanded is made only where the model could have made
 * it: this run has the tool for commands. */
static bool
may_check(const struct chat *c)
{
	return c->check.demanded || (chat_has_tool(c, "shell") &&
	    chat_offers(c, "shell"));
}

/* The model is done; what it wrote may have to be checked first. */
static bool
on_check(void *arg)
{
	struct chat *c = arg;
	struct buf b = BUF_INIT;
	jv m, ev;

	if (!c->tool.started || !check_due(&c->check) || !may_check(c))
		return false;
	m = check_call(&c->check);
	ev = js_set_str(event_new("notice"), "code", "check");
	buf_addf(&b, "checking what was written: %.200s", c->check.command);
	ev = js_set(ev, "text", js_from_buf(&b));
	chat_event(c, ev, true);
	js_free(ev);
	coproc_send(&c->tool, m);
	js_free(m);
	buf_free(&b);
	return true;
}

static struct loop_io
callbacks(struct chat *c)
{
	return (struct loop_io){
		.fits = on_fits, .check = on_check, .offers = on_offers,
		.event = on_event, .sync = on_sync,
		.to_gate = on_gate, .to_tool = on_tool, .arg = c,
	};
}

/* ---- waiting ---- */

int64_t
chat_due(const struct chat *c)
{
	return c->limit != -1 && (c->deadline == -1 ||
	    c->limit < c->deadline) ? c->limit : c->deadline;
}

void
chat_wait(struct chat *c, int64_t deadline, struct pollfd *extra)
{
	struct pollfd fds[2 * COPROC_FDS + 3];
	int n = 2 * COPROC_FDS;

	coproc_poll(&c->gate, fds);
	coproc_poll(&c->tool, fds + COPROC_FDS);
	fds[n++] = (struct pollfd){ .fd = sig_fd(), .events = POLLIN };
	/* Only to hear that nobody reads any more. */
	fds[n++] = (struct pollfd){ .fd = c->view.error == 0 ?
	    STDOUT_FILENO : -1, .events = 0 };
	if (extra != NULL)
		fds[n++] = *extra;
	if (poll(fds, (nfds_t)n, clock_left(deadline)) == -1)
		return;
	/* What they say comes to stderr from here. */
	if (fds[2].revents != 0 || fds[COPROC_FDS + 2].revents != 0)
		view_hide(&c->view);
	coproc_work(&c->gate, fds);
	coproc_work(&c->tool, fds + COPROC_FDS);
	if (fds[2 * COPROC_FDS + 1].revents & POLLERR)
		c->view.error = EPIPE;
	if (extra != NULL)
		*extra = fds[n - 1];
}

/* ---- lines ---- */

/* With --demo: no server answered, so go on without one. */
static bool
fall_back(struct chat *c, jv line)
{
	struct err why = ERR_INIT;

	/* It would be tried again for a while; a demonstration has no time. */
	if (!c->o->demo || c->offline || c->loop.state != LOOP_MODEL ||
	    c->loop.partial.len > 0 ||
	    !((js_str_is(line, "type", "error") &&
	    js_str_is(line, "code", "unavailable")) ||
	    (js_str_is(line, "type", "retry") &&
	    js_str_is(line, "reason", "unavailable"))))
		return false;
	coproc_close(&c->gate, 0);
	c->offline = true;
	if (chat_restart(c, &c->gate, &why) == -1)
		loop_abort(&c->loop, &why);
	else
		loop_again(&c->loop);
	return true;
}

/* The server may have cut the talk, and not said so. */
static void
look_for_cut(struct chat *c, jv line)
{
	jv agent = js_get(line, "agent"), usage = js_get(agent, "usage"), ev;

	if (js_str_is(line, "type", "message") && js_is_obj(usage) &&
	    context_cut(&c->context, usage) && !c->loop.truncated) {
		ev = js_set_str(event_new("notice"), "code", "truncated");
		ev = js_set_str(ev, "text", "the server read less of the "
		    "talk than before: it cuts the front of what is too long "
		    "for it");
		loop_gate(&c->loop, ev);
		js_free(ev);
	}
	js_free(usage);
	js_free(agent);
}

static void
gate_lines(struct chat *c)
{
	struct err why = ERR_INIT;
	jv line = js_none();
	int rc = 0;

	while (c->loop.state == LOOP_MODEL &&
	    (rc = coproc_next(&c->gate, &line, &why)) == 1) {
		look_for_cut(c, line);
		if (!fall_back(c, line))
			loop_gate(&c->loop, line);
		js_free(line);
	}
	if (rc == -1)
		loop_abort(&c->loop, &why);
}

/* A line of the check that runs. */
static void
check_line(struct chat *c, jv line)
{
	struct buf tell = BUF_INIT;
	jv ev;

	if (msg_classify(line) == MSG_LINE_MESSAGE) {
		bool good = check_result(&c->check, line, &tell);

		ev = js_set_str(event_new("notice"), "code", good ?
		    "check_passed" : "check_failed");
		ev = js_set_str(ev, "text", good ? "the check passed" :
		    "the check failed; the model is told");
		chat_event(c, ev, true);
		js_free(ev);
		buf_reset(&c->check_tell);
		buf_add(&c->check_tell, tell.data, tell.len);
	} else if (js_str_is(line, "type", "done")) {
		buf_add(&tell, c->check_tell.data, c->check_tell.len);
		buf_reset(&c->check_tell);
		loop_checked(&c->loop, "check", tell.len > 0 ?
		    buf_str(&tell) : NULL, tell.len);
	} else if (js_str_is(line, "type", "permission.request") ||
	    js_str_is(line, "type", "permission.reply")) {
		chat_event(c, line, true);
	}
	buf_free(&tell);
}

static void
tool_lines(struct chat *c)
{
	struct err why = ERR_INIT;
	jv line = js_none();
	int rc = 0;

	while ((c->loop.state == LOOP_TOOLS || c->loop.state == LOOP_CHECK) &&
	    (rc = coproc_next(&c->tool, &line, &why)) == 1) {
		jv capped = chat_cap_result(c, line);

		if (c->ask.can)
			chat_ask_line(c, line);
		else if (c->o->coprocess)
			chat_ask_parent(c, line);
		if (c->loop.state == LOOP_CHECK)
			check_line(c, line);
		else
			loop_tool(&c->loop, capped);
		js_free(capped);
		js_free(line);
	}
	if (rc == -1)
		loop_abort(&c->loop, &why);
}

/* ---- reasons to stop ---- */

static void
cancel(struct chat *c, const struct err *why, int grace)
{
	loop_cancel(&c->loop, why);
	if (c->kill_at == -1)
		c->kill_at = clock_ms() + grace;
}

/* Kill the child that is at work and end the turn. */
static void
break_off(struct chat *c)
{
	struct err why = ERR_INIT;

	err_set(&why, ERR_CANCELLED, "broken off");
	coproc_kill(c->loop.state == LOOP_TOOLS ||
	    c->loop.state == LOOP_CHECK ? &c->tool : &c->gate);
	loop_abort(&c->loop, &why);
}

static void
check_signal(struct chat *c)
{
	struct err why = ERR_INIT;
	int n = 0, sig = sig_caught() != 0 ? sig_take(&n) : 0;
	int64_t now = clock_ms();
	bool again;

	if (sig == 0)
		return;
	err_set(&why, ERR_CANCELLED, sig == SIGINT ? "interrupted" :
	    "ended by a signal");
	again = n > 1 || (c->interrupted != -1 &&
	    now - c->interrupted <= AGAIN_MS);
	if (sig != SIGINT || !c->repl) {
		c->signal = sig;
		c->view.hurry = true;
	}
	view_drop(&c->view);
	if (sig == SIGINT) {
		c->interrupted = now;
		if (again) {
			loop_cancel(&c->loop, &why);
			break_off(c);
			return;
		}
	}
	cancel(c, &why, c->signal != 0 ? GRACE_END : GRACE_STOP);
}

static void
check_output(struct chat *c)
{
	int error = c->view.error;

	if (error == 0 || c->view.hurry || c->fatal.kind != ERR_NONE)
		return;
	errno = error;
	if (error == EPIPE || (error == EIO && c->view.out_tty)) {
		if (c->signal == 0)
			c->signal = c->view.out_tty ? SIGHUP : SIGPIPE;
		err_set(&c->fatal, ERR_CANCELLED, "nobody reads the output");
	} else {
		err_sys(&c->fatal, "write standard output");
		c->fatal.kind = ERR_IO;
	}
}

static void
check(struct chat *c)
{
	struct err why = ERR_INIT;
	char time[NUM_MS_SIZE];

	check_signal(c);
	check_output(c);
	if (c->stop) {
		c->stop = false;
		err_set(&why, ERR_CANCELLED, "cancelled");
		cancel(c, &why, GRACE_STOP);
	}
	if (c->fatal.kind != ERR_NONE)
		cancel(c, &c->fatal, GRACE_END);
	if (c->deadline != -1 && clock_ms() >= c->deadline) {
		err_set(&why, ERR_TIMEOUT, "no answer within the %s of "
		    "--timeout", num_ms(time, c->o->timeout_ms));
		cancel(c, &why, GRACE_END);
	}
	if (c->limit != -1 && clock_ms() >= c->limit) {
		err_set(&why, ERR_LIMIT, "stopped after %s; raise "
		    "--max-time, or go on with -c",
		    num_ms(time, c->o->max_time_ms));
		cancel(c, &why, GRACE_END);
	}
	if (c->kill_at != -1 && clock_ms() >= c->kill_at)
		break_off(c);
}

/* The talk is too long, by our count or the server's word. */
static void
make_room(struct chat *c)
{
	const struct err *refusal = &c->loop.refusal;
	struct err why = ERR_INIT;
	int rc = 0;

	if (c->loop.state != LOOP_ROOM)
		return;
	if (!c->loop.cancelled) {
		rc = chat_make_room(c, refusal->kind != ERR_NONE ? refusal :
		    NULL, &why);
		/* It may have taken long; what ends the turn comes before
		 * another request. */
		check(c);
	}
	loop_room(&c->loop, rc == -1 ? &why : NULL);
}

/* The next time that something is due by the clock. */
static int64_t
next_deadline(const struct chat *c)
{
	return c->kill_at != -1 ? c->kill_at : chat_due(c);
}

/* ---- the turn ---- */

/* A child may have died since the last turn, and nobody looked. */
static void
look_after(struct coproc *p)
{
	if (p->started && !p->ended && proc_poll(&p->proc))
		p->ended = true;
}

static int
revive(struct chat *c, struct err *e)
{
	look_after(&c->gate);
	look_after(&c->tool);
	if (c->gate.ended && chat_restart(c, &c->gate, e) == -1)
		return -1;
	if (c->tool.ended && chat_restart(c, &c->tool, e) == -1)
		return -1;
	return 0;
}

static void
to_nobody(void *arg, jv line)
{
	(void)arg;
	(void)line;
}

void
chat_turn_failed(struct chat *c, const char *text, size_t len,
    const struct err *why)
{
	/* A child that is well would only complain of what it does not get. */
	c->loop.io = callbacks(c);
	c->loop.io.to_gate = c->loop.io.to_tool = to_nobody;
	loop_begin_take(&c->loop, attach_message(&c->attach, text, len));
	loop_abort(&c->loop, why);
	view_flush(&c->view);
}

void
chat_wait_busy(struct chat *c, int64_t until)
{
	struct pollfd in = { .fd = STDIN_FILENO, .events = POLLIN };
	int64_t tick = view_due(&c->view);

	if (tick != -1 && (until == -1 || tick < until))
		until = tick;
	if (c->o->coprocess && !c->deaf) {
		chat_wait(c, until, &in);
		if (in.revents != 0)
			chat_hear(c);
	} else {
		chat_wait(c, until, NULL);
		view_tick(&c->view);
	}
}

static void
wait_turn(struct chat *c)
{
	struct pollfd tty = { .fd = c->ask.tty, .events = POLLIN };

	if (chat_asking(c)) {
		chat_wait(c, next_deadline(c), &tty);
		chat_ask_work(c, tty.revents);
	} else {
		chat_wait_busy(c, next_deadline(c));
	}
}

/* many: it is one of several. */
static void
end_turn(struct chat *c, bool many)
{
	view_flush(&c->view);
	/* The child that asked may be gone. */
	chat_ask_close(c);
	if (many) {
		/* What is done between two turns has no limit of theirs. */
		c->deadline = c->limit = c->view.due = -1;
		on_sync(c);
	}
}

void
chat_turn_message(struct chat *c, jv msg)
{
	bool many = c->repl || c->o->coprocess;
	struct err why = ERR_INIT;

	c->kill_at = c->interrupted = -1;
	if (many && c->o->timeout_ms > 0)
		c->deadline = clock_ms() + c->o->timeout_ms;
	if (many && c->o->max_time_ms > 0)
		c->limit = clock_ms() + c->o->max_time_ms;
	c->view.due = chat_due(c);
	c->view.hurry = c->signal != 0;
	c->loop.io = callbacks(c);
	if (revive(c, &why) == -1) {
		loop_begin_take(&c->loop, js_ref(msg));
		loop_abort(&c->loop, &why);
		end_turn(c, many);
		return;
	}
	loop_begin_take(&c->loop, js_ref(msg));
	for (;;) {
		enum loop_state was = c->loop.state;
		int64_t steps = c->loop.all_steps;

		gate_lines(c);
		tool_lines(c);
		view_flush(&c->view);
		check(c);
		make_room(c);
		if (c->loop.state == LOOP_IDLE)
			break;
		/* The child whose turn it is now may be gone, and its end
		 * read already: then nothing more would come. */
		if (c->loop.state == was && c->loop.all_steps == steps)
			wait_turn(c);
	}
	end_turn(c, many);
}

void
chat_turn(struct chat *c, const char *text, size_t len)
{
	jv msg = attach_message(&c->attach, text, len);

	if (js_is_obj(c->head.said))
		msg = js_set(msg, "agent", js_ref(c->head.said));
	chat_turn_message(c, msg);
	js_free(msg);
}
