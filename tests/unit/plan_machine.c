/* The states of a project: every move from every state with every kind of
 * facts, against a table of its own; and long random walks. */
#include "plan/machine.h"

#include "tap.h"

#include <stdlib.h>

#define P	MACHINE_PLANNING
#define E	MACHINE_EXECUTING
#define R	MACHINE_REVIEWING
#define C	MACHINE_COMPLETE
#define Z	MACHINE_PAUSED
#define NO	(-1)
#define BACK	(-2)

/* Where each move leads from each state when nothing stands against it. */
static const int leads[MACHINE_STATES][MACHINE_MOVES] = {
	/*        advance review complete reopen pause resume */
	[P] = {   E,      NO,    NO,      NO,    Z,    NO },
	[E] = {   R,      R,     NO,      NO,    Z,    NO },
	[R] = {   C,      NO,    C,       E,     Z,    NO },
	[C] = {   NO,     NO,    NO,      E,     NO,   NO },
	[Z] = {   NO,     NO,    NO,      NO,    NO,   BACK },
};

/* What may stand against it. */
static bool
stands(int from, int to, const struct machine_facts *f)
{
	if (from == P && to == E)
		return f->tasks == 0;
	if (from == E && to == R)
		return f->open > 0;
	if (from == R && to == C)
		return f->open > 0 || f->dead > 0;
	return false;
}

static int
one(int from, int before, int move, const struct machine_facts *f, bool force)
{
	enum machine_state to = MACHINE_STATES;
	struct err e = ERR_INIT;
	int want = leads[from][move], rc;

	if (want == BACK)
		want = before;
	if (want >= 0 && !force && stands(from, want, f))
		want = NO;
	rc = machine_move(from, before, move, f, force, &to, &e);
	if (want == NO)
		return rc == -1 && e.kind == ERR_NEGATIVE &&
		    to == MACHINE_STATES && strncmp(e.msg,
		    machine_move_name(move), strlen(machine_move_name(move)))
		    == 0 && strlen(e.msg) > 20;
	return rc == 0 && (int)to == want && e.kind == ERR_NONE;
}

static void
every(void)
{
	int bad = 0, n = 0;

	for (int from = 0; from < MACHINE_STATES; from++)
	for (int before = 0; before < Z; before++)
	for (int move = 0; move < MACHINE_MOVES; move++)
	for (int facts = 0; facts < 8; facts++)
	for (int force = 0; force < 2; force++, n++) {
		struct machine_facts f = { facts ? 5 : 0, facts & 1 ? 2 : 0,
		    facts & 2 ? 1 : 0 };

		if (!one(from, before, move, &f, force)) {
			printf("# %s %s facts %d force %d\n",
			    machine_state_name(from),
			    machine_move_name(move), facts, force);
			bad++;
		}
	}
	is_int(bad, 0, "every move from every state is as the table says");
	is_int(n, 5 * 4 * 6 * 8 * 2, "all of them");
}

/* Walk for long: complete is reached through reviewing only, a pause
 * changes nothing but that it is one. */
static void
walks(void)
{
	struct machine_facts f = { 1, 0, 0 };
	enum machine_state s = P, before = P;
	int bad = 0, complete = 0;
	unsigned seed = 1;

	for (int i = 0; i < 100000; i++) {
		enum machine_move m = (seed = seed * 1103515245 + 12345) >>
		    16 & 7;
		enum machine_state to = s;
		struct err e = ERR_INIT;

		f.open = seed >> 24 & 1;
		f.dead = seed >> 25 & 1;
		if (m >= MACHINE_MOVES || machine_move(s, before, m, &f,
		    false, &to, &e) == -1)
			continue;
		bad += to == C && (s != R || f.open || f.dead);
		bad += s == Z && to != before;
		bad += to == s;
		complete += to == C;
		before = s;
		s = to;
	}
	is_int(bad, 0, "no walk goes where it must not");
	ok(complete > 100, "walks end in complete: %d", complete);
}

int
main(void)
{
	enum machine_state s;

	every();
	walks();
	for (int i = 0; i < MACHINE_STATES; i++)
		ok(machine_state_find(machine_state_name(i), &s) &&
		    (int)s == i, "%s is found", machine_state_name(i));
	ok(!machine_state_find("done", &s) && !machine_state_find(NULL, &s) &&
	    !machine_state_find("", &s), "no other is");
	return done_testing();
}
