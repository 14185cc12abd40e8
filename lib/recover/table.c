/*
 * table.c - the formats: names, triggers, decoders, in the order in which
 * they are tried.
 */
#include "recover/decode.h"
#include "recover/recover.h"
#include "recover/wrap.h"
#include "recover/xml.h"

static const struct wrap hermes = { { "</tool_call>" }, 0, false };
static const struct wrap tools = { { "</tools>", "</tool_call>" }, 0, false };
static const struct wrap jamba = { { "</tool_calls>" }, 0, true };
static const struct wrap nemotron = { { "</TOOLCALL>" }, 0, true };
static const struct wrap granite = { { "<|/tool_call|>", "</tool_call>",
	"<tool_call|>" }, SHAPE_PYTHON | SHAPE_OPEN, false };
static const struct wrap python_tag = { { "<|eom_id|>", "<|eot_id|>" },
	SHAPE_PYTHON | SHAPE_OPEN, false };
static const struct wrap llama4 = { { "<|python_end|>" }, SHAPE_PYTHON,
	false };
static const struct wrap lfm2 = { { "<|tool_call_end|>" }, SHAPE_PYTHON,
	false };
static const struct wrap olmo3 = { { "</function_calls>" }, SHAPE_PYTHON,
	false };
static const struct wrap function_call = { { "</function_call>",
	"</functions>" }, 0, false };
static const struct wrap command = { { "<|END_ACTION|>" }, 0, true };
static const struct wrap internlm = { { "<|action_end|>" }, 0, false };
static const struct wrap apertus = { { "<|tools_suffix|>" }, 0, true };
static const struct wrap gigachat = { { "<|message_sep|>", "</s>" },
	SHAPE_OPEN, false };
static const struct wrap inkling = { { "<|end_message|>" }, 0, false };
static const struct wrap functools = { { "<|end|>" }, SHAPE_OPEN, false };

static const struct xml qwen = { .style = XML_EQUALS,
	.wrap_open = { "<tool_call>" }, .wrap_close = { "</tool_call>" },
	.block_open = "<function=", .block_close = "</function>",
	.par_open = "<parameter=", .par_close = "</parameter>",
	.strip = true, .empty_ok = true };
static const struct xml seed = { .style = XML_EQUALS,
	.wrap_open = { "<seed:tool_call>" },
	.wrap_close = { "</seed:tool_call>" },
	.block_open = "<function=", .block_close = "</function>",
	.par_open = "<parameter=", .par_close = "</parameter>",
	.strip = true, .empty_ok = true };
static const struct xml glm = { .style = XML_PAIRS,
	.block_open = "<tool_call>", .block_close = "</tool_call>",
	.par_open = "<arg_key>", .par_close = "</arg_value>",
	.empty_ok = true, .single = true };
static const struct xml attribute = { .style = XML_ATTR,
	.block_open = "<tool name=", .block_close = "</tool>",
	.par_open = "<parameter name=", .par_close = "</parameter>",
	.single = true };
static const struct xml invoke = { .style = XML_ATTR,
	.wrap_open = { "<minimax:tool_call>", "<function_calls>",
	"<tool_calls>" },
	.wrap_close = { "</minimax:tool_call>", "</function_calls>",
	"</tool_calls>" },
	.block_open = "<invoke name=", .block_close = "</invoke>",
	.par_open = "<parameter name=", .par_close = "</parameter>",
	.empty_ok = true };
static const struct xml dsml = { .style = XML_ATTR,
	.wrap_open = { "<｜DSML｜function_calls>", "<｜DSML｜tool_calls>" },
	.wrap_close = { "</｜DSML｜function_calls>",
	"</｜DSML｜tool_calls>" },
	.block_open = "<｜DSML｜invoke name=",
	.block_close = "</｜DSML｜invoke>",
	.par_open = "<｜DSML｜parameter name=",
	.par_close = "</｜DSML｜parameter>", .empty_ok = true };
