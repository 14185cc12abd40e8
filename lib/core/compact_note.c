/*
 * compact_note.c - what is remembered of messages that are left out.
 *
 * Facts are an object: messages (their number), read, changed (files),
 * asked (beginnings of what the user said), summary (somebody's words).
 */
#include "core/compact.h"

#include "base/num.h"
#include "base/utf8.h"
#include "core/msg.h"

#include <string.h>

#define FILES_MAX	40
#define ASKED_MAX	12
#define ASKED_BYTES	240
#define NAME_BYTES	200
#define SUMMARY_BYTES	((size_t)16 * 1024)

/* ---- lists without doubles, the newest kept ---- */

static jv
add_take(jv list, const char *s, size_t n, size_t max)
{
	jv left = js_arr(), one;
	size_t len = js_len(list);

	if (n > ASKED_BYTES)
		n = utf8_cut(s, ASKED_BYTES);
	one = js_from_bytes(s, n);

	for (size_t i = 0; i < len; i++) {
		jv old = js_at(list, i);

		if (js_eq(old, one) || (i == 0 && len >= max))
			js_free(old);
		else
			left = js_push(left, old);
	}
	js_free(list);
	return js_push(left, one);
}

static jv
note_in_take(jv facts, const char *key, const char *s, size_t n, size_t max)
{
	jv list = js_get(facts, key);

	if (!js_is_arr(list)) {
		js_free(list);
		list = js_arr();
	}
	return js_set(facts, key, add_take(list, s, n, max));
}

/* ---- what a message says ---- */

static bool
changes_files(const char *tool)
{
	return strncmp(tool, "write", 5) == 0 ||
	    strncmp(tool, "edit", 4) == 0 || strcmp(tool, "apply_patch") == 0;
}

static jv
learn_call_take(jv facts, jv msg, size_t i)
{
	struct err ignored = ERR_INIT;
	const char *tool, *args, *path;
	size_t n;
	jv a;

	msg_call(msg, i, NULL, &tool, &args, &n);
	a = js_parse(args, n, &ignored);
	path = js_str(a, "path");
	if (path != NULL && *path != '\0' && strlen(path) <= NAME_BYTES)
		facts = note_in_take(facts, changes_files(tool) ? "changed" :
		    "read", path, strlen(path), FILES_MAX);
	js_free(a);
	return facts;
}

jv
compact_learn_take(jv facts, jv msg)
{
	struct buf b = BUF_INIT;
	int64_t n = 0;

	if (!js_is_obj(facts)) {
		js_free(facts);
		facts = js_obj();
	}
	js_int(facts, "messages", 0, INT32_MAX, &n);
	facts = js_set_int(facts, "messages", n + 1);
	for (size_t i = 0; i < msg_ncalls(msg); i++)
		facts = learn_call_take(facts, msg, i);
	if (msg_role(msg) == MSG_USER) {
		msg_content(&b, msg);
		if (b.len > 0)
			facts = note_in_take(facts, "asked", b.data, b.len,
			    ASKED_MAX);
	}
	buf_free(&b);
	return facts;
}

static jv
merge_list_take(jv a, jv b, const char *key, size_t max)
{
	jv list = js_get(b, key);

	for (size_t i = 0; js_is_arr(list) && i < js_len(list); i++) {
		jv one = js_at(list, i);
		size_t n;
		const char *s = js_bytes(one, &n);

		if (s != NULL)
			a = note_in_take(a, key, s, n, max);
		js_free(one);
	}
	js_free(list);
	return a;
}

jv
compact_merge_take(jv a, jv b)
{
	int64_t x = 0, y = 0;

	if (!js_is_obj(b)) {
		js_free(b);
		return a;
	}
	if (!js_is_obj(a)) {
		js_free(a);
		a = js_obj();
	}
	js_int(a, "messages", 0, INT32_MAX / 2, &x);
	js_int(b, "messages", 0, INT32_MAX / 2, &y);
	a = js_set_int(a, "messages", x + y);
	a = merge_list_take(a, b, "read", FILES_MAX);
	a = merge_list_take(a, b, "changed", FILES_MAX);
	a = merge_list_take(a, b, "asked", ASKED_MAX);
	a = js_copy_key(a, "summary", b, "summary");
	js_free(b);
	return a;
}

