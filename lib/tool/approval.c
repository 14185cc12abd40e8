/*
 * approval.c - who is asked when the policy says "ask".
 */
#include "tool/approval.h"

#include "base/opt.h"

#include <stddef.h>
#include <string.h>

static const char *const names[] = {
	[APPROVAL_NONE] = "none",
	[APPROVAL_YES] = "yes",
	[APPROVAL_PROTOCOL] = "protocol",
	NULL
};

const char *
approval_name(const struct approval *a)
{
	return names[a->way];
}

int
approval_open(struct approval *a, const char *spec, bool coprocess,
    struct err *e)
{
	const char *near;

	*a = (struct approval){ APPROVAL_NONE, -1 };
	if (spec == NULL)
		return 0;
	for (int i = 0; names[i] != NULL; i++)
		if (strcmp(spec, names[i]) == 0) {
			a->way = (enum approval_way)i;
			if (a->way == APPROVAL_PROTOCOL && !coprocess)
				return err_set(e, ERR_USAGE, "--approval="
				    "protocol is for run --coprocess");
			return 0;
		}
	near = opt_nearest(spec, names);
	return err_set(e, ERR_USAGE, "--approval: there is no way %.60s%s%s%s",
	    spec, near != NULL ? "; did you mean " : "; see agent-tool(1)",
	    near != NULL ? near : "", near != NULL ? "?" : "");
}
