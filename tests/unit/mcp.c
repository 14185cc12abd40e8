/* Names, variables, schemas, header values: what agent-mcp makes of what
 * strangers and users write. */
#include "tap.h"

#include "base/mem.h"
#include "core/rpc.h"
#include "mcp/creds.h"
#include "mcp/endpoint.h"
#include "mcp/entry.h"
#include "mcp/tools.h"
#include "mcp/web.h"
#include "tool/content.h"

#include <stdlib.h>
#include <string.h>

static void
names(void)
{
	static const struct { const char *server, *tool, *want; } cases[] = {
		{ "fs", "read", "fs__read" }, { "fs", "Re-ad_2", "fs__Re-ad_2" },
		{ "a.b", "c", "a_b__c" }, { "fs", "", "fs__" },
	};
	struct buf b = BUF_INIT, c = BUF_INIT;
	char tool[200];

	for (size_t i = 0; i < BASE_NITEMS(cases); i++) {
		buf_reset(&b);
		tools_name(&b, cases[i].server, cases[i].tool);
		is_str(buf_str(&b), cases[i].want, cases[i].want);
	}
	buf_reset(&b);
	tools_name(&b, "fs", "a.b");
	ok(strncmp(buf_str(&b), "fs__a_b_", 8) == 0 && b.len == 16,
	    "a hash stands for what was changed");
	buf_reset(&b);
	memset(tool, 'x', sizeof(tool));
	tool[199] = '\0';
	tools_name(&b, "fs", tool);
	ok(b.len == 64, "a long name is cut to 64 bytes");
	tool[100] = 'y';
	tools_name(&c, "fs", tool);
	ok(strcmp(buf_str(&b), buf_str(&c)) != 0, "and another one stays "
	    "another");
	buf_reset(&b);
	buf_reset(&c);
	tools_name(&b, "fs", "a b");
	tools_name(&c, "fs", "a/b");
	ok(strcmp(buf_str(&b), buf_str(&c)) != 0, "so are those with other "
	    "characters");
	buf_free(&b);
	buf_free(&c);
}

static void
variables(void)
{
	static const struct { const char *in, *want; } cases[] = {
		{ "plain", "plain" }, { "a${SET}b", "avalueb" },
		{ "${SET}${SET}", "valuevalue" }, { "$SET", "$SET" },
		{ "${UNSET:-other}", "other" }, { "${SET:-other}", "value" },
		{ "${EMPTY:-other}", "other" }, { "${EMPTY}", "" },
		{ "${UNSET:-}", "" }, { "${UNSET:-${SET}", "${SET" },
		{ "${UNSET}", NULL }, { "${", NULL }, { "${}", NULL },
		{ "${SET", NULL }, { "${SE T}", NULL }, { "${1A}", NULL },
		{ "${SET:x}", NULL },
	};
	struct buf b = BUF_INIT;

	setenv("SET", "value", 1);
	setenv("EMPTY", "", 1);
	unsetenv("UNSET");
	for (size_t i = 0; i < BASE_NITEMS(cases); i++) {
		struct err e = ERR_INIT;
		int rc;

		buf_reset(&b);
		rc = entry_expand(&b, cases[i].in, &e);
		ok(cases[i].want == NULL ? rc == -1 && e.kind == ERR_CONFIG :
		    rc == 0 && strcmp(buf_str(&b), cases[i].want) == 0,
		    "%s", cases[i].in);
	}
	/* Once: what a value holds is not looked at again. */
	setenv("SET", "${EMPTY}", 1);
	buf_reset(&b);
	entry_expand(&b, "${SET}", &(struct err)ERR_INIT);
	ok(strcmp(buf_str(&b), "${EMPTY}") == 0, "values are not expanded");
	buf_free(&b);
}

static void
headers(void)
{
	static const struct { const char *in, *want; } cases[] = {
		{ "us-west1", "us-west1" }, { "", "" }, { "a b", "a b" },
		{ "Hello, 世界", "=?base64?SGVsbG8sIOS4lueVjA==?=" },
		{ " padded ", "=?base64?IHBhZGRlZCA=?=" },
		{ "line1\nline2", "=?base64?bGluZTEKbGluZTI=?=" },
		{ "=?base64?literal?=",
		    "=?base64?PT9iYXNlNjQ/bGl0ZXJhbD89?=" },
	};
	struct buf b = BUF_INIT;

	for (size_t i = 0; i < BASE_NITEMS(cases); i++) {
		buf_reset(&b);
		web_value(&b, cases[i].in, strlen(cases[i].in));
		ok(strcmp(buf_str(&b), cases[i].want) == 0, "a value in a "
		    "header: %s", cases[i].want);
	}
	buf_free(&b);
}

/* One tool of that schema from a service: taken or not. */
static bool
taken(const char *schema)
{
	struct entry s = { .name = (char *)(uintptr_t)"s", .http = true };
	struct vec notes = VEC_INIT;
	struct err e = ERR_INIT;
	char *text = xasprintf("[{\"name\":\"t\",\"inputSchema\":%s}]",
	    schema);
	jv list = js_parse(text, strlen(text), &e);
	jv tools = tools_take(&s, js_arr(), list, &notes);
	bool yes = js_len(tools) == 1;

	ok(yes == (notes.n == 0), "taken, or the reason is told: %s", schema);
	js_free(tools);
	js_free(list);
	vec_free(&notes);
	free(text);
	return yes;
}

