/*
 * gate_delta.c - pieces of answers to messages: delta, calls, mend, quick.
 */
#include "gate/delta.h"
#include "gate/quick.h"
#include "gate/wire.h"
#include "json/js.h"

#include "tap.h"

static struct buf seen;

static void
see(void *arg, enum delta_kind kind, const char *p, size_t n, int index,
    const char *name)
{
	(void)arg;
	buf_addf(&seen, "%c%d%s%s:%.*s|", "tra"[kind], index,
	    name != NULL ? " " : "", name != NULL ? name : "", (int)n, p);
}

static void
take(struct delta *d, const char *json)
{
	struct err e = ERR_INIT;
	struct buf marked = BUF_INIT;
	bool torn = mend_in(&marked, json, strlen(json));
	jv v = js_parse(torn ? marked.data : json, torn ? marked.len :
	    strlen(json), &e);

	if (!js_is_valid(v))
		ok(false, "%s: %s", json, e.msg);
	delta_take(d, v, torn);
	js_free(v);
	buf_free(&marked);
}

/* The message of some chunks, as text. */
static const char *
message(const char *const *chunks)
{
	static struct buf out;
	struct delta d;
	jv m;

	buf_reset(&out);
	buf_reset(&seen);
	delta_init(&d, see, NULL);
	for (; *chunks != NULL; chunks++)
		take(&d, *chunks);
	m = delta_message(&d, DELTA_DONE, js_none());
	js_dump(&out, m);
	js_free(m);
	delta_free(&d);
	return buf_str(&out);
}

#define MESSAGE(...)	message((const char *const[]){ __VA_ARGS__, NULL })
#define D(x)	"{\"choices\":[{\"index\":0,\"delta\":{" x "}}]}"
#define C(x)	D("\"tool_calls\":[{" x "}]")
#define F(n, a)	"\"function\":{\"name\":\"" n "\",\"arguments\":\"" a "\"}"
#define A(a)	"\"function\":{\"arguments\":\"" a "\"}"

/* The calls as "id name arguments; ..." */
static const char *
calls(const char *const *chunks)
{
	static struct buf out;
	struct err e = ERR_INIT;
	const char *text = message(chunks);
	jv m = js_parse(text, strlen(text), &e);
	jv list = js_get(m, "tool_calls");

	buf_reset(&out);
	for (size_t i = 0; i < js_len(list); i++) {
		jv c = js_at(list, i), f = js_get(c, "function");

		buf_addf(&out, "%s %s %s; ", js_str(c, "id"),
		    js_str(f, "name"), js_str(f, "arguments"));
		js_free(f);
		js_free(c);
	}
	js_free(list);
	js_free(m);
	return buf_str(&out);
}

#define CALLS(...)	calls((const char *const[]){ __VA_ARGS__, NULL })

static void
test_calls(void)
{
	is_str(CALLS(C("\"index\":0,\"id\":\"a\"," F("f", "{\\\"x\\\"")),
	    C("\"index\":0," A(":1}"))), "a f {\"x\":1}; ", "pieces");
	is_str(CALLS(C("\"id\":\"a\"," F("f", "{}")),
	    C("\"id\":\"b\"," F("g", "{}"))), "a f {}; b g {}; ",
	    "no index, two ids");
	is_str(CALLS(C("\"id\":\"a\"," F("f", "{")), C(A("}")),
	    C("\"id\":\"b\"," F("f", "{}"))), "a f {}; b f {}; ",
	    "no index, no id goes on with the last");
	is_str(CALLS(C("\"index\":0,\"id\":\"a\"," F("f", "{}")),
	    C("\"index\":0,\"id\":\"b\"," F("g", "{}"))),
	    "a f {}; b g {}; ", "index 0 twice, two ids");
	is_str(CALLS(C("\"index\":0,\"id\":\"a\"," F("f", "{")),
	    C("\"index\":0,\"id\":\"b\"," F("g", "{")),
	    C("\"index\":0,\"id\":\"a\"," A("}")),
	    C("\"index\":0,\"id\":\"b\"," A("}"))), "a f {}; b g {}; ",
	    "the ids tell them apart");
	is_str(CALLS(C("\"index\":1,\"id\":\"a\"," F("f", "")),
	    C("\"index\":3," A("{}"))), "a f {}; ",
	    "arguments with a strange index");
	is_str(CALLS(C("\"index\":0,\"id\":\"a\"," F("f", "{")),
	    C("\"index\":0,\"id\":\"a\"," F("f", "}"))), "a f {}; ",
	    "id and name each time");
	is_str(CALLS(C("\"index\":0,\"id\":\"a\"," F("read_", "")),
	    C("\"index\":0," F("file", "")), C("\"index\":0," A("{}"))),
	    "a read_file {}; ", "a name in two");
	is_str(CALLS(C("\"index\":0,\"id\":\"a\"," A("{")),
	    C("\"index\":0," F("f", "}"))), "a f {}; ", "the name late");
	is_str(CALLS(C("\"index\":0,\"id\":\"a\",\"function\":{\"name\":"
	    "\"f\",\"arguments\":{\"x\":[1,\"y\"]}}")),
	    "a f {\"x\":[1,\"y\"]}; ", "an object");
	is_str(CALLS(C("\"id\":\"a\"," F("f", "")),
	    C("\"id\":\"b\"," F("g", "null")),
	    C("\"id\":\"c\",\"function\":{\"name\":\"h\"}")),
	    "a f {}; b g {}; c h {}; ", "no arguments");
	is_str(CALLS(C("\"id\":\"a\"," F("f",
	    "\\\"{\\\\\\\"x\\\\\\\":1}\\\""))), "a f {\"x\":1}; ",
	    "JSON in a string");
	is_str(CALLS(D("\"function_call\":{\"name\":\"f\",\"arguments\":"
	    "\"{\"}"), D("\"function_call\":{\"arguments\":\"}\"}")) + 10,
	    "f {}; ", "a function_call");
	is_int(strlen(CALLS("{\"choices\":[{\"message\":{\"tool_calls\":["
	    "{\"id\":\"a\"," F("f", "{}") "},{\"id\":\"a\"," F("f", "{}")
	    "}]}}]}")), strlen("a f {}; 123456789 f {}; "),
	    "an id given twice becomes two");
}

