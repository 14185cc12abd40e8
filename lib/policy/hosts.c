/*
 * hosts.c - the hosts that a policy allows, as a list.
 */
#include "policy/hosts.h"

#include "policy/word.h"

#include <string.h>

/* A name, or *. and a name: what a list of hosts can say. */
static bool
is_name(const char *alt)
{
	if (strncmp(alt, "*.", 2) == 0)
		alt += 2;
	return *alt != '\0' && alt[strspn(alt, "abcdefghijklmnopqrstuvwxyz"
	    "0123456789.-")] == '\0';
}

static bool
speaks_of(const struct rule *r, const char *alt)
{
	for (size_t i = 0; r->n > 0 && i < r->word[0].n; i++)
		if (word_meets(r->word[0].v[i], alt))
			return true;
	return false;
}

static bool
is_allowed(const struct policy *p, const struct rule *by, const char *alt)
{
	for (size_t i = 0; i < p->n; i++) {
		const struct rule *r = p->rule[i];

		if (r->kind == RULE_HOST && r->decision != POLICY_ALLOW &&
		    (r->place <= by->place || r->place == PLACE_PROJECT) &&
		    speaks_of(r, alt))
			return false;
	}
	return true;
}

void
policy_hosts(const struct policy *p, struct admit *a)
{
	for (size_t i = 0; i < p->n; i++) {
		const struct rule *r = p->rule[i];
		struct err ignored = ERR_INIT;

		if (r->kind != RULE_HOST || r->decision != POLICY_ALLOW ||
		    r->place > PLACE_SYSTEM || r->n == 0)
			continue;
		for (size_t k = 0; k < r->word[0].n; k++) {
			const char *alt = r->word[0].v[k];

			if (is_name(alt) && is_allowed(p, r, alt))
				admit_add(a, alt, &ignored);
		}
	}
}
