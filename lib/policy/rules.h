/*
 * rules.h - the policy as it stands in files: allow, ask or deny.
 *
 * A file is lines for people, agent-policy(5).  Each comes from a place,
 * and the places have an order; the project's own file may only make things
 * stricter, whatever the others say.  Here they are only read and kept.
 */
#ifndef POLICY_RULES_H
#define POLICY_RULES_H

#include "base/base.h"
#include "base/err.h"
#include "base/vec.h"

enum decision { POLICY_ALLOW, POLICY_ASK, POLICY_DENY };

enum rule_kind {
	RULE_RUN,		/* a simple command */
	RULE_PIPE,		/* a program that comes from a command */
	RULE_READ, RULE_WRITE,	/* a path */
	RULE_HOST,
	RULE_TOOL,
	RULE_SHAPE,		/* something about a command line */
	RULE_EXACT,		/* one call with these arguments */
	RULE_KINDS,
};

/* Where a rule comes from; the first that says something is heard. */
enum policy_place {
	PLACE_SESSION,		/* what the user said in this run */
	PLACE_FLAG,		/* --policy */
	PLACE_USER,
	PLACE_SYSTEM,
	PLACE_SHIPPED,
	PLACE_PROJECT,		/* apart: only makes stricter */
	PLACES,
};

struct rule {
	enum decision	 decision;
	enum rule_kind	 kind;
	enum policy_place place;
	bool		 tainted;	/* only in a tainted session */
	struct vec	*word;		/* coded alternatives of each word */
	size_t		 n;
	char		*text;		/* as it was written */
	char		*reason, *hint;	/* or NULL */
	const char	*file;		/* as people find it */
	unsigned	 line;
};

struct policy {
	char		*home;		/* plain, or NULL */
	char		*workspace;	/* plain */
	struct rule	**rule;		/* each stays where it is */
	size_t		 n, cap;
	struct vec	 files;
	/* The default of a kind by place, -1 where there is none; and which
	 * rule (its index) said so. */
	int		 dflt[PLACES][RULE_KINDS];
	size_t		 dflt_rule[PLACES][RULE_KINDS];
	bool		 dflt_own[PLACES][RULE_KINDS];	/* named the kind */
};

/*
 * Read all files for a workspace; extra (may be NULL) is one more that the
 * user named.  NULL with e filled (ERR_CONFIG, with file and line) when one
 * of them cannot be read as a policy, or the one we ship is missing.
 */
struct policy *policy_open(const char *workspace, const char *extra,
    struct err *e);
void policy_free(struct policy *p);
/* Take the n bytes at text as a file called name at a place. */
int policy_add(struct policy *p, enum policy_place place, const char *name,
    const char *text, size_t n, struct err *e);
/* An empty one, for policy_add. */
struct policy *policy_new(const char *workspace, const char *home);
/* Add one line to the user's file, which is made if it is missing. */
int policy_append(const char *line, char **file, struct err *e);
/* The file of the user, or NULL; the caller frees. */
char *policy_user_file(void);

const char *policy_decision_name(enum decision d);
const char *policy_kind_name(enum rule_kind k);
const char *policy_place_name(enum policy_place p);

#endif
