/* Any arguments, written in any format, come back as they were: to the byte
 * where the format holds JSON, and to the value elsewhere. */
#include "recover/recover.h"

#include <stdlib.h>

#include "tap.h"

#define ROUNDS	120

/* Things that strings should survive. */
static const char *const nasty[] = { "</tool_call>", "<tool_call>", "True",
	"None", "\"", "\\", "\n", "\t", "'", "```", "\n```\n",
	"{\"name\":\"now\",\"arguments\":{}}", "[TOOL_CALLS]", "</think>",
	"<think>", "</parameter>", "</function>", "<|end|>", "<|call|>",
	"<｜tool▁call▁end｜>", "é", "😀", "\\u0041", "//", "/*", "#", ",}",
	"&lt;", "\x01", "<|\"|>", "<escape>", "</arg_value>", "<tool_call|>",
	"\r\n", " ", "a", "{", "}", "[", "]", "(", ")", "now()", "\\n", "%s",
	"<function=now>\n</function>", "</tool>", "</invoke>", "\"\"\"",
	"<tool name=\"now\">{}</tool>", "Observation:", "✿", ">>>now\n{}" };

enum style { JSON, PYTHON, XML, GEMMA, ELEMENTS };

static const struct form {
	const char	*name, *a, *b, *c;	/* a NAME b ARGUMENTS c */
	enum style	 style;
	/* of XML: around key and value; text that a value cannot hold */
	const char	*k, *v, *e;
	const char	*never[4];
} forms[] = {
	{ "hermes", "<tool_call>\n{\"name\": \"", "\", \"arguments\": ",
	    "}\n</tool_call>", JSON, 0, 0, 0, { 0 } },
	{ "hermes, arguments first", "<tool_call>{\"name\": \"",
	    "\", \"id\": 1, \"parameters\":", "}</tool_call>", JSON, 0, 0, 0,
	    { 0 } },
	{ "qwen25-tools", "<tools>{\"name\": \"", "\", \"arguments\": ",
	    "}</tools>", JSON, 0, 0, 0, { 0 } },
	{ "fenced-json", "```json\n{\"name\": \"", "\", \"arguments\": ",
	    "}\n```", JSON, 0, 0, 0, { 0 } },
	{ "bare-json", "{\"name\": \"", "\", \"arguments\": ", "}", JSON, 0, 0,
	    0, { 0 } },
	{ "xlam", "[{\"name\": \"", "\", \"arguments\": ", "}]", JSON, 0, 0, 0,
	    { 0 } },
	{ "tool-name-attr", "<tool name=\"", "\">", "</tool>", JSON, 0, 0, 0,
	    { 0 } },
	{ "function, JSON", "<function=", ">", "</function>", JSON, 0, 0, 0,
	    { 0 } },
	{ "llama3-python-tag", "<|python_tag|>{\"name\": \"",
	    "\", \"parameters\": ", "}", JSON, 0, 0, 0, { 0 } },
	{ "mistral-json", "[TOOL_CALLS] [{\"name\": \"", "\", \"arguments\": ",
	    "}]", JSON, 0, 0, 0, { 0 } },
	{ "mistral-args", "[TOOL_CALLS]", "[ARGS]", "", JSON, 0, 0, 0, { 0 } },
	{ "deepseek-v3", "<｜tool▁calls▁begin｜><｜tool▁call▁begin｜>function"
	    "<｜tool▁sep｜>", "\n```json\n",
	    "\n```<｜tool▁call▁end｜><｜tool▁calls▁end｜>", JSON, 0, 0, 0,
	    { 0 } },
	{ "deepseek-v3.1", "<｜tool▁calls▁begin｜><｜tool▁call▁begin｜>",
	    "<｜tool▁sep｜>", "<｜tool▁call▁end｜><｜tool▁calls▁end｜>", JSON,
	    0, 0, 0, { 0 } },
	{ "kimi-k2", "<|tool_calls_section_begin|><|tool_call_begin|>functions.",
	    ":0<|tool_call_argument_begin|>",
	    "<|tool_call_end|><|tool_calls_section_end|>", JSON, 0, 0, 0,
	    { 0 } },
	{ "command-r7b", "<|START_ACTION|>[{\"tool_call_id\": \"0\", "
	    "\"tool_name\": \"", "\", \"parameters\": ", "}]<|END_ACTION|>",
	    JSON, 0, 0, 0, { 0 } },
	{ "granite", "<|tool_call|>[{\"name\": \"", "\", \"arguments\": ",
	    "}]", JSON, 0, 0, 0, { 0 } },
	{ "phi4-functools", "functools[{\"name\": \"", "\", \"arguments\": ",
	    "}]", JSON, 0, 0, 0, { 0 } },
	{ "internlm", "<|action_start|><|plugin|>\n{\"name\": \"",
	    "\", \"parameters\": ", "}<|action_end|>", JSON, 0, 0, 0, { 0 } },
	{ "jamba", "<tool_calls>[{\"name\": \"", "\", \"arguments\": ",
	    "}]</tool_calls>", JSON, 0, 0, 0, { 0 } },
	{ "nemotron", "<TOOLCALL>[{\"name\": \"", "\", \"arguments\": ",
	    "}]</TOOLCALL>", JSON, 0, 0, 0, { 0 } },
	{ "apertus", "<|tools_prefix|>[{\"", "\": ", "}]<|tools_suffix|>", JSON,
	    0, 0, 0, { 0 } },
	{ "gigachat", "<|function_call|>{\"name\": \"", "\", \"arguments\": ",
	    "}", JSON, 0, 0, 0, { 0 } },
	{ "gigachat, the older", "<|message_sep|>\n\nfunction call<|role_sep|>\n"
	    "{\"name\": \"", "\", \"arguments\": ", "}", JSON, 0, 0, 0, { 0 } },
	{ "inkling", "<|content_invoke_tool_json|>{\"name\": \"",
	    "\", \"args\": ", "}<|end_message|>", JSON, 0, 0, 0, { 0 } },
	{ "function-call", "<function_call>{\"name\": \"",
	    "\", \"arguments\": ", "}</function_call>", JSON, 0, 0, 0, { 0 } },
	{ "apriel", "<tool_calls>[{\"name\": \"", "\", \"arguments\": ",
	    "}]</tool_calls>", JSON, 0, 0, 0, { 0 } },
	{ "the API's own", "{\"tool_calls\": [{\"id\": \"a\", \"type\": "
	    "\"function\", \"function\": {\"name\": \"",
	    "\", \"arguments\": ", "}}]}", JSON, 0, 0, 0, { 0 } },
	{ "command-r", "Action: ```json\n[{\"tool_name\": \"",
	    "\", \"parameters\": ", "}]\n```", JSON, 0, 0, 0, { 0 } },
	{ "react", "Thought: so.\nAction: ", "\nAction Input: ", "", JSON, 0,
	    0, 0, { 0 } },
	{ "qwen-agent", "✿FUNCTION✿: ", "\n✿ARGS✿: ", "", JSON, 0, 0, 0,
	    { 0 } },
	{ "functionary", ">>>", "\n", "", JSON, 0, 0, 0, { 0 } },
	{ "harmony", "<|channel|>commentary to=functions.",
	    " <|constrain|>json<|message|>", "<|call|>", JSON, 0, 0, 0, { 0 } },
	{ "pythonic", "[", "(", ")]", PYTHON, 0, 0, 0, { 0 } },
	{ "llama4-pythonic", "<|python_start|>[", "(", ")]<|python_end|>",
	    PYTHON, 0, 0, 0, { 0 } },
	{ "lfm2", "<|tool_call_start|>[", "(", ")]<|tool_call_end|>", PYTHON,
	    0, 0, 0, { 0 } },
	{ "olmo3", "<function_calls>\n", "(", ")\n</function_calls>", PYTHON,
	    0, 0, 0, { 0 } },
	{ "qwen3-xml", "<tool_call>\n<function=", ">\n",
	    "</function>\n</tool_call>", XML, "<parameter=", ">\n",
	    "\n</parameter>\n", { "</parameter>", "</function>",
	    "<function=" } },
	{ "seed-oss", "<seed:tool_call>\n<function=", ">\n",
	    "</function>\n</seed:tool_call>", XML, "<parameter=", ">\n",
	    "\n</parameter>\n", { "</parameter>", "</function>",
	    "<function=" } },
	{ "minimax-m2", "<minimax:tool_call>\n<invoke name=\"", "\">\n",
	    "</invoke>\n</minimax:tool_call>", XML, "<parameter name=\"",
	    "\">", "</parameter>\n", { "</parameter>", "</invoke>" } },
	{ "deepseek-dsml", "<｜DSML｜function_calls>\n<｜DSML｜invoke name=\"",
	    "\">\n", "</｜DSML｜invoke>\n</｜DSML｜function_calls>", XML,
	    "<｜DSML｜parameter name=\"", "\">", "</｜DSML｜parameter>\n",
	    { 0 } },
	{ "step3", "<｜tool_calls_begin｜><｜tool_call_begin｜>function"
	    "<｜tool_sep｜><steptml:invoke name=\"", "\">",
	    "</steptml:invoke><｜tool_call_end｜><｜tool_calls_end｜>", XML,
	    "<steptml:parameter name=\"", "\">", "</steptml:parameter>",
	    { 0 } },
	{ "glm", "<tool_call>", "\n", "</tool_call>", XML, "<arg_key>",
	    "</arg_key>\n<arg_value>", "</arg_value>\n", { "</arg_value>",
	    "<tool_call>", "</tool_call>" } },
	{ "minimax-m3", "<tool_call><invoke name=\"", "\">",
	    "</invoke></tool_call>", ELEMENTS, 0, "", "", { "</text>",
	    "</more>" } },
	{ "cline", "<", ">\n", "\n</work>", ELEMENTS, 0, "\n", "\n", { "</text>",
	    "</more>" } },
	{ "gemma4", "<|tool_call>call:", "{", "}<tool_call|>", GEMMA, 0, 0, 0,
	    { "<|\"|>" } },
	{ "functiongemma", "<start_function_call>call:", "{",
	    "}<end_function_call>", GEMMA, "<escape>", 0, 0,
	    { "<escape>" } },
};

