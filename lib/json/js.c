/*
 * js.c - JSON values, over libjq's jv, without its traps.
 *
 * Parsing: scan.h judges the text first, so jv_parse only ever sees sound
 * JSON of bounded depth; its own messages, which quote the whole input,
 * never come into play.
 */
#include "json/js.h"

#include "base/mem.h"
#include "base/utf8.h"
#include "json/jsfix.h"
#include "json/scan.h"

#include <limits.h>
#include <math.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#define TWO_53	9007199254740992.0

static void
no_memory(void *unused)
{
	(void)unused;
	mem_die();
}

/* Without it libjq would end the process by abort(3). */
static void __attribute__((constructor))
set_nomem(void)
{
	jv_nomem_handler(no_memory, NULL);
}

jv
js_parse(const char *p, size_t n, struct err *e)
{
	struct scan_info info;
	struct buf text = BUF_INIT;
	jv v;

	if (n >= 3 && memcmp(p, "\xef\xbb\xbf", 3) == 0) {
		p += 3;
		n -= 3;
	}
	if (n >= INT_MAX) {
		err_set(e, ERR_DATA, "not JSON: %zu bytes are too many", n);
		return jv_invalid();
	}
	if (!scan_text(p, n, JS_DEPTH, &info)) {
		err_set(e, ERR_DATA, "not JSON: %s, at byte %zu", info.fault,
		    info.at + 1);
		return jv_invalid();
	}
	/* A copy either way: jv_parse_sized wants a NUL behind the text. */
	if (info.surrogate || info.bytes)
		jsfix_unicode(&text, p, n);
	else
		buf_add(&text, p, n);
	v = jv_parse_sized(text.data, (int)text.len);
	buf_free(&text);
	if (!jv_is_valid(v)) {
		jv_free(v);
		err_set(e, ERR_DATA, "not JSON that can be read");
		return jv_invalid();
	}
	return v;
}

static void
dump(struct buf *b, jv v, int flags)
{
	jv s;

	BUG(!jv_is_valid(v));
	s = jv_dump_string(jv_copy(v), flags);
	buf_add(b, jv_string_value(s), (size_t)jv_string_length_bytes(
	    jv_copy(s)));
	jv_free(s);
}

void
js_dump(struct buf *b, jv v)
{
	dump(b, v, 0);
}

void
js_dump_sorted(struct buf *b, jv v)
{
	dump(b, v, JV_PRINT_SORTED);
}

void
js_dump_pretty(struct buf *b, jv v)
{
	dump(b, v, JV_PRINT_PRETTY | JV_PRINT_INDENT_FLAGS(2));
}

void
js_quote(struct buf *b, const char *p, size_t n)
{
	static const char hex[] = "0123456789abcdef";
	struct buf fixed = BUF_INIT;

	if (!utf8_valid(p, n)) {
		utf8_repair(&fixed, p, n);
		p = fixed.data;
		n = fixed.len;
	}
	buf_grow(b, n + 2);
	buf_addc(b, '"');
	for (size_t i = 0, run = 0; i <= n; i++) {
		unsigned char c = i < n ? (unsigned char)p[i] : '"';

		if (c >= 0x20 && c != '"' && c != '\\' && c != 0x7f)
			continue;
		buf_add(b, p + run, i - run);
		run = i + 1;
		if (i == n)
			break;
		if (c == '"' || c == '\\') {
			buf_addc(b, '\\');
			buf_addc(b, (char)c);
		} else if (c == '\n') {
			buf_add(b, "\\n", 2);
		} else if (c == '\t') {
			buf_add(b, "\\t", 2);
		} else if (c == '\r') {
			buf_add(b, "\\r", 2);
		} else {
			char u[6] = { '\\', 'u', '0', '0', hex[c >> 4],
			    hex[c & 15] };

			buf_add(b, u, sizeof(u));
		}
	}
	buf_addc(b, '"');
	buf_free(&fixed);
}

/* ---- readers ---- */

static bool
is(jv v, jv_kind kind)
{
	return jv_get_kind(v) == kind;
}

bool
js_is_obj(jv v)
{
	return is(v, JV_KIND_OBJECT);
}

bool
js_is_arr(jv v)
{
	return is(v, JV_KIND_ARRAY);
}

bool
js_is_str(jv v)
{
	return is(v, JV_KIND_STRING);
}

bool
js_is_num(jv v)
{
	return is(v, JV_KIND_NUMBER);
}

bool
js_is_bool(jv v)
{
	return is(v, JV_KIND_TRUE) || is(v, JV_KIND_FALSE);
}

bool
js_is_null(jv v)
{
	return is(v, JV_KIND_NULL);
}

bool
js_is_valid(jv v)
{
	return jv_is_valid(v);
}

const char *
js_kind(jv v)
{
	if (!jv_is_valid(v))
		return "nothing";
	if (js_is_bool(v))
		return "boolean";
	return jv_kind_name(jv_get_kind(v));
}

jv
js_get(jv o, const char *key)
{
	if (!js_is_obj(o))
		return jv_invalid();
	return jv_object_get(jv_copy(o), jv_string(key));
}

bool
js_has(jv o, const char *key)
{
	return js_is_obj(o) && jv_object_has(jv_copy(o), jv_string(key));
}

size_t
js_len(jv v)
{
	if (js_is_arr(v))
		return (size_t)jv_array_length(jv_copy(v));
	if (js_is_obj(v))
		return (size_t)jv_object_length(jv_copy(v));
	return 0;
}

