/*
 * walk.c - the files below a directory, in order of their names.
 */
#include "tool/walk.h"

#include "base/vec.h"

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
	struct buf	 path;
	int		 depth;
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
	names(d, &list);
	for (size_t i = 0; i < list.n && more; i++) {
		const char *name = list.v[i] + 1;
		size_t was = w->path.len;
		struct walk_entry e = { .dir = fd, .name = name };
		enum walk_next next;
		int sub;

		e.type = type_of(fd, name,
		    (unsigned char)(list.v[i][0] - 'A'));
		if (was != 0)
			buf_addc(&w->path, '/');
		buf_adds(&w->path, name);
		e.path = buf_str(&w->path);
		next = w->fn(&e, w->arg);
		more = next != WALK_STOP;
		if (next == WALK_ON && e.type == DT_DIR &&
		    w->depth < DEPTH_MAX) {
			sub = openat(fd, name, O_RDONLY | O_DIRECTORY |
			    O_NOFOLLOW | O_CLOEXEC);
			w->depth++;
			if (sub != -1)
				more = enter(w, sub);
			w->depth--;
		}
		buf_cut(&w->path, was);
	}
	vec_free(&list);
	closedir(d);
	return more;
}

bool
walk_tree(int fd, walk_fn *fn, void *arg)
{
	struct walk w = { .fn = fn, .arg = arg, .path = BUF_INIT };
	bool whole = enter(&w, fd);

	buf_free(&w.path);
	return whole;
}