static uint32_t seed = 1;

static uint32_t
dice(uint32_t n)
{
	seed = seed * 1664525 + 1013904223;
	return (seed >> 8) % n;
}

static jv
some_string(const struct form *f)
{
	struct buf b = BUF_INIT;
	jv v;

	do {
		buf_reset(&b);
		buf_adds(&b, "");
		for (uint32_t n = dice(8); n > 0; n--)
			buf_adds(&b, nasty[dice(BASE_NITEMS(nasty))]);
		v = js_from_bytes(b.data, b.len);
		for (size_t i = 0; i < 4 && f->never[i] != NULL; i++)
			if (strstr(b.data, f->never[i]) != NULL) {
				js_free(v);
				v = js_none();
				break;
			}
	} while (!js_is_valid(v));
	buf_free(&b);
	return v;
}

static jv
some_value(const struct form *f, int depth)
{
	jv v;

	switch (dice(depth > 3 ? 5 : 7)) {
	case 0: return js_from_int((int64_t)dice(1 << 24) - 5000);
	case 1: return js_from_bool(dice(2));
	case 2: return js_null();
	case 3: return js_from_num(dice(1000) / 8.0);
	case 4: return some_string(f);
	case 5:
		v = js_arr();
		for (uint32_t n = dice(4); n > 0; n--)
			v = js_push(v, some_value(f, depth + 1));
		return v;
	default:
		v = js_obj();
		for (uint32_t n = dice(4); n > 0; n--) {
			char key[8];

			snprintf(key, sizeof(key), "k%u", dice(50));
			v = js_set(v, key, some_value(f, depth + 1));
		}
		return v;
	}
}

