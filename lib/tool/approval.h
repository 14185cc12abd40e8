/*
 * approval.h - who is asked when the policy says "ask".
 *
 * Nobody (then it is no), the parent of a coprocess over the protocol, or
 * the one who started us has said yes to everything beforehand.
 */
#ifndef TOOL_APPROVAL_H
#define TOOL_APPROVAL_H

#include "base/base.h"
#include "base/err.h"

enum approval_way {
	APPROVAL_NONE,
	APPROVAL_YES,
	APPROVAL_PROTOCOL,
};

struct approval {
	enum approval_way way;
	int		 events;	/* where permission.* go, or -1 */
};

/*
 * From what the user wrote, NULL for the default.  coprocess says whether
 * there is a parent that can be asked.  0, or -1 with e filled.
 */
int approval_open(struct approval *a, const char *spec, bool coprocess,
    struct err *e);
/* "none", "yes", ... */
const char *approval_name(const struct approval *a);

#endif
