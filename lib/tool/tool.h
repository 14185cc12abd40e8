/*
 * tool.h - the tools there are, and what they are given to work with.
 *
 * A tool is what the model is told of it, what it may touch, and what does
 * it: a function of ours in a child behind walls (worker.h), a command in
 * agent-jail (shell.h), or a program of its own (program.h).  Which ones
 * there are is in registry.h.
 */
#ifndef TOOL_TOOL_H
#define TOOL_TOOL_H

#include "base/admit.h"
#include "base/base.h"
#include "base/err.h"
#include "base/vec.h"
#include "core/ids.h"
#include "json/js.h"
#include "tool/approval.h"
#include "tool/result.h"

enum tool_needs {
	TOOL_READS,		/* the workspace, read only */
	TOOL_WRITES,		/* the workspace, read and write */
	TOOL_RUNS,		/* a command: agent-jail */
};

/* What is switched on and off together, AGENT_ENABLE_NAME. */
enum tool_group {
	GROUP_FILES, GROUP_SHELL, GROUP_FETCH, GROUP_PYEXE, GROUP_TOOLS,
	GROUP_DATA_VIEW, GROUP_MEMORY, GROUP_PLAN, GROUP_MCP,
	TOOL_GROUPS
};

/* What a program of its own runs behind. */
enum tool_walls {
	WALLS_NONE,		/* no such program: a built-in */
	WALLS_READS,		/* agent-jail, the workspace read only */
	WALLS_WRITES,		/* agent-jail, the workspace to write */
	WALLS_OWN,		/* those that it lays itself */
};

struct mcp;
struct backgrounds;
struct policy;
struct registry;

/* What every call of a run works with. */
struct tool_env {
	char		*workspace;	/* absolute path */
	int		 root;		/* descriptor of it */
	char		*state;		/* state folder, or NULL */
	char		*artifacts;	/* folder for long outputs, or NULL */
	int		 artifacts_fd;	/* -1 while it does not exist */
	bool		 enabled[TOOL_GROUPS];
	bool		 read_only;
	struct admit	 allow;		/* hosts that may be reached */
	struct vec	 only;		/* names allowed; empty: all */
	int64_t		 shell_ms;	/* time limit of a command */
	int64_t		 file_ms;	/* time limit of a file tool */
	size_t		 cap_bytes;	/* of one result's text */
	size_t		 cap_lines;
	struct vec	 jail;		/* argv prefix of agent-jail, lazily */
	struct registry	*registry;	/* the tools there are */
	struct policy	*policy;	/* tool_env_policy() opens it */
	const char	*policy_file;	/* one more, borrowed, or NULL */
	struct err	 policy_fault;	/* why it could not be opened */
	bool		 judges;	/* calls are judged by it */
	bool		 tainted;	/* see label.h */
	bool		 taint_known;	/* the state folder was asked */
	bool		 plain;		/* no fence, in so many words */
	char		 fence[IDS_SIZE];	/* around what others wrote */
	struct approval	 approval;	/* who is asked when it says so */
	struct mcp	*mcp;		/* servers of others, or NULL */
	char		*session;	/* id of the session, or NULL */
	const char	*call;		/* id of the call that is started */
	uint64_t	 skills_stamp;	/* of their folder, skill.h */
	unsigned	 tools_changes;	/* times that others are offered */
	struct backgrounds *background;	/* commands, or NULL: none yet */
	bool		 stays;		/* we live as long as a conversation:
					 * what it keeps ends with us */
};

struct tool {
	const char	*name;
	const char	*description;
	const char	*parameters;	/* JSON Schema, as text */
	enum tool_group	 group;
	enum tool_needs	 needs;
	void		(*run)(const struct tool_env *env, jv args,
			    struct result *r);
	/* Of a program of its own; NULL, WALLS_NONE for others. */
	const char	*program;	/* absolute, or a name in libexec */
	bool		 in_bin;	/* that name is of a command of ours */
	enum tool_walls	 walls;
	int		 timeout_s;	/* of a call; 0: as of a command */
	const char	*wants;		/* a program of the system that it
					 * needs, or NULL */
	bool		 network;	/* it wants the allowed hosts */
	bool		 beside;	/* calls may run beside others */
	bool		 options;	/* arguments as --name value */
	bool		 asks;		/* called for its schema only */
	bool		 outside;	/* no walls: it changes what is ours,
					 * and what it runs of a model's is in
					 * agent-jail */
	bool		 skill;		/* promoted, skill.h */
	const char	*const *pass;	/* variables of ours it may see */
	const char	*origin;	/* whose word its result is, result.h;
					 * NULL: ours */
	/* Of a tool of an MCP server (mcp.h); NULL for others. */
	const char	*server;
	const char	*remote;	/* what the server calls it */
};

/* The time a command may take at most, whoever asks. */
#define TOOL_SHELL_MAX_MS	(600 * 1000)
/* A jail that has told how its command ended takes away what it made; if it
 * takes longer than this it is killed, and the next one does it. */
#define TOOL_TIDY_MS	(10 * 1000)

/* NULL when the tool may be used; else why not, for the model. */
const char *tool_denied(const struct tool_env *env, const struct tool *t);
/* The variable that switches a group, "AGENT_ENABLE_SHELL". */
const char *tool_switch(enum tool_group g);

enum tool_format { TOOL_OPENAI, TOOL_MCP };

/* The schemas of the tools that may be used, as an owned array. */
jv tool_schemas(const struct tool_env *env, enum tool_format format);
/* The parameters' schema of a tool, owned. */
jv tool_parameters(const struct tool *t);

/* Fill env from the environment: workspace (dir may be NULL), state,
 * switches.  The caller may change fields after that. */
int tool_env_open(struct tool_env *env, const char *dir, struct err *e);
void tool_env_close(struct tool_env *env);
/* The policy of the calls, read when it is first needed; NULL with
 * env->policy_fault filled when it cannot be. */
const struct policy *tool_env_policy(struct tool_env *env);
/* Let these hosts be reached, as --allow-host names them, instead of those
 * of the settings. */
int tool_env_allow(struct tool_env *env, const struct vec *hosts,
    struct err *e);
/* Make the artifacts folder if it is missing and open it; -1 with errno. */
int tool_env_artifacts(struct tool_env *env);

/* The tools themselves, one file each; called behind the walls. */
void tool_list_files(const struct tool_env *env, jv args, struct result *r);
void tool_read_file(const struct tool_env *env, jv args, struct result *r);
void tool_write_file(const struct tool_env *env, jv args, struct result *r);
void tool_edit_file(const struct tool_env *env, jv args, struct result *r);
void tool_search_files(const struct tool_env *env, jv args,
    struct result *r);
void tool_memory(const struct tool_env *env, jv args, struct result *r);
void tool_promote_skill(const struct tool_env *env, jv args,
    struct result *r);

#endif
