/*
 * gate_request.c - growing requests, and what servers complain about.
 */
#include "gate/fault.h"
#include "gate/request.h"
#include "json/js.h"

#include "tap.h"

static int notes;

static void
count_note(void *arg, const char *text)
{
	(void)arg;
	(void)text;
	notes++;
}

static int
push(struct request *r, const char *json)
{
	struct err e = ERR_INIT;
	jv v = js_parse(json, strlen(json), &e);
	int rc = request_push(r, v, &e);

	js_free(v);
	return rc;
}

static void
test_growing(void)
{
	struct request r;
	struct request_head h = { .model = "m", .temperature = "0.5" };
	char one[REQUEST_KEY_SIZE], two[REQUEST_KEY_SIZE];
	const char *body;
	size_t n, before;

	request_init(&r);
	r.note = count_note;
	request_head(&r, &h);
	push(&r, "{\"role\":\"user\",\"content\":\"a\"}");
	body = request_body(&r, false, &n);
	is_str(body, "{\"model\":\"m\",\"temperature\":0.5,\"messages\":["
	    "{\"role\":\"user\",\"content\":\"a\"}]}", "whole");
	is_int(n, strlen(body), "its length");
	request_key(&r, one);
	before = r.len;
	body = request_body(&r, true, &n);
	has(body, "}],\"stream\":true,\"stream_options\":", "streamed");
	request_key(&r, two);
	is_str(one, two, "streaming changes no key");
	push(&r, "{\"role\":\"user\",\"content\":\"b\"}");
	body = request_body(&r, false, &n);
	is_int(r.len, before + 30, "grown by one message and a comma");
	request_key(&r, two);
	ok(strcmp(one, two) != 0, "another message, another key");
	h.model = "other";
	request_head(&r, &h);
	request_key(&r, one);
	is_str(one, two, "another model, the same key");
	h.temperature = NULL;
	request_head(&r, &h);
	request_key(&r, one);
	ok(strcmp(one, two) != 0, "other sampling, another key");
	body = request_body(&r, false, &n);
	has(body, "{\"model\":\"other\",\"messages\":[{\"role\":\"user\","
	    "\"content\":\"a\"},{\"role\":\"user\",\"content\":\"b\"}]}",
	    "the head is another, the messages stay");
	request_reset(&r);
	is_int(r.count, 0, "reset");
	is_str(request_body(&r, false, &n),
	    "{\"model\":\"other\",\"messages\":[]}", "empty");
	request_free(&r);
}

static void
test_calls(void)
{
	struct request r;
	size_t n;
	const char *body;

	request_init(&r);
	r.note = count_note;
	notes = 0;
	push(&r, "{\"role\":\"user\",\"content\":\"a\"}");
	push(&r, "{\"role\":\"assistant\",\"content\":\"\",\"tool_calls\":["
	    "{\"id\":\"1\",\"function\":{\"name\":\"f\",\"arguments\":\"{}\"}},"
	    "{\"id\":\"2\",\"function\":{\"name\":\"g\",\"arguments\":\"[\"}}]}");
	is_int(notes, 1, "a note about the arguments");
	push(&r, "{\"role\":\"tool\",\"tool_call_id\":\"2\",\"content\":\"x\"}");
	push(&r, "{\"role\":\"tool\",\"tool_call_id\":\"2\",\"content\":\"x\"}");
	is_int(notes, 2, "a note about the second result");
	is_int(r.count, 3, "which is left out");
	request_close_calls(&r);
	is_int(r.count, 4, "the one that misses is put in");
	request_close_calls(&r);
	is_int(r.count, 4, "once");
	body = request_body(&r, false, &n);
	has(body, "\"tool_call_id\":\"1\",\"name\":\"f\",\"content\":\"effect "
	    "unverified", "for the right call");
	is_int(push(&r, "{\"role\":\"user\"}"), -1, "no content");
	is_int(push(&r, "{\"content\":\"x\"}"), -1, "no role");
	is_int(push(&r, "3"), -1, "no object");
	is_int(r.count, 4, "nothing was added");
	request_free(&r);
}

static void
kind(const char *text, int status, enum err_kind want)
{
	is_str(err_kind_name(fault_kind(text, status)), err_kind_name(want),
	    text);
}