static const struct xml dsml_ascii = { .style = XML_ATTR,
	.wrap_open = { "<|DSML|function_calls>", "<|DSML|tool_calls>" },
	.wrap_close = { "</|DSML|function_calls>", "</|DSML|tool_calls>" },
	.block_open = "<|DSML|invoke name=", .block_close = "</|DSML|invoke>",
	.par_open = "<|DSML|parameter name=",
	.par_close = "</|DSML|parameter>", .empty_ok = true };
static const struct xml step = { .style = XML_ATTR,
	.wrap_open = { "<｜tool_calls_begin｜>", "<｜tool_call_begin｜>",
	"function<｜tool_sep｜>", "<｜tool_sep｜>" },
	.wrap_close = { "<｜tool_call_end｜>", "<｜tool_calls_end｜>" },
	.block_open = "<steptml:invoke name=",
	.block_close = "</steptml:invoke>",
	.par_open = "<steptml:parameter name=",
	.par_close = "</steptml:parameter>", .empty_ok = true };

static const struct xml *const xml_qwen[] = { &qwen, NULL };
static const struct xml *const xml_seed[] = { &seed, NULL };
static const struct xml *const xml_glm[] = { &glm, NULL };
static const struct xml *const xml_attribute[] = { &attribute, NULL };
static const struct xml *const xml_invoke[] = { &invoke, NULL };
static const struct xml *const xml_dsml[] = { &dsml, &dsml_ascii, NULL };
static const struct xml *const xml_step[] = { &step, NULL };

#define FORMAT(id, nm, mod, txt, fn, ar, fl, ...)			\
	static const struct format f_##id = { .name = nm, .models = mod,\
	    .about = txt, .decode = fn, .arg = ar, .flags = fl,		\
	    .trigger = { __VA_ARGS__ } }
#define ANY(s)		{ s, DEC_ANY }
#define LINE(s)		{ s, DEC_LINE }
#define FRESH(s)	{ s, DEC_FRESH }

FORMAT(comment, "comment", "", "HTML comments: nothing in them counts",
    fmt_comment, NULL, DEC_REASON, ANY("<!--"));
FORMAT(think, "think", "DeepSeek R1, Qwen 3, QwQ, GLM, MiniMax, Kimi",
    "<think>reasoning</think> and its cousins", fmt_think, NULL, DEC_REASON,
    FRESH("<think>"), FRESH("<thinking>"), FRESH("<reasoning>"),
    FRESH("<thought>"), FRESH("[THINK]"), FRESH("<seed:think>"));
FORMAT(think_token, "think-token", "Command-A, Kimi-VL, Gemma 4",
    "reasoning between special tokens", fmt_think, NULL, DEC_REASON,
    FRESH("<|START_THINKING|>"), FRESH("◁think▷"),
    FRESH("<|channel>thought"));
FORMAT(orphan, "think-end", "DeepSeek R1, Qwen 3 and others by template",
    "</think> whose opening stood in the prompt", fmt_orphan, NULL,
    DEC_REASON, ANY("</think>"), ANY("</thinking>"), ANY("</seed:think>"),
    ANY("[/THINK]"), ANY("<|END_THINKING|>"), ANY("◁/think▷"));
FORMAT(apriel_end, "apriel-think", "Apriel",
    "reasoning up to [BEGIN FINAL RESPONSE]", fmt_orphan, NULL, DEC_REASON,
    ANY("[BEGIN FINAL RESPONSE]"));
FORMAT(noise, "answer-marks", "Command-A, Apriel",
    "marks around the answer", fmt_noise, NULL, DEC_REASON,
    ANY("<|START_RESPONSE|>"), ANY("<|END_RESPONSE|>"),
    ANY("<|START_TEXT|>"), ANY("<|END_TEXT|>"),
    ANY("[END FINAL RESPONSE]"));
FORMAT(end, "end-marks", "all", "marks that end a message", fmt_noise, "",
    DEC_REASON, ANY("<|im_end|>"), ANY("<|eot_id|>"), ANY("<|eom_id|>"),
    ANY("<|endoftext|>"), ANY("<|end_of_text|>"),
    ANY("<｜end▁of▁sentence｜>"), ANY("</s>"));
