/* JSON is judged strictly, repaired where only Unicode is amiss, and no
 * value, however wrong its kind, ends the process. */
#include "base/mem.h"
#include "json/exact.h"
#include "json/js.h"
#include "json/jsfix.h"
#include "json/scan.h"

#include <stdlib.h>

#include "tap.h"

static char *
dumped(jv v)
{
	struct buf b = BUF_INIT;

	if (js_is_valid(v))
		js_dump(&b, v);
	js_free(v);
	return buf_detach(&b);
}

static void
accepts(const char *in, const char *want)
{
	struct err e = ERR_INIT;
	char *got = dumped(js_parse(in, strlen(in), &e));

	is_str(got, want, "read and printed");
	free(got);
}

static void
refuses(const char *in, size_t n)
{
	struct err e = ERR_INIT;
	jv v = js_parse(in, n, &e);

	ok(!js_is_valid(v) && e.kind == ERR_DATA, "refused: %.60s", in);
	ok(n < 12 || strstr(e.msg, in) == NULL, "the input is not quoted");
	js_free(v);
}

/* text read and written again by itself, or by other text */
static void
exact(const char *text, const char *like, const char *want)
{
	struct err e = ERR_INIT;
	struct buf b = BUF_INIT;
	jv v = js_parse(text, strlen(text), &e);

	exact_dump(&b, v, like, strlen(like));
	is_str(buf_str(&b), want, text);
	buf_free(&b);
	js_free(v);
}

static void
exactly(void)
{
	static const char *const same[] = {
		"1700000000123456789", "-9223372036854775808", "1.0", "1e400",
		"-1E+400", "0.1000000000000000055", "[1.0,[2.50],\"3.0\"]",
		"{\"id\":1700000000123456789,\"x\":[{\"y\":1e2}],\"z\":1}",
		"{\"a\\\"b\":10000000000000001,\"c\":\"10000000000000001\"}",
		"{\"\":12345678901234567890}", "{\"a\":{},\"b\":1.0}",
	};

	for (size_t i = 0; i < BASE_NITEMS(same); i++)
		exact(same[i], same[i], same[i]);
	exact("{\"a\":1,\"b\":2}", "{ \"b\" : 2.0 , \"a\":1.0}",
	    "{\"a\":1.0,\"b\":2.0}");
	exact("{\"a\":1,\"a\":2}", "{\"a\":1.0,\"a\":2.0}", "{\"a\":2}");
	exact("{\"\\u0061\":5}", "{\"\\u0061\":5.0}", "{\"a\":5.0}");
	exact("{\"x\":1,\"y\":2,\"a\":3}", "{\"a\":3.0}",
	    "{\"x\":1,\"y\":2,\"a\":3.0}");
	exact("[7,8]", "[7.0]", "[7.0,8]");
	exact("[7,8]", "[7.1,8.0]", "[7,8.0]");
	exact("[7,8]", "{\"a\":7.0}", "[7,8]");
	exact("[7]", "[7.0", "[7]");
	exact("[7]", "[07.0]", "[7]");
	exact("{\"a\":\"7\"}", "{\"a\":7.0}", "{\"a\":\"7\"}");
	exact("{\"a\":{\"b\":7}}", "{\"a\":7.0}", "{\"a\":{\"b\":7}}");
}

static void
parsing(void)
{
	static const char *const bad[] = {
		"", " ", "nan", "NaN", "[nan]", "Infinity", "007", "+1",
		".5", "1.", "1e", "-", "tru", "nulll", "{", "}", "[1,]",
		"{\"a\":1,}", "{\"a\"}", "{a:1}", "{\"a\":}", "'a'",
		"\"a", "\"\\x\"", "\"\\u12g4\"", "\"\\u12\"", "\"a\tb\"",
		"1 2", "{} x", "[1 2]", "// c\n1", "[1,2", "\"\\", "[}", "{]",
		"a very long text that is no JSON at all, and secret",
	};
	struct buf deep = BUF_INIT;

	accepts("{\"b\":1,\"a\":[true,null,\"\\u00e9\\n\"]}",
	    "{\"b\":1,\"a\":[true,null,\"\xc3\xa9\\n\"]}");
	accepts(" \r\n\t[ 1 , -0.5 , 1e3 ] \n", "[1,-0.5,1000]");
	accepts("\xef\xbb\xbf{}", "{}");
	accepts("\"\\ud83d\\ude00\"", "\"\xf0\x9f\x98\x80\"");
	accepts("\"a\\ud83d\"", "\"a\xef\xbf\xbd\"");
	accepts("\"\\ude00z\"", "\"\xef\xbf\xbdz\"");
	accepts("\"\\ud83d\\ud83d\\ude00\"",
	    "\"\xef\xbf\xbd\xf0\x9f\x98\x80\"");
	accepts("\"\\\\ud83d\"", "\"\\\\ud83d\"");
	accepts("\"\xff\xe2\x82\"", "\"\xef\xbf\xbd\xef\xbf\xbd\"");
	accepts("\"a\xe2\x80\xa8z\"", "\"a\xe2\x80\xa8z\"");
	accepts("{\"a\":1,\"a\":2}", "{\"a\":2}");
	for (size_t i = 0; i < BASE_NITEMS(bad); i++)
		refuses(bad[i], strlen(bad[i]));
	refuses("\"a\0b\"", 5);
	for (int i = 0; i < 300; i++)
		buf_addc(&deep, '[');
	for (int i = 0; i < 300; i++)
		buf_addc(&deep, ']');
	refuses(deep.data, deep.len);
	buf_cut(&deep, 500);
	{
		struct err e = ERR_INIT;
		jv v = js_parse(deep.data + 100, 400, &e);

		ok(js_is_valid(v), "a depth of 200 is read");
		js_free(v);
	}
	buf_reset(&deep);
	for (int i = 0; i < 1000000; i++)
		buf_addc(&deep, i % 2 ? '{' : '[');
	refuses(deep.data, deep.len);
	buf_free(&deep);
}

