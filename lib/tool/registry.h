/*
 * registry.h - which tools there are.
 *
 * Built-in ones stand in the table of builtin.c and are always there.
 * Programs of ours in libexec stand in the table of helpers.c and are there
 * when the program is.  Then come those of others (extern.h).  A name
 * belongs to whoever stands first in this order; nobody takes it over.
 */
#ifndef TOOL_REGISTRY_H
#define TOOL_REGISTRY_H

#include "base/base.h"
#include "tool/tool.h"

/* The tables; a helper's program is a name in libexec. */
extern const struct tool builtin_tools[];
extern const size_t builtin_ntools;
extern const struct tool helper_tools[];	/* ends with a NULL name */

/* The tools of this environment. */
struct registry *registry_new(struct tool_env *env);
void registry_free(struct registry *r);
/*
 * One more tool.  The strings in t live as long as the registry, and its
 * program is absolute.  False when the name is taken or is none.
 */
bool registry_add(struct registry *r, const struct tool *t);
/* A copy of the string that lives as long as r. */
const char *registry_keep(struct registry *r, const char *s);
/* Remember what was passed over, and why, for who wants to know. */
void registry_note(struct registry *r, const char *fmt, ...)
    BASE_PRINTF(2, 3);
const struct vec *registry_notes(const struct registry *r);
/* Take the promoted tools out; the jobs that run them keep theirs. */
void registry_drop_skills(struct registry *r);
/* A name of a tool: letters, digits, "_", "-" and ".", at most 64. */
bool registry_name(const char *name);

/* Tool number i in order of name, NULL after the last. */
const struct tool *tool_at(const struct tool_env *env, size_t i);
/* The tool of that name, or NULL. */
const struct tool *tool_find(const struct tool_env *env, const char *name);
/* The name of a tool that the caller may have meant, or NULL. */
const char *tool_nearest(const struct tool_env *env, const char *name);

#endif
