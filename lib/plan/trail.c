/*
 * trail.c - what happened in a conversation, from its events.
 */
#include "plan/trail.h"

#include "base/utf8.h"
#include "core/tokens.h"
#include "sys/fd.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define TEXT_MAX	((size_t)32 * 1024)	/* kept of an answer */
#define CALL_MAX	((size_t)300)		/* and of a call */
#define FIXED		1500	/* tokens of the system prompt and schemas */
#define CALLS_MAX	256	/* open, or unsure, at a time */

void
trail_init(struct trail *t)
{
	memset(t, 0, sizeof(*t));
	jsonl_init(&t->lines, "events");
	t->open = js_obj();
	t->unsure = js_arr();
	t->exit_code = -1;
}

void
trail_free(struct trail *t)
{
	jsonl_free(&t->lines);
	buf_free(&t->text);
	buf_free(&t->error);
	js_free(t->open);
	js_free(t->unsure);
}

/* "shell {"command":"make"}", at most so long. */
static jv
call_text(jv call)
{
	jv f = js_get(call, "function");
	const char *name = js_str(f, "name"), *args;
	struct buf b = BUF_INIT, raw = BUF_INIT;
	size_t n = 0;
	jv v;

	args = js_str_len(f, "arguments", &n);
	buf_addf(&raw, "%.64s ", name != NULL ? name : "?");
	buf_add(&raw, args != NULL ? args : "", args != NULL ? n : 0);
	if (raw.len > CALL_MAX) {
		buf_cut(&raw, utf8_cut(raw.data, CALL_MAX));
		buf_adds(&raw, "...");
	}
	utf8_escape(&b, buf_str(&raw), raw.len, UTF8_LINE);
	v = js_from_buf(&b);
	js_free(f);
	buf_free(&b);
	buf_free(&raw);
	return v;
}

static void
take_calls(struct trail *t, jv calls)
{
	for (size_t i = 0; i < js_len(calls); i++) {
		jv c = js_at(calls, i);
		const char *id = js_str(c, "id");

		if (id != NULL && js_len(t->open) < CALLS_MAX)
			t->open = js_set(t->open, id, call_text(c));
		js_free(c);
	}
}

static void
unsure(struct trail *t, const char *id)
{
	jv what = js_get(t->open, id);

	if (js_is_str(what) && js_len(t->unsure) < CALLS_MAX)
		t->unsure = js_push(t->unsure, js_ref(what));
	js_free(what);
}

/* A result message closes its call.  One that was cut short, or that only
 * says that nobody knows, leaves it unsure. */
static void
take_result(struct trail *t, jv m)
{
	const char *id = js_str(m, "tool_call_id");
	const char *text = js_str(m, "content"), *status;
	jv agent = js_get(m, "agent");
	bool known, ran = text == NULL || strncmp(text, "not run", 7) != 0;

	status = js_str(agent, "status");
	known = status != NULL && strcmp(status, "cancelled") != 0 &&
	    strcmp(status, "timeout") != 0 && (text == NULL ||
	    strncmp(text, "effect unverified", 17) != 0);
	if (id != NULL && js_has(t->open, id)) {
		if (known)
			t->results++;
		else if (ran)
			unsure(t, id);
		t->open = js_del(t->open, id);
	}
	js_free(agent);
}

static void
take_message(struct trail *t, jv m)
{
	struct buf b = BUF_INIT;
	jv calls = js_get(m, "tool_calls");
	const char *text;
	size_t n = 0;

	js_dump(&b, m);
	t->tokens += (int64_t)tokens_message(buf_str(&b), b.len);
	buf_free(&b);
	if (js_str_is(m, "role", "tool"))
		take_result(t, m);
	if (js_str_is(m, "role", "assistant")) {
		t->steps++;
		take_calls(t, calls);
		text = js_str_len(m, "content", &n);
		if (text != NULL && n > 0) {
			buf_reset(&t->text);
			buf_add(&t->text, text, n > TEXT_MAX ?
			    utf8_cut(text, TEXT_MAX) : n);
		}
	}
	js_free(calls);
}

static void
take(struct trail *t, jv ev)
{
	const char *type = js_str(ev, "type"), *s;
	int64_t in = 0, out = 0;

	if (type == NULL)
		return;
	if (strcmp(type, "session") == 0 && (s = js_str(ev, "session_id")) !=
	    NULL) {
		snprintf(t->session, sizeof(t->session), "%s", s);
		if (t->tokens == 0)
			t->tokens = FIXED;
	} else if (strcmp(type, "message") == 0) {
		take_message(t, ev);
	} else if (strcmp(type, "usage") == 0) {
		js_int(ev, "input_tokens", 0, INT64_C(1) << 40, &in);
		js_int(ev, "output_tokens", 0, INT64_C(1) << 40, &out);
		t->used += in + out;
		/* What a server counted is right, if it counted all. */
		if (in > t->tokens / 2)
			t->tokens = in + out;
	} else if (strcmp(type, "error") == 0) {
		buf_reset(&t->error);
		if ((s = js_str(ev, "message")) != NULL)
			buf_addf(&t->error, "%.400s", s);
	} else if (strcmp(type, "result") == 0) {
		js_int(ev, "exit_code", 0, 255, &t->exit_code);
		s = js_str(ev, "stop_reason");
		snprintf(t->reason, sizeof(t->reason), "%s", s != NULL ? s :
		    "");
	}
	if (t->tokens > t->most)
		t->most = t->tokens;
}

static void
drain(struct trail *t)
{
	struct err e = ERR_INIT;
	enum jsonl_status s;
	jv v;

	while ((s = jsonl_next(&t->lines, &v, NULL, NULL, &e)) !=
	    JSONL_MORE && s != JSONL_END) {
		if (s != JSONL_ITEM)
			continue;
		take(t, v);
		js_free(v);
	}
}

void
trail_feed(struct trail *t, const char *p, size_t n)
{
	jsonl_feed(&t->lines, p, n);
	drain(t);
}

void
trail_end(struct trail *t)
{
	jv keys;

	jsonl_eof(&t->lines);
	drain(t);
	keys = js_keys(t->open);
	for (size_t i = 0; i < js_len(keys); i++) {
		jv k = js_at(keys, i);

		if (js_cstr(k) != NULL)
			unsure(t, js_cstr(k));
		js_free(k);
	}
	js_free(keys);
	js_free(t->open);
	t->open = js_obj();
}

int
trail_file(struct trail *t, const char *path, struct err *e)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
	char piece[BASE_PIECE];
	ssize_t n = -1;

	if (fd == -1)
		return err_sys(e, "%s", path);
	while ((n = fd_read(fd, piece, sizeof(piece))) > 0)
		trail_feed(t, piece, (size_t)n);
	if (n == -1)
		err_sys(e, "%s", path);
	close(fd);
	return n == -1 ? -1 : 0;
}
