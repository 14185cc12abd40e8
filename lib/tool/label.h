/*
 * label.h - what is done to every result before a model sees it.
 *
 * Secrets are taken out (base/redact.h).  Text that somebody else wrote, a
 * page of the network or an answer of an MCP server, is fenced: a model is
 * told where it begins and ends, by a word that its writer cannot know.
 * And the session is tainted from then on, which agent-policy(5) can tell
 * rules to go by.
 */
#ifndef TOOL_LABEL_H
#define TOOL_LABEL_H

#include "base/base.h"
#include "tool/result.h"
#include "tool/tool.h"

/* The whole treatment of a result, once. */
void label_result(struct result *r, struct tool_env *env);
/* True when text of this origin is not to be trusted. */
bool label_untrusted(const char *origin);
/* True when the session has seen such text, now or before. */
bool label_tainted(struct tool_env *env);

#endif
