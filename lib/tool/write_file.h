/*
 * write_file.h - the one way a tool changes a file.
 */
#ifndef TOOL_WRITE_FILE_H
#define TOOL_WRITE_FILE_H

#include "base/base.h"
#include "tool/path.h"
#include "tool/result.h"

#include <sys/stat.h>

#define WRITE_PREVIEW_MAX	((size_t)24 * 1024)	/* bytes of a diff */
#define WRITE_PREVIEW_FILE	((size_t)4 * 1024 * 1024)	/* larger
					 * files are not compared */

/* Where a file is, or will be. */
struct write_place {
	int		 dir;		/* descriptor of its directory */
	const char	*leaf;		/* its name there, part of the path */
	bool		 exists;
	struct stat	 st;		/* when it exists */
};

#define WRITE_PLACE_INIT	{ .dir = -1 }

/* Find it, making directories when asked; regular files only, no link is
 * followed.  False with r filled. */
bool write_place(struct write_place *w, const struct path *p, bool make,
    struct result *r);
void write_close(struct write_place *w);
/* Replace its text in one step, keeping its mode; false with r filled.  With
 * r->preview only tell what would change. */
bool write_replace(const struct write_place *w, const struct path *p,
    const char *text, size_t n, struct result *r);
/* Append a line when the file had other hard links. */
void write_note_links(const struct write_place *w, struct result *r);

#endif
