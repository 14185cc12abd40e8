/*
 * view.c - what the user sees of the events: text, one object, or events.
 */
#include "chat/view.h"

#include "base/fdio.h"
#include "base/log.h"
#include "base/clock.h"
#include "base/num.h"
#include "base/utf8.h"
#include "chat/md_in.h"
#include "chat/calls.h"
#include "core/msg.h"
#include "sys/sig.h"

#include <errno.h>
#include <limits.h>
#include <poll.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>

#define BRIEF_COLUMNS	60
#define BRIEF_LEAST	20
#define BRIEF_REST	30	/* name of the tool, time, size */
#define HURRY_MS	500	/* that a slow reader gets at the end */
#define SPIN_AFTER	400	/* ms of nothing before it is told */
#define SPIN_MS		250

/* Whether what goes to a terminal, or always, may have styles. */
static bool
may_style(const struct view *v, enum view_color color)
{
	const char *no = getenv("NO_COLOR");

	return color == VIEW_COLOR_ALWAYS || (color == VIEW_COLOR_AUTO &&
	    (no == NULL || *no == '\0') && v->draws);
}

void
view_init(struct view *v, enum view_format format, enum view_color color,
    bool verbose, bool quiet)
{
	const char *term = getenv("TERM");
	bool always = color == VIEW_COLOR_ALWAYS, styled;
	struct stat st;

	memset(v, 0, sizeof(*v));
	v->format = format;
	v->verbose = verbose;
	v->quiet = quiet;
	v->out_tty = isatty(STDOUT_FILENO) == 1;
	v->err_tty = isatty(STDERR_FILENO) == 1;
	v->draws = term != NULL && *term != '\0' && strcmp(term, "dumb") != 0;
	styled = may_style(v, color);
	v->colour = v->err_tty && styled;
	v->pretty = format == VIEW_TEXT && ((v->out_tty && v->draws) || always);
	md_init(&v->md, 0, styled, true);
	md_init(&v->thought, 0, v->colour, true);
	v->thought.plain = true;
	v->since = v->due = -1;
	v->spins = v->err_tty && !quiet && format != VIEW_EVENTS && v->draws;
	/* What poll(2) calls writable takes that much without blocking. */
	v->piece = 4096;
	if (fstat(STDOUT_FILENO, &st) == 0 && S_ISREG(st.st_mode))
		v->piece = SIZE_MAX;
}

void
view_free(struct view *v)
{
	buf_free(&v->out);
	buf_free(&v->said);
	vec_free(&v->calls);
	md_free(&v->md);
	md_free(&v->thought);
}

unsigned
view_columns(void)
{
	struct winsize w;

	for (int fd = STDOUT_FILENO; fd <= STDERR_FILENO; fd++)
		if (ioctl(fd, TIOCGWINSZ, &w) == 0 && w.ws_col > 0)
			return w.ws_col;
	return 80;
}

/* ---- what goes on while nothing is to be seen ---- */

void
view_hide(struct view *v)
{
	struct buf b = BUF_INIT;

	if (!v->spun)
		return;
	v->spun = false;
	buf_adds(&b, "\r\033[K");
	if (v->running)
		buf_addf(&b, "▸ %s … ", v->calls.v[v->call]);
	fd_write_all(STDERR_FILENO, b.data, b.len);
	buf_free(&b);
}

/* Something else begins, or nothing does. */
static void
spin_from(struct view *v, bool on)
{
	view_hide(v);
	v->since = v->spins && on ? clock_ms() : -1;
	v->ticked = 0;
	v->written = 0;
}

int64_t
view_due(const struct view *v)
{
	if (v->since == -1 || v->mid_line || v->thinking)
		return -1;
	return v->ticked != 0 ? v->ticked + SPIN_MS : v->since + SPIN_AFTER;
}