FORMAT(qwen3_xml, "qwen3-xml", "Qwen3-Coder, Qwen 3.5, Nemotron 3, MiMo",
    "<function=NAME><parameter=KEY>value</parameter></function>", fmt_xml,
    xml_qwen, 0, ANY("<tool_call>"), ANY("<function="));
FORMAT(hermes, "hermes", "Hermes 2 and 3, Qwen 2.5, Qwen 3, QwQ, Granite 4",
    "<tool_call>{\"name\", \"arguments\"}</tool_call>", fmt_wrap, &hermes, 0,
    ANY("<tool_call>"));
FORMAT(glm, "glm", "GLM 4.5 and later",
    "<tool_call>NAME<arg_key>KEY</arg_key><arg_value>value</arg_value>",
    fmt_xml, xml_glm, 0, ANY("<tool_call>"));
FORMAT(m3, "minimax-m3", "MiniMax M3",
    "<tool_call><invoke name=\"NAME\"><KEY>value</KEY></invoke>",
    fmt_elements, NULL, 0, ANY("<tool_call>"));
FORMAT(tools, "qwen25-tools", "Qwen 2.5 Coder",
    "<tools>{\"name\", \"arguments\"}</tools>", fmt_wrap, &tools, 0,
    ANY("<tools>"));
FORMAT(attribute, "tool-name-attr", "prompted",
    "<tool name=\"NAME\">{arguments}</tool>", fmt_xml, xml_attribute, 0,
    ANY("<tool name="));
FORMAT(seed, "seed-oss", "Seed-OSS",
    "<seed:tool_call><function=NAME>...</seed:tool_call>", fmt_xml,
    xml_seed, 0, ANY("<seed:tool_call>"));
FORMAT(m2, "minimax-m2", "MiniMax M2",
    "<invoke name=\"NAME\"><parameter name=\"KEY\">value</parameter>",
    fmt_xml, xml_invoke, 0, ANY("<minimax:tool_call>"),
    ANY("<function_calls>"), ANY("<tool_calls>"), ANY("<invoke name="));
FORMAT(jamba, "jamba", "Jamba, Apriel",
    "<tool_calls>[{...}]</tool_calls>", fmt_wrap, &jamba,
    0, ANY("<tool_calls>"));
FORMAT(apriel, "apriel", "Apriel", "<tool_calls>[{...}]</tool_calls>",
    fmt_wrap, &jamba, DEC_ASKED, ANY("<tool_calls>"));
FORMAT(olmo3, "olmo3", "OLMo 3",
    "<function_calls>, one Python call a line, </function_calls>",
    fmt_wrap, &olmo3, 0, ANY("<function_calls>"));
FORMAT(function_call, "function-call", "Gorilla, fine-tunes",
    "<function_call>{...}</function_call>", fmt_wrap, &function_call, 0,
    ANY("<function_call>"), ANY("<functions>"));
FORMAT(nemotron, "nemotron", "Nemotron Nano 2",
    "<TOOLCALL>[{...}]</TOOLCALL>", fmt_wrap, &nemotron, 0,
    ANY("<TOOLCALL>"));
FORMAT(dsml, "deepseek-dsml", "DeepSeek V3.2 and later",
    "<｜DSML｜invoke name=\"NAME\"> with parameters", fmt_xml, xml_dsml, 0,
    ANY("<｜DSML｜function_calls>"), ANY("<｜DSML｜tool_calls>"),
    ANY("<｜DSML｜invoke name="), ANY("<|DSML|function_calls>"),
    ANY("<|DSML|tool_calls>"), ANY("<|DSML|invoke name="));
FORMAT(step, "step3", "Step 3",
    "<steptml:invoke name=\"NAME\"> with parameters", fmt_xml, xml_step, 0,
    ANY("<｜tool_calls_begin｜>"), ANY("<｜tool_call_begin｜>"),
    ANY("<steptml:invoke name="));
