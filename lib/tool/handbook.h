/*
 * handbook.h - SKILL.md as a tool: instructions that a model asks for when it
 * needs them (Agent Skills, agentskills.io/specification).
 *
 * A skill is a folder NAME with a file SKILL.md, whose head names and
 * describes it: of the project (skills.h, once its SKILL.md is
 * trusted), of the user ($XDG_DATA_HOME/agent/skills, ~/.agents/skills).
 * The tool "skill" is there when any is; it gives the text of one, and the
 * names of its other files, which it gives as well.  Nothing of it is run.
 */
#ifndef TOOL_HANDBOOK_H
#define TOOL_HANDBOOK_H

#include "base/base.h"
#include "tool/registry.h"

#define HANDBOOK_MAX	100			/* skills */
#define HANDBOOK_FILE	((size_t)256 * 1024)	/* bytes of a file */

/* Add the tool to r when there are skills that a model may use. */
void handbook_scan(struct registry *r, struct tool_env *env);
/* The tool. */
void tool_skill(const struct tool_env *env, jv args, struct result *r);

#endif
