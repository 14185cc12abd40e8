/*
 * tool.c - the tools there are, and what they are given to work with.
 */
#include "tool/tool.h"

#include "base/mem.h"
#include "base/redact.h"
#include "core/conf.h"
#include "core/state.h"
#include "policy/rules.h"
#include "sys/fd.h"
#include "sys/file.h"
#include "tool/mcp.h"
#include "tool/background.h"
#include "tool/registry.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* The groups of tools and their settings. */
static const struct {
	const char	*key, *env, *off;
} groups[TOOL_GROUPS] = {
	[GROUP_FILES] = { "enable_files", "AGENT_ENABLE_FILES",
	    "file tools are switched off (AGENT_ENABLE_FILES)" },
	[GROUP_SHELL] = { "enable_shell", "AGENT_ENABLE_SHELL",
	    "commands are switched off (AGENT_ENABLE_SHELL)" },
	[GROUP_FETCH] = { "enable_fetch", "AGENT_ENABLE_FETCH",
	    "fetching is switched off (AGENT_ENABLE_FETCH)" },
	[GROUP_PYEXE] = { "enable_pyexe", "AGENT_ENABLE_PYEXE",
	    "Python is switched off (AGENT_ENABLE_PYEXE)" },
	[GROUP_TOOLS] = { "enable_tools", "AGENT_ENABLE_TOOLS",
	    "tools of one's own are switched off (AGENT_ENABLE_TOOLS)" },
	[GROUP_MEMORY] = { "enable_memory", "AGENT_ENABLE_MEMORY",
	    "memory is switched off (AGENT_ENABLE_MEMORY)" },
	[GROUP_DATA_VIEW] = { "enable_data_view", "AGENT_ENABLE_DATA_VIEW",
	    "data_view is switched off (AGENT_ENABLE_DATA_VIEW)" },
	[GROUP_PLAN] = { "enable_plan", "AGENT_ENABLE_PLAN",
	    "the plan is switched off (AGENT_ENABLE_PLAN)" },
	[GROUP_MCP] = { "enable_mcp", "AGENT_ENABLE_MCP",
	    "tools of MCP servers are switched off (AGENT_ENABLE_MCP)" },
};

const char *
tool_switch(enum tool_group g)
{
	return groups[g].env;
}

