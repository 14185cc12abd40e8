/*
 * judge.h - what the policy says to one call of a tool.
 *
 * A call is looked at as the things that it does: the tool, each simple
 * command, each file read or written, each host, and the shape of a command
 * line.  Each is decided alone and the strictest decision is the call's.
 * This is courtesy, not a wall: the sandbox holds whatever this lets by.
 */
#ifndef POLICY_JUDGE_H
#define POLICY_JUDGE_H

#include "base/base.h"
#include "json/js.h"
#include "policy/rules.h"

struct policy_call {
	const char	*tool;
	jv		 args;		/* borrowed */
	bool		 reads, writes;	/* what the tool does with its path */
	bool		 runs;		/* its command is for a shell */
	bool		 tainted;	/* the session has read others' text */
};

struct verdict {
	enum decision	 decision;
	enum rule_kind	 kind;		/* of what decided */
	const struct rule *rule;	/* NULL: none, and no default */
	bool		 by_default;	/* rule is a default line */
	char		*what;		/* the command, path, ..., printable */
	char		*hint;		/* what would be allowed, or NULL */
};

void policy_judge(const struct policy *p, const struct policy_call *call,
    struct verdict *v);
void verdict_free(struct verdict *v);
/* In one line: what, why, the rule with file and line; and, behind a line
 * feed, the hint.  Appended. */
void verdict_text(struct buf *b, const struct verdict *v);
/* The members decision, kind, what, rule, file, line, place, reason, hint;
 * consumes o. */
jv verdict_json_take(jv o, const struct verdict *v);
/* The arguments as they are compared by exact rules: without the time
 * limit, keys sorted. */
void policy_exact(struct buf *b, jv args);

#endif
