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
		.description = "Replace text in a file. old_text must match "
		    "exactly and occur once, unless replace_all. Several at "
		    "once as edits, or as a unified diff.",
		.parameters = OBJECT("\"path\"", "\"path\":" STRING "," EDIT
		    ",\"edits\":{\"type\":\"array\",\"items\":{\"type\":"
		    "\"object\"}},\"diff\":" STRING),
		.group = GROUP_FILES, .needs = TOOL_WRITES,
		.run = tool_edit_file,
	}, {
		.name = "list_files",
		.description = "List a directory of the workspace (default: "
		    "its top).",
		.parameters = OBJECT("", "\"path\":" STRING
		    ",\"recursive\":" SWITCH
		    ",\"all\":{\"type\":\"boolean\",\"description\":"
		    "\"also hidden ones\"}"),
		.group = GROUP_FILES, .needs = TOOL_READS,
		.run = tool_list_files,
	}, {
		.name = "read_file",
		.description = "Read a text file, whole or a range of lines.",
		.parameters = OBJECT("\"path\"", "\"path\":" STRING
		    ",\"start_line\":" WHOLE(1) ",\"end_line\":" WHOLE(1)),
		.group = GROUP_FILES, .needs = TOOL_READS,
		.run = tool_read_file,
	}, {
		.name = "search_files",
		.description = "Find lines that match an extended regular "
		    "expression.",
		.parameters = OBJECT("\"pattern\"",
		    "\"pattern\":{\"type\":\"string\","
		    "\"minLength\":1},\"path\":" STRING
		    ",\"glob\":{\"type\":\"string\",\"description\":"
		    "\"e.g. *.c\"},\"ignore_case\":" SWITCH
		    ",\"context\":" WHOLE(0) ",\"max_results\":" WHOLE(1)),
		.group = GROUP_FILES, .needs = TOOL_READS,
		.run = tool_search_files,
	}, {
		.name = "shell",
		.description = "Run a command with /bin/sh in the workspace, "
		    "sandboxed, without network. Gives its output and exit "
		    "status.",
		.parameters = OBJECT("\"command\"",
		    "\"command\":{\"type\":\"string\","
		    "\"minLength\":1},\"timeout\":{\"type\":\"integer\","
		    "\"minimum\":1,\"maximum\":600,\"description\":"
		    "\"seconds, default 120\"},\"cwd\":" STRING),
		.group = GROUP_SHELL, .needs = TOOL_RUNS,
	}, {
		.name = "write_file",
		.description = "Create or replace a file with content.",
		.parameters = OBJECT("\"path\",\"content\"", "\"path\":" STRING
		    ",\"content\":" STRING),
		.group = GROUP_FILES, .needs = TOOL_WRITES,
		.run = tool_write_file,
	},
};

const size_t builtin_ntools = BASE_NITEMS(builtin_tools);
