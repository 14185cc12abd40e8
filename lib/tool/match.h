/*
 * match.h - does a line match, does a name fit: for search_files.
 *
 * The same everywhere: the expression is POSIX extended (after ere.h), in
 * the C locale, or in UTF-8 when it has characters beyond ASCII.
 */
#ifndef TOOL_MATCH_H
#define TOOL_MATCH_H

#include "base/base.h"
#include "base/buf.h"
#include "base/vec.h"

#include <regex.h>

struct dfa;

struct match {
	regex_t		 re;
	bool		 compiled;
	struct buf	 literal;	/* every match contains it; may be "" */
	struct dfa	*dfa;		/* or NULL: regexec does it */
	bool		 plain;		/* the literal is all there is to it */
};

/* Compile; false with why filled. */
bool match_init(struct match *m, const char *pattern, bool ignore_case,
    struct buf *why);
void match_free(struct match *m);
/*
 * The first matching line at or after p: its start, and *end behind its
 * last byte (no line end).  NULL for none.  The bytes between p and limit
 * are changed and restored; limit[0] must be writable.
 */
char *match_next(const struct match *m, char *p, char *limit, char **end);

/*
 * Globs as in glob.h, with {a,b} for alternatives.  One without a slash is
 * matched with the last component, others with the whole path.
 */
void match_globs(struct vec *globs, const char *text);
bool match_glob(const struct vec *globs, const char *path);

#endif
