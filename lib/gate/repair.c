/*
 * repair.c - a request that was refused, changed so that it may be taken.
 */
#include "gate/repair.h"

#include <ctype.h>
#include <string.h>
#include <strings.h>

#define DROPS_MAX	32	/* keywords that are left out of schemas */

/*
 * Of the words of a rule, separated by '|', one must be in the complaint;
 * all lists that are given must hold.  Small letters.
 */
struct rule {
	enum fault_repair fix;
	const char	*words, *more, *not;
	const char	*sent;		/* bytes that the request must hold */
	unsigned	 with, without;	/* repairs that must be done or not */
};

#define REFUSED "unsupported|not support|not permitted|unknown|unexpected|" \
	"unrecognized|unrecognised|extra inputs|extra fields|not allowed|" \
	"invalid|cannot|additional propert|instead|no such|forbidden"
#define BOUNDS	"must be|at least|at most|expected|range|greater|less than|" \
	"between"
#define NEEDED	"must be|missing|required|need"

static const struct rule rules[] = {
	{ REPAIR_OLD_FIELD, "max_completion_tokens", REFUSED, NULL,
	    "\"max_completion_tokens\":", REPAIR_MAX_FIELD, 0 },
	{ REPAIR_MAX_FIELD, "max_tokens", REFUSED, BOUNDS,
	    "\"max_tokens\":", 0, REPAIR_OLD_FIELD },
	{ REPAIR_NO_OPTIONS, "stream_options|include_usage", REFUSED, NULL,
	    "\"stream_options\":", 0, 0 },
	{ REPAIR_STREAM, "only support stream|only supports stream|enable the "
	    "stream|streaming is required|requires stream|must be streamed|"
	    "stream must be true|stream=true is required", NULL, NULL, NULL,
	    0, REPAIR_NO_STREAM },
	{ REPAIR_NO_STREAM, "tools with stream|streaming is not|stream is not|"
	    "support stream", NULL, "only support", "\"stream\":true", 0,
	    REPAIR_STREAM },
	{ REPAIR_TEXT_TOOLS, "tool choice requires|tool-choice|support tool|"
	    "support function|support the use of tools|tools is not supp|"
	    "tools are not supp|tool use is not supp|tool calling is not|"
	    "function calling is not", NULL, NULL, "\"tools\":", 0, 0 },
	{ REPAIR_OFFER, "tools=|toolconfig|requests which include `tool_use`|"
	    "include tool_use|'tools' must be|`tools` must be|tools must be "
	    "def|without tools", NULL, NULL, "\"tool_calls\":", 0, 0 },
	{ REPAIR_IDS, "tool call id|tool_call_id|tool_calls|tool_use",
	    "length of 9|too long|at most|maximum length|string should match|"
	    "a-z", "function.name", "\"tool_calls\":", 0, 0 },
	{ REPAIR_SIGNATURES, "thought_signature|thought signature|"
	    "thoughtsignature", NULL, NULL, "\"tool_calls\":", 0, 0 },
	{ REPAIR_SIGN, "thought_signature|thought signature|"
	    "thoughtsignature", NULL, NULL, "\"tool_calls\":", 0, 0 },
	{ REPAIR_ORDER, "after role 'tool'|after role tool|after role \"tool\"|"
	    "after tool message|following tool", "role", NULL,
	    "\"role\":\"tool\"", 0, 0 },
	{ REPAIR_ALTERNATE, "must alternate|roles alternate|alternating|"
	    "after role|consecutive|must be at the beginning|must be first|"
	    "must be the first|only one system|one system message|multiple "
	    "system|optional system", NULL, NULL, NULL, 0, 0 },
	{ REPAIR_NO_SYSTEM, "system role not|system role is not|system "
	    "messages are not|role 'system'|role \"system\"|role: system|"
	    "role `system`|only user and assistant roles|developer role not",
	    NULL, "optional system|after role", NULL, 0, 0 },
	{ REPAIR_TEXT_TOOLS, "only user and assistant roles|role 'tool'|"
	    "role \"tool\"|role: tool|role `tool`|only user, assistant",
	    NULL, NULL, "\"role\":\"tool\"", 0, 0 },
	{ REPAIR_REASONING, "reasoning_content", NEEDED "|passed back", NULL,
	    NULL, 0, REPAIR_NO_REASONING },
	{ REPAIR_NO_REASONING, "reasoning_content", REFUSED, NULL,
	    "\"reasoning_content\":", REPAIR_REASONING, 0 },
	{ REPAIR_NAMES, "function.name|function name|tool name|tools.name|"
	    ".name'|name of the function", "pattern|match|invalid|alpha|a-z|"
	    "characters|too long|bad", NULL, "\"name\":", 0, 0 },
	{ REPAIR_FILLED, "content|message", "non-empty|not be empty|cannot be "
	    "empty|can't be empty|is empty|empty content", "messages is "
	    "empty", "\"content\":\"\"", 0, 0 },
	{ REPAIR_EMPTY, "content", "null|nil|none|valid string|a string|"
	    "missing|required|expected string|str type", NULL,
	    "\"content\":null", 0, 0 },
	{ REPAIR_PLAIN_PARTS, "content", "a string|valid string|expected "
	    "string|list|array|str type|sequence", NULL, "\"content\":[", 0,
	    0 },
	{ REPAIR_FILLED, "content", "non-empty|not be empty|cannot be empty|"
	    "at least 1 character|is empty", NULL, "\"tool_calls\":", 0, 0 },
	{ REPAIR_NO_TEMPERATURE, "temperature", REFUSED, BOUNDS,
	    "\"temperature\":", 0, 0 },
	{ REPAIR_NO_FORMAT, "response_format|response format|json_schema|"
	    "json mode|structured output", REFUSED "|unavailable", NULL,
	    "\"response_format\":", 0, 0 },
	{ REPAIR_NO_SAMPLING, "top_k|top_p|min_p|repeat_penalty|"
	    "repetition_penalty|presence_penalty|frequency_penalty|stop",
	    REFUSED, BOUNDS, NULL, 0, 0 },
	{ REPAIR_BARE, "extra_content|reasoning_details|refusal|annotations|"
	    "messages[|messages.|messages/|message", "extra inputs|extra "
	    "fields|property|propert|unknown name|unknown field|unrecognized|"
	    "unexpected keyword|not permitted", NULL, NULL, 0, 0 },
};