jv
js_at(jv a, size_t i)
{
	if (!js_is_arr(a) || i >= js_len(a))
		return jv_invalid();
	return jv_array_get(jv_copy(a), (int)i);
}

jv
js_keys(jv o)
{
	jv keys = jv_array();

	if (!js_is_obj(o))
		return keys;
	jv_object_foreach(o, k, v) {
		keys = jv_array_append(keys, k);
		jv_free(v);
	}
	return keys;
}

const char *
js_bytes(jv v, size_t *len)
{
	if (!js_is_str(v)) {
		if (len != NULL)
			*len = 0;
		return NULL;
	}
	if (len != NULL)
		*len = (size_t)jv_string_length_bytes(jv_copy(v));
	return jv_string_value(v);
}

const char *
js_cstr(jv v)
{
	size_t n;
	const char *s = js_bytes(v, &n);

	return s != NULL && strlen(s) == n ? s : NULL;
}

const char *
js_str_len(jv o, const char *key, size_t *len)
{
	jv v = js_get(o, key);
	const char *s = js_bytes(v, len);

	/* o holds its own reference, so s lives on. */
	jv_free(v);
	return s;
}

const char *
js_str(jv o, const char *key)
{
	jv v = js_get(o, key);
	const char *s = js_cstr(v);

	jv_free(v);
	return s;
}

bool
js_str_is(jv o, const char *key, const char *s)
{
	const char *have = js_str(o, key);

	return have != NULL && strcmp(have, s) == 0;
}

bool
js_bool(jv o, const char *key, bool dflt)
{
	jv v = js_get(o, key);

	if (js_is_bool(v))
		dflt = is(v, JV_KIND_TRUE);
	jv_free(v);
	return dflt;
}

bool
js_int_of(jv v, int64_t min, int64_t max, int64_t *out)
{
	double d;

	if (!js_is_num(v))
		return false;
	d = jv_number_value(v);
	if (!(d >= -TWO_53 && d <= TWO_53) || d != floor(d) ||
	    d < (double)min || d > (double)max)
		return false;
	*out = (int64_t)d;
	return true;
}

bool
js_int(jv o, const char *key, int64_t min, int64_t max, int64_t *out)
{
	jv v = js_get(o, key);
	bool ok = js_int_of(v, min, max, out);

	jv_free(v);
	return ok;
}

double
js_num(jv o, const char *key, double dflt)
{
	jv v = js_get(o, key);

	if (js_is_num(v))
		dflt = jv_number_value(v);
	jv_free(v);
	return dflt;
}

bool
js_eq(jv a, jv b)
{
	if (!jv_is_valid(a) || !jv_is_valid(b))
		return jv_is_valid(a) == jv_is_valid(b);
	return jv_equal(jv_copy(a), jv_copy(b));
}

/* ---- builders ---- */

jv
js_obj(void)
{
	return jv_object();
}

jv
js_arr(void)
{
	return jv_array();
}

jv
js_null(void)
{
	return jv_null();
}

jv
js_from_bool(bool v)
{
	return v ? jv_true() : jv_false();
}

jv
js_from_int(int64_t v)
{
	BUG((double)v > TWO_53 || (double)v < -TWO_53);
	return jv_number((double)v);
}

jv
js_from_num(double v)
{
	return jv_number(v);
}

jv
js_from_str(const char *s)
{
	return js_from_bytes(s, strlen(s));
}

jv
js_from_bytes(const char *p, size_t n)
{
	BUG(n >= INT_MAX);
	return jv_string_sized(n != 0 ? p : "", (int)n);
}

jv
js_from_buf(const struct buf *b)
{
	return js_from_bytes(b->data, b->len);
}

jv
js_fmt(const char *fmt, ...)
{
	va_list ap;
	char *s;
	jv v;

	va_start(ap, fmt);
	s = xvasprintf(fmt, ap);
	va_end(ap);
	v = js_from_str(s);
	free(s);
	return v;
}

jv
js_set(jv o, const char *key, jv v)
{
	BUG(!js_is_obj(o) || !jv_is_valid(v));
	return jv_object_set(o, jv_string(key), v);
}

jv
js_set_str(jv o, const char *key, const char *s)
{
	return js_set(o, key, js_from_str(s));
}

jv
js_set_int(jv o, const char *key, int64_t v)
{
	return js_set(o, key, js_from_int(v));
}

jv
js_set_bool(jv o, const char *key, bool v)
{
	return js_set(o, key, js_from_bool(v));
}

jv
js_set_list(jv o, const char *key, const struct vec *v)
{
	jv a;

	if (v->n == 0)
		return o;
	a = js_arr();
	for (size_t i = 0; i < v->n; i++)
		a = js_push(a, js_from_str(v->v[i]));
	return js_set(o, key, a);
}

jv
js_copy_key(jv o, const char *key, jv src, const char *from)
{
	jv v = js_get(src, from);

	if (jv_is_valid(v))
		return js_set(o, key, v);
	jv_free(v);
	return o;
}

jv
js_del(jv o, const char *key)
{
	BUG(!js_is_obj(o));
	return jv_object_delete(o, jv_string(key));
}

jv
js_push(jv a, jv v)
{
	BUG(!js_is_arr(a) || !jv_is_valid(v));
	return jv_array_append(a, v);
}

jv
js_ref(jv v)
{
	return jv_copy(v);
}

void
js_free(jv v)
{
	jv_free(v);
}

jv
js_none(void)
{
	return jv_invalid();
}