void
view_tick(struct view *v)
{
	int64_t now = clock_ms(), due = view_due(v);
	struct buf b = BUF_INIT;

	if (due == -1 || now < due || v->out.len > 0)
		return;
	buf_adds(&b, "\r\033[K");
	if (v->colour)
		buf_adds(&b, "\033[2m");
	if (v->running)
		buf_addf(&b, "▸ %s … ", v->calls.v[v->call]);
	else if (v->written > 0)
		buf_addf(&b, "writing a call, about %zu tokens, ",
		    v->written / 4 + 1);
	else if (v->again_at > now)
		buf_addf(&b, "next try in %llds, waited ",
		    (long long)((v->again_at - now + 999) / 1000));
	else
		buf_adds(&b, "waiting for the model, ");
	buf_addf(&b, "%llds", (long long)((now - v->since) / 1000));
	if (v->colour)
		buf_adds(&b, "\033[0m");
	v->ticked = now;
	/* What does not fit on one line could not be taken back. */
	if (md_columns(b.data, b.len) < view_columns()) {
		v->spun = true;
		fd_write_all(STDERR_FILENO, b.data, b.len);
	}
	buf_free(&b);
}

/* ---- stdout ---- */

/*
 * How much is to be written now.  Several of us may share a pipe, as xargs -P
 * has it: text goes there by whole lines, so that they do not mix.
 */
static size_t
ripe(const struct view *v)
{
	const char *nl;

	if (v->format != VIEW_TEXT || v->out_tty || v->hurry ||
	    v->out.len == 0)
		return v->out.len;
	nl = memrchr(v->out.data, '\n', v->out.len);
	return v->out.len >= PIPE_BUF ? v->out.len :
	    nl != NULL ? (size_t)(nl - v->out.data) + 1 : 0;
}

void
view_flush(struct view *v)
{
	size_t done = 0, end = ripe(v);

	if (end > 0)
		view_hide(v);
	while (v->error == 0 && done < end) {
		size_t n = end - done;
		struct pollfd fds[2] = {
			{ .fd = STDOUT_FILENO, .events = POLLOUT },
			{ .fd = v->hurry ? -1 : sig_fd(), .events = POLLIN },
		};
		ssize_t put;
		int ready = poll(fds, 2, v->hurry ? HURRY_MS :
		    clock_left(v->due));

		if (ready == -1 && errno != EINTR)
			v->error = errno;
		else if (ready == 0 && v->hurry)
			v->error = ETIMEDOUT;
		else if (ready == 0)
			v->hurry = true;
		if (ready == 0 && v->error == 0)
			break;
		if (!v->hurry && sig_caught() != 0)
			break;
		if (v->error != 0 || ready <= 0 || fds[0].revents == 0)
			continue;
		put = write(STDOUT_FILENO, v->out.data + done,
		    n < v->piece ? n : v->piece);
		if (put >= 0)
			done += (size_t)put;
		else if (errno != EINTR && errno != EAGAIN)
			v->error = errno;
	}
	if (v->error != 0 || done == v->out.len)
		buf_reset(&v->out);
	else
		buf_shift(&v->out, done);
}

void
view_drop(struct view *v)
{
	if (v->format == VIEW_TEXT)
		buf_reset(&v->out);
}

static void
put(struct view *v, const char *s, size_t n)
{
	if (n == 0 || v->error != 0)
		return;
	if (v->pretty) {
		v->md.width = view_columns();
		md_feed(&v->md, s, n, &v->out);
	} else if (v->out_tty)
		utf8_escape(&v->out, s, n, UTF8_TEXT);
	else
		buf_add(&v->out, s, n);
	v->mid_line = s[n - 1] != '\n';
}

static void
end_line(struct view *v)
{
	if (v->pretty)
		md_end(&v->md, &v->out);
	else if (v->mid_line)
		put(v, "\n", 1);
	v->mid_line = false;
}

void
view_line(struct view *v, jv line)
{
	js_dump(&v->out, line);
	buf_addc(&v->out, '\n');
	view_flush(v);
}

