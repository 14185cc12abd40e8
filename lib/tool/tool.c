/*
 * tool.c - the tools there are, and what they are given to work with.
 */
#include "tool/tool.h"

#include "base/mem.h"
#include "base/opt.h"
#include "core/conf.h"
#include "core/state.h"
#include "sys/fd.h"
#include "sys/file.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define STRING		"{\"type\":\"string\"}"
#define WHOLE(min)	"{\"type\":\"integer\",\"minimum\":" #min "}"
#define SWITCH		"{\"type\":\"boolean\"}"
#define OBJECT(required, members)					\
	"{\"type\":\"object\",\"properties\":{" members "},"		\
	"\"required\":[" required "],\"additionalProperties\":false}"

#define EDIT								\
	"\"old_text\":" STRING ",\"new_text\":" STRING			\
	",\"replace_all\":" SWITCH

/* In order of name.  Every word here is sent with every request. */
static const struct tool tools[] = {
	{
		"edit_file",
		"Replace text in a file. old_text must match exactly and "
		"occur once, unless replace_all. Several at once as edits, "
		"or as a unified diff.",
		OBJECT("\"path\"", "\"path\":" STRING "," EDIT
		    ",\"edits\":{\"type\":\"array\",\"items\":"
		    OBJECT("\"old_text\",\"new_text\"", EDIT)
		    "},\"diff\":" STRING),
		TOOL_WRITES, tool_edit_file,
	}, {
		"list_files",
		"List a directory of the workspace (default: its top).",
		OBJECT("", "\"path\":" STRING ",\"recursive\":" SWITCH
		    ",\"all\":{\"type\":\"boolean\",\"description\":"
		    "\"also hidden ones\"}"),
		TOOL_READS, tool_list_files,
	}, {
		"read_file",
		"Read a text file, whole or a range of lines.",
		OBJECT("\"path\"", "\"path\":" STRING ",\"start_line\":"
		    WHOLE(1) ",\"end_line\":" WHOLE(1)),
		TOOL_READS, tool_read_file,
	}, {
		"search_files",
		"Find lines that match an extended regular expression.",
		OBJECT("\"pattern\"", "\"pattern\":{\"type\":\"string\","
		    "\"minLength\":1},\"path\":" STRING
		    ",\"glob\":{\"type\":\"string\",\"description\":"
		    "\"e.g. *.c\"},\"ignore_case\":" SWITCH
		    ",\"context\":" WHOLE(0) ",\"max_results\":" WHOLE(1)),
		TOOL_READS, tool_search_files,
	}, {
		"shell",
		"Run a command with /bin/sh in the workspace, sandboxed, "
		"without network. Gives its output and exit status.",
		OBJECT("\"command\"", "\"command\":{\"type\":\"string\","
		    "\"minLength\":1},\"timeout\":{\"type\":\"integer\","
		    "\"minimum\":1,\"maximum\":600,\"description\":"
		    "\"seconds, default 120\"},\"cwd\":" STRING),
		TOOL_RUNS, NULL,
	}, {
		"write_file",
		"Create or replace a file with content.",
		OBJECT("\"path\",\"content\"", "\"path\":" STRING
		    ",\"content\":" STRING),
		TOOL_WRITES, tool_write_file,
	},
};

const struct tool *
tool_at(size_t i)
{
	return i < BASE_NITEMS(tools) ? &tools[i] : NULL;
}

const struct tool *
tool_find(const char *name)
{
	for (size_t i = 0; i < BASE_NITEMS(tools); i++)
		if (strcmp(tools[i].name, name) == 0)
			return &tools[i];
	return NULL;
}

const char *
tool_nearest(const char *name)
{
	/* What models that were trained on other tools say. */
	static const char *const others[][2] = {
		{ "bash", "shell" }, { "run_command", "shell" },
		{ "execute_command", "shell" }, { "exec", "shell" },
		{ "run", "shell" }, { "run_shell_command", "shell" },
		{ "terminal", "shell" }, { "cat", "read_file" },
		{ "view", "read_file" }, { "open_file", "read_file" },
		{ "read", "read_file" }, { "ls", "list_files" },
		{ "list_directory", "list_files" }, { "glob", "list_files" },
		{ "list_dir", "list_files" }, { "grep", "search_files" },
		{ "search", "search_files" }, { "find", "search_files" },
		{ "write", "write_file" }, { "create_file", "write_file" },
		{ "edit", "edit_file" }, { "str_replace", "edit_file" },
		{ "replace", "edit_file" }, { "apply_patch", "edit_file" },
	};
	const char *names[BASE_NITEMS(tools) + 1] = { NULL };

	for (size_t i = 0; i < BASE_NITEMS(others); i++)
		if (strcasecmp(name, others[i][0]) == 0)
			return others[i][1];
	for (size_t i = 0; i < BASE_NITEMS(tools); i++)
		names[i] = tools[i].name;
	return opt_nearest(name, names);
}

