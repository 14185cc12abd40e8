/*
 * launch.c - programs of an entry: how they are started.
 */
#include "mcp/launch.h"

#include "base/mem.h"
#include "core/state.h"
#include "mcp/inside.h"
#include "sys/fd.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

extern char **environ;

static bool
may_see(const char *var)
{
	static const char *const names[] = { "PATH=", "HOME=", "USER=",
	    "LOGNAME=", "SHELL=", "LANG=", "LC_", "TZ=", "TMPDIR=", "XDG_",
	    "TERM=" };

	for (size_t i = 0; i < BASE_NITEMS(names); i++)
		if (strncmp(var, names[i], strlen(names[i])) == 0)
			return true;
	return false;
}

/* A few variables of ours, and those of the entry, which win. */
static void
environment(const struct entry *c, struct vec *env)
{
	for (char **v = environ; *v != NULL; v++) {
		size_t n = strcspn(*v, "=") + 1;
		bool own = false;

		for (size_t i = 0; i < c->env.n; i++)
			own |= strncmp(c->env.v[i], *v, n) == 0;
		if (may_see(*v) && !own)
			vec_push(env, *v);
	}
	for (size_t i = 0; i < c->env.n; i++)
		vec_push(env, c->env.v[i]);
}

/* The program itself, or in the jail that the entry wants. */
static void
arguments(const struct entry *c, const struct vec *words,
    const char *workspace, struct vec *argv)
{
	if (c->sandbox != NULL) {
		char *jail = state_libexec("agent-jail");

		vec_push(argv, jail);
		vec_push(argv, "-w");
		vec_push(argv, workspace);
		vec_pushf(argv, "--profile=%s", c->sandbox);
		vec_push(argv, "-t0");
		vec_push(argv, "-i");
		for (size_t i = 0; i < c->env.n; i++)
			vec_pushf(argv, "-e%s", c->env.v[i]);
		vec_push(argv, "--");
		free(jail);
	}
	for (size_t i = 0; i < words->n; i++)
		vec_push(argv, words->v[i]);
}

/* The workspace only for who is held there: some programs run what they find
 * in the folder that they are started in. */
static char *
folder(const struct entry *c, const char *workspace)
{
	const char *dir = c->cwd, *home = getenv("HOME");

	if (dir != NULL && *dir != '/')
		return xasprintf("%s/%s", workspace, dir);
	return xstrdup(dir != NULL ? dir : c->sandbox != NULL ? workspace :
	    home != NULL && *home == '/' ? home : "/");
}

/* A program that tools can write runs in the jail, or not at all. */
static int
check_place(const struct entry *c, const struct vec *argv,
    const char *workspace, const char *cwd, struct err *e)
{
	struct buf which = BUF_INIT;
	int rc = 0;

	if (c->sandbox == NULL && inside_runs(argv, workspace, cwd, &which))
		rc = err_set(e, ERR_DENIED, "%s: %.200s is in the workspace, "
		    "where tools can change it; move it, or put \"sandbox\": "
		    "\"workspace\" into the entry", c->name,
		    buf_str(&which));
	buf_free(&which);
	return rc;
}

/* The folder to start it in, open; -1 with e filled. */
static int
start_place(const struct entry *c, const struct vec *argv,
    const char *workspace, struct err *e)
{
	char *path = folder(c, workspace);
	int fd = -1;

	if (check_place(c, argv, workspace, path, e) == 0) {
		fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
		if (fd == -1)
			err_sys(e, "%s: %s", c->name, path);
	}
	free(path);
	return fd;
}

int
launch_start(struct proc *p, const struct entry *c, const struct vec *words,
    const char *workspace, struct err *e)
{
	struct vec argv = VEC_INIT, env = VEC_INIT;
	int cwd = start_place(c, words, workspace, e), rc;

	if (cwd == -1)
		return -1;
	arguments(c, words, workspace, &argv);
	environment(c, &env);
	p->argv = vec_argv(&argv);
	p->envp = vec_argv(&env);
	p->cwd = cwd;
	p->group = true;
	p->die_with_us = true;
	p->tidies = c->sandbox != NULL;
	rc = proc_start(p, e);
	if (rc == -1)
		err_wrap(e, "%s", c->name);
	for (int i = 0; rc == 0 && i < 3; i++)
		if (p->how[i] == PROC_PIPE)
			fd_nonblock(p->fd[i], true);
	p->argv = p->envp = NULL;
	vec_free(&argv);
	vec_free(&env);
	close(cwd);
	return rc;
}
