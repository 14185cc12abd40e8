/* The hosts that a policy allows, as the network of commands has them. */
#include "policy/hosts.h"

#include <string.h>

#include "base/buf.h"
#include "tap.h"

static const struct {
	const char	*user, *system, *project, *hosts, *name;
} table[] = {
	{ "", "", "", "", "none" },
	{ "allow host a.org", "", "", "a.org", "one" },
	{ "allow host {a.org,*.b.org}\nallow host c", "", "", "a.org,*.b.org,c",
	    "several" },
	{ "allow host *", "", "", "", "all hosts are no list" },
	{ "allow host a?.org\nallow host a.*\nallow host 1.2.3.4", "", "",
	    "1.2.3.4", "no other patterns" },
	{ "allow host a.org\nask host *", "", "", "", "asked in the same file" },
	{ "allow host a.org", "deny host a.org", "", "a.org",
	    "denied where it is no longer heard" },
	{ "deny host x.b.org", "allow host *.b.org\nallow host a.org", "",
	    "a.org", "a part of it is denied before" },
	{ "allow host a.org\nallow host b.org", "", "ask host a.*", "b.org",
	    "the project is stricter" },
	{ "", "", "allow host a.org", "", "the project allows nothing" },
	{ "allow run curl\nallow tool fetch", "", "", "", "other rules" },
};

static void
add(struct policy *p, enum policy_place place, const char *text)
{
	struct err e = ERR_INIT;

	ok(policy_add(p, place, "file", text, strlen(text), &e) == 0, "%s",
	    e.msg);
}

int
main(void)
{
	for (size_t i = 0; i < BASE_NITEMS(table); i++) {
		struct policy *p = policy_new("/w", "/home/u");
		struct admit a = ADMIT_INIT;
		struct buf b = BUF_INIT;

		add(p, PLACE_USER, table[i].user);
		add(p, PLACE_SYSTEM, table[i].system);
		add(p, PLACE_PROJECT, table[i].project);
		add(p, PLACE_SHIPPED, "allow host shipped.org");
		policy_hosts(p, &a);
		admit_show(&b, &a);
		is_str(buf_str(&b), table[i].hosts, table[i].name);
		buf_free(&b);
		admit_free(&a);
		policy_free(p);
	}
	return done_testing();
}