static void
test_texts(void)
{
	has(MESSAGE(D("\"content\":\"a\""), D("\"content\":null"),
	    D("\"content\":\"b\"")), "\"content\":\"ab\"", "text");
	is_str(buf_str(&seen), "t-1:a|t-1:b|", "told as it came");
	has(MESSAGE(D("\"content\":\"\\ud83d\""), D("\"content\":\"\\ude00\"")),
	    "\xf0\x9f\x98\x80", "halves of a pair");
	has(MESSAGE(D("\"content\":\"\xf0\x9f\""),
	    D("\"content\":\"\x98\x80\"")), "\xf0\x9f\x98\x80",
	    "halves of a character");
	is_str(buf_str(&seen), "t-1:\xf0\x9f\x98\x80|", "told once whole");
	has(MESSAGE(D("\"content\":\"\\ud83d\""), D("\"content\":\"x\"")),
	    "\"\xef\xbf\xbdx\"", "half of a pair");
	has(MESSAGE(D("\"content\":\"a\xff\"")), "\"a\xef\xbf\xbd\"",
	    "no UTF-8");
	has(MESSAGE(D("\"content\":\"a\\ud83d\"")), "\"a\xef\xbf\xbd\"",
	    "half at the end");
	has(MESSAGE(D("\"content\":\"a\\u0000b\"")), "a\\u0000b", "NUL");
	has(MESSAGE(D("\"content\":[{\"type\":\"thinking\",\"thinking\":"
	    "[{\"type\":\"text\",\"text\":\"hm\"}]},{\"type\":\"text\","
	    "\"text\":\"a\"},\"b\"]")), "\"content\":\"ab\","
	    "\"reasoning_content\":\"hm\"", "parts");
	has(MESSAGE(D("\"reasoning\":\"r\",\"reasoning_content\":\"r\"")),
	    "\"reasoning_content\":\"r\"", "two names for it");
	has(MESSAGE(D("\"refusal\":\"no\"")), "\"refused\":true", "refusal");
	has(MESSAGE("{\"choices\":[{\"index\":1,\"delta\":{\"content\":"
	    "\"b\"}},{\"index\":0,\"delta\":{\"content\":\"a\"}}]}",
	    "{\"choices\":[{\"index\":1,\"delta\":{\"content\":\"c\"}}]}"),
	    "\"content\":\"a\"", "the first choice");
	has(MESSAGE("{\"message\":{\"content\":\"x\",\"tool_calls\":[{"
	    "\"function\":{\"name\":\"f\",\"arguments\":{}}},{\"function\":"
	    "{\"name\":\"f\",\"arguments\":{}}}]},\"done\":true,"
	    "\"eval_count\":3}"), "\"output_tokens\":3", "another API");
}

static void
test_ends(void)
{
	has(MESSAGE("{\"choices\":[{\"delta\":{},\"finish_reason\":"
	    "\"eos\"}]}"), "\"finish_reason\":\"stop\"", "eos is stop");
	has(MESSAGE("{\"choices\":[{\"delta\":{},\"finish_reason\":"
	    "\"tool_calls\"}]}"), "\"finish_reason\":\"stop\"",
	    "no calls: stop");
	has(MESSAGE(C("\"id\":\"a\"," F("f", "{}")), "{\"choices\":[{"
	    "\"delta\":{},\"finish_reason\":\"stop\"}]}"),
	    "\"finish_reason\":\"tool_calls\"", "calls win");
	has(MESSAGE(C("\"id\":\"a\"," F("f", "{")), "{\"choices\":[{"
	    "\"delta\":{},\"finish_reason\":\"length\"}]}"),
	    "\"cut_calls\":[{\"id\":\"a\"", "cut: kept apart");
	has(MESSAGE(D("\"content\":\"x\""), "{\"choices\":[],\"usage\":{"
	    "\"prompt_tokens\":1.0,\"completion_tokens\":2,"
	    "\"prompt_tokens_details\":{\"cached_tokens\":1}}}"),
	    "\"usage\":{\"input_tokens\":1,\"output_tokens\":2,"
	    "\"cached_input_tokens\":1}", "usage");
	has(MESSAGE("{}", "{\"choices\":null}", "{\"choices\":[null,3]}",
	    "{\"choices\":[{\"delta\":3}]}", "{\"choices\":{}}",
	    D("\"tool_calls\":[null,3,{}]")), "\"content\":\"\"",
	    "nonsense is nothing");
}

