/*
 * compact_cut.c - one message of a talk, made shorter.
 */
#include "core/compact.h"

#include "base/utf8.h"
#include "core/msg.h"

#include <string.h>

#define DEPTH	16	/* of arguments that are looked into */

/* The end of a piece of at most n bytes, at a line's end when one is near. */
static size_t
head_end(const char *p, size_t len, size_t n)
{
	const char *nl;

	if (n >= len)
		return len;
	n = utf8_cut(p, n);
	nl = n > 0 ? memrchr(p, '\n', n) : NULL;
	return nl != NULL && (size_t)(nl - p) > n / 2 ?
	    (size_t)(nl - p) + 1 : n;
}

/* The begin of a piece of at most n bytes at the end. */
static size_t
tail_begin(const char *p, size_t len, size_t n)
{
	size_t at = n >= len ? 0 : len - n;
	const char *nl;

	while (at < len && ((unsigned char)p[at] & 0xc0) == 0x80)
		at++;
	nl = at < len ? memchr(p + at, '\n', len - at) : NULL;
	return nl != NULL && (size_t)(nl - p) - at < n / 2 ?
	    (size_t)(nl - p) + 1 : at;
}

static void
gap(struct buf *b, size_t bytes, const char *why, const char *artifact)
{
	buf_addf(b, "[%zu bytes left out", bytes);
	if (why != NULL)
		buf_addf(b, ": %s", why);
	if (artifact != NULL)
		buf_addf(b, "; all of it: %s", artifact);
	buf_addc(b, ']');
}

jv
compact_cut(jv msg, size_t head, size_t tail, const char *why,
    const char *artifact)
{
	struct buf text = BUF_INIT, b = BUF_INIT;
	size_t from, to;
	jv m = js_ref(msg);

	msg_content(&text, msg);
	from = head_end(buf_str(&text), text.len, head);
	to = tail_begin(buf_str(&text), text.len, tail);
	if (from < to) {
		buf_add(&b, buf_str(&text), from);
		if (from > 0 && b.data[b.len - 1] != '\n')
			buf_addc(&b, '\n');
		gap(&b, to - from, why, artifact);
		if (to < text.len) {
			buf_addc(&b, '\n');
			buf_add(&b, text.data + to, text.len - to);
		}
	}
	/* What is hardly there gains nothing. */
	if (b.len > 0 && b.len < text.len)
		m = js_set(m, "content", js_from_buf(&b));
	buf_free(&b);
	buf_free(&text);
	return m;
}

/* A value of the arguments, long strings in it cut. */
static jv
cut_value_take(jv v, size_t max, int depth, bool *changed)
{
	struct buf b = BUF_INIT;
	size_t n;
	const char *s = js_bytes(v, &n);
	jv o, keys;

	if (s != NULL && n > max) {
		size_t keep = utf8_cut(s, max / 2);

		buf_add(&b, s, keep);
		buf_addf(&b, "... [%zu bytes left out]", n - keep);
		js_free(v);
		v = js_from_buf(&b);
		buf_free(&b);
		*changed = true;
		return v;
	}
	if (!js_is_obj(v) || depth == 0)
		return v;
	o = js_obj();
	keys = js_keys(v);
	for (size_t i = 0; i < js_len(keys); i++) {
		jv k = js_at(keys, i);
		const char *key = js_cstr(k);

		if (key != NULL)
			o = js_set(o, key, cut_value_take(js_get(v, key), max,
			    depth - 1, changed));
		js_free(k);
	}
	js_free(keys);
	js_free(v);
	return o;
}

/* Arguments of which cutting strings saves too little, or that no tool could
 * read: how they begin, as an object's text. */
static void
cut_whole(struct buf *b, const char *s, size_t n, size_t max)
{
	size_t keep = utf8_cut(s, max / 2);
	struct buf text = BUF_INIT;
	jv o;

	buf_add(&text, s, keep);
	buf_addf(&text, "... [%zu bytes left out]", n - keep);
	o = js_set(js_obj(), "arguments", js_from_buf(&text));
	buf_reset(b);
	js_dump(b, o);
	js_free(o);
	buf_free(&text);
}

/* One call with its long arguments cut; they stay an object's text. */
static jv
cut_call_take(jv call, size_t max, bool *changed)
{
	struct err ignored = ERR_INIT;
	struct buf b = BUF_INIT;
	jv fn = js_get(call, "function"), args;
	bool cut = false;
	size_t n;
	const char *s = js_str_len(fn, "arguments", &n);

	if (s == NULL || n <= max) {
		js_free(fn);
		return call;
	}
	args = js_parse(s, n, &ignored);
	if (js_is_obj(args)) {
		args = cut_value_take(args, max, DEPTH, &cut);
		js_dump(&b, args);
	}
	if (!js_is_obj(args) || b.len > 4 * max) {
		cut_whole(&b, s, n, max);
		cut = true;
	}
	if (cut && b.len < n) {
		fn = js_set(fn, "arguments", js_from_buf(&b));
		call = js_set(call, "function", js_ref(fn));
		*changed = true;
	}
	js_free(args);
	buf_free(&b);
	js_free(fn);
	return call;
}

jv
compact_cut_args(jv msg, size_t max)
{
	jv m = js_ref(msg), calls = js_get(m, "tool_calls");
	jv list = js_arr();
	bool changed = false;

	for (size_t i = 0; js_is_arr(calls) && i < js_len(calls); i++)
		list = js_push(list, cut_call_take(js_at(calls, i), max,
		    &changed));
	if (changed)
		m = js_set(m, "tool_calls", js_ref(list));
	if (js_has(m, "reasoning_content"))
		m = js_del(m, "reasoning_content");
	js_free(list);
	js_free(calls);
	return m;
}