/* True when one of the words is in the text. */
static bool
says(const char *text, const char *words)
{
	char word[48];

	while (*words != '\0') {
		size_t n = strcspn(words, "|");

		if (n < sizeof(word)) {
			memcpy(word, words, n);
			word[n] = '\0';
			if (strcasestr(text, word) != NULL)
				return true;
		}
		words += n + (words[n] == '|');
	}
	return false;
}

static bool
fits(const struct rule *r, const char *text, unsigned done, const char *body)
{
	return !(done & r->fix) && (done & r->with) == r->with &&
	    !(done & r->without) && says(text, r->words) &&
	    (r->more == NULL || says(text, r->more)) &&
	    (r->not == NULL || !says(text, r->not) ||
	    (r->fix == REPAIR_MAX_FIELD && says(text, "instead"))) &&
	    (r->sent == NULL || strstr(body, r->sent) != NULL);
}

enum fault_repair
repair_read(const char *complaint, unsigned done, const char *body)
{
	for (size_t i = 0; i < BASE_NITEMS(rules); i++)
		if (fits(&rules[i], complaint, done, body))
			return rules[i].fix;
	return REPAIR_NONE;
}

/* ---- schemas of tools ---- */

static const char *const keywords[] = { "additionalProperties", "$schema",
	"$ref", "$defs", "$id", "$comment", "definitions", "propertyNames",
	"patternProperties", "format", "default", "pattern", "minLength",
	"maxLength", "minimum", "maximum", "exclusiveMinimum",
	"exclusiveMaximum", "multipleOf", "minItems", "maxItems",
	"uniqueItems", "minProperties", "maxProperties", "anyOf", "oneOf",
	"allOf", "not", "const", "examples", "title", "nullable", "contains",
	"prefixItems", "dependentRequired", "dependentSchemas",
	"unevaluatedProperties", "unevaluatedItems", "readOnly", "writeOnly",
	"deprecated", "contentEncoding", "contentMediaType", "strict" };

/* True when the keyword stands in the text as the name of something, not
 * as a word of the sentence. */
static bool
names_it(const char *text, const char *word)
{
	size_t n = strlen(word);

	for (const char *s = text; (s = strstr(s, word)) != NULL; s++) {
		char before = s > text ? s[-1] : ' ', after = s[n];

		if (isalnum((unsigned char)before) || before == '_' ||
		    isalnum((unsigned char)after) || after == '_')
			continue;
		if (*word == '$' || strpbrk(word, "ABCDEFGHIJKLMNOPQRSTUVWXYZ")
		    != NULL || (before != ' ' &&
		    strchr("\"'`./[", before) != NULL))
			return true;
	}
	return false;
}

