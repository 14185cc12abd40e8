/*
 * names.h - the offered tools, and which of them a written name means.
 */
#ifndef RECOVER_NAMES_H
#define RECOVER_NAMES_H

#include "base/base.h"
#include "json/js.h"

struct names_tool {
	char	*name;
	char	*plain;		/* letters and digits only, lower case */
	jv	 params;	/* schema of the arguments, or invalid */
};

struct names {
	struct names_tool *v;
	size_t		   n;
};

enum names_how {
	NAMES_EXACT,
	NAMES_PREFIX,		/* "functions.x" and the like */
	NAMES_SPELLING,		/* other case or separators */
	NAMES_TYPO,		/* one letter too many, missing or wrong */
};

/* The function schemas in an array, wrapped or bare; others are skipped. */
void names_load(struct names *s, jv tools);
void names_free(struct names *s);
/*
 * The tool that the n bytes at p mean; NULL when none was offered or two
 * would fit equally well.  Without mend only the first two ways count.
 */
const struct names_tool *names_find(const struct names *s, const char *p,
    size_t n, bool mend, enum names_how *how);
/* True when more bytes could make a name that was offered out of these n;
 * slips of one letter aside. */
bool names_begins(const struct names *s, const char *p, size_t n);
/* The schema of parameter key, owned; invalid when it is not declared. */
jv names_param(const struct names_tool *t, const char *key, size_t n);
/* The name of parameter number i in the schema's order, owned. */
jv names_nth(const struct names_tool *t, size_t i);
/* True when the tool requires at least one parameter. */
bool names_needs(const struct names_tool *t);

#endif
