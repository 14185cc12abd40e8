/*
 * extern.c - tools that are executables of the user or of the project.
 */
#include "tool/extern.h"

#include "base/mem.h"
#include "sys/beneath.h"
#include "sys/fd.h"
#include "sys/xdg.h"
#include "tool/trust.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define DEFAULT_S	60
#define LIMIT_S		600
#define FILES_MAX	500	/* in one folder */

/* Why nobody but the user could have written the file; NULL: so it is. */
static const char *
unsafe(const struct stat *st)
{
	if (!S_ISREG(st->st_mode))
		return "no regular file";
	if (st->st_uid != geteuid() && st->st_uid != 0)
		return "owned by somebody else";
	if (st->st_mode & 022)
		return "others may write it; try chmod go-w";
	return NULL;
}

static bool
sidecar_safe(const char *dir, const char *name, const char **why)
{
	char *path = xasprintf("%s/%s.tool.json", dir, name);
	struct stat st;

	*why = lstat(path, &st) == 0 ? unsafe(&st) : NULL;
	free(path);
	return *why == NULL;
}

void
extern_add(struct registry *r, const char *path,
    const struct extern_schema *s)
{
	jv schema = js_get(s->tool, "inputSchema");
	jv hints = js_get(s->tool, "annotations");
	jv meta = js_get(s->tool, "_meta"), ours = js_get(meta, "agent");
	bool reads = js_bool(hints, "readOnlyHint", false);
	int64_t seconds = DEFAULT_S;
	struct buf b = BUF_INIT;
	struct tool t;

	js_int(ours, "timeout_s", 1, LIMIT_S, &seconds);
	js_dump(&b, schema);
	t = (struct tool){ .name = registry_keep(r, js_str(s->tool, "name")),
	    .description = registry_keep(r, js_str(s->tool, "description")),
	    .parameters = registry_keep(r, buf_str(&b)),
	    .group = GROUP_TOOLS, .needs = reads ? TOOL_READS : TOOL_WRITES,
	    .program = registry_keep(r, path),
	    .walls = reads ? WALLS_READS : WALLS_WRITES,
	    .timeout_s = (int)seconds, .options = s->options,
	    /* A model may have written what a skill says of itself. */
	    .network = !s->skill && js_bool(ours, "network", false),
	    .skill = s->skill, .origin = "tool" };
	if (!registry_add(r, &t))
		registry_note(r, "%s: there is a tool %s already", path,
		    t.name);
	buf_free(&b);
	js_free(ours);
	js_free(meta);
	js_free(hints);
	js_free(schema);
}

static void
try(struct registry *r, struct tool_env *env, const char *dir,
    const char *file)
{
	char *path = xasprintf("%s/%s", dir, file), *name = extern_name(path);
	struct extern_schema s = { .tool = js_none() };
	struct err e = ERR_INIT;
	const char *why;
	struct stat st;

	if (lstat(path, &st) == -1 || !S_ISREG(st.st_mode) ||
	    !(st.st_mode & 0111))
		goto out;
	if (!registry_name(name))
		registry_note(r, "%s: %s is no name of a tool", path, name);
	else if ((why = unsafe(&st)) != NULL || !sidecar_safe(dir, name, &why))
		registry_note(r, "%s: %s", path, why);
	else if (extern_schema(env, path, name, &s, &e) == -1)
		registry_note(r, "%s: %s", path, e.msg);
	else
		extern_add(r, path, &s);
out:
	js_free(s.tool);
	free(name);
	free(path);
}

static int
visible(const struct dirent *d)
{
	size_t n = strlen(d->d_name);

	return d->d_name[0] != '.' && (n < 10 ||
	    strcmp(d->d_name + n - 10, ".tool.json") != 0);
}

static void
scan(struct registry *r, struct tool_env *env, const char *dir)
{
	struct dirent **v = NULL;
	int n = scandir(dir, &v, visible, alphasort);

	for (int i = 0; i < n; i++) {
		if (i < FILES_MAX)
			try(r, env, dir, v[i]->d_name);
		free(v[i]);
	}
	free(v);
}

/* ---- of the project ---- */

/* The trusted ones of .agents/tools. */
static void
scan_project(struct registry *r, struct tool_env *env)
{
	static const char dir[] = ".agents/tools/";
	struct err e = ERR_INIT;
	struct trust t;
	char *abs;

	if (faccessat(env->root, ".agents/tools", X_OK, 0) == -1)
		return;
	if (trust_read(&t, env, TRUST_TOOLS, &e) == -1) {
		registry_note(r, "%s", e.msg);
		return;
	}
	abs = xasprintf("%s/.agents/tools", env->workspace);
	for (size_t i = 0; i < t.n; i++) {
		const struct trust_file *f = &t.v[i], *side;
		const char *file = f->path + sizeof(dir) - 1;
		char *name, *beside;

		if (strncmp(f->path, dir, sizeof(dir) - 1) != 0 ||
		    strchr(file, '/') != NULL || strstr(file, ".tool.json"))
			continue;
		name = extern_name(f->path);
		beside = xasprintf("%s%s.tool.json", dir, name);
		side = trust_find(&t, beside);
		if (f->state == TRUST_GOOD && (side == NULL ||
		    side->state == TRUST_GOOD))
			try(r, env, abs, file);
		else if (f->state != TRUST_GONE)
			registry_note(r, "%s: %s; see agent-tool trust",
			    f->path, trust_why(f));
		free(beside);
		free(name);
	}
	free(abs);
	trust_free(&t);
}

void
extern_scan(struct registry *r, struct tool_env *env)
{
	const char *path = getenv("AGENT_TOOL_PATH");
	struct vec dirs = VEC_INIT;

	if (path != NULL && *path != '\0') {
		vec_split(&dirs, path, ":");
	} else {
		scan_project(r, env);
		vec_give(&dirs, xdg_data("tools"));
		vec_give(&dirs, xdg_home(".agents/tools"));
	}
	for (size_t i = 0; i < dirs.n; i++)
		if (dirs.v[i][0] == '/')
			scan(r, env, dirs.v[i]);
		else
			registry_note(r, "AGENT_TOOL_PATH: %s is no absolute "
			    "path", dirs.v[i]);
	vec_free(&dirs);
}
