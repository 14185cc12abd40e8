/*
 * own_new.c - agent-tool new: a tool that works, to be changed.
 */
#include "tool/own.h"

#include "base/mem.h"
#include "sys/fd.h"
#include "sys/file.h"
#include "tool/extern.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static const char in_sh[] =
"#!/bin/sh\n"
"# @describe Count the lines of a text.\n"
"# @option --text!  The text\n"
"# @flag --words  Count words, not lines\n"
"#\n"
"# The comments above say what a model is told; see agent-tools(7).\n"
"what=-l\n"
"while [ $# -gt 0 ]; do\n"
"\tcase $1 in\n"
"\t--text) text=$2; shift ;;\n"
"\t--words) what=-w ;;\n"
"\t*) echo \"unknown: $1\" >&2; exit 2 ;;\n"
"\tesac\n"
"\tshift\n"
"done\n"
"printf '%s\\n' \"$text\" | wc $what | tr -d ' '\n";

static const char in_py[] =
"#!/usr/bin/env python3\n"
"\"\"\"A tool: one JSON object in, a result out; see agent-tools(7).\"\"\"\n"
"import json\n"
"import sys\n"
"\n"
"SCHEMA = {\n"
"    \"name\": \"@NAME@\",\n"
"    \"description\": \"Count the lines of a text.\",\n"
"    \"inputSchema\": {\n"
"        \"type\": \"object\",\n"
"        \"properties\": {\n"
"            \"text\": {\"type\": \"string\"},\n"
"            \"words\": {\"type\": \"boolean\"},\n"
"        },\n"
"        \"required\": [\"text\"],\n"
"        \"additionalProperties\": False,\n"
"    },\n"
"    \"annotations\": {\"readOnlyHint\": True},\n"
"}\n"
"\n"
"if sys.argv[1:] == [\"--schema\"]:\n"
"    print(json.dumps(SCHEMA))\n"
"    sys.exit(0)\n"
"args = json.load(sys.stdin)\n"
"text = args[\"text\"]\n"
"print(len(text.split() if args.get(\"words\") else text.splitlines()))\n";

static const char in_c[] =
"/* A tool: one JSON object in, a result out; see agent-tools(7).\n"
" * cc -o @NAME@ @NAME@.c -ljq */\n"
"#include <jv.h>\n"
"#include <stdio.h>\n"
"#include <string.h>\n"
"\n"
"static const char schema[] =\n"
"    \"{\\\"name\\\":\\\"@NAME@\\\",\\\"description\\\":\\\"Count the lines of a \"\n"
"    \"text.\\\",\\\"inputSchema\\\":{\\\"type\\\":\\\"object\\\",\\\"properties\\\":{\"\n"
"    \"\\\"text\\\":{\\\"type\\\":\\\"string\\\"}},\\\"required\\\":[\\\"text\\\"],\"\n"
"    \"\\\"additionalProperties\\\":false},\\\"annotations\\\":{\"\n"
"    \"\\\"readOnlyHint\\\":true}}\";\n"
"\n"
"int\n"
"main(int argc, char **argv)\n"
"{\n"
"\tstatic char in[1 << 20];\n"
"\tsize_t n, lines = 0;\n"
"\tjv args, text;\n"
"\n"
"\tif (argc > 1 && strcmp(argv[1], \"--schema\") == 0)\n"
"\t\treturn puts(schema) < 0;\n"
"\tn = fread(in, 1, sizeof(in) - 1, stdin);\n"
"\targs = jv_parse_sized(in, (int)n);\n"
"\tif (jv_get_kind(args) != JV_KIND_OBJECT)\n"
"\t\treturn 2;\n"
"\ttext = jv_object_get(args, jv_string(\"text\"));\n"
"\tif (jv_get_kind(text) != JV_KIND_STRING)\n"
"\t\treturn 2;\n"
"\tfor (const char *p = jv_string_value(text); *p != '\\0'; p++)\n"
"\t\tlines += *p == '\\n' || p[1] == '\\0';\n"
"\tjv_free(text);\n"
"\treturn printf(\"%zu\\n\", lines) < 0;\n"
"}\n";

static const char in_test[] =
"{\n"
"  \"input\": {\"text\": \"one\\ntwo\"},\n"
"  \"jq\": \".text | tonumber == 2\"\n"
"}\n";

/* The template with the name in its places. */
static void
fill(struct buf *b, const char *text, const char *name)
{
	const char *at;

	while ((at = strstr(text, "@NAME@")) != NULL) {
		buf_add(b, text, (size_t)(at - text));
		buf_adds(b, name);
		text = at + 6;
	}
	buf_adds(b, text);
}

/* A file that was not there before. */
static int
put(const char *path, const char *text, size_t n, mode_t mode, struct err *e)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW |
	    O_CLOEXEC, mode);
	int rc = 0;

	if (fd == -1) {
		err_sys(e, "%s", path);
		e->kind = ERR_CANTCREAT;
		return -1;
	}
	if (fchmod(fd, mode) == -1 || fd_write_all(fd, text, n) == -1) {
		rc = err_sys(e, "%s", path);
		unlink(path);
	}
	close(fd);
	return rc;
}

static int
put_test(const char *dir, const char *name, struct err *e)
{
	char *tests = xasprintf("%s/%s.tests", dir, name);
	char *path = xasprintf("%s/lines.json", tests);
	int rc = file_mkdirs(tests, 0755, e);

	if (rc == 0)
		rc = put(path, in_test, sizeof(in_test) - 1, 0644, e);
	free(path);
	free(tests);
	return rc;
}

int
own_new(struct tool_env *env, const char *file, const char *dir,
    struct buf *out, struct err *e)
{
	static const struct { const char *end, *text; mode_t mode; } kinds[] = {
	    { ".sh", in_sh, 0755 }, { ".py", in_py, 0755 },
	    { ".c", in_c, 0644 } };
	char *where = dir != NULL ? xstrdup(dir) :
	    xasprintf("%s/.agents/tools", env->workspace);
	char *name = extern_name(file), *path = xasprintf("%s/%s", where, file);
	const char *end = file + strlen(name);
	struct buf text = BUF_INIT;
	int rc = -1;

	for (size_t i = 0; i < BASE_NITEMS(kinds); i++) {
		if (strcmp(end, kinds[i].end) != 0)
			continue;
		if (strchr(file, '/') != NULL || !registry_name(name) ||
		    tool_find(env, name) != NULL) {
			err_set(e, ERR_USAGE, "new: %.60s is no name for a "
			    "tool, or there is one already", name);
			goto out;
		}
		fill(&text, kinds[i].text, name);
		rc = file_mkdirs(where, 0755, e);
		if (rc == 0)
			rc = put(path, text.data, text.len, kinds[i].mode, e);
		if (rc == 0)
			rc = put_test(where, name, e);
		goto out;
	}
	err_set(e, ERR_USAGE, "new: expected NAME.sh, NAME.py or NAME.c, not "
	    "%.60s", file);
out:
	if (rc == 0) {
		buf_addf(out, "%s\n", path);
		if (strcmp(end, ".c") == 0)
			buf_addf(out, "next: cc -o %s/%s %s -ljq\n", where,
			    name, path);
		if (dir == NULL)
			buf_adds(out, "next: agent-tool trust --yes .agents\n");
		buf_addf(out, "then: agent-tool lint %s && agent-tool test "
		    "%s\n", name, name);
	}
	buf_free(&text);
	free(path);
	free(name);
	free(where);
	return rc;
}
