/*
 * chat_guard.c - the guard against models that go in circles.
 */
#include "chat/guard.h"
#include "tap.h"

static struct guard g;

static enum guard_verdict
call(const char *args, const char *result)
{
	return guard_add(&g, "shell", args, strlen(args), result,
	    strlen(result));
}

int
main(void)
{
	guard_reset(&g);
	is_int(call("a", "1"), GUARD_FINE, "once is fine");
	is_int(call("a", "1"), GUARD_FINE, "twice is fine");
	is_int(call("a", "1"), GUARD_TELL, "the third time is told");
	is_int(call("a", "1"), GUARD_TELL, "the fourth too");
	is_int(call("a", "1"), GUARD_END, "the fifth is the end");

	guard_reset(&g);
	for (int i = 0; i < 4; i++)
		call("a", "1");
	is_int(call("a", "2"), GUARD_FINE, "another result is progress");
	is_int(call("a", "1"), GUARD_FINE, "and sets the count back");
	call("a", "1");
	is_int(call("a", "1"), GUARD_TELL, "which goes on from there");

	guard_reset(&g);
	for (int i = 0; i < 20; i++) {
		char edit[8];

		snprintf(edit, sizeof(edit), "%d", i);
		ok(call("make test", "failed") == GUARD_FINE &&
		    call(edit, "done") == GUARD_FINE,
		    "tests between edits are no circle, %d", i);
	}

	guard_reset(&g);
	call("a", "1");
	for (int i = 0; i < 3; i++) {
		call("b", "1");
		call("a", "1");
	}
	call("b", "1");
	call("a", "1");
	is_int(call("b", "1"), GUARD_END, "A B A B is a circle");

	guard_reset(&g);
	is_int(guard_add(&g, "x", "ab", 2, "c", 1), GUARD_FINE, "ab, c");
	for (int i = 0; i < 5; i++)
		guard_add(&g, "x", "a", 1, "bc", 2);
	is_int(guard_add(&g, "x", "ab", 2, "c", 1), GUARD_FINE,
	    "arguments and result are told apart");
	for (int i = 0; i < 2 * GUARD_MAX; i++) {
		char n[16];

		snprintf(n, sizeof(n), "n%d", i);
		call(n, "");
	}
	is_int(call("n511", ""), GUARD_FINE, "many calls are forgotten");
	is_int(call("n511", ""), GUARD_TELL, "but not the last ones");
	return done_testing();
}
