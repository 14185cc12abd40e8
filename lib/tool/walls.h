/*
 * walls.h - the sandbox of a file tool: laid on a forked child, for good.
 *
 * Landlock leaves it the workspace (and the artifacts, to read), seccomp
 * takes sockets, programs and processes away, limits bound time, memory and
 * files.  One of the two walls is enough to go on, because paths are held
 * by beneath.h besides; with neither the tool is refused.
 */
#ifndef TOOL_WALLS_H
#define TOOL_WALLS_H

#include "base/base.h"
#include "base/buf.h"
#include "tool/tool.h"

struct walls {
	int	landlock;	/* ABI version, 0 none */
	bool	seccomp;
};

/* What this kernel offers, found by asking. */
void walls_probe(struct walls *w);
/* Bound the calling process: seconds of processor, memory, file sizes. */
void walls_limit(const struct tool_env *env);
/*
 * Lay the walls on the calling process.  Returns false when neither stood;
 * their names, such as "landlock,seccomp", are put into stood.
 */
bool walls_raise(const struct tool_env *env, enum tool_needs needs,
    char *stood, size_t size);

#endif