const char *
tool_denied(const struct tool_env *env, const struct tool *t)
{
	if (env->only.n != 0 && !vec_has(&env->only, t->name))
		return "it is not among the tools of this run";
	if (t->needs == TOOL_RUNS && !env->shell)
		return "commands are switched off (AGENT_ENABLE_SHELL)";
	if (t->needs != TOOL_RUNS && !env->files)
		return "file tools are switched off (AGENT_ENABLE_FILES)";
	if (t->needs != TOOL_READS && env->read_only)
		return "this run is read-only";
	return NULL;
}

jv
tool_parameters(const struct tool *t)
{
	struct err e = ERR_INIT;
	jv v = js_parse(t->parameters, strlen(t->parameters), &e);

	BUG(!js_is_valid(v));
	return v;
}

static jv
openai(const struct tool *t)
{
	jv f = js_obj(), o = js_obj();

	f = js_set_str(f, "name", t->name);
	f = js_set_str(f, "description", t->description);
	f = js_set(f, "parameters", tool_parameters(t));
	o = js_set_str(o, "type", "function");
	return js_set(o, "function", f);
}

static jv
mcp(const struct tool *t)
{
	jv o = js_obj(), hints = js_obj();

	o = js_set_str(o, "name", t->name);
	o = js_set_str(o, "description", t->description);
	o = js_set(o, "inputSchema", tool_parameters(t));
	hints = js_set_bool(hints, "readOnlyHint", t->needs == TOOL_READS);
	hints = js_set_bool(hints, "destructiveHint",
	    t->needs != TOOL_READS);
	hints = js_set_bool(hints, "openWorldHint", false);
	return js_set(o, "annotations", hints);
}

jv
tool_schemas(const struct tool_env *env, enum tool_format format)
{
	jv list = js_arr();

	for (size_t i = 0; i < BASE_NITEMS(tools); i++)
		if (tool_denied(env, &tools[i]) == NULL)
			list = js_push(list, format == TOOL_MCP ?
			    mcp(&tools[i]) : openai(&tools[i]));
	return list;
}

static int
switches(struct tool_env *env, struct err *e)
{
	struct conf *c = conf_open(e);
	int rc = -1;

	if (c == NULL)
		return -1;
	if (conf_bool(c, "enable_shell", "AGENT_ENABLE_SHELL", true,
	    &env->shell, e) == 0 && conf_bool(c, "enable_files",
	    "AGENT_ENABLE_FILES", true, &env->files, e) == 0)
		rc = 0;
	conf_close(c);
	return rc;
}

int
tool_env_open(struct tool_env *env, const char *dir, struct err *e)
{
	struct err ignored = ERR_INIT;
	char *project;

	memset(env, 0, sizeof(*env));
	env->root = env->artifacts_fd = -1;
	env->shell_ms = 120 * 1000;
	env->file_ms = 60 * 1000;
	env->cap_bytes = 30 * 1000;
	env->cap_lines = 1000;
	if (switches(env, e) == -1)
		return -1;
	env->workspace = state_workspace(dir, &env->root, e);
	if (env->workspace == NULL)
		return -1;
	/* Without a state folder long outputs are cut, no more. */
	env->state = state_root(&ignored);
	project = state_project(env->workspace, &ignored);
	if (project != NULL) {
		env->artifacts = xasprintf("%s/artifacts", project);
		env->artifacts_fd = open(env->artifacts, O_RDONLY |
		    O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
		free(project);
	}
	return 0;
}

void
tool_env_close(struct tool_env *env)
{
	free(env->workspace);
	free(env->state);
	free(env->artifacts);
	fd_close(&env->root);
	fd_close(&env->artifacts_fd);
	vec_free(&env->only);
	vec_free(&env->jail);
	env->workspace = env->state = env->artifacts = NULL;
}

int
tool_env_artifacts(struct tool_env *env)
{
	struct err e = ERR_INIT;
	char *dir;

	if (env->artifacts_fd != -1)
		return 0;
	if (env->artifacts == NULL)
		return -1;
	dir = state_dir(env->workspace, "artifacts", &e);
	if (dir == NULL)
		return -1;
	env->artifacts_fd = open(dir, O_RDONLY | O_DIRECTORY | O_NOFOLLOW |
	    O_CLOEXEC);
	free(dir);
	return env->artifacts_fd == -1 ? -1 : 0;
}
