/*
 * skill_tool.h - SKILL.md as a tool: instructions that a model asks for when it
 * needs them (Agent Skills, agentskills.io/specification).
 *
 * Skills are those of skills.h, of the project once all of their files are
 * trusted, and of the user.
 * The tool "skill" is there when any is; it gives the text of one, and the
 * names of its other files, which it gives as well.  Nothing of it is run.
 */
#ifndef TOOL_SKILL_TOOL_H
#define TOOL_SKILL_TOOL_H

#include "base/base.h"
#include "tool/registry.h"

/* Add the tool to r when there are skills that a model may use. */
void skill_tool_scan(struct registry *r, struct tool_env *env);
/* The tool. */
void tool_skill(const struct tool_env *env, jv args, struct result *r);

#endif