void
view_text(struct view *v, const char *s)
{
	if (v->format != VIEW_TEXT || v->error != 0)
		return;
	buf_adds(&v->out, s);
	view_flush(v);
}

/* ---- stderr ---- */

/* What is on stdout comes first, so that the terminal shows one order. */
static void
put_err(struct view *v, const struct buf *b)
{
	view_flush(v);
	view_hide(v);
	fd_write_all(STDERR_FILENO, b->data, b->len);
}

static void
think(struct view *v, const char *s, size_t n)
{
	struct buf b = BUF_INIT;

	if (!v->verbose || !v->err_tty || n == 0)
		return;
	v->thought.width = v->draws ? view_columns() : 0;
	md_feed(&v->thought, s, n, &b);
	v->thinking = s[n - 1] != '\n';
	put_err(v, &b);
	buf_free(&b);
}

static void
end_thinking(struct view *v)
{
	struct buf b = BUF_INIT;

	md_end(&v->thought, &b);
	if (b.len > 0)
		put_err(v, &b);
	v->thinking = false;
	buf_free(&b);
}

/* Columns for what a call is about, so that its line with all that comes
 * behind it fits on the screen, if it can. */
static size_t
brief_columns(const struct view *v)
{
	unsigned w = v->err_tty ? view_columns() : 80;

	return w < BRIEF_LEAST + BRIEF_REST ? BRIEF_LEAST :
	    w - BRIEF_REST < BRIEF_COLUMNS ? w - BRIEF_REST : BRIEF_COLUMNS;
}

static bool
shows_calls(const struct view *v)
{
	return v->verbose || (v->err_tty && !v->quiet);
}

/* "▸ shell ls -la … " of the call that runs now. */
static void
begin_call(struct view *v, struct buf *b)
{
	if (v->running || v->call >= v->calls.n)
		return;
	buf_addf(b, "▸ %s … ", v->calls.v[v->call]);
	v->running = true;
}

static void
show_call(struct view *v, jv ev)
{
	jv args = js_get(ev, "arguments");
	struct buf b = BUF_INIT;
	const char *tool = js_str(ev, "tool");

	if (shows_calls(v)) {
		utf8_escape(&b, tool, tool != NULL ? strlen(tool) : 0,
		    UTF8_LINE);
		if (js_len(args) > 0)
			buf_addc(&b, ' ');
		calls_brief(&b, args, brief_columns(v));
		vec_push(&v->calls, buf_str(&b));
		buf_reset(&b);
		/* Only a terminal sees a line that is not complete. */
		if (v->err_tty) {
			begin_call(v, &b);
			if (b.len > 0)
				put_err(v, &b);
		}
	}
	buf_free(&b);
	js_free(args);
}

static void
show_result(struct view *v, jv ev)
{
	struct buf b = BUF_INIT;
	const char *status = js_str(ev, "status");
	int64_t ms = 0, bytes, code;

	if (v->call >= v->calls.n)
		return;
	begin_call(v, &b);
	js_int(ev, "duration_ms", 0, (int64_t)1 << 40, &ms);
	if (js_int(ev, "exit_code", 1, 255, &code))
		buf_addf(&b, "exit %d", (int)code);
	else if (status != NULL && strcmp(status, "completed") != 0)
		utf8_escape(&b, status, strlen(status), UTF8_LINE);
	else
		buf_adds(&b, "ok");
	buf_addf(&b, " %.1fs", (double)ms / 1e3);
	if (js_int(ev, "bytes", 0, (int64_t)1 << 50, &bytes)) {
		buf_addc(&b, ' ');
		calls_size(&b, (uint64_t)bytes);
	}
	buf_addc(&b, '\n');
	v->running = false;
	if (++v->call == v->calls.n) {
		vec_free(&v->calls);
		v->call = 0;
	} else if (v->err_tty) {
		begin_call(v, &b);
	}
	put_err(v, &b);
	buf_free(&b);
}

/* ---- events as text ---- */