/* Arguments of the types that the tool declares. */
static jv
some_args(const struct form *f)
{
	jv a = js_set(js_obj(), "text", some_string(f));

	if (dice(2))
		a = js_set(a, "more", some_string(f));
	if (dice(2))
		a = js_set(a, "count", js_from_int(dice(100000)));
	if (dice(2))
		a = js_set(a, "flag", js_from_bool(dice(2)));
	/* Without a schema elements have no lists and objects. */
	if (f->style == ELEMENTS)
		return a;
	if (dice(2))
		a = js_set(a, "list", js_push(js_arr(), some_value(f, 1)));
	if (dice(2))
		a = js_set(a, "map", js_set(js_obj(), "x", some_value(f, 1)));
	return a;
}

static void
python(struct buf *b, jv v)
{
	jv keys = js_is_obj(v) ? js_keys(v) : js_none();

	if (js_is_null(v)) {
		buf_adds(b, "None");
	} else if (js_is_bool(v)) {
		buf_adds(b, js_eq(v, jv_true()) ? "True" : "False");
	} else if (js_is_arr(v) || js_is_obj(v)) {
		buf_addc(b, js_is_arr(v) ? '[' : '{');
		for (size_t i = 0; i < js_len(v); i++) {
			jv k = js_at(keys, i);
			jv e = js_is_arr(v) ? js_at(v, i) :
			    js_get(v, js_cstr(k));

			buf_adds(b, i > 0 ? ", " : "");
			if (js_is_obj(v))
				buf_addf(b, "'%s': ", js_cstr(k));
			python(b, e);
			js_free(e);
			js_free(k);
		}
		buf_addc(b, js_is_arr(v) ? ']' : '}');
	} else {
		js_dump(b, v);
	}
	js_free(keys);
}