static bool
is_dropped(const struct request *r, const char *word)
{
	bool yes = false;

	for (size_t i = 0; !yes && i < js_len(r->drop); i++) {
		jv d = js_at(r->drop, i);

		yes = strcmp(js_cstr(d), word) == 0;
		js_free(d);
	}
	return yes;
}

/* A complaint about the schemas: simpler ones, then without the keywords
 * that it names. */
static bool
repair_schema(struct request *r, const char *text, struct buf *how)
{
	bool about = says(text, "schema|parameters|function_declarations|"
	    "tools[|tools.|tools/|keyword") && says(text, REFUSED "|must|"
	    "items|cannot find field|any_of|not a valid|only allowed|"
	    "only supported");
	bool any = false;

	if (!about || !js_is_arr(r->tools) || js_len(r->tools) == 0)
		return false;
	for (size_t i = 0; i < BASE_NITEMS(keywords); i++) {
		if (!names_it(text, keywords[i]) ||
		    is_dropped(r, keywords[i]) ||
		    js_len(r->drop) >= DROPS_MAX)
			continue;
		buf_addf(how, any ? ", %s" : "schemas of tools are simpler, "
		    "without %s", keywords[i]);
		request_drop(r, keywords[i]);
		any = true;
	}
	if (any || (r->repair & REPAIR_SCHEMA))
		return any;
	buf_adds(how, "schemas of tools are simpler");
	request_repair(r, REPAIR_SCHEMA);
	return true;
}

/* ---- all of it ---- */

static const char *
describe(unsigned fix)
{
	static const struct { unsigned fix; const char *how; }
	    table[] = {
		{ REPAIR_MAX_FIELD, "the limit is sent as "
		    "max_completion_tokens" },
		{ REPAIR_OLD_FIELD, "the limit is sent as max_tokens" },
		{ REPAIR_NO_OPTIONS, "no stream_options are sent" },
		{ REPAIR_NO_TEMPERATURE, "no temperature is sent" },
		{ REPAIR_NO_SAMPLING, "only the sampling of options is sent" },
		{ REPAIR_NO_STREAM, "answers come whole" },
		{ REPAIR_STREAM, "answers come as streams" },
		{ REPAIR_NO_FORMAT, "no response_format is sent" },
		{ REPAIR_ORDER, "an answer is put between a result and the "
		    "user" },
		{ REPAIR_ALTERNATE, "messages are joined so that the roles "
		    "alternate" },
		{ REPAIR_NO_SYSTEM, "the system message is sent as the "
		    "user's" },
		{ REPAIR_EMPTY, "the content beside calls is \"\"" },
		{ REPAIR_FILLED, "no content is left empty" },
		{ REPAIR_IDS, "ids of calls have nine letters and digits" },
		{ REPAIR_NAMES, "names of tools have letters, digits, _ and "
		    "-" },
		{ REPAIR_REASONING, "reasoning_content is sent back" },
		{ REPAIR_NO_REASONING, "reasoning_content is not sent" },
		{ REPAIR_PLAIN_PARTS, "content is sent as plain strings" },
		{ REPAIR_TEXT_TOOLS, "tools and calls are sent as text" },
		{ REPAIR_SIGNATURES, "signatures of calls are sent back" },
		{ REPAIR_SIGN, "calls without a signature say so" },
		{ REPAIR_OFFER, "tools that were called are offered" },
		{ REPAIR_BARE, "messages are sent without unusual members" },
	};

	for (size_t i = 0; i < BASE_NITEMS(table); i++)
		if (table[i].fix == fix)
			return table[i].how;
	return "the request is changed";
}

bool
repair_request(struct request *r, const char *complaint, struct buf *how)
{
	unsigned done = r->repair, fix;
	size_t n;

	if (r->sampling == NULL)
		done |= REPAIR_NO_SAMPLING;
	if (js_is_arr(r->tools) && js_len(r->tools) > 0)
		done |= REPAIR_OFFER;
	request_body(r, true, &n);
	fix = repair_read(complaint, done, buf_str(&r->body));
	if ((fix == REPAIR_NONE || fix == REPAIR_BARE ||
	    fix == REPAIR_NO_FORMAT) && repair_schema(r, complaint, how))
		return true;
	if (fix == REPAIR_NONE)
		return false;
	buf_adds(how, describe(fix));
	/* What was the system's may stand before what the user said. */
	request_repair(r, fix == REPAIR_NO_SYSTEM ? fix | REPAIR_ALTERNATE :
	    fix);
	return true;
}
