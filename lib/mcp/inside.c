/*
 * inside.c - servers whose program lies where tools can write.
 */
#include "mcp/inside.h"

#include "base/mem.h"
#include "sys/file.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* Names of files that interpreters run; data is another matter. */
static bool
script(const char *path)
{
	static const char *const ends[] = { ".js", ".mjs", ".cjs", ".ts",
	    ".mts", ".cts", ".tsx", ".jsx", ".py", ".pyz", ".rb", ".pl",
	    ".php", ".sh", ".bash", ".lua", ".jar", ".wasm", ".so" };
	size_t n = strlen(path);

	for (size_t i = 0; i < BASE_NITEMS(ends); i++) {
		size_t k = strlen(ends[i]);

		if (n > k && strcmp(path + n - k, ends[i]) == 0)
			return true;
	}
	return false;
}

static bool
below(const char *name, const char *workspace)
{
	size_t w = strlen(workspace);

	return strncmp(name, workspace, w) == 0 && (name[w] == '/' ||
	    strcmp(workspace, "/") == 0);
}

bool
inside_file(const char *path, const char *workspace, struct buf *where)
{
	char *name = file_real_name(path);
	bool inside = name != NULL && below(name, workspace);

	if (inside)
		buf_adds(where, name);
	free(name);
	return inside;
}

/* Whether the file, links resolved, is below the workspace and can be run. */
static bool
is_inside(const char *path, const char *workspace, bool command,
    struct buf *which)
{
	int fd = open(path, O_PATH | O_CLOEXEC);
	size_t w = strlen(workspace);
	char link[64], name[4096];
	bool inside = false;
	struct stat st;
	ssize_t n;

	if (fd == -1)
		return false;
	snprintf(link, sizeof(link), "/proc/self/fd/%d", fd);
	n = readlink(link, name, sizeof(name) - 1);
	if (n > 0 && fstat(fd, &st) == 0 && S_ISREG(st.st_mode)) {
		name[n] = '\0';
		inside = below(name, workspace) &&
		    strncmp(name + w, "/.agents/", 9) != 0 &&
		    (command || (st.st_mode & 0111) || script(name));
	}
	if (inside)
		buf_adds(which, name);
	close(fd);
	return inside;
}

/* Where it would be started. */
struct place {
	const char	*workspace, *cwd;
	struct buf	*which;
};

static bool
named(const char *word, const struct place *p, bool command)
{
	char *path;
	bool inside;

	if (*word == '/')
		return is_inside(word, p->workspace, command, p->which);
	path = xasprintf("%s/%s", p->workspace, word);
	inside = is_inside(path, p->workspace, command, p->which);
	free(path);
	if (inside)
		return true;
	path = xasprintf("%s/%s", p->cwd, word);
	inside = is_inside(path, p->workspace, command, p->which);
	free(path);
	return inside;
}

/* A command without a slash is what PATH finds first. */
static bool
found(const char *word, const struct place *p)
{
	const char *path = getenv("PATH");
	struct vec dirs = VEC_INIT;
	bool inside = false, there = false;

	vec_split(&dirs, path != NULL ? path : "/usr/bin:/bin", ":");
	for (size_t i = 0; !there && i < dirs.n; i++) {
		char *file = dirs.v[i][0] == '/' ? xasprintf("%s/%s",
		    dirs.v[i], word) : xasprintf("%s/%s/%s", p->cwd,
		    dirs.v[i], word);

		there = access(file, X_OK) == 0;
		inside = there && is_inside(file, p->workspace, true, p->which);
		free(file);
	}
	vec_free(&dirs);
	return inside;
}

bool
inside_runs(const struct vec *argv, const char *workspace, const char *cwd,
    struct buf *which)
{
	const struct place p = { workspace, cwd, which };

	for (size_t i = 0; i < argv->n; i++) {
		const char *word = argv->v[i], *value = strchr(word, '=');

		if (i == 0 && strchr(word, '/') == NULL) {
			if (found(word, &p))
				return true;
			continue;
		}
		if (named(word, &p, i == 0) || (value != NULL &&
		    value[1] != '\0' && named(value + 1, &p, false)))
			return true;
	}
	return false;
}
