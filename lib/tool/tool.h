/*
 * tool.h - the tools there are, and what they are given to work with.
 *
 * A tool is a line in the table of tool.c: what the model is told of it,
 * what it may touch, and the function that does it.  That function runs in
 * a child behind walls (worker.h), except for shell, which is agent-jail's
 * work (shell.h).
 */
#ifndef TOOL_TOOL_H
#define TOOL_TOOL_H

#include "base/base.h"
#include "base/err.h"
#include "base/vec.h"
#include "json/js.h"
#include "tool/result.h"

enum tool_needs {
	TOOL_READS,		/* the workspace, read only */
	TOOL_WRITES,		/* the workspace, read and write */
	TOOL_RUNS,		/* programs: agent-jail */
};

/* What every call of a run works with. */
struct tool_env {
	char		*workspace;	/* absolute path */
	int		 root;		/* descriptor of it */
	char		*state;		/* state folder, or NULL */
	char		*artifacts;	/* folder for long outputs, or NULL */
	int		 artifacts_fd;	/* -1 while it does not exist */
	bool		 files, shell;	/* enabled */
	bool		 read_only;
	struct vec	 only;		/* names allowed; empty: all */
	int64_t		 shell_ms;	/* time limit of a command */
	int64_t		 file_ms;	/* time limit of a file tool */
	size_t		 cap_bytes;	/* of one result's text */
	size_t		 cap_lines;
	struct vec	 jail;		/* argv prefix of agent-jail, lazily */
};

struct tool {
	const char	*name;
	const char	*description;
	const char	*parameters;	/* JSON Schema, as text */
	enum tool_needs	 needs;
	void		(*run)(const struct tool_env *env, jv args,
			    struct result *r);
};

/* The time a command may take at most, whoever asks. */
#define TOOL_SHELL_MAX_MS	(600 * 1000)

/* Tool number i in order of name, NULL after the last. */
const struct tool *tool_at(size_t i);
/* The tool of that name, or NULL. */
const struct tool *tool_find(const char *name);
/* The name of a tool that the caller may have meant, or NULL. */
const char *tool_nearest(const char *name);
/* NULL when the tool may be used; else why not, for the model. */
const char *tool_denied(const struct tool_env *env, const struct tool *t);

enum tool_format { TOOL_OPENAI, TOOL_MCP };

/* The schemas of the tools that may be used, as an owned array. */
jv tool_schemas(const struct tool_env *env, enum tool_format format);
/* The parameters' schema of a tool, owned. */
jv tool_parameters(const struct tool *t);

/* Fill env from the environment: workspace (dir may be NULL), state,
 * switches.  The caller may change fields after that. */
int tool_env_open(struct tool_env *env, const char *dir, struct err *e);
void tool_env_close(struct tool_env *env);
/* Make the artifacts folder if it is missing and open it; -1 with errno. */
int tool_env_artifacts(struct tool_env *env);

/* The tools themselves, one file each; called behind the walls. */
void tool_list_files(const struct tool_env *env, jv args, struct result *r);
void tool_read_file(const struct tool_env *env, jv args, struct result *r);
void tool_write_file(const struct tool_env *env, jv args, struct result *r);
void tool_edit_file(const struct tool_env *env, jv args, struct result *r);
void tool_search_files(const struct tool_env *env, jv args,
    struct result *r);

#endif
