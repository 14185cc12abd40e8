/*
 * overview.h - the tools that may be used, for people and scripts.
 */
#ifndef TOOL_OVERVIEW_H
#define TOOL_OVERVIEW_H

#include "base/base.h"
#include "base/buf.h"
#include "tool/tool.h"

/* Append their names to out, one a line, in order; with text, behind each what
 * it is for and, when it is none of ours, where it is from: a program of the
 * user's or the project's, a skill that was promoted, an MCP server. */
void tool_overview(const struct tool_env *env, bool text, struct buf *out);

#endif
