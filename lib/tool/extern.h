/*
 * extern.h - tools that are executables of the user or of the project,
 * agent-tools(7).
 *
 * An executable is a tool when something says what it takes: a file beside
 * it, comments at its head, or its own answer to --schema.  Files that
 * others may write are passed over, and those of a project are too until
 * they are trusted (trust.h).
 */
#ifndef TOOL_EXTERN_H
#define TOOL_EXTERN_H

#include "base/base.h"
#include "base/err.h"
#include "json/js.h"
#include "tool/registry.h"
#include "tool/tool.h"

#define EXTERN_SCHEMA_MAX	((size_t)256 * 1024)

/* Add the tools that are found to r; what was passed over is noted there. */
void extern_scan(struct registry *r, struct tool_env *env);

/* How an executable says what it takes. */
struct extern_schema {
	jv		 tool;		/* an MCP Tool object, owned */
	const char	*from;		/* "sidecar", "comments", "--schema" */
	bool		 options;	/* takes its arguments as options */
	bool		 skill;		/* was promoted */
};

/* Add the executable at the absolute path as that says. */
void extern_add(struct registry *r, const char *path,
    const struct extern_schema *s);

/*
 * Find it for the executable at the absolute path, whose tool is called
 * name.  0, or -1 with e filled: nothing says so (ERR_NOINPUT), or what is
 * said is no schema (ERR_DATA).
 */
int extern_schema(struct tool_env *env, const char *path, const char *name,
    struct extern_schema *s, struct err *e);
/* An MCP Tool object from the comments at the head of a script, owned;
 * invalid when there are none, with e filled when they are wrong. */
jv extern_comments(const char *text, size_t n, const char *name,
    struct err *e);
/* What is wrong with such an object; 0, or -1 with e filled (ERR_DATA). */
int extern_check(jv tool, const char *name, struct err *e);
/* The name of the tool in the file: its own up to the first dot; caller
 * frees. */
char *extern_name(const char *path);
/* Arguments as options, for argv: --key value, --flag, --key a --key b. */
void extern_options(struct vec *argv, jv args);

#endif
