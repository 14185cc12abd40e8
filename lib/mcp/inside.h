/*
 * inside.h - servers whose program lies where tools can write.
 *
 * What a model wrote never runs outside the sandbox.  A server does, as a
 * program of the user, so its program must not be a file that a tool can
 * change: one in the workspace.
 */
#ifndef MCP_INSIDE_H
#define MCP_INSIDE_H

#include "base/base.h"
#include "base/buf.h"
#include "base/vec.h"

/*
 * True when the command line would run a file below the absolute path
 * workspace: the command itself, wherever PATH finds it, or an argument that
 * names an executable or a script; relative ones are looked for in the
 * absolute path cwd and in the workspace.  Its path is put into which.  Files
 * below .agents are no such files, for tools do not write there.
 */
bool inside_runs(const struct vec *argv, const char *workspace,
    const char *cwd, struct buf *which);

/* True when the file, links resolved, is below the workspace, wherever; its
 * path is put into where. */
bool inside_file(const char *path, const char *workspace, struct buf *where);

#endif