static void
test_kinds(void)
{
	static const char *const over[] = {
	    "request (3030 tokens) exceeds the available context size (2048 "
	    "tokens), try increasing it",
	    "the request exceeds the available context size. try increasing "
	    "the context size or enable context shift",
	    "Requested tokens (9) exceed context window of 4",
	    "This model's maximum context length is 4 tokens. However, you "
	    "requested 9 tokens (8 in the messages, 1 in the completion).",
	    "Input length (9) exceeds model's maximum context length (4).",
	    "The input (9 tokens) is longer than the model's context length "
	    "(4 tokens).",
	    "Your input exceeds the context window of this model",
	    "Input length 9 exceeds the maximum allowed input length of 4 "
	    "tokens",
	    "The number of tokens to keep from the initial prompt is greater "
	    "than the context length (n_keep: 9>= n_ctx: 4).",
	    "the input length exceeds the context length",
	    "`inputs` tokens + `max_new_tokens` must be <= 4. Given: 9",
	    "The input token count (9) exceeds the maximum number of tokens "
	    "allowed (4)",
	    "prompt is too long: 9 tokens > 4 maximum",
	    "Your request exceeded model token limit: 4 (requested: 9)",
	    "Range of input length should be [1, 4]",
	};

	for (size_t i = 0; i < BASE_NITEMS(over); i++)
		kind(over[i], 400, ERR_OVERFLOW);
	kind("Throttling: Too many tokens, reduce the length of the messages",
	    400, ERR_RATE);
	kind("maximum context length exceeded", 429, ERR_RATE);
	kind("Loading model", 503, ERR_OVERLOADED);
	kind("parse_error: near line 1", 500, ERR_INVALID);
	kind("anything", 500, ERR_UNAVAILABLE);
	kind("anything", 0, ERR_UNAVAILABLE);
	kind("Rate limit reached", 0, ERR_RATE);
}

static void
test_shapes(void)
{
	static const struct { const char *json, *text; } shapes[] = {
	    { "{\"error\":\"a\"}", "a" },
	    { "{\"error\":\"a\\u0000b\"}", "a b" },
	    { "{\"error\":{\"message\":\"a\",\"code\":null}}", "a" },
	    { "[{\"error\":{\"message\":\"a\"}}]", "a" },
	    { "{\"detail\":\"a\"}", "a" },
	    { "{\"detail\":[{\"msg\":\"a\"}]}", "a" },
	    { "{\"object\":\"error\",\"message\":\"a\"}", "a" },
	    { "{\"error\":{\"code\":7}}", "{\"code\":7}" },
	    { "{\"error\":{\"error\":{\"error\":{\"message\":\"a\"}}}}", "a" },
	    { "{\"errors\":[{\"message\":\"a\"}]}", "a" },
	};
	static const char *const none[] = { "{}", "{\"error\":null}",
	    "{\"error\":\"\"}", "{\"error\":false,\"choices\":[]}", "[]", "3",
	    "{\"choices\":[{\"delta\":{\"content\":\"error\"}}]}" };
	char deep[2000];

	for (size_t i = 0; i < BASE_NITEMS(shapes); i++) {
		struct err e = ERR_INIT, ignored = ERR_INIT;
		jv v = js_parse(shapes[i].json, strlen(shapes[i].json),
		    &ignored);

		ok(fault_json(v, 0, &e), "an error: %s", shapes[i].json);
		has(e.msg, shapes[i].text, "its text");
		js_free(v);
	}
	for (size_t i = 0; i < BASE_NITEMS(none); i++) {
		struct err e = ERR_INIT, ignored = ERR_INIT;
		jv v = js_parse(none[i], strlen(none[i]), &ignored);

		ok(!fault_json(v, 0, &e), "no error: %s", none[i]);
		js_free(v);
	}
	for (int i = 0; i < 3; i++) {
		static const char *const bodies[] = { "", "\n\t", "<html>" };
		struct err e = ERR_INIT;

		is_int(fault_body(bodies[i], strlen(bodies[i]), 502, &e), -1,
		    "an odd body");
		has(e.msg, "no explanation", "is no explanation");
		is_int(e.http_status, 502, "the status stays");
	}
	memset(deep, 0, sizeof(deep));
	for (int i = 0; i < 150; i++)
		strncat(deep, "{\"error\":", sizeof(deep) - strlen(deep) - 1);
	strncat(deep, "1", 2);
	for (int i = 0; i < 150; i++)
		strncat(deep, "}", 2);
	{
		struct err e = ERR_INIT;

		fault_body(deep, strlen(deep), 400, &e);
		is_int(e.kind, ERR_INVALID, "a deep one");
	}
}

int
main(void)
{
	test_growing();
	test_calls();
	test_kinds();
	test_shapes();
	return done_testing();
}