static void
show_delta(struct view *v, jv ev)
{
	size_t n;
	const char *s = js_str_len(ev, "text", &n);

	if (s == NULL)
		return;
	if (js_str_is(ev, "kind", "reasoning")) {
		think(v, s, n);
	} else if (js_str_is(ev, "kind", "text")) {
		end_thinking(v);
		put(v, s, n);
		buf_add(&v->said, s, n);
	} else if (js_str_is(ev, "kind", "recast")) {
		/* What was shown was reasoning; the answer comes yet. */
		end_line(v);
		buf_reset(&v->said);
	}
}

/* The whole answer; what its pieces showed already is not shown again. */
static void
show_answer(struct view *v, jv ev)
{
	struct buf b = BUF_INIT;

	end_thinking(v);
	msg_content(&b, ev);
	if (b.len >= v->said.len && (v->said.len == 0 ||
	    memcmp(b.data, v->said.data, v->said.len) == 0))
		put(v, buf_str(&b) + v->said.len, b.len - v->said.len);
	end_line(v);
	buf_free(&b);
	buf_reset(&v->said);
}

static void
show_retry(struct view *v, jv ev)
{
	const char *why = js_str(ev, "message");
	char until[NUM_MS_SIZE];
	int64_t ms = 0;

	if (why == NULL)
		why = js_str(ev, "reason");
	js_int(ev, "delay_ms", 0, (int64_t)1 << 40, &ms);
	v->again_at = clock_ms() + ms;
	end_thinking(v);
	view_flush(v);
	view_hide(v);
	log_note("trying again %s: %.300s", num_until(until, ms),
	    why != NULL ? why : "no reason given");
}

static void
show_text(struct view *v, jv ev, const char *type)
{
	if (strcmp(type, "delta") == 0) {
		show_delta(v, ev);
	} else if (strcmp(type, "message") == 0) {
		if (msg_role(ev) == MSG_ASSISTANT)
			show_answer(v, ev);
	} else if (strcmp(type, "turn.end") == 0) {
		end_thinking(v);
		end_line(v);
		buf_reset(&v->said);
	}
}

static void
show_notes(struct view *v, jv ev, const char *type)
{
	const char *text = js_str(ev, "text");

	if (strcmp(type, "tool.call") == 0) {
		show_call(v, ev);
	} else if (strcmp(type, "tool.result") == 0) {
		show_result(v, ev);
	} else if (strcmp(type, "retry") == 0 && !v->quiet) {
		show_retry(v, ev);
	} else if (strcmp(type, "notice") == 0 && text != NULL && !v->quiet) {
		end_thinking(v);
		view_flush(v);
		view_hide(v);
		log_note("%.400s", text);
	}
}

/* What goes on from this event on. */
static void
follow(struct view *v, jv ev, const char *type)
{
	size_t n = 0;

	if (strcmp(type, "turn.start") == 0 ||
	    strcmp(type, "tool.call") == 0 ||
	    strcmp(type, "tool.result") == 0)
		spin_from(v, true);
	else if (strcmp(type, "turn.end") == 0 ||
	    strcmp(type, "permission.request") == 0)
		spin_from(v, false);
	else if (strcmp(type, "delta") == 0 &&
	    js_str_is(ev, "kind", "tool_args") &&
	    js_str_len(ev, "text", &n) != NULL)
		v->written += n;
}

void
view_event(struct view *v, jv ev)
{
	const char *type = js_str(ev, "type");

	if (type == NULL)
		return;
	follow(v, ev, type);
	show_notes(v, ev, type);
	if (v->format == VIEW_TEXT) {
		if (!v->mute)
			show_text(v, ev, type);
	} else if (v->error == 0 && (v->format == VIEW_EVENTS ||
	    strcmp(type, "result") == 0)) {
		jv line = event_stamp_take(&v->ctx, js_ref(ev));

		js_dump(&v->out, line);
		buf_addc(&v->out, '\n');
		js_free(line);
	}
}
