/*
 * mcp.c - tools of MCP servers: which there are.
 */
#include "tool/mcp.h"

#include "base/clock.h"
#include "base/mem.h"
#include "core/ids.h"
#include "core/state.h"
#include "sys/fd.h"
#include "sys/file.h"
#include "sys/proc.h"
#include "sys/sig.h"
#include "sys/xdg.h"
#include "tool/mcp_link.h"
#include "tool/trust.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#define INDEX_MAX	((size_t)32 * 1024 * 1024)

/* ---- where ---- */

static char *
user_file(void)
{
	char *path = xdg_config("mcp.json");

	if (path != NULL && access(path, F_OK) == -1 && errno == ENOENT) {
		free(path);
		path = NULL;
	}
	return path;
}

/* The project's file, if it is trusted as it is. */
static void
project_file(struct mcp *m, struct registry *r, struct tool_env *env)
{
	const struct trust_file *f;
	struct err e = ERR_INIT;
	struct trust t;

	if (faccessat(env->root, ".mcp.json", F_OK, 0) == -1)
		return;
	m->untrusted = true;
	if (trust_read(&t, env, TRUST_SETTINGS, &e) == -1) {
		registry_note(r, "%s", e.msg);
		return;
	}
	f = trust_find(&t, ".mcp.json");
	if (f != NULL && f->state == TRUST_GOOD) {
		m->untrusted = false;
		m->project = xasprintf("%s/.mcp.json", env->workspace);
		m->sum = xstrdup(f->sum);
	} else {
		registry_note(r, ".mcp.json: %s; see agent-tool trust",
		    f != NULL ? trust_why(f) : "not trusted");
	}
	trust_free(&t);
}

/* The index of exactly these files. */
static void
name_index(struct mcp *m, const struct tool_env *env)
{
	struct buf b = BUF_INIT;
	struct vec extra = VEC_INIT;
	struct err e = ERR_INIT;
	char sum[65];

	buf_addf(&b, "1\n%s\n%s\n", env->workspace, m->sum != NULL ? m->sum :
	    "");
	if (m->user != NULL)
		file_read(m->user, &b, TRUST_MCP_MAX, &e);
	if (m->extra != NULL)
		vec_split(&extra, m->extra, ":");
	/* By what is in them: an editor's has another name every time. */
	for (size_t i = 0; i < extra.n; i++) {
		buf_addc(&b, '\n');
		file_read(extra.v[i], &b, TRUST_MCP_MAX, &e);
	}
	ids_sha256(sum, b.data, b.len);
	if (env->state != NULL)
		m->index = xasprintf("%s/mcp/index-%.32s.json", env->state,
		    sum);
	vec_free(&extra);
	buf_free(&b);
}

/* ---- the index ---- */

static void
add(struct registry *r, jv o)
{
	jv schema = js_get(o, "inputSchema");
	const char *name = js_str(o, "name"), *d = js_str(o, "description");
	const char *server = js_str(o, "server"), *tool = js_str(o, "tool");
	struct buf b = BUF_INIT;
	struct tool t;

	if (name == NULL || d == NULL || server == NULL || tool == NULL ||
	    !js_is_obj(schema)) {
		js_free(schema);
		return;
	}
	js_dump(&b, schema);
	t = (struct tool){ .name = registry_keep(r, name),
	    .description = registry_keep(r, d),
	    .parameters = registry_keep(r, buf_str(&b)),
	    .group = GROUP_MCP, .needs = js_bool(o, "reads", false) ?
	    TOOL_READS : TOOL_WRITES, .origin = "mcp",
	    .server = registry_keep(r, server),
	    .remote = registry_keep(r, tool) };
	if (!registry_add(r, &t))
		registry_note(r, "%s: there is a tool of that name already",
		    name);
	buf_free(&b);
	js_free(schema);
}

static void
note_failed(struct mcp *m, struct registry *r, jv o)
{
	jv failed = js_get(o, "failed");
	int64_t again;

	for (size_t i = 0; js_is_arr(failed) && i < js_len(failed); i++) {
		jv f = js_at(failed, i);
		const char *why = js_str(f, "why");

		registry_note(r, "MCP server %s", why != NULL ? why : "?");
		js_free(f);
	}
	js_free(failed);
	if (js_int(o, "again_ms", 0, 1LL << 52, &again) &&
	    clock_wall_ms() >= again)
		m->missing = true;
}