/* What quick_take does is what delta_take would have done. */
static void
test_quick(void)
{
	static const char *const first = D("\"role\":\"assistant\"");
	static const char *const same[] = {
	    D("\"content\":\"plain\""), D("\"content\":\"\\n\\\"\\\\\\/\\u00e9"
	    "\\ud83d\\ude00\\b\""), D("\"content\":\"\""),
	    D("\"reasoning_content\":\"hm\",\"content\":null"),
	    D("\"role\":\"assistant\",\"content\":\"x\""),
	    D("\"content\":\"a\\u0000b\""),
	    ("{\"id\":\"1\",\"choices\":[{\"delta\":{\"content\":\"x\"},"
	    "\"finish_reason\":null,\"logprobs\":null}],\"usage\":null}"),
	};
	static const char *const other[] = {
	    D("\"content\":[]"), D("\"content\":\"a\",\"reasoning\":\"b\""),
	    D("\"tool_calls\":[]"), D(""),
	    "{\"choices\":[],\"usage\":{\"prompt_tokens\":1}}",
	    ("{\"choices\":[{\"delta\":{\"content\":\"x\"},\"finish_reason\":"
	    "\"stop\"}]}"),
	    "{\"choices\":[{\"index\":1,\"delta\":{\"content\":\"x\"}}]}",
	    "{\"error\":{},\"choices\":[{\"delta\":{\"content\":\"x\"}}]}",
	    "[]", "3", "{}", "{\"choices\":{}}",
	};

	for (size_t i = 0; i < BASE_NITEMS(same); i++) {
		struct quick q = { .before = 0 };
		struct delta a, b;

		delta_init(&a, NULL, NULL);
		delta_init(&b, NULL, NULL);
		take(&a, first);
		take(&b, first);
		take(&a, "{\"model\":\"m\"}");
		take(&b, "{\"model\":\"m\"}");
		ok(quick_take(&q, &a, same[i], strlen(same[i])), "quick: %s",
		    same[i]);
		ok(quick_again(&q, &a, same[i], strlen(same[i])), "again");
		take(&b, same[i]);
		take(&b, same[i]);
		is_mem(buf_str(&a.text), a.text.len, buf_str(&b.text),
		    b.text.len, "the same text");
		is_mem(buf_str(&a.think), a.think.len, buf_str(&b.think),
		    b.think.len, "the same thoughts");
		quick_free(&q);
		delta_free(&a);
		delta_free(&b);
	}
	for (size_t i = 0; i < BASE_NITEMS(other); i++) {
		struct quick q = { .before = 0 };
		struct delta a;

		delta_init(&a, NULL, NULL);
		take(&a, first);
		take(&a, "{\"model\":\"m\"}");
		ok(quick_take(&q, &a, same[0], strlen(same[0])), "a frame");
		ok(!quick_again(&q, &a, other[i], strlen(other[i])),
		    "another frame: %s", other[i]);
		ok(!quick_take(&q, &a, other[i], strlen(other[i])),
		    "left: %s", other[i]);
		quick_free(&q);
		delta_free(&a);
	}
}

/* Only a whole string may stand in the frame of the chunk before. */
static void
test_frame(void)
{
	static const char *const bad[] = {
		D("\"content\":\"a\" \"b\""), D("\"content\":\"a\",\"x\":\"b\""),
		D("\"content\":\""), D("\"content\":\"\\ud83d\""),
		D("\"content\":\"\xff\""), D("\"content\":\"\\\""),
		D("\"content\":null"), D("\"content\":"),
	};
	static const char *const first = D("\"content\":\"one\"");
	struct quick q = { .before = 0 };
	struct delta d;

	delta_init(&d, NULL, NULL);
	take(&d, D("\"role\":\"assistant\""));
	take(&d, "{\"model\":\"m\"}");
	ok(!quick_again(&q, &d, first, strlen(first)), "no frame yet");
	ok(quick_take(&q, &d, first, strlen(first)), "a first chunk");
	for (size_t i = 0; i < BASE_NITEMS(bad); i++)
		ok(!quick_again(&q, &d, bad[i], strlen(bad[i])),
		    "no whole string: %zu", i);
	is_str(buf_str(&d.text), "one", "nothing of them was taken");
	quick_free(&q);
	delta_free(&d);
}

int
main(void)
{
	test_calls();
	test_texts();
	test_ends();
	test_quick();
	test_frame();
	buf_free(&seen);
	return done_testing();
}
