/*
 * builtin.c - the table of built-in tools.
 *
 * In order of name.  Every word here is sent with every request.
 */
#include "tool/registry.h"

#define STRING		"{\"type\":\"string\"}"
#define WHOLE(min)	"{\"type\":\"integer\",\"minimum\":" #min "}"
#define SWITCH		"{\"type\":\"boolean\"}"
#define OBJECT(required, members)					\
	"{\"type\":\"object\",\"properties\":{" members "},"		\
	"\"required\":[" required "],\"additionalProperties\":false}"

#define EDIT								\
	"\"old_text\":" STRING ",\"new_text\":" STRING			\
	",\"replace_all\":" SWITCH

const struct tool builtin_tools[] = {
	{
		.name = "edit_file",
		.description = "Replace text that occurs exactly once; or "
		    "edits, or a unified diff.",
		.parameters = OBJECT("\"path\"", "\"path\":" STRING "," EDIT
		    ",\"edits\":{\"type\":\"array\",\"items\":{\"type\":"
		    "\"object\"}},\"diff\":" STRING),
		.group = GROUP_FILES, .needs = TOOL_WRITES,
		.run = tool_edit_file,
	}, {
		.name = "job_status",
		.description = "State and output of a background job of "
		    "shell; can wait (seconds) or stop it.",
		.parameters = OBJECT("", "\"job\":" WHOLE(1)
		    ",\"wait\":{\"type\":\"integer\",\"minimum\":1,"
		    "\"maximum\":600},\"stop\":" SWITCH),
		.group = GROUP_SHELL, .needs = TOOL_READS,
	}, {
		.name = "list_files",
		.description = "List a directory.",
		.parameters = OBJECT("", "\"path\":" STRING
		    ",\"recursive\":" SWITCH
		    ",\"all\":" SWITCH),
		.group = GROUP_FILES, .needs = TOOL_READS,
		.run = tool_list_files,
	}, {
		.name = "memory",
		.description = "Long-term memory.",
		.parameters = OBJECT("\"operation\"", "\"operation\":{\"enum\":"
		    "[\"store\",\"search\",\"list\",\"forget\"]},"
		    "\"content\":" STRING ",\"id\":" STRING),
		.group = GROUP_MEMORY, .needs = TOOL_WRITES,
		.run = tool_memory, .outside = true, .wants = "agent-mem",
	}, {
		.name = "promote_skill",
		.description = "Make a typed, documented Python function or "
		    "an executable a tool.",
		.parameters = OBJECT("\"path\"", "\"path\":" STRING
		    ",\"function\":" STRING ",\"name\":" STRING),
		.group = GROUP_TOOLS, .needs = TOOL_WRITES,
		.run = tool_promote_skill, .outside = true,
	}, {
		.name = "read_file",
		.description = "Read a text file.",
		.parameters = OBJECT("\"path\"", "\"path\":" STRING
		    ",\"start_line\":" WHOLE(1) ",\"end_line\":" WHOLE(1)),
		.group = GROUP_FILES, .needs = TOOL_READS,
		.run = tool_read_file,
	}, {
		.name = "search_files",
		.description = "Find lines by regular expression.",
		.parameters = OBJECT("\"pattern\"",
		    "\"pattern\":{\"type\":\"string\","
		    "\"minLength\":1},\"path\":" STRING
		    ",\"glob\":" STRING ",\"ignore_case\":" SWITCH
		    ",\"context\":" WHOLE(0) ",\"max_results\":" WHOLE(1)),
		.group = GROUP_FILES, .needs = TOOL_READS,
		.run = tool_search_files,
	}, {
		.name = "shell",
		.description = "Run a command with sh, sandboxed, without "
		    "network.",
		.parameters = OBJECT("\"command\"",
		    "\"command\":{\"type\":\"string\","
		    "\"minLength\":1},\"timeout\":{\"type\":\"integer\","
		    "\"minimum\":1,\"maximum\":600,\"description\":"
		    "\"seconds (120)\"},\"cwd\":" STRING
		    ",\"background\":" SWITCH),
		.group = GROUP_SHELL, .needs = TOOL_RUNS,
	}, {
		.name = "write_file",
		.description = "Create or replace a file.",
		.parameters = OBJECT("\"path\",\"content\"", "\"path\":" STRING
		    ",\"content\":" STRING),
		.group = GROUP_FILES, .needs = TOOL_WRITES,
		.run = tool_write_file,
	},
};

const size_t builtin_ntools = BASE_NITEMS(builtin_tools);
