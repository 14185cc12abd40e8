/*
 * walk.h - the files below a directory, in order of their names.
 *
 * Links are reported and never followed; every directory is entered through
 * the descriptor of the one above it.  Depth and number are bounded.
 */
#ifndef TOOL_WALK_H
#define TOOL_WALK_H

#include "base/base.h"
#include "base/buf.h"

struct walk_entry {
	int		 dir;		/* descriptor of its directory */
	const char	*name;		/* in there */
	const char	*path;		/* from where the walk began */
	unsigned char	 type;		/* DT_REG, DT_DIR, DT_LNK, ... */
};

enum walk_next {
	WALK_ON,		/* go on; into it when it is a directory */
	WALK_SKIP,		/* go on, but not into it */
	WALK_STOP,		/* enough */
};

typedef enum walk_next walk_fn(const struct walk_entry *e, void *arg);

/*
 * Visit what is in directory fd (which is taken over and closed), and
 * below.  True when it was walked to its end, false when fn stopped it.
 */
bool walk_tree(int fd, walk_fn *fn, void *arg);
/* Directories with so much that is nobody's text that nobody wants to walk
 * them unasked: .git, node_modules and the like. */
bool walk_dull(const char *name);

#endif
