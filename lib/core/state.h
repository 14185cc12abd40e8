/*
 * state.h - where the toolkit keeps what is not part of the project.
 *
 * $AGENT_STATE, else $XDG_STATE_HOME/agent, else ~/.local/state/agent.
 * Below it, projects/NAME-HASH/ per workspace, where NAME is the folder's
 * name and HASH the first 8 hex digits of the SHA-256 of its path; there
 * sessions/ and artifacts/.  Directories are 0700.
 */
#ifndef CORE_STATE_H
#define CORE_STATE_H

#include "base/base.h"
#include "base/err.h"
#include "base/vec.h"

/* The state folder; caller frees; NULL with e filled when there is none. */
char *state_root(struct err *e);
/* The path of name in it, which need not be there; likewise. */
char *state_path(const char *name, struct err *e);
/* The folder of the project at the absolute path workspace; caller frees. */
char *state_project(const char *workspace, struct err *e);
/* Folder sub of that project, made if it is missing; caller frees. */
char *state_dir(const char *workspace, const char *sub, struct err *e);
/*
 * The workspace: dir (may be NULL), else AGENT_WORKSPACE, else the current
 * directory, as an absolute path without symbolic links, and in *fd an open
 * directory descriptor of it.  Caller frees and closes.
 */
char *state_workspace(const char *dir, int *fd, struct err *e);
/* Path of a sibling program or of libexec/agent/NAME; caller frees. */
char *state_program(const char *name);
char *state_libexec(const char *name);
/* Path of a file below share/agent; caller frees. */
char *state_share(const char *rel);

#endif