static void
gemma(struct buf *b, jv v, const char *quote)
{
	jv keys = js_is_obj(v) ? js_keys(v) : js_none();
	size_t n;
	const char *s = js_bytes(v, &n);

	if (s != NULL) {
		buf_adds(b, quote);
		buf_add(b, s, n);
		buf_adds(b, quote);
	} else if (js_is_arr(v) || js_is_obj(v)) {
		buf_addc(b, js_is_arr(v) ? '[' : '{');
		for (size_t i = 0; i < js_len(v); i++) {
			jv k = js_at(keys, i);
			jv e = js_is_arr(v) ? js_at(v, i) :
			    js_get(v, js_cstr(k));

			buf_adds(b, i > 0 ? "," : "");
			if (js_is_obj(v))
				buf_addf(b, "%s:", js_cstr(k));
			gemma(b, e, quote);
			js_free(e);
			js_free(k);
		}
		buf_addc(b, js_is_arr(v) ? ']' : '}');
	} else {
		js_dump(b, v);
	}
	js_free(keys);
}

/* One argument that is no JSON member. */
static void
argument(struct buf *b, const struct form *f, const char *key, jv v, bool first)
{
	size_t n;
	const char *s;

	if (f->style == PYTHON) {
		buf_addf(b, "%s%s=", first ? "" : ", ", key);
		python(b, v);
	} else if (f->style == GEMMA) {
		buf_addf(b, "%s%s:", first ? "" : ",", key);
		gemma(b, v, f->k != NULL ? f->k : "<|\"|>");
	} else {
		buf_addf(b, "%s%s%s%s", f->style == ELEMENTS ? "<" : f->k,
		    key, f->style == ELEMENTS ? ">" : "", f->v);
		if ((s = js_bytes(v, &n)) != NULL)
			buf_add(b, s, n);
		else
			js_dump(b, v);
		buf_adds(b, f->e);
		if (f->style == ELEMENTS)
			buf_addf(b, "</%s>\n", key);
	}
}