const char *
tool_denied(const struct tool_env *env, const struct tool *t)
{
	if (env->only.n != 0 && !vec_has(&env->only, t->name))
		return "it is not among the tools of this run";
	if (!env->enabled[t->group])
		return groups[t->group].off;
	if (t->needs != TOOL_READS && env->read_only)
		return "this run is read-only";
	if (strcmp(t->name, "job_status") == 0 && env->background == NULL)
		return "no command was started in the background";
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

/*
 * What a model has to know of the parameters of a tool of ours.  Every word
 * is sent with every request, so the limits that are checked anyway, and
 * that no model minds before it meets them, are left out.
 */
static jv
brief_take(jv schema)
{
	static const char *const dull[] = { "additionalProperties",
	    "minimum", "maximum", "minLength" };
	jv props = js_get(schema, "properties"), keys = js_keys(props);
	jv required = js_get(schema, "required");

	for (size_t i = 0; i < BASE_NITEMS(dull); i++)
		schema = js_del(schema, dull[i]);
	if (js_is_arr(required) && js_len(required) == 0)
		schema = js_del(schema, "required");
	for (size_t i = 0; i < js_len(keys); i++) {
		jv k = js_at(keys, i);

		props = js_set(props, js_cstr(k), brief_take(js_get(props,
		    js_cstr(k))));
		js_free(k);
	}
	if (js_is_obj(props))
		schema = js_set(schema, "properties", props);
	else
		js_free(props);
	js_free(required);
	js_free(keys);
	return schema;
}

static jv
openai(const struct tool *t)
{
	jv f = js_obj(), o = js_obj();

	f = js_set_str(f, "name", t->name);
	f = js_set_str(f, "description", t->description);
	/* What others wrote is theirs. */
	f = js_set(f, "parameters", t->origin != NULL && t->group ==
	    GROUP_TOOLS ? tool_parameters(t) :
	    brief_take(tool_parameters(t)));
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
	hints = js_set_bool(hints, "openWorldHint", t->walls == WALLS_OWN ||
	    t->server != NULL);
	return js_set(o, "annotations", hints);
}

jv
tool_schemas(const struct tool_env *env, enum tool_format format)
{
	jv list = js_arr();
	const struct tool *t;

	for (size_t i = 0; (t = tool_at(env, i)) != NULL; i++)
		if (tool_denied(env, t) == NULL)
			list = js_push(list, format == TOOL_MCP ?
			    mcp(t) : openai(t));
	return list;
}

/* fetch, a program of its own, is told by the variable. */
static void
tell_hosts(const struct tool_env *env)
{
	struct buf b = BUF_INIT;

	admit_show(&b, &env->allow);
	setenv("AGENT_ALLOW_HOST", buf_str(&b), 1);
	buf_free(&b);
}

int
tool_env_allow(struct tool_env *env, const struct vec *hosts, struct err *e)
{
	admit_free(&env->allow);
	for (size_t i = 0; i < hosts->n; i++)
		if (admit_add(&env->allow, hosts->v[i], e) == -1)
			return err_wrap(e, "--allow-host");
	tell_hosts(env);
	return 0;
}

/* The hosts of the settings; a project has none. */
static int
hosts(struct tool_env *env, struct conf *c, struct err *e)
{
	const char *s = conf_str(c, "allow_host", "AGENT_ALLOW_HOST", NULL,
	    NULL);

	if (s != NULL && admit_add(&env->allow, s, e) == -1) {
		err_wrap(e, "the setting allow_host");
		e->kind = ERR_CONFIG;
		return -1;
	}
	tell_hosts(env);
	return 0;
}

/* Neither a model nor a log is to see what our own keys are. */
static void
secrets(struct conf *c)
{
	static const char *const keys[][2] = {
		{ "model_api_key", "AGENT_MODEL_API_KEY" },
		{ "fallback_api_key", "AGENT_FALLBACK_API_KEY" },
		{ "gemini_api_key", "GEMINI_API_KEY" },
	};

	redact_environment();
	for (size_t i = 0; i < BASE_NITEMS(keys); i++) {
		const char *s = conf_str(c, keys[i][0], keys[i][1], NULL,
		    NULL);

		if (s != NULL)
			redact_know(keys[i][1], s);
	}
}

static int
switches(struct tool_env *env, struct conf *c, struct err *e)
{
	int rc;

	secrets(c);
	rc = hosts(env, c, e);
	for (int g = 0; g < TOOL_GROUPS && rc == 0; g++)
		rc = conf_bool(c, groups[g].key, groups[g].env, true,
		    &env->enabled[g], e);
	return rc;
}

/* Whose calls these are, as far as our caller says so. */
static char *
session(void)
{
	const char *s = getenv("AGENT_SESSION");

	return s != NULL && *s != '\0' ? xstrdup(s) : NULL;
}

int
tool_env_open(struct tool_env *env, const char *dir, struct err *e)
{
	struct err ignored = ERR_INIT;
	struct conf *c;
	char *project;
	int rc;

	memset(env, 0, sizeof(*env));
	env->root = env->artifacts_fd = -1;
	env->shell_ms = 120 * 1000;
	env->file_ms = 60 * 1000;
	env->cap_bytes = 30 * 1000;
	env->cap_lines = 1000;
	env->judges = true;
	approval_open(&env->approval, "none", false, "", e);
	c = conf_open_in(dir, e);
	rc = c != NULL ? switches(env, c, e) : -1;
	if (rc == 0)
		env->workspace = state_workspace(dir, &env->root, e);
	if (rc == -1 || env->workspace == NULL) {
		conf_close(c);
		return -1;
	}
	/* Without a state folder long outputs are cut, no more. */
	env->state = state_root(&ignored);
	project = state_project(env->workspace, &ignored);
	if (project != NULL) {
		env->artifacts = xasprintf("%s/artifacts", project);
		env->artifacts_fd = open(env->artifacts, O_RDONLY |
		    O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
		free(project);
	}
	env->session = session();
	env->registry = registry_new(env);
	if (conf_untrusted(c) != NULL)
		registry_note(env->registry, "%s", conf_untrusted(c));
	conf_close(c);
	return 0;
}

void
tool_env_close(struct tool_env *env)
{
	mcp_close(env);
	free(env->workspace);
	free(env->state);
	free(env->artifacts);
	free(env->session);
	background_close(env->background);
	env->background = NULL;
	registry_free(env->registry);
	env->registry = NULL;
	fd_close(&env->root);
	fd_close(&env->artifacts_fd);
	vec_free(&env->only);
	admit_free(&env->allow);
	vec_free(&env->jail);
	policy_free(env->policy);
	approval_close(&env->approval);
	env->policy = NULL;
	env->workspace = env->state = env->artifacts = env->session = NULL;
}

const struct policy *
tool_env_policy(struct tool_env *env)
{
	if (env->policy == NULL && env->policy_fault.kind == ERR_NONE)
		env->policy = policy_open(env->workspace, env->policy_file,
		    &env->policy_fault);
	return env->policy;
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
