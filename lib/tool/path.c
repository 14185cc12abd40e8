/*
 * path.c - which file a model means, and whether a tool may change it.
 */
#include "tool/path.h"

#include "base/mem.h"
#include "sys/beneath.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

void
path_free(struct path *p)
{
	buf_free(&p->rel);
	free(p->shown);
	p->shown = NULL;
}

static bool
outside(const struct tool_env *env, const char *text, struct result *r)
{
	result_error(r, CODE_OUTSIDE, "%.300s is outside the workspace.\n"
	    "Paths are relative to %s.", text, env->workspace);
	return false;
}

/* An absolute path: below the workspace or the artifacts, by name. */
static bool
absolute(struct path *p, const struct tool_env *env, const char *text)
{
	if (beneath_relative(&p->rel, env->workspace, text) == 0)
		return true;
	if (env->artifacts == NULL || env->artifacts_fd == -1)
		return false;
	p->root = env->artifacts_fd;
	p->artifact = true;
	return beneath_relative(&p->rel, env->artifacts, text) == 0;
}

bool
path_of(struct path *p, const struct tool_env *env, jv args,
    const char *key, struct result *r)
{
	size_t len = 0;
	const char *text = js_str_len(args, key, &len);

	p->root = env->root;
	p->artifact = false;
	if (text == NULL || len == 0)
		text = ".";
	else if (memchr(text, '\0', len) != NULL) {
		result_error(r, CODE_ARGUMENTS, "%s: a path cannot contain "
		    "a NUL byte", key);
		return false;
	}
	if (*text == '/') {
		if (!absolute(p, env, text))
			return outside(env, text, r);
	} else if (beneath_clean(&p->rel, text) == -1) {
		return outside(env, text, r);
	}
	p->shown = xstrdup(p->artifact ? text : buf_str(&p->rel));
	return true;
}

/* Any of these as a component, whatever the case: some file systems do not
 * tell .GIT from .git. */
static const char *const control[] = {
	".git", ".agents", ".agent", ".claude", ".codex", ".gemini", ".qwen",
	".cursor", ".vscode", ".idea", ".ssh", ".gnupg",
	".mcp.json", ".envrc", ".gitconfig", ".gitmodules", ".netrc",
	".profile", ".bashrc", ".bash_profile", ".bash_login",
	".bash_logout", ".zshrc", ".zshenv", ".zprofile", ".zlogin",
	".zlogout", ".kshrc", ".mkshrc", ".cshrc", ".tcshrc", ".login",
	".logout", ".inputrc", ".ripgreprc",
};

const char *
path_protected(const char *rel)
{
	while (*rel != '\0') {
		size_t n = strcspn(rel, "/");

		for (size_t i = 0; i < BASE_NITEMS(control); i++)
			if (strlen(control[i]) == n &&
			    strncasecmp(rel, control[i], n) == 0)
				return control[i];
		rel += n;
		rel += *rel == '/';
	}
	return NULL;
}

bool
path_writable(struct path *p, const struct tool_env *env, jv args,
    const char *key, struct result *r)
{
	struct buf below = BUF_INIT;
	const char *name;
	char *full;

	if (!path_of(p, env, args, key, r))
		return false;
	if (p->artifact) {
		result_error(r, CODE_DENIED, "%s: artifacts can only be "
		    "read.\nWrite to a path inside the workspace.",
		    p->shown);
		return false;
	}
	name = path_protected(buf_str(&p->rel));
	if (name != NULL) {
		result_error(r, CODE_DENIED, "%s: %s is protected, because "
		    "programs outside the sandbox obey it.\nTell the user "
		    "what to change there instead.", p->shown, name);
		return false;
	}
	if (env->state == NULL)
		return true;
	full = xasprintf("%s/%s", env->workspace, buf_str(&p->rel));
	if (beneath_relative(&below, env->state, full) == 0)
		result_error(r, CODE_DENIED, "%s belongs to the state of "
		    "the agent.", p->shown);
	free(full);
	buf_free(&below);
	return r->code == CODE_OK;
}