static void
schemas(void)
{
	ok(taken("{}"), "no type is an object");
	ok(taken("{\"type\":\"object\",\"$ref\":\"#/$defs/a\"}"), "a "
	    "reference within");
	ok(!taken("{\"$ref\":\"x.json\"}"), "one to elsewhere");
	ok(!taken("{\"type\":\"string\"}"), "no object");
	ok(!taken("[]"), "an array");
	ok(taken("{\"properties\":{\"a\":{\"type\":\"string\","
	    "\"x-mcp-header\":\"A\"}}}"), "an argument as a header");
	ok(!taken("{\"properties\":{\"a\":{\"type\":\"number\","
	    "\"x-mcp-header\":\"A\"}}}"), "not of a number");
	ok(!taken("{\"properties\":{\"a\":{\"type\":\"string\","
	    "\"x-mcp-header\":\"A\\r\\nB: c\"}}}"), "no line end in it");
	ok(!taken("{\"properties\":{\"a\":{\"type\":\"array\",\"items\":{"
	    "\"type\":\"string\",\"x-mcp-header\":\"A\"}}}}"), "not in a "
	    "list");
	ok(!taken("{\"properties\":{\"a\":{\"type\":\"string\","
	    "\"x-mcp-header\":\"A\"},\"b\":{\"type\":\"string\","
	    "\"x-mcp-header\":\"a\"}}}"), "not twice, in any case of letters");
}

static void
messages(void)
{
	static const struct { const char *in; enum rpc_kind want; } cases[] = {
		{ "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"a\"}",
		    RPC_REQUEST },
		{ "{\"jsonrpc\":\"2.0\",\"id\":\"\",\"method\":\"a\"}",
		    RPC_REQUEST },
		{ "{\"jsonrpc\":\"2.0\",\"method\":\"a\"}",
		    RPC_NOTIFICATION },
		{ "{\"jsonrpc\":\"2.0\",\"id\":1,\"result\":null}",
		    RPC_RESULT },
		{ "{\"jsonrpc\":\"2.0\",\"error\":{}}", RPC_ERROR },
		{ "{\"jsonrpc\":\"2.0\",\"id\":null,\"method\":\"a\"}",
		    RPC_NONE },
		{ "{\"jsonrpc\":\"2.0\",\"id\":1.5,\"method\":\"a\"}",
		    RPC_NONE },
		{ "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":2}", RPC_NONE },
		{ "{\"id\":1,\"method\":\"a\"}", RPC_NONE },
		{ "[]", RPC_NONE }, { "7", RPC_NONE },
	};

	for (size_t i = 0; i < BASE_NITEMS(cases); i++) {
		struct err e = ERR_INIT;
		jv v = js_parse(cases[i].in, strlen(cases[i].in), &e);

		ok(rpc_classify(v) == cases[i].want, "%s", cases[i].in);
		js_free(v);
	}
}

/* What a headers_cmd prints. */
static void
creds(void)
{
	static const struct { const char *text, *first; size_t n; } cases[] = {
		{ "A: b", "A: b", 1 }, { "A:b\r\n\nC:  d \n", "A: b", 2 },
		{ " {\"A\":\"b:c\",\"D\":\"\"}\n", "A: b:c", 2 },
		{ "", NULL, 0 }, { "{}", NULL, 0 }, { "{", NULL, 0 },
		{ "token", NULL, 0 }, { "A b: c", NULL, 0 },
		{ ": c", NULL, 0 }, { "A: b\rC: d", NULL, 0 },
		{ "{\"A\":7}", NULL, 0 }, { "{\"A\":\"b\\nC: d\"}", NULL, 0 },
	};

	for (size_t i = 0; i < BASE_NITEMS(cases); i++) {
		struct vec v = VEC_INIT;
		struct err e = ERR_INIT;
		int rc = creds_read(&v, cases[i].text, strlen(cases[i].text),
		    &e);

		if (cases[i].first == NULL)
			ok(rc == -1, "no headers");
		else
			ok(rc == 0 && v.n == cases[i].n && strcmp(v.v[0],
			    cases[i].first) == 0, "headers");
		vec_free(&v);
	}
}

/* Where a service of the oldest transport wants messages. */
static void
endpoints(void)
{
	static const struct { const char *text, *want; } cases[] = {
		{ "/m?s=1", "http://h.example:81/m?s=1" },
		{ "m", "http://h.example:81/a/m" },
		{ "http://h.example:81/x", "http://h.example:81/x" },
		{ "//h.example:81/x", "http://h.example:81/x" },
		{ "https://h.example:81/x", NULL }, { "//other/x", NULL },
		{ "http://h.example/x", NULL }, { "file:///etc/passwd", NULL },
		{ "http://h.example:81@other/x", NULL }, { "", NULL },
		{ "http://user:pw@h.example:81/x", NULL },
	};

	for (size_t i = 0; i < BASE_NITEMS(cases); i++) {
		struct err e = ERR_INIT;
		char *url = endpoint_url("http://h.example:81/a/sse",
		    cases[i].text, strlen(cases[i].text), &e);

		if (cases[i].want == NULL)
			ok(url == NULL, "refused: %s", cases[i].text);
		else
			is_str(url != NULL ? url : e.msg, cases[i].want,
			    cases[i].text);
		free(url);
	}
}

int
main(void)
{
	names();
	variables();
	headers();
	schemas();
	messages();
	creds();
	endpoints();
	return done_testing();
}
