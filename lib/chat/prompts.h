/*
 * prompts.h - prompt files for who chooses one.
 */
#ifndef CHAT_PROMPTS_H
#define CHAT_PROMPTS_H

#include "base/base.h"
#include "base/buf.h"

/* Those of the workspace, appended to b as lines for people or of JSON. */
void prompts_list(const char *workspace, bool json, struct buf *b);
/* The same for a person who types, each as the command that it is. */
void prompts_help(const char *workspace, struct buf *b);

#endif
