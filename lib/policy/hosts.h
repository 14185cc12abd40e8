/*
 * hosts.h - the hosts that a policy allows, as a list.  Pure.
 */
#ifndef POLICY_HOSTS_H
#define POLICY_HOSTS_H

#include "base/admit.h"
#include "policy/rules.h"

/*
 * Add to a the hosts of rules that allow them: what the user said or wrote,
 * and the administrator; not the project, nor what comes with us.  Only
 * plain names and *.names count, and only those of which no rule that is
 * heard before, or is stricter, says anything else about any part.
 */
void policy_hosts(const struct policy *p, struct admit *a);

#endif
