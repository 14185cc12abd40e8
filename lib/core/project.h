/*
 * project.h - the settings that a project brings along: its file .env.
 *
 * It counts only while it is the very file that agent-tool trust recorded,
 * by its SHA-256 in trust.json of the project's state folder.
 */
#ifndef CORE_PROJECT_H
#define CORE_PROJECT_H

#include "base/base.h"
#include "base/err.h"
#include "base/vec.h"

#define PROJECT_ENV_MAX	((size_t)256 * 1024)	/* bytes of the file */

enum project_state {
	PROJECT_NONE,		/* there is none */
	PROJECT_NEW,		/* never trusted */
	PROJECT_CHANGED,	/* trusted with another content, or too large
				 * by now */
	PROJECT_TRUSTED,
};

/*
 * Look at the .env of the folder dir (NULL: AGENT_WORKSPACE, else here).
 * *pairs gets what it holds, as "NAME=VALUE", when it is trusted, and else
 * the names of the toolkit's variables in it.  0 and *state, or -1 with e
 * filled: a trusted one that cannot be understood is ERR_CONFIG.
 */
int project_env(const char *dir, struct vec *pairs,
    enum project_state *state, struct err *e);

/* How many bytes of dir, an absolute path, name the root of its repository,
 * the nearest folder with .git; all of them where it is in none. */
size_t project_root(const char *dir);

#endif
