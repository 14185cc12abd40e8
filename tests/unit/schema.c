/*
 * schema.c - the schema subset: what fits, and how faults are told.
 */
#include "json/schema.h"
#include "tap.h"

#include <stdlib.h>

static const struct {
	const char *schema, *value, *why;	/* "" fits */
} cases[] = {
	{ "{}", "1", "" },
	{ "true", "1", "" },
	{ "false", "1", "arguments: expected nothing here, given number 1\n" },
	{ "{\"type\":\"integer\"}", "1", "" },
	{ "{\"type\":\"integer\"}", "1.0", "" },
	{ "{\"type\":\"integer\"}", "1.5",
	    "arguments: expected integer, given number 1.5\n" },
	{ "{\"type\":\"integer\"}", "\"1\"",
	    "arguments: expected integer, given string \"1\"\n" },
	{ "{\"type\":[\"string\",\"null\"]}", "null", "" },
	{ "{\"type\":[\"string\",\"null\"]}", "[]",
	    "arguments: expected string or null, given array []\n" },
	{ "{\"type\":\"number\"}", "true",
	    "arguments: expected number, given boolean true\n" },
	{ "{\"type\":\"object\"}", "null",
	    "arguments: expected object, given null\n" },
	{ "{\"enum\":[\"a\",2]}", "2", "" },
	{ "{\"enum\":[\"a\",2]}", "3",
	    "arguments: expected \"a\", 2 (one of these), given number 3\n" },
	{ "{\"const\":{\"a\":[1]}}", "{\"a\":[1]}", "" },
	{ "{\"const\":7}", "8",
	    "arguments: expected 7, given number 8\n" },
	{ "{\"minimum\":1,\"maximum\":3}", "3", "" },
	{ "{\"minimum\":1}", "0",
	    "arguments: expected at least 1, given number 0\n" },
	{ "{\"exclusiveMaximum\":3}", "3",
	    "arguments: expected less than 3, given number 3\n" },
	{ "{\"maxLength\":2}", "\"\xc3\xa9\xc3\xa9\"", "" },
	{ "{\"minLength\":1}", "\"\"",
	    "arguments: expected at least 1 characters, given string "
	    "\"\"\n" },
	{ "{\"pattern\":\"^[\\\\w-]+\\\\d$\"}", "\"a-b_7\"", "" },
	{ "{\"pattern\":\"^\\\\d+$\"}", "\"x\"",
	    "arguments: expected a string that matches ^\\d+$, given string "
	    "\"x\"\n" },
	{ "{\"items\":{\"type\":\"string\"}}", "[\"a\",1,\"b\",2]",
	    "[1]: expected string, given number 1\n"
	    "[3]: expected string, given number 2\n" },
	{ "{\"minItems\":1}", "[]",
	    "arguments: expected at least 1 items, given array []\n" },
	{ "{\"properties\":{\"a\":{\"properties\":{\"b\":{\"type\":"
	    "\"string\"}}}}}", "{\"a\":{\"b\":1}}",
	    "a.b: expected string, given number 1\n" },
	{ "{\"properties\":{\"path\":{\"type\":\"string\"}},\"required\":"
	    "[\"path\"]}", "{}", "path: required (string), missing\n" },
	{ "{\"properties\":{\"path\":{}},\"additionalProperties\":false}",
	    "{\"pth\":1}", "pth: unknown argument; did you mean path?\n" },
	{ "{\"properties\":{\"a\":{},\"b\":{}},\"additionalProperties\":"
	    "false}", "{\"zzzzz\":1}",
	    "zzzzz: unknown argument; known are a, b\n" },
	{ "{\"additionalProperties\":{\"type\":\"number\"}}",
	    "{\"a\":1,\"b\":\"\"}", "b: expected number, given string \"\"\n" },
	{ "{\"anyOf\":[{\"type\":\"string\"},{\"type\":\"null\"}]}",
	    "null", "" },
	{ "{\"anyOf\":[{\"type\":\"string\"}]}", "1", "arguments: expected "
	    "one of the alternatives of the schema, given number 1\n" },
	{ "{\"oneOf\":[{},{}]}", "1", "arguments: expected only one of the "
	    "alternatives of the schema, given number 1\n" },
	{ "{\"allOf\":[{\"minimum\":1},{\"maximum\":0}]}", "5",
	    "arguments: expected at most 0, given number 5\n" },
	{ "{\"format\":\"nonsense\",\"x\":[]}", "1", "" },
	{ "{\"type\":7,\"required\":3,\"properties\":[],\"items\":\"x\","
	    "\"enum\":{}}", "{\"a\":[1]}", "" },
};

static void
bounded(void)
{
	struct buf s = BUF_INIT, v = BUF_INIT, why = BUF_INIT;
	struct err e = ERR_INIT;
	jv schema, value;
	size_t lines = 0;

	buf_adds(&v, "[\"");
	for (int i = 0; i < 100000; i++)
		buf_addc(&v, 'x');
	buf_addc(&v, '"');
	for (int i = 0; i < 100; i++)
		buf_adds(&v, ",\"\"");
	buf_addc(&v, ']');
	buf_adds(&s, "{\"items\":{\"type\":\"number\"}}");
	schema = js_parse(s.data, s.len, &e);
	value = js_parse(v.data, v.len, &e);
	ok(!schema_check(schema, value, &why), "a long value does not fit");
	for (size_t i = 0; i < why.len; i++)
		lines += why.data[i] == '\n';
	is_int(lines, 8, "at most eight faults are told");
	ok(why.len < 1000, "and briefly");
	js_free(schema);
	js_free(value);
	buf_free(&s);
	buf_free(&v);
	buf_free(&why);
}

/* Patterns of a stranger cost neither stack, nor memory, nor an evening. */
static void
hostile(void)
{
	static const char *const patterns[] = {
		"((((a{1,255}){1,255}){1,255}){1,255})", "((a|b)*)\\1c",
		("(((((((((((((((((((((((((((((((a+)+)+)+)+)+)+)+)+)+)+)+)+)+)+"
		")+)+)+)+)+)+)+)+)+)+)+)+)+)+)+)+)+"), "(a|b)*a(a|b){100}c$",
	};
	struct buf deep = BUF_INIT, text = BUF_INIT;
	jv v;

	for (int i = 0; i < 100000; i++) {
		buf_addc(&deep, '(');
		buf_addc(&text, "ab"[i % 3 == 0]);
	}
	v = js_from_bytes(text.data, text.len);
	for (size_t i = 0; i <= sizeof(patterns) / sizeof(*patterns); i++) {
		jv s = js_set_str(js_obj(), "pattern", i < sizeof(patterns) /
		    sizeof(*patterns) ? patterns[i] : buf_str(&deep));

		ok(schema_check(s, v, NULL), "a hostile pattern: %zu", i);
		js_free(s);
	}
	js_free(v);
	buf_free(&deep);
	buf_free(&text);
}

int
main(void)
{
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct err e = ERR_INIT;
		struct buf why = BUF_INIT;
		jv s = js_parse(cases[i].schema, strlen(cases[i].schema), &e);
		jv v = js_parse(cases[i].value, strlen(cases[i].value), &e);
		bool fits = schema_check(s, v, &why);

		is_int(fits, cases[i].why[0] == '\0', cases[i].schema);
		is_str(buf_str(&why), cases[i].why, cases[i].value);
		js_free(s);
		js_free(v);
		buf_free(&why);
	}
	bounded();
	hostile();
	return done_testing();
}
