/*
 * walk.h - the files below a directory, in order of their names.
 *
 * Links are reported and never followed; every directory is entered through
 * the descriptor of the one above it.  Depth and number are bounded.
 */
#ifndef SYS_WALK_H
#define SYS_WALK_H

#include "base/base.h"
#include "base/buf.h"

struct walk_entry {
	int		 dir;		/* descriptor of its directory */
	const char	*name;		/* in there */
	const char	*path;		/* from where the walk began */
	unsigned char	 type;		/* DT_REG, DT_DIR, DT_LNK, ... */
	bool		 ignored;	/* an ignore file leaves it out */
};

enum walk_next {
	WALK_ON,		/* go on; into it when it is a directory */
	WALK_SKIP,		/* go on, but not into it */
	WALK_STOP,		/* enough */
};

typedef enum walk_next walk_fn(const struct walk_entry *e, void *arg);

/*
 * Visit what is in the directory at, which lies below top and has the clean
 * path rel there ("." for top itself), and below.  at is taken over and
 * closed.  The ignore files from top on are read (ignore.h); what they
 * leave out is marked, to be entered or not as fn says.  With top -1 there
 * are none.  True when it was walked to its end, false when fn stopped it.
 */
bool walk_tree(int top, const char *rel, int at, walk_fn *fn, void *arg);
/* Directories with so much that is nobody's text that nobody wants to walk
 * them unasked: .git, node_modules and the like. */
bool walk_dull(const char *name);

#endif
