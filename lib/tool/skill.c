/*
 * skill.c - skills: which there are, and how one is taken back.
 */
#include "tool/skill.h"

#include "base/mem.h"
#include "core/ids.h"
#include "core/state.h"
#include "sys/file.h"
#include "tool/extern.h"

#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define ENDING		".tool.json"

char *
skill_dir(const struct tool_env *env)
{
	struct err ignored = ERR_INIT;
	char *project = state_project(env->workspace, &ignored), *dir = NULL;

	if (project != NULL)
		dir = xasprintf("%s/skills", project);
	free(project);
	return dir;
}

void
skill_launcher(struct buf *out, const char *name, const char *function)
{
	buf_addf(out, "#!/bin/sh\n"
	    "# The tool %s, see agent-tools(7).\n"
	    "exec python3 -I -B \"$AGENT_SHARE/python/skill.py\" run "
	    "\"${0%%/*}/%s.py\" %s\n", name, name, function);
}

/* ---- which there are ---- */

static bool
has_sum(const char *path, const char *want)
{
	struct buf b = BUF_INIT;
	struct err ignored = ERR_INIT;
	char sum[65] = "";

	if (file_read(path, &b, SKILL_PROGRAM_MAX, &ignored) == 0)
		ids_sha256(sum, buf_str(&b), b.len);
	buf_free(&b);
	return want != NULL && strcmp(sum, want) == 0;
}

static bool
has_launcher(const char *path, const char *name, const char *function)
{
	struct buf is = BUF_INIT, want = BUF_INIT;
	struct err ignored = ERR_INIT;
	bool same = false;

	if (function != NULL && file_read(path, &is, 4096, &ignored) == 0) {
		skill_launcher(&want, name, function);
		same = strcmp(buf_str(&is), buf_str(&want)) == 0;
	}
	buf_free(&is);
	buf_free(&want);
	return same;
}

/* Whether the bytes are those that were promoted. */
static bool
unchanged(const char *dir, const char *name, jv skill)
{
	char *path = xasprintf("%s/%s", dir, name), *source;
	const char *sum = js_str(skill, "sha256");
	bool same;

	if (js_str_is(skill, "kind", "python")) {
		source = xasprintf("%s.py", path);
		same = has_sum(source, sum) && has_launcher(path, name,
		    js_str(skill, "function"));
		free(source);
	} else {
		same = has_sum(path, sum);
	}
	free(path);
	return same;
}

static void
try(struct registry *r, const char *dir, const char *name)
{
	char *path = xasprintf("%s/%s", dir, name);
	char *file = xasprintf("%s" ENDING, path);
	struct extern_schema s = { .tool = js_none(), .from = "sidecar" };
	struct err e = ERR_INIT;
	struct buf b = BUF_INIT;
	jv meta = js_none(), ours = js_none(), skill = js_none();

	if (file_read(file, &b, EXTERN_SCHEMA_MAX, &e) == 0)
		s.tool = js_parse(buf_str(&b), b.len, &e);
	meta = js_get(s.tool, "_meta");
	ours = js_get(meta, "agent");
	skill = js_get(ours, "skill");
	if (!registry_name(name) || e.kind != ERR_NONE ||
	    extern_check(s.tool, name, &e) == -1) {
		registry_note(r, "skill %s: %s", name, e.kind != ERR_NONE ?
		    e.msg : "no name of a tool");
	} else if (!unchanged(dir, name, skill)) {
		registry_note(r, "skill %s: changed since it was promoted; "
		    "agent-tool promote it again, or demote it", name);
	} else {
		s.options = js_bool(skill, "options", false);
		s.skill = true;
		extern_add(r, path, &s);
	}
	js_free(skill);
	js_free(ours);
	js_free(meta);
	js_free(s.tool);
	buf_free(&b);
	free(file);
	free(path);
}

static int
is_schema(const struct dirent *d)
{
	size_t n = strlen(d->d_name), k = sizeof(ENDING) - 1;

	return d->d_name[0] != '.' && n > k &&
	    strcmp(d->d_name + n - k, ENDING) == 0;
}

/* What tells that the folder changed; 0 when it is not there. */
static uint64_t
stamp(const char *dir)
{
	struct stat st;

	if (dir == NULL || stat(dir, &st) == -1)
		return 0;
	return ((uint64_t)st.st_ino << 40) ^ ((uint64_t)st.st_mtim.tv_sec *
	    1000000000 + (uint64_t)st.st_mtim.tv_nsec);
}

void
skill_scan(struct registry *r, struct tool_env *env)
{
	char *dir = skill_dir(env);
	struct dirent **v = NULL;
	int n;

	env->skills_stamp = stamp(dir);
	n = env->skills_stamp != 0 ? scandir(dir, &v, is_schema, alphasort) :
	    0;
	for (int i = 0; i < n; i++) {
		char *name = xmemdup(v[i]->d_name, strlen(v[i]->d_name) -
		    (sizeof(ENDING) - 1));

		if (i < SKILL_MAX)
			try(r, dir, name);
		free(name);
		free(v[i]);
	}
	free(v);
	free(dir);
}

void
skill_refresh(struct tool_env *env)
{
	char *dir;

	if (!env->enabled[GROUP_TOOLS])
		return;
	dir = skill_dir(env);
	if (stamp(dir) != env->skills_stamp) {
		registry_drop_skills(env->registry);
		skill_scan(env->registry, env);
		env->tools_changes++;
	}
	free(dir);
}

/* ---- taking one back ---- */

int
skill_demote(struct tool_env *env, const char *name, struct err *e)
{
	static const char *const ends[] = { ENDING, "", ".py" };
	char *dir = skill_dir(env);
	int rc = 0, gone = 0;

	if (!registry_name(name) || strchr(name, '.') != NULL) {
		free(dir);
		return err_set(e, ERR_USAGE, "demote: %.60s is no name of a "
		    "skill", name);
	}
	/* The schema first: without it the rest is nothing. */
	for (size_t i = 0; dir != NULL && i < BASE_NITEMS(ends) && rc == 0;
	    i++) {
		char *path = xasprintf("%s/%s%s", dir, name, ends[i]);

		if (unlink(path) == 0)
			gone++;
		else if (errno != ENOENT)
			rc = err_sys(e, "%s", path);
		free(path);
	}
	free(dir);
	if (rc == 0 && gone == 0)
		rc = err_set(e, ERR_NOINPUT, "demote: no skill is called "
		    "%.60s; see agent-tool list --names", name);
	skill_refresh(env);
	return rc;
}