FORMAT(deepseek, "deepseek-v3", "DeepSeek V3, R1, V3.1",
    "<｜tool▁call▁begin｜>function<｜tool▁sep｜>NAME, fenced JSON",
    fmt_deepseek, NULL, 0, ANY("<｜tool▁calls▁begin｜>"),
    ANY("<｜tool▁call▁begin｜>"), ANY("<｜tool_calls_begin｜>"),
    ANY("<|tool_calls_begin|>"), ANY("<|tool▁calls▁begin|>"));
FORMAT(deepseek31, "deepseek-v3.1", "DeepSeek V3.1",
    "<｜tool▁call▁begin｜>NAME<｜tool▁sep｜>{arguments}",
    fmt_deepseek, NULL, DEC_ASKED, ANY("<｜tool▁calls▁begin｜>"),
    ANY("<｜tool▁call▁begin｜>"), ANY("<|tool_calls_begin|>"),
    ANY("<|tool▁calls▁begin|>"));
FORMAT(kimi, "kimi-k2", "Kimi K2",
    "<|tool_call_begin|>functions.NAME:0 and {arguments}", fmt_kimi, NULL, 0,
    ANY("<|tool_calls_section_begin|>"), ANY("<|tool_call_begin|>"));
FORMAT(gemma4, "gemma4", "Gemma 4",
    "<|tool_call>call:NAME{key:<|\"|>value<|\"|>}<tool_call|>", fmt_gemma,
    NULL, 0, ANY("<|tool_call>"));
FORMAT(functiongemma, "functiongemma", "FunctionGemma",
    "<start_function_call>call:NAME{key:<escape>value<escape>}",
    fmt_gemma, NULL, 0, ANY("<start_function_call>"));
FORMAT(granite, "granite", "Granite 3, Phi-4-mini",
    "<|tool_call|>[{...}] without a closer", fmt_wrap, &granite, 0,
    ANY("<|tool_call|>"), ANY("<tool_call>"));
FORMAT(python_tag, "llama3-python-tag", "Llama 3.1 and later",
    "<|python_tag|>{...}; {...} or NAME.call(key=\"value\")", fmt_wrap,
    &python_tag, 0, ANY("<|python_tag|>"));
FORMAT(llama4, "llama4-pythonic", "Llama 4",
    "<|python_start|>[NAME(key=value)]<|python_end|>", fmt_wrap, &llama4, 0,
    ANY("<|python_start|>"));
FORMAT(lfm2, "lfm2", "LFM2",
    "<|tool_call_start|>[NAME(key=value)]<|tool_call_end|>", fmt_wrap,
    &lfm2, 0, ANY("<|tool_call_start|>"));
FORMAT(command_r7b, "command-r7b", "Command R7B, Command A",
    "<|START_ACTION|>[{\"tool_name\", \"parameters\"}]<|END_ACTION|>",
    fmt_wrap, &command, 0, ANY("<|START_ACTION|>"));
FORMAT(internlm, "internlm", "InternLM 2",
    "<|action_start|><|plugin|>{...}<|action_end|>", fmt_wrap, &internlm, 0,
    ANY("<|action_start|><|plugin|>"), ANY("<|action_start|> <|plugin|>"));
FORMAT(apertus, "apertus", "Apertus",
    "<|tools_prefix|>[{\"NAME\": {arguments}}]<|tools_suffix|>", fmt_wrap,
    &apertus, DEC_KEYNAME, ANY("<|tools_prefix|>"));
FORMAT(gigachat, "gigachat", "GigaChat 3",
    "<|function_call|>{...}, or after \"function call<|role_sep|>\"",
    fmt_wrap, &gigachat, 0, ANY("<|function_call|>"),
    ANY("<|message_sep|>\n\nfunction call<|role_sep|>\n"),
    LINE("function call<|role_sep|>\n"));
FORMAT(inkling, "inkling", "Inkling",
    "<|content_invoke_tool_json|>{\"name\", \"args\"}<|end_message|>",
    fmt_wrap, &inkling, 0, ANY("<|content_invoke_tool_json|>"));
FORMAT(mistral, "mistral-json", "Mistral, all generations",
    "[TOOL_CALLS] [{...}], [TOOL_CALLS]NAME[ARGS]{...}",
    fmt_mistral, NULL, 0, ANY("[TOOL_CALLS]"));