/* Every reader on every kind of value: no abort, no lie. */
static void
readers(void)
{
	static const char *const texts[] = {
		"null", "true", "12", "\"s\"", "[1]", "{\"k\":\"v\"}",
		"{\"k\":{\"k\":[]}}", "\"\\u0000\"", "{\"k\":\"a\\u0000b\"}",
		"{\"k\":1e300}", "{\"k\":0.5}", "{\"k\":9007199254740993}",
	};
	struct err e = ERR_INIT;

	for (size_t i = 0; i <= BASE_NITEMS(texts); i++) {
		jv v = i < BASE_NITEMS(texts) ?
		    js_parse(texts[i], strlen(texts[i]), &e) : js_none();
		jv got = js_get(v, "k"), at = js_at(v, 0), keys = js_keys(v);
		int64_t n = -1;
		size_t len = 7;

		ok(!js_int(v, "k", -100, 100, &n), "no small integer");
		ok(js_num(v, "x", 2.5) == 2.5, "default number");
		ok(js_bool(v, "k", true), "default boolean");
		ok(js_str(v, "k") == NULL || i == 5, "string only if it is");
		ok(js_str_len(v, "k", &len) == NULL || i == 5 || i == 8,
		    "bytes only if it is a string");
		ok(js_len(keys) == (i >= 5 && i != 7 && i < 12), "keys");
		ok(js_is_valid(at) == (i == 4), "elements");
		ok(js_cstr(v) == NULL || i == 3, "no C string with a NUL");
		ok(js_kind(v) != NULL && js_eq(v, v), "a kind; equals itself");
		js_free(got);
		js_free(at);
		js_free(keys);
		js_free(v);
	}
}

static void
builders(void)
{
	struct buf b = BUF_INIT;
	jv o = js_obj(), src;
	char *s;

	o = js_set_str(o, "s", "a\xff" "b");
	o = js_set_int(o, "n", 9007199254740992);
	o = js_set_bool(o, "t", true);
	o = js_set(o, "a", js_push(js_push(js_arr(), js_null()),
	    js_fmt("%d%%", 5)));
	src = js_set_str(js_obj(), "from", "there");
	o = js_copy_key(o, "to", src, "from");
	o = js_copy_key(o, "no", src, "absent");
	o = js_del(o, "t");
	js_free(src);
	s = dumped(js_ref(o));
	is_str(s, "{\"s\":\"a\xef\xbf\xbd" "b\",\"n\":9007199254740992,"
	    "\"a\":[null,\"5%\"],\"to\":\"there\"}", "what was built");
	free(s);
	js_dump_sorted(&b, o);
	is_str(buf_str(&b), "{\"a\":[null,\"5%\"],\"n\":9007199254740992,"
	    "\"s\":\"a\xef\xbf\xbd" "b\",\"to\":\"there\"}", "sorted");
	js_free(o);
	buf_reset(&b);
	js_quote(&b, "a\"\\\n\x01\x7f\xff\0z", 9);
	is_str(buf_str(&b), "\"a\\\"\\\\\\n\\u0001\\u007f\xef\xbf\xbd"
	    "\\u0000z\"", "quoting is safe");
	{
		struct err e = ERR_INIT;
		jv v = js_parse(b.data, b.len, &e);
		size_t n = 0;
		const char *p = js_bytes(v, &n);

		is_mem(p, n, "a\"\\\n\x01\x7f\xef\xbf\xbd\0z", 11,
		    "and reads back");
		js_free(v);
	}
	buf_free(&b);
}

static void
spans(void)
{
	static const char text[] = " { \"id\" : 9007199254740993 , "
	    "\"a\\\"b\":[1, {\"x\":\"}\"}],\"role\":\"user\",\"e\":{}} ";
	struct scan_span key, value, el;
	struct scan_info info;
	size_t pos = 0, n = strlen(text);

	ok(scan_text(text, n, 10, &info) && info.depth == 3, "sound, depth 3");
	ok(scan_member(text, n, &pos, &key, &value), "a first member");
	is_mem(value.p, value.n, "9007199254740993", 16,
	    "numbers keep their digits");
	ok(scan_member(text, n, &pos, &key, &value), "a second");
	is_mem(key.p, key.n, "a\\\"b", 4, "keys as they are written");
	is_mem(value.p, value.n, "[1, {\"x\":\"}\"}]", 14, "its value");
	pos = 0;
	ok(scan_element(value.p, value.n, &pos, &el) && el.n == 1, "an element");
	{
		size_t p2 = pos;

		ok(scan_element(value.p, value.n, &p2, &el), "the next");
		is_mem(el.p, el.n, "{\"x\":\"}\"}", 9, "whole");
		ok(!scan_element(value.p, value.n, &p2, &el), "no third");
	}
	ok(scan_find(text, n, "role", &value) && scan_is(value, "user"),
	    "a member by name");
	ok(scan_find(text, n, "e", &value) && value.n == 2, "the last one");
	ok(!scan_find(text, n, "x", &value), "not from within");
	pos = 0;
	ok(!scan_member("[1]", 3, &pos, &key, &value), "an array has none");
	ok(!scan_member("{}", 2, &pos, &key, &value), "nor an empty object");
	ok(!scan_element("[]", 2, &pos, &el), "nor an empty array elements");
}

int
main(void)
{
	exactly();
	parsing();
	readers();
	builders();
	spans();
	return done_testing();
}