static void
write_call(struct buf *b, const struct form *f, jv args)
{
	jv keys = js_keys(args);

	buf_addf(b, "%swork%s", f->a, f->b);
	if (f->style == JSON)
		js_dump(b, args);
	for (size_t i = 0; f->style != JSON && i < js_len(keys); i++) {
		jv k = js_at(keys, i), v = js_get(args, js_cstr(k));

		argument(b, f, js_cstr(k), v, i == 0);
		js_free(v);
		js_free(k);
	}
	buf_adds(b, f->c);
	js_free(keys);
}

/* The format's name, when it has to be asked for. */
static const char *
asked(const struct form *f)
{
	return strcmp(f->name, "cline") == 0 || strcmp(f->name, "apriel") == 0 ?
	    f->name : NULL;
}

/* NULL, or what is wrong. */
static const char *
back(const struct buf *text, jv tools, const struct form *f, jv args,
    size_t piece)
{
	struct recover_opts o = { .format = asked(f) };
	struct recover *r = recover_open(tools, &o, NULL, NULL);
	const struct recover_result *res;
	struct err e = ERR_INIT;
	struct buf want = BUF_INIT;
	const char *why = NULL;
	jv got;

	for (size_t i = 0; i < text->len; i += piece)
		recover_feed(r, text->data + i, text->len - i < piece ?
		    text->len - i : piece);
	res = recover_end(r, false);
	js_dump(&want, args);
	if (res->ncalls != 1 || strcmp(res->calls[0].name, "work") != 0) {
		why = "not one call";
	} else if (f->style == JSON) {
		if (res->calls[0].args.len != want.len ||
		    memcmp(res->calls[0].args.data, want.data, want.len) != 0)
			why = "other bytes";
	} else {
		got = js_parse(res->calls[0].args.data, res->calls[0].args.len,
		    &e);
		if (!js_eq(got, args))
			why = "other values";
		js_free(got);
	}
	buf_free(&want);
	recover_free(r);
	return why;
}

static void
form(const struct form *f, jv tools)
{
	static const size_t pieces[] = { 1 << 20, 1, 7 };
	const char *why = NULL;
	struct buf text = BUF_INIT, shown = BUF_INIT;

	for (int i = 0; i < ROUNDS && why == NULL; i++) {
		jv args = some_args(f);

		buf_reset(&text);
		buf_adds(&text, dice(2) ? "I look.\n" : "");
		write_call(&text, f, args);
		for (size_t k = 0; k < 3 && why == NULL; k++)
			why = back(&text, tools, f, args, pieces[k]);
		js_free(args);
	}
	if (!ok(why == NULL, "%s: %d calls come back", f->name, ROUNDS)) {
		js_quote(&shown, text.data, text.len);
		fprintf(stderr, "# %s: %s\n", why, buf_str(&shown));
	}
	buf_free(&shown);
	buf_free(&text);
}

int
main(void)
{
	static const char schema[] = "[{\"function\":{\"name\":\"now\"}},"
	    "{\"function\":{\"name\":\"work\",\"parameters\":{\"type\":"
	    "\"object\",\"properties\":{\"text\":{\"type\":\"string\"},"
	    "\"more\":{\"type\":\"string\"},\"count\":{\"type\":\"integer\"},"
	    "\"flag\":{\"type\":\"boolean\"},\"list\":{\"type\":\"array\"},"
	    "\"map\":{\"type\":\"object\"}},\"required\":[\"text\"]}}}]";
	struct err e = ERR_INIT;
	jv tools = js_parse(schema, sizeof(schema) - 1, &e);

	for (size_t i = 0; i < BASE_NITEMS(forms); i++)
		form(&forms[i], tools);
	js_free(tools);
	return done_testing();
}