FORMAT(mistral_args, "mistral-args", "Mistral Small 3.2, Devstral, Magistral",
    "[TOOL_CALLS]NAME[ARGS]{arguments}", fmt_mistral, NULL, DEC_ASKED,
    ANY("[TOOL_CALLS]"));
FORMAT(harmony, "harmony", "gpt-oss",
    "<|channel|>commentary to=functions.NAME<|message|>{arguments}",
    fmt_harmony, NULL, 0, ANY("<|channel|>"), ANY("<|start|>"),
    ANY("<|end|>"), ANY("<|return|>"), ANY("<|call|>"),
    FRESH("to=functions."), FRESH("commentary"), FRESH("analysis"));
FORMAT(command_r, "command-r", "Command R, R+",
    "Action: and a fenced list of {\"tool_name\", \"parameters\"}",
    fmt_react, NULL, DEC_ASKED, LINE("Action:"));
FORMAT(react, "react", "prompted, Command R",
    "Action: NAME, Action Input: {...}",
    fmt_react, NULL, 0, LINE("Action:"));
FORMAT(qwen_agent, "qwen-agent", "Qwen 1.5, Qwen 2",
    "✿FUNCTION✿: NAME, ✿ARGS✿: {arguments}", fmt_qwen_agent, NULL, 0,
    ANY("✿FUNCTION✿"));
FORMAT(functools, "phi4-functools", "Phi-4-mini, Firefunction",
    "functools[{...}]", fmt_wrap, &functools, 0, LINE("functools"));
FORMAT(functionary, "functionary", "Functionary 3.2",
    ">>>NAME and {arguments} on the next line", fmt_functionary, NULL, 0,
    LINE(">>>"), FRESH(""));
FORMAT(fence, "fenced-json", "Qwen 2.5 Coder, Gemma 3, many others",
    "a fence with calls that ends the message", fmt_fence, NULL, DEC_BARE,
    LINE("```"), LINE("~~~"));
FORMAT(bare, "bare-json", "Qwen 2.5 Coder, Llama 3, many others",
    "{\"name\", \"arguments\"} that ends the message", fmt_bare, NULL,
    DEC_BARE, LINE("{"), LINE("["));
FORMAT(xlam, "xlam", "xLAM", "[{\"name\", \"arguments\"}]", fmt_bare, NULL,
    DEC_BARE | DEC_ASKED, LINE("["), LINE("{"));
FORMAT(pythonic, "pythonic", "Llama 3.2 and 4, OLMo, ToolACE, Gorilla",
    "[NAME(key=value)] that ends the message", fmt_pythonic, NULL, DEC_BARE,
    LINE("["), FRESH(""));
FORMAT(cline, "cline", "prompted; only by --format",
    "<NAME><key>value</key></NAME>", fmt_elements, NULL, DEC_ASKED,
    ANY("<"));

const struct format *const format_table[] = { &f_comment, &f_think,
	&f_think_token, &f_orphan, &f_apriel_end, &f_noise, &f_end,
	&f_qwen3_xml, &f_hermes, &f_glm, &f_m3, &f_tools, &f_attribute,
	&f_seed, &f_m2, &f_jamba, &f_apriel, &f_olmo3, &f_function_call,
	&f_nemotron, &f_dsml, &f_step, &f_deepseek, &f_deepseek31, &f_kimi,
	&f_gemma4, &f_functiongemma, &f_granite, &f_python_tag, &f_llama4,
	&f_lfm2, &f_command_r7b, &f_internlm, &f_apertus, &f_gigachat,
	&f_inkling, &f_mistral, &f_mistral_args, &f_harmony, &f_command_r,
	&f_react, &f_qwen_agent, &f_functools, &f_functionary, &f_fence,
	&f_bare, &f_xlam, &f_pythonic, &f_cline, NULL };

bool
recover_formats(size_t i, struct recover_format *f)
{
	if (i >= BASE_NITEMS(format_table) - 1)
		return false;
	f->name = format_table[i]->name;
	f->models = format_table[i]->models;
	f->about = format_table[i]->about;
	return true;
}
