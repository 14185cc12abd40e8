/*
 * gate_repair.c - what servers refuse, in their own words, and what is
 * changed in the request for it.
 */
#include "gate/repair.h"
#include "json/js.h"

#include "tap.h"

#define ANY	"{\"max_tokens\":7,\"temperature\":0.5,\"top_k\":1,\"tools\":[" \
	"{\"type\":\"function\",\"function\":{\"name\":\"f\"}}]," \
	"\"messages\":[{\"role\":\"system\",\"content\":\"s\"}," \
	"{\"role\":\"user\",\"content\":[{\"type\":\"text\"}]}," \
	"{\"role\":\"assistant\",\"content\":null,\"tool_calls\":[{}]}," \
	"{\"role\":\"tool\",\"content\":\"\"}],\"response_format\":{}," \
	"\"stream\":true,\"stream_options\":{}}"
#define PARTS	"{\"messages\":[{\"role\":\"user\",\"content\":[]}]}"
#define NEW	"{\"max_completion_tokens\":7,\"reasoning_content\":\"\"}"

static const struct {
	const char	*text;
	unsigned	 fix;
	const char	*body;
	unsigned	 done;
} cases[] = {
	/* OpenAI o-series, Azure */
	{ "Unsupported parameter: 'max_tokens' is not supported with this "
	    "model. Use 'max_completion_tokens' instead.", REPAIR_MAX_FIELD,
	    ANY, 0 },
	{ "body.max_completion_tokens: Extra inputs are not permitted",
	    REPAIR_OLD_FIELD, NEW, REPAIR_MAX_FIELD },
	{ "max_tokens must be at least 1, got 0", REPAIR_NONE, ANY, 0 },
	{ "Invalid max_tokens value, the valid range of max_tokens is "
	    "[1, 8192]", REPAIR_NONE, ANY, 0 },
	{ "Unsupported value: 'temperature' does not support 0.5 with this "
	    "model. Only the default (1) value is supported.",
	    REPAIR_NO_TEMPERATURE, ANY, 0 },
	{ "invalid temperature: only 1 is allowed for this model",
	    REPAIR_NO_TEMPERATURE, ANY, 0 },
	{ "temperature must be between 0 and 2", REPAIR_NONE, ANY, 0 },
	{ "Invalid 'messages[3].tool_calls[0].id': string too long. Expected "
	    "a string with maximum length 40, but got a string with length "
	    "53 instead.", REPAIR_IDS, ANY, 0 },
	{ "Invalid 'tools[0].function.name': string does not match pattern. "
	    "Expected a string that matches the pattern '^[a-zA-Z0-9_-]+$'.",
	    REPAIR_NAMES, ANY, 0 },
	/* Fireworks, Bedrock */
	{ "stream_options: Extra inputs are not permitted",
	    REPAIR_NO_OPTIONS, ANY, 0 },
	{ "Unrecognized request argument supplied: stream_options",
	    REPAIR_NO_OPTIONS, ANY, 0 },
	{ "top_k: Extra inputs are not permitted", REPAIR_NO_SAMPLING, ANY,
	    0 },
	{ "messages.1.content: text content blocks must be non-empty",
	    REPAIR_FILLED, ANY, 0 },
	{ "messages.2.content.0.tool_use.id: String should match pattern "
	    "'^[a-zA-Z0-9_-]+$'", REPAIR_IDS, ANY, 0 },
	{ "litellm.UnsupportedParamsError: Anthropic expects the `tools=` "
	    "param to be passed in", REPAIR_OFFER, ANY, 0 },
	{ "The toolConfig field must be defined when using toolUse and "
	    "toolResult content blocks.", REPAIR_OFFER, ANY, 0 },
	/* Mistral */
	{ "Tool call id was call_abc but must be a-z, A-Z, 0-9, with a "
	    "length of 9.", REPAIR_IDS, ANY, 0 },
	{ "Unexpected role 'user' after role 'tool'", REPAIR_ORDER, ANY, 0 },
	{ "Unexpected role 'user' after role 'tool'", REPAIR_ALTERNATE, ANY,
	    REPAIR_ORDER },
	{ "Expected last role User or Tool (or Assistant with prefix True) "
	    "for serving but got assistant", REPAIR_NONE, ANY, 0 },
	/* templates */
	{ "After the optional system message, conversation roles must "
	    "alternate user/assistant/user/assistant/...", REPAIR_ALTERNATE,
	    ANY, 0 },
	{ "System message must be at the beginning.", REPAIR_ALTERNATE, ANY,
	    0 },
	{ "System role not supported", REPAIR_NO_SYSTEM, ANY, 0 },
	{ "Only user and assistant roles are supported!", REPAIR_NO_SYSTEM,
	    ANY, 0 },
	{ "Only user and assistant roles are supported!", REPAIR_TEXT_TOOLS,
	    ANY, REPAIR_NO_SYSTEM },
	/* contents */
	{ "invalid message content type: <nil>", REPAIR_EMPTY, ANY, 0 },
	{ "messages[2].content: expected a string, got null", REPAIR_EMPTY,
	    ANY, 0 },
	{ "1 validation error: messages.0.content Input should be a valid "
	    "string", REPAIR_PLAIN_PARTS, PARTS, 0 },
	/* reasoning */
	{ "The `reasoning_content` in the thinking mode must be passed back "
	    "to the API.", REPAIR_REASONING, ANY, 0 },
	{ "Missing `reasoning_content` field in the assistant message at "
	    "message index 2", REPAIR_REASONING, ANY, 0 },
	{ "unknown field `reasoning_content`", REPAIR_NO_REASONING, NEW,
	    REPAIR_REASONING },
	/* Gemini */
	{ "Function call is missing a thought_signature in functionCall "
	    "parts.", REPAIR_SIGNATURES, ANY, 0 },
	{ "Function call is missing a thought_signature in functionCall "
	    "parts.", REPAIR_SIGN, ANY, REPAIR_SIGNATURES },
	/* tools */
	{ "\"auto\" tool choice requires --enable-auto-tool-choice and "
	    "--tool-call-parser to be set", REPAIR_TEXT_TOOLS, ANY, 0 },
	{ "registry.ollama.ai/library/gemma:2b does not support tools",
	    REPAIR_TEXT_TOOLS, ANY, 0 },
	{ "No endpoints found that support tool use. Try disabling",
	    REPAIR_TEXT_TOOLS, ANY, 0 },
	{ "Cannot use tools with stream", REPAIR_NO_STREAM, ANY, 0 },
	{ "This model only support stream mode, please enable the stream "
	    "parameter to access the model.", REPAIR_STREAM, ANY, 0 },
	{ "This response_format type is unavailable now", REPAIR_NO_FORMAT,
	    ANY, 0 },
	/* members of messages */
	{ "messages.2.reasoning_details: Extra inputs are not permitted",
	    REPAIR_BARE, ANY, 0 },
	{ "'messages.2' : for 'role:assistant' property 'refusal' is "
	    "unsupported", REPAIR_BARE, ANY, 0 },
	/* nothing that a change of ours would mend */
	{ "model not found", REPAIR_NONE, ANY, 0 },
	{ "the request exceeds the available context size", REPAIR_NONE, ANY,
	    0 },
	{ "Invalid API key", REPAIR_NONE, ANY, 0 },
	{ "", REPAIR_NONE, ANY, 0 },
};