/* False when it is not there, or no index. */
static bool
read_index(struct mcp *m, struct registry *r)
{
	struct buf b = BUF_INIT;
	struct err e = ERR_INIT;
	jv o = js_none(), tools;
	bool good;

	if (m->index != NULL && file_read(m->index, &b, INDEX_MAX, &e) == 0)
		o = js_parse(buf_str(&b), b.len, &e);
	tools = js_get(o, "tools");
	good = js_is_arr(tools);
	for (size_t i = 0; good && i < js_len(tools); i++) {
		jv t = js_at(tools, i);

		add(r, t);
		js_free(t);
	}
	if (good)
		note_failed(m, r, o);
	js_free(tools);
	js_free(o);
	buf_free(&b);
	return good;
}

void
mcp_scan(struct registry *r, struct tool_env *env)
{
	struct mcp *m = xcalloc(1, sizeof(*m));

	m->user = user_file();
	m->extra = getenv("AGENT_MCP_CONFIG");
	if (m->extra != NULL && *m->extra == '\0')
		m->extra = NULL;
	project_file(m, r, env);
	m->link.name = "agent-mcp";
	env->mcp = m;
	if (m->user == NULL && m->project == NULL && m->extra == NULL)
		return;
	name_index(m, env);
	m->missing = !read_index(m, r);
}

/* ---- agent-mcp ---- */

void
mcp_command(const struct tool_env *env, struct vec *argv)
{
	const struct mcp *m = env->mcp;
	char *path = state_libexec("agent-mcp");

	vec_push(argv, path);
	vec_push(argv, "-w");
	vec_push(argv, env->workspace);
	if (m != NULL && m->project != NULL) {
		vec_pushf(argv, "--project=%s", m->project);
		vec_pushf(argv, "--sum=%s", m->sum);
	}
	if (m != NULL && m->untrusted)
		vec_push(argv, "--untrusted");
	if (m != NULL && m->extra != NULL)
		vec_pushf(argv, "--extra=%s", m->extra);
	if (m != NULL && m->index != NULL)
		vec_pushf(argv, "--index=%s", m->index);
	free(path);
}

bool
mcp_collect(struct tool_env *env)
{
	struct mcp *m = env->mcp;
	struct vec argv = VEC_INIT;
	struct err e = ERR_INIT;
	struct proc p;

	if (m == NULL || !m->missing || m->index == NULL)
		return false;
	m->missing = false;
	mcp_command(env, &argv);
	vec_push(&argv, "collect");
	proc_init(&p, vec_argv(&argv));
	p.how[0] = p.how[1] = PROC_NULL;
	p.die_with_us = true;
	if (proc_start(&p, &e) == -1)
		registry_note(env->registry, "%s", e.msg);
	else if (proc_wait(&p) != 0)
		registry_note(env->registry, "the MCP servers were not asked "
		    "for their tools; see agent-tool mcp list");
	else
		read_index(m, env->registry);
	m->missing = false;
	vec_free(&argv);
	return true;
}

/* The tool that is called SERVER.TOOL, or NULL. */
static const struct tool *
find(const struct tool_env *env, const char *name)
{
	const struct tool *t;

	for (size_t i = 0; (t = tool_at(env, i)) != NULL; i++) {
		size_t n = t->server != NULL ? strlen(t->server) : 0;

		if (n > 0 && strncmp(name, t->server, n) == 0 &&
		    name[n] == '.' && strcmp(name + n + 1, t->remote) == 0)
			return t;
	}
	return NULL;
}

int
mcp_resolve(struct tool_env *env, const char **name, struct err *e)
{
	const struct tool *t;

	if (tool_find(env, *name) != NULL)
		return 0;
	if (find(env, *name) == NULL && mcp_collect(env) &&
	    tool_find(env, *name) != NULL)
		return 0;
	t = find(env, *name);
	if (t != NULL)
		*name = t->name;
	else if (env->mcp != NULL && env->mcp->untrusted &&
	    (strstr(*name, "__") != NULL || strchr(*name, '.') != NULL))
		return err_set(e, ERR_DENIED, "no tool is called %.60s, and "
		    "the servers of .mcp.json do not count before agent-tool "
		    "trust --yes .mcp.json", *name);
	return 0;
}

int
mcp_exec(struct tool_env *env, char *const *args, int nargs, struct err *e)
{
	struct vec argv = VEC_INIT;

	mcp_command(env, &argv);
	for (int i = 0; i < nargs; i++)
		vec_push(&argv, args[i]);
	sig_reset_child();
	execv(argv.v[0], vec_argv(&argv));
	err_sys(e, "run %s", argv.v[0]);
	vec_free(&argv);
	return -1;
}

void
mcp_close(struct tool_env *env)
{
	struct mcp *m = env->mcp;

	if (m == NULL)
		return;
	mcp_hang_up(m);
	free(m->project);
	free(m->sum);
	free(m->user);
	free(m->index);
	free(m);
	env->mcp = NULL;
}
