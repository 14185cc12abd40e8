/*
 * skill_places.c - where skills may lie: folders NAME with a file SKILL.md.
 */
#include "core/skill_places.h"

#include "base/mem.h"
#include "core/conf.h"
#include "core/project.h"
#include "sys/xdg.h"

#include <stdlib.h>
#include <string.h>

#define AGENTS	".agents/skills"
#define CLAUDE	".claude/skills"

static void
add_take(struct skill_places *p, char *path, char *rel)
{
	if (path == NULL)
		return;		/* there is no home */
	p->v = xreallocarray(p->v, p->n + 1, sizeof(*p->v));
	p->v[p->n++] = (struct skill_place){ path, rel };
}

/* Those in a folder of the project, which is up levels above the workspace. */
static void
add_project(struct skill_places *p, const char *dir, size_t n, size_t up,
    const char *name)
{
	char *rel = xmalloc(3 * up + strlen(name) + 1);

	for (size_t i = 0; i < up; i++)
		memcpy(rel + 3 * i, "../", 3);
	memcpy(rel + 3 * up, name, strlen(name) + 1);
	add_take(p, xasprintf("%.*s/%s", (int)n, dir, name), rel);
}

/* The setting, asked once: a process has one workspace, and reading files is
 * what costs. */
static bool
wants_claude(const char *workspace)
{
	static bool asked, on;
	struct err ignored = ERR_INIT;
	struct conf *c;

	if (asked)
		return on;
	asked = true;
	c = conf_open_in(workspace, &ignored);
	if (c == NULL || conf_bool(c, "claude_skills", "AGENT_CLAUDE_SKILLS",
	    false, &on, &ignored) == -1)
		on = false;
	conf_close(c);
	return on;
}

/* A home that is a repository has the user's own in it; those are not also
 * the project's. */
static void
drop_doubles(struct skill_places *p)
{
	size_t kept = 0;

	for (size_t i = 0; i < p->n; i++) {
		bool twice = false;

		for (size_t k = i + 1; k < p->n && !twice; k++)
			twice = strcmp(p->v[i].path, p->v[k].path) == 0;
		if (twice) {
			free(p->v[i].path);
			free(p->v[i].rel);
		} else {
			p->v[kept++] = p->v[i];
		}
	}
	p->n = kept;
}

void
skill_places_find(struct skill_places *p, const char *workspace)
{
	size_t root = project_root(workspace), n = strlen(workspace), up = 0;
	bool claude = wants_claude(workspace);

	*p = (struct skill_places){ NULL, 0 };
	for (;; up++) {
		add_project(p, workspace, n, up, AGENTS);
		if (claude)
			add_project(p, workspace, n, up, CLAUDE);
		if (n <= root)
			break;
		while (n > root && workspace[n - 1] != '/')
			n--;
		/* The folder above, without its slash. */
		n = n > root ? n - 1 : root;
	}
	add_take(p, xdg_data("skills"), NULL);
	add_take(p, xdg_home(AGENTS), NULL);
	if (claude)
		add_take(p, xdg_home(CLAUDE), NULL);
	drop_doubles(p);
}

void
skill_places_free(struct skill_places *p)
{
	for (size_t i = 0; i < p->n; i++) {
		free(p->v[i].path);
		free(p->v[i].rel);
	}
	free(p->v);
	*p = (struct skill_places){ NULL, 0 };
}