/* The schemas of a request whose tools were complained about. */
static void
schema(const char *text, const char *want)
{
	static const char tools[] = "[{\"type\":\"function\",\"function\":{"
	    "\"name\":\"f\",\"parameters\":{\"type\":\"object\","
	    "\"properties\":{\"a\":{\"anyOf\":[{\"type\":\"null\"},{\"type\":"
	    "\"string\",\"format\":\"uri\"}]}},\"additionalProperties\":"
	    "false}}}]";
	struct err e = ERR_INIT;
	struct request r;
	struct buf how = BUF_INIT;
	jv v = js_parse(tools, sizeof(tools) - 1, &e);
	size_t n;

	request_init(&r);
	request_tools(&r, v);
	ok(repair_request(&r, text, &how), "%.60s", text);
	request_body(&r, false, &n);
	has(buf_str(&r.body), want, "the schema");
	ok(how.len > 0, "told: %s", buf_str(&how));
	buf_reset(&how);
	for (int i = 0; i < 40 && repair_request(&r, text, &how); i++)
		continue;
	ok(!repair_request(&r, text, &how), "not for ever");
	js_free(v);
	buf_free(&how);
	request_free(&r);
}

int
main(void)
{
	for (size_t i = 0; i < BASE_NITEMS(cases); i++)
		is_int(repair_read(cases[i].text, cases[i].done,
		    cases[i].body), cases[i].fix, cases[i].text);
	schema("Invalid JSON payload received. Unknown name "
	    "\"additionalProperties\" at 'tools[0].function_declarations[0]."
	    "parameters': Cannot find field.", "\"parameters\":{\"type\":"
	    "\"object\",\"properties\":{\"a\":{\"anyOf\":[");
	schema("tools.0.function.parameters.properties.a.anyOf: Extra inputs "
	    "are not permitted", "\"a\":{\"type\":\"string\",\"format\":"
	    "\"uri\"}");
	schema("schema keyword 'format' is not supported", "{\"a\":{\"anyOf\":"
	    "[{\"type\":\"null\"},{\"type\":\"string\"}]}}");
	schema("Invalid schema for function 'f'", "\"properties\":{\"a\":");
	return done_testing();
}
