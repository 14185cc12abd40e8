/*
 * path.h - which file a model means, and whether a tool may change it.
 *
 * Names only: nothing here looks at the disk.  What holds is beneath.h.
 */
#ifndef TOOL_PATH_H
#define TOOL_PATH_H

#include "base/base.h"
#include "base/buf.h"
#include "json/js.h"
#include "tool/result.h"
#include "tool/tool.h"

struct path {
	int		 root;		/* borrowed descriptor */
	bool		 artifact;	/* below the artifacts folder */
	struct buf	 rel;		/* clean, "." for the root itself */
	char		*shown;		/* as messages name it */
};

#define PATH_INIT	{ -1, false, BUF_INIT, NULL }

void path_free(struct path *p);
/*
 * The path in member key of args, "." when it is missing.  Absolute ones
 * count when they lie below the workspace or the artifacts by name.  False
 * with r filled when it leads elsewhere.
 */
bool path_of(struct path *p, const struct tool_env *env, jv args,
    const char *key, struct result *r);
/* The same for a file that shall be changed: not for artifacts, the state
 * folder and the names that start programs (path_protected). */
bool path_writable(struct path *p, const struct tool_env *env, jv args,
    const char *key, struct result *r);
/*
 * The component of the clean path rel for which it is protected (control
 * files of git, of agents, of shells and editors: writing them is running
 * programs outside the sandbox), or NULL.
 */
const char *path_protected(const char *rel);

#endif
