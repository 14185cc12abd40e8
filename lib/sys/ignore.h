/*
 * ignore.h - what the ignore files of a tree leave out: gitignore(5).
 *
 * .gitignore, .ignore and .rgignore of every directory from the top of the
 * tree down, and .git/info/exclude of the top.  A later file, and a later
 * line, goes before an earlier one.  The files are foreign: they are read
 * through descriptors, without following links, and bounded.
 */
#ifndef SYS_IGNORE_H
#define SYS_IGNORE_H

#include "base/base.h"

struct ignore_rule {
	char		*pattern;
	size_t		 dir;		/* length of the path it holds below */
	int		 flags;
};

struct ignore {
	struct ignore_rule *rules;
	size_t		 nrules;
	size_t		*marks;		/* rules before each open directory */
	size_t		 nmarks;
};

#define IGNORE_INIT	{ NULL, 0, NULL, 0 }

void ignore_free(struct ignore *g);
/*
 * Read the files of the directory fd, whose path from the top is path, ""
 * for the top itself.  ignore_leave() forgets them; leave in reverse order.
 */
void ignore_enter(struct ignore *g, int fd, const char *path);
void ignore_leave(struct ignore *g);
/* Add the lines of one file (n bytes) that holds for directory path. */
void ignore_add(struct ignore *g, const char *path, const char *text,
    size_t n);
/*
 * True when the path (from the top, without a slash at its end) is left
 * out; it lies in the directory that was entered last.  What lies in a
 * directory that is left out is not told: do not go there.
 */
bool ignore_has(const struct ignore *g, const char *path, bool dir);

#endif
