/*
 * hunk.h - the changes that a unified diff asks for.
 *
 * Diffs that models write have the right lines and the wrong numbers: the
 * counts of @@ lines are not believed, and its line number only tells equal
 * places apart.  Names of files are passed over.  Pure.
 */
#ifndef TOOL_HUNK_H
#define TOOL_HUNK_H

#include "base/base.h"
#include "base/buf.h"

struct hunk {
	struct buf	 from, to;	/* whole lines, each with its LF */
	size_t		 line;		/* where it says it stands, 0 unknown */
	bool		 bare;		/* "to" ends without LF, at the end */
};

/*
 * The hunks of n bytes of diff: *v is an owned array, to be freed with
 * hunk_free().  How many, or -1 with why filled, a line for a model.
 */
int hunk_parse(struct hunk **v, const char *diff, size_t n,
    struct buf *why);
void hunk_free(struct hunk *v, int n);

#endif
