/*
 * tree.h - what the files of the workspace hold, to see what changed.
 *
 * A snapshot is an object from path to a mark: the first 16 digits of the
 * SHA-256 of the file, or, of large ones and beyond a bound on all bytes,
 * size and time of change.  What ignore files leave out, directories that
 * nobody reads (.git, node_modules), links and the like are not in it.  It
 * is gathered by us, whatever a model says that it changed.
 */
#ifndef PLAN_TREE_H
#define PLAN_TREE_H

#include "base/err.h"
#include "json/js.h"

#define TREE_FILES	50000	/* at most, by name */

/* The snapshot of the directory root; owned. */
jv tree_take(int root);
/* What changed from before to now: an array of {path, was, now}, where was
 * or now is null for a file that was made or removed; owned. */
jv tree_changed(jv before, jv now);
/* Two such arrays, one after the other, as one. */
jv tree_join(jv first, jv then);

#endif
