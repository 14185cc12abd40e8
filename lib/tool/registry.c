/*
 * registry.c - which tools there are.
 *
 * Invariant: the entries are in order of name, and no name is there twice.
 */
#include "tool/registry.h"

#include "base/mem.h"
#include "base/opt.h"
#include "core/state.h"
#include "tool/extern.h"
#include "tool/mcp.h"
#include "tool/skill_tool.h"
#include "tool/skill.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#define NAME_MAX_BYTES	64	/* what every server takes */

struct registry {
	struct tool	**v;
	size_t		  n;
	struct tool	**dropped;
	size_t		  ndropped;
	char		**kept;		/* strings made here */
	size_t		  nkept;
	struct vec	  notes;
};

bool
registry_name(const char *name)
{
	size_t n = strspn(name, "abcdefghijklmnopqrstuvwxyz"
	    "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-.");

	return n != 0 && name[n] == '\0' && n <= NAME_MAX_BYTES &&
	    *name != '.' && *name != '-';
}

/* Where the name is, or belongs. */
static size_t
slot(const struct registry *r, const char *name, bool *there)
{
	size_t low = 0, high = r->n;

	*there = false;
	while (low < high) {
		size_t mid = low + (high - low) / 2;
		int c = strcmp(r->v[mid]->name, name);

		if (c == 0) {
			*there = true;
			return mid;
		}
		if (c < 0)
			low = mid + 1;
		else
			high = mid;
	}
	return low;
}

bool
registry_add(struct registry *r, const struct tool *t)
{
	bool there;
	size_t at = slot(r, t->name, &there);
	struct tool *own;

	if (there || !registry_name(t->name))
		return false;
	own = xmalloc(sizeof(*own));
	*own = *t;
	r->v = xreallocarray(r->v, r->n + 1, sizeof(*r->v));
	memmove(&r->v[at + 1], &r->v[at], (r->n - at) * sizeof(*r->v));
	r->v[at] = own;
	r->n++;
	return true;
}

void
registry_drop_skills(struct registry *r)
{
	size_t n = 0;

	r->dropped = xreallocarray(r->dropped, r->ndropped + r->n + 1,
	    sizeof(*r->dropped));
	for (size_t i = 0; i < r->n; i++) {
		if (r->v[i]->skill)
			r->dropped[r->ndropped++] = r->v[i];
		else
			r->v[n++] = r->v[i];
	}
	r->n = n;
}

const char *
registry_keep(struct registry *r, const char *s)
{
	r->kept = xreallocarray(r->kept, r->nkept + 1, sizeof(*r->kept));
	return r->kept[r->nkept++] = xstrdup(s);
}

void
registry_note(struct registry *r, const char *fmt, ...)
{
	struct buf b = BUF_INIT;
	va_list ap;

	va_start(ap, fmt);
	buf_vaddf(&b, fmt, ap);
	va_end(ap);
	vec_push(&r->notes, buf_str(&b));
	buf_free(&b);
}

const struct vec *
registry_notes(const struct registry *r)
{
	return &r->notes;
}

/* In one of the places that every jail shows. */
static bool
is_there(const char *name)
{
	static const char *const dirs[] = { "/usr/local/bin", "/usr/bin",
	    "/bin" };
	bool there = false;

	for (size_t i = 0; !there && i < BASE_NITEMS(dirs); i++) {
		char *file = xasprintf("%s/%s", dirs[i], name);

		there = access(file, X_OK) == 0;
		free(file);
	}
	return there;
}

/* A command of ours, beside us or wherever the path leads. */
static bool
is_ours_there(const char *name)
{
	char *path = state_program(name);
	bool there = *path == '/' ? access(path, X_OK) == 0 :
	    is_there(name);

	free(path);
	return there;
}

/* A program of ours that is not installed, or cannot work here, is not
 * offered. */
static void
add_helper(struct registry *r, const struct tool *row)
{
	struct tool t = *row;
	char *path = row->in_bin ? state_program(row->program) :
	    state_libexec(row->program);

	if (access(path, X_OK) == 0 && (row->wants == NULL ||
	    is_there(row->wants))) {
		t.program = registry_keep(r, path);
		registry_add(r, &t);
	}
	free(path);
}

struct registry *
registry_new(struct tool_env *env)
{
	struct registry *r = xcalloc(1, sizeof(*r));

	for (size_t i = 0; i < builtin_ntools; i++)
		if (builtin_tools[i].wants == NULL ||
		    is_ours_there(builtin_tools[i].wants))
			registry_add(r, &builtin_tools[i]);
	for (const struct tool *t = helper_tools; t->name != NULL; t++)
		add_helper(r, t);
	if (env->enabled[GROUP_TOOLS]) {
		extern_scan(r, env);
		skill_scan(r, env);
		skill_tool_scan(r, env);
	}
	if (env->enabled[GROUP_MCP])
		mcp_scan(r, env);
	return r;
}

void
registry_free(struct registry *r)
{
	if (r == NULL)
		return;
	for (size_t i = 0; i < r->n; i++)
		free(r->v[i]);
	free(r->v);
	for (size_t i = 0; i < r->ndropped; i++)
		free(r->dropped[i]);
	free(r->dropped);
	for (size_t i = 0; i < r->nkept; i++)
		free(r->kept[i]);
	free(r->kept);
	vec_free(&r->notes);
	free(r);
}

const struct tool *
tool_at(const struct tool_env *env, size_t i)
{
	return i < env->registry->n ? env->registry->v[i] : NULL;
}

const struct tool *
tool_find(const struct tool_env *env, const char *name)
{
	bool there;
	size_t at = slot(env->registry, name, &there);

	return there ? env->registry->v[at] : NULL;
}

const char *
tool_nearest(const struct tool_env *env, const char *name)
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
		{ "web_fetch", "fetch" }, { "webfetch", "fetch" },
		{ "fetch_url", "fetch" }, { "get_url", "fetch" },
		{ "open_url", "fetch" }, { "http_get", "fetch" },
		{ "http_request", "fetch" }, { "browse", "fetch" },
		{ "curl", "fetch" },
	};
	const struct registry *r = env->registry;
	const char **names, *near;

	for (size_t i = 0; i < BASE_NITEMS(others); i++)
		if (strcasecmp(name, others[i][0]) == 0)
			return others[i][1];
	names = xcalloc(r->n + 1, sizeof(*names));
	for (size_t i = 0; i < r->n; i++)
		names[i] = r->v[i]->name;
	near = opt_nearest(name, names);
	free(names);
	return near;
}
