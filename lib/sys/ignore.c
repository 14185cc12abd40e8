/*
 * ignore.c - what the ignore files of a tree leave out: gitignore(5).
 */
#include "sys/ignore.h"

#include "base/buf.h"
#include "base/err.h"
#include "base/glob.h"
#include "base/mem.h"
#include "sys/fd.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define FILE_MAX	((size_t)256 * 1024)
#define RULES_MAX	((size_t)20000)

enum {
	RULE_KEEP = 1,		/* ! takes out of the ignored */
	RULE_DIR = 2,		/* directories only */
	RULE_PATH = 4,		/* matched with the path, not the name */
};

static void
cut(struct ignore *g, size_t n)
{
	while (g->nrules > n)
		free(g->rules[--g->nrules].pattern);
}

void
ignore_free(struct ignore *g)
{
	cut(g, 0);
	free(g->rules);
	free(g->marks);
	*g = (struct ignore)IGNORE_INIT;
}

static void
push(struct ignore *g, const char *dir, int flags, const char *p, size_t n)
{
	if ((g->nrules & (g->nrules - 1)) == 0)
		g->rules = xreallocarray(g->rules, g->nrules != 0 ?
		    2 * g->nrules : 1, sizeof(*g->rules));
	g->rules[g->nrules++] = (struct ignore_rule){
	    .pattern = xmemdup(p, n), .dir = strlen(dir), .flags = flags };
}

/* One line without its end. */
static void
add_line(struct ignore *g, const char *dir, const char *p, size_t n)
{
	int flags = 0;

	if (n != 0 && p[n - 1] == '\r')
		n--;
	while (n != 0 && (p[n - 1] == ' ' || p[n - 1] == '\t') &&
	    (n < 2 || p[n - 2] != '\\'))
		n--;
	if (n == 0 || p[0] == '#' || memchr(p, '\0', n) != NULL ||
	    g->nrules >= RULES_MAX)
		return;
	if (p[0] == '!') {
		flags |= RULE_KEEP;
		p++;
		n--;
	}
	if (n != 0 && p[n - 1] == '/') {
		flags |= RULE_DIR;
		n--;
	}
	if (memchr(p, '/', n) != NULL)
		flags |= RULE_PATH;
	if (n != 0 && p[0] == '/') {
		p++;
		n--;
	}
	if (n != 0)
		push(g, dir, flags, p, n);
}

void
ignore_add(struct ignore *g, const char *path, const char *text, size_t n)
{
	while (n != 0) {
		const char *nl = memchr(text, '\n', n);
		size_t len = nl != NULL ? (size_t)(nl - text) : n;

		add_line(g, path, text, len);
		text += len + (nl != NULL);
		n -= len + (nl != NULL);
	}
}

static void
read_file(struct ignore *g, int dir, const char *name, const char *path)
{
	struct buf b = BUF_INIT;
	struct stat st;
	int fd = openat(dir, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK |
	    O_NOCTTY | O_CLOEXEC);

	if (fd == -1)
		return;
	if (fstat(fd, &st) == 0 && S_ISREG(st.st_mode) &&
	    fd_slurp(fd, &b, FILE_MAX) == 0)
		ignore_add(g, path, buf_str(&b), b.len);
	close(fd);
	buf_free(&b);
}

void
ignore_enter(struct ignore *g, int fd, const char *path)
{
	g->marks = xreallocarray(g->marks, g->nmarks + 1, sizeof(*g->marks));
	g->marks[g->nmarks++] = g->nrules;
	if (*path == '\0')
		read_file(g, fd, ".git/info/exclude", path);
	read_file(g, fd, ".gitignore", path);
	read_file(g, fd, ".ignore", path);
	read_file(g, fd, ".rgignore", path);
}

void
ignore_leave(struct ignore *g)
{
	BUG(g->nmarks == 0);
	cut(g, g->marks[--g->nmarks]);
}

static bool
fits(const struct ignore_rule *r, const char *path, bool dir)
{
	const char *rest = path + r->dir + (r->dir != 0), *slash;

	if ((r->flags & RULE_DIR) && !dir)
		return false;
	if (r->flags & RULE_PATH)
		return glob_match(r->pattern, rest);
	slash = strrchr(rest, '/');
	return glob_match(r->pattern, slash != NULL ? slash + 1 : rest);
}

bool
ignore_has(const struct ignore *g, const char *path, bool dir)
{
	for (size_t i = g->nrules; i-- > 0;)
		if (fits(&g->rules[i], path, dir))
			return !(g->rules[i].flags & RULE_KEEP);
	return false;
}
