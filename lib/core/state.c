/*
 * state.c - where the toolkit keeps what is not part of the project.
 */
#include "core/state.h"

#include "base/mem.h"
#include "core/ids.h"
#include "sys/file.h"
#include "sys/xdg.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#ifndef DATADIR
#define DATADIR "/usr/local/share/agent"
#endif
#ifndef LIBEXECDIR
#define LIBEXECDIR "/usr/local/libexec/agent"
#endif

char *
state_root(struct err *e)
{
	const char *dir = getenv("AGENT_STATE");
	char *root;

	if (dir != NULL && *dir != '\0') {
		if (*dir == '/')
			return xstrdup(dir);
		err_set(e, ERR_CONFIG, "AGENT_STATE: '%.200s' is not an "
		    "absolute path", dir);
		return NULL;
	}
	root = xdg_state();
	if (root == NULL)
		err_set(e, ERR_CANTCREAT, "no state folder: HOME is not set; "
		    "set AGENT_STATE");
	return root;
}

char *
state_path(const char *name, struct err *e)
{
	char *root = state_root(e), *path = NULL;

	if (root != NULL)
		path = xasprintf("%s/%s", root, name);
	free(root);
	return path;
}

/* The folder's own name, safe as part of a path of ours. */
static void
short_name(char out[33], const char *path)
{
	const char *slash = strrchr(path, '/');
	const char *base = slash != NULL ? slash + 1 : path;
	size_t n = 0;

	for (; *base != '\0' && n < 32; base++) {
		char c = *base;
		bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
		    (c >= '0' && c <= '9') || c == '-' || c == '_' ||
		    (c == '.' && n != 0);

		out[n++] = plain ? c : '_';
	}
	if (n == 0)
		out[n++] = '_';
	out[n] = '\0';
}

char *
state_project(const char *workspace, struct err *e)
{
	char *root = state_root(e), *path;
	char name[33], sum[65];

	if (root == NULL)
		return NULL;
	short_name(name, workspace);
	ids_sha256(sum, workspace, strlen(workspace));
	path = xasprintf("%s/projects/%s-%.8s", root, name, sum);
	free(root);
	return path;
}

char *
state_dir(const char *workspace, const char *sub, struct err *e)
{
	char *project = state_project(workspace, e), *path;

	if (project == NULL)
		return NULL;
	path = xasprintf("%s/%s", project, sub);
	free(project);
	if (file_mkdirs(path, 0700, e) == -1) {
		free(path);
		return NULL;
	}
	return path;
}

/* Without /proc: go there and ask, then come back. */
static char *
path_by_cwd(int fd)
{
	int here = open(".", O_PATH | O_DIRECTORY | O_CLOEXEC);
	char path[4096], *found = NULL;

	if (here != -1 && fchdir(fd) == 0) {
		if (getcwd(path, sizeof(path)) != NULL && path[0] == '/')
			found = xstrdup(path);
		if (fchdir(here) == -1) {
			free(found);
			found = NULL;
		}
	}
	if (here != -1)
		close(here);
	return found;
}

char *
state_workspace(const char *dir, int *fd, struct err *e)
{
	char *path;

	if (dir == NULL)
		dir = getenv("AGENT_WORKSPACE");
	if (dir == NULL || *dir == '\0')
		dir = ".";
	*fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (*fd == -1) {
		err_sys(e, "workspace %s", dir);
		return NULL;
	}
	path = file_fd_name(*fd);
	if (path == NULL)
		path = path_by_cwd(*fd);
	if (path == NULL) {
		close(*fd);
		*fd = -1;
		err_set(e, ERR_NOINPUT, "workspace %s: the folder has no "
		    "path any more; was it deleted?", dir);
	}
	return path;
}

/* rel in the folder above the program's when it is there, else the
 * compiled-in place. */
static char *
beside(const char *rel, const char *installed)
{
	char *dir = file_exe_dir(), *path = NULL, *slash;

	if (dir != NULL && (slash = strrchr(dir, '/')) != NULL) {
		path = xasprintf("%.*s/%s", (int)(slash - dir), dir, rel);
		if (access(path, F_OK) == -1) {
			free(path);
			path = NULL;
		}
	}
	free(dir);
	return path != NULL ? path : xstrdup(installed);
}

char *
state_program(const char *name)
{
	/* Beside us, or, when we are in libexec/agent, in bin. */
	static const char *const places[] = { "", "../../bin/" };
	char *dir = file_exe_dir(), *path = NULL;

	for (size_t i = 0; dir != NULL && path == NULL &&
	    i < BASE_NITEMS(places); i++) {
		path = xasprintf("%s/%s%s", dir, places[i], name);
		if (access(path, X_OK) == -1) {
			free(path);
			path = NULL;
		}
	}
	free(dir);
	return path != NULL ? path : xstrdup(name);
}

static char *
under(const char *env, const char *rel_dir, const char *installed,
    const char *name)
{
	const char *dir = getenv(env);
	char *rel, *inst, *path, *real;

	if (dir != NULL && *dir == '/') {
		path = xasprintf("%s/%s", dir, name);
	} else {
		rel = xasprintf("%s/%s", rel_dir, name);
		inst = xasprintf("%s/%s", installed, name);
		path = beside(rel, inst);
		free(rel);
		free(inst);
	}
	/* A jail shows things by the names that the kernel has for them. */
	real = file_real_name(path);
	if (real == NULL)
		return path;
	free(path);
	return real;
}

char *
state_libexec(const char *name)
{
	return under("AGENT_LIBEXEC", "libexec/agent", LIBEXECDIR, name);
}

char *
state_share(const char *rel)
{
	return under("AGENT_SHARE", "share/agent", DATADIR, rel);
}
