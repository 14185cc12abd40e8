/*
 * match.h - does a rule speak of this?  Pure.
 *
 * With strict (for rules that allow) a word has to be what the rule says;
 * without, it is enough that it may become that.
 */
#ifndef POLICY_MATCH_H
#define POLICY_MATCH_H

#include "base/base.h"
#include "policy/rules.h"
#include "policy/shparse.h"

bool match_run(const struct rule *r, const struct sh_cmd *c, bool strict);
/* The name of command c alone against one word of a rule. */
bool match_name(const struct vec *word, const struct sh_cmd *c, bool strict);
/* An absolute coded path against the word of a rule. */
bool match_path(const struct rule *r, const char *path, bool strict);
/* A plain text (a tool, a host, a shape). */
bool match_text(const struct rule *r, const char *text);

#endif