void
compact_summary(struct compact *c, const char *text, size_t len)
{
	if (len > SUMMARY_BYTES)
		len = utf8_cut(text, SUMMARY_BYTES);
	if (!js_is_obj(c->facts)) {
		js_free(c->facts);
		c->facts = js_obj();
	}
	c->facts = js_set(c->facts, "summary", js_from_bytes(text, len));
}

/* ---- the note ---- */

static void
say_list(struct buf *b, jv facts, const char *key, const char *title,
    const char *between)
{
	jv list = js_get(facts, key);

	for (size_t i = 0; js_is_arr(list) && i < js_len(list); i++) {
		jv one = js_at(list, i);
		size_t n;
		const char *s = js_bytes(one, &n);

		buf_adds(b, i == 0 ? title : between);
		if (s != NULL)
			buf_add(b, s, n);
		js_free(one);
	}
	js_free(list);
}

void
compact_note(struct buf *b, jv facts)
{
	int64_t n = 0;
	size_t len = 0;
	const char *s;

	if (!js_is_obj(facts))
		return;
	js_int(facts, "messages", 0, INT32_MAX, &n);
	s = js_str_len(facts, "summary", &len);
	if (n == 0 && s == NULL)
		return;
	buf_addf(b, "[Left out here to save room: %lld message%s of this "
	    "talk, which came next.", (long long)n, num_s(n));
	if (s != NULL) {
		buf_adds(b, "\nWhat they came to:\n");
		buf_add(b, s, len);
	}
	say_list(b, facts, "changed", "\nFiles changed in them: ", ", ");
	say_list(b, facts, "read", "\nFiles looked at: ", ", ");
	say_list(b, facts, "asked", "\nThe user also said: ", " / ");
	buf_adds(b, "]");
}

/* content with the note at its end: of a string, or as one more part. */
static jv
append_take(jv content, const struct buf *note)
{
	struct buf b = BUF_INIT;
	size_t n;
	const char *s = js_bytes(content, &n);
	jv part;

	if (js_is_arr(content)) {
		part = js_set_str(js_obj(), "type", "text");
		return js_push(content, js_set(part, "text",
		    js_from_buf(note)));
	}
	if (s != NULL)
		buf_add(&b, s, n);
	buf_adds(&b, "\n\n");
	buf_add(&b, note->data, note->len);
	js_free(content);
	content = js_from_buf(&b);
	buf_free(&b);
	return content;
}

jv
compact_with_note_take(jv msg, jv facts)
{
	struct buf b = BUF_INIT;
	jv agent = js_get(msg, "agent");

	compact_note(&b, facts);
	if (b.len > 0) {
		if (!js_is_obj(agent)) {
			js_free(agent);
			agent = js_obj();
		}
		agent = js_set(agent, "left_out", js_ref(facts));
		msg = js_set(msg, "content",
		    append_take(js_get(msg, "content"), &b));
		msg = js_set(msg, "agent", js_ref(agent));
	}
	js_free(agent);
	buf_free(&b);
	return msg;
}

/* content without that text at its end; as it was when it is not there. */
static jv
remove_take(jv content, const struct buf *note)
{
	size_t n, cut = note->len + 2, len = js_len(content);
	const char *s = js_bytes(content, &n);
	jv rest;

	if (s != NULL && n >= cut &&
	    memcmp(s + n - note->len, note->data, note->len) == 0) {
		rest = js_from_bytes(s, n - cut);
		js_free(content);
		return rest;
	}
	if (!js_is_arr(content) || len == 0)
		return content;
	rest = js_at(content, len - 1);
	s = js_str_len(rest, "text", &n);
	if (s != NULL && n == note->len && memcmp(s, note->data, n) == 0) {
		jv list = js_arr();

		for (size_t i = 0; i + 1 < len; i++)
			list = js_push(list, js_at(content, i));
		js_free(content);
		content = list;
	}
	js_free(rest);
	return content;
}

jv
compact_without_note_take(jv msg, jv *facts)
{
	struct buf b = BUF_INIT;
	jv agent = js_get(msg, "agent"), content;

	*facts = js_get(agent, "left_out");
	compact_note(&b, *facts);
	if (b.len > 0) {
		content = js_get(msg, "content");
		/* Whoever wrote the line may have left it out. */
		if (js_is_valid(content))
			msg = js_set(msg, "content", remove_take(content,
			    &b));
		agent = js_del(agent, "left_out");
		msg = js_set(msg, "agent", js_ref(agent));
	}
	js_free(agent);
	buf_free(&b);
	return msg;
}
