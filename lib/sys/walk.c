/*
 * walk.c - the files below a directory, in order of their names.
 */
#include "sys/walk.h"

#include "base/vec.h"
#include "sys/beneath.h"
#include "sys/ignore.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define DEPTH_MAX	64
#define NAMES_MAX	200000	/* in one directory */

struct walk {
	walk_fn		*fn;
	void		*arg;
	struct buf	 path;		/* from top on */
	size_t		 prefix;	/* of it, before where we began */
	int		 depth;
	bool		 ignores;
	struct ignore	 ignore;
};

bool
walk_dull(const char *name)
{
	static const char *const dull[] = { ".git", ".hg", ".svn",
	    "node_modules", "__pycache__", ".venv", ".tox", ".cache" };

	for (size_t i = 0; i < BASE_NITEMS(dull); i++)
		if (strcmp(name, dull[i]) == 0)
			return true;
	return false;
}

static int
by_name(const void *a, const void *b)
{
	/* The type stands before the name. */
	return strcmp(*(char *const *)a + 1, *(char *const *)b + 1);
}

/* All names in the directory, each with its type before it, sorted. */
static void
names(DIR *d, struct vec *v)
{
	struct dirent *e;

	while (v->n < NAMES_MAX && (e = readdir(d)) != NULL)
		if (strcmp(e->d_name, ".") != 0 &&
		    strcmp(e->d_name, "..") != 0)
			vec_pushf(v, "%c%s", (char)(e->d_type + 'A'),
			    e->d_name);
	if (v->n > 1)
		qsort(v->v, v->n, sizeof(*v->v), by_name);
}

static unsigned char
type_of(int dir, const char *name, unsigned char type)
{
	struct stat st;

	if (type == DT_UNKNOWN &&
	    fstatat(dir, name, &st, AT_SYMLINK_NOFOLLOW) == 0)
		return (unsigned char)IFTODT(st.st_mode);
	return type;
}

static bool enter(struct walk *w, int fd);

/* One name in the directory fd. */
static bool
visit(struct walk *w, int fd, const char *name, unsigned char type)
{
	struct walk_entry e = { .dir = fd, .name = name, .type = type };
	enum walk_next next;
	int sub;

	e.path = buf_str(&w->path) + w->prefix;
	e.ignored = w->ignores &&
	    ignore_has(&w->ignore, buf_str(&w->path), type == DT_DIR);
	next = w->fn(&e, w->arg);
	if (next == WALK_STOP)
		return false;
	if (next == WALK_SKIP || type != DT_DIR || w->depth >= DEPTH_MAX)
		return true;
	sub = openat(fd, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW |
	    O_CLOEXEC);
	return sub == -1 || enter(w, sub);
}

/* What is in the directory, which is closed. */
static bool
enter(struct walk *w, int fd)
{
	DIR *d = fdopendir(fd);
	struct vec list = VEC_INIT;
	bool more = true;

	if (d == NULL) {
		close(fd);
		return true;
	}
	w->depth++;
	if (w->ignores)
		ignore_enter(&w->ignore, fd, buf_str(&w->path));
	names(d, &list);
	for (size_t i = 0; i < list.n && more; i++) {
		const char *name = list.v[i] + 1;
		size_t was = w->path.len;

		if (was != 0)
			buf_addc(&w->path, '/');
		buf_adds(&w->path, name);
		more = visit(w, fd, name, type_of(fd, name,
		    (unsigned char)(list.v[i][0] - 'A')));
		buf_cut(&w->path, was);
	}
	if (w->ignores)
		ignore_leave(&w->ignore);
	w->depth--;
	vec_free(&list);
	closedir(d);
	return more;
}

/* The ignore files of the directories above rel. */
static void
enter_above(struct walk *w, int top, const char *rel)
{
	struct buf path = BUF_INIT;

	for (const char *p = rel; p != NULL;) {
		int fd = path.len == 0 ? top : beneath_open(top,
		    buf_str(&path), O_RDONLY | O_DIRECTORY, BENEATH_LINKS);

		if (fd != -1)
			ignore_enter(&w->ignore, fd, buf_str(&path));
		if (fd != -1 && fd != top)
			close(fd);
		p = strchr(p, '/');
		if (p != NULL) {
			buf_reset(&path);
			buf_add(&path, rel, (size_t)(p++ - rel));
		}
	}
	buf_free(&path);
}

bool
walk_tree(int top, const char *rel, int at, walk_fn *fn, void *arg)
{
	struct walk w = { .fn = fn, .arg = arg, .path = BUF_INIT,
	    .ignores = top != -1, .ignore = IGNORE_INIT };
	bool whole;

	if (strcmp(rel, ".") != 0) {
		buf_adds(&w.path, rel);
		w.prefix = w.path.len + 1;
		if (w.ignores)
			enter_above(&w, top, rel);
	}
	whole = enter(&w, at);
	ignore_free(&w.ignore);
	buf_free(&w.path);
	return whole;
}
