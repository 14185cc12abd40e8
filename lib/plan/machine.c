/*
 * machine.c - the table of states and moves.
 */
#include "plan/machine.h"

#include "base/buf.h"

#include <string.h>

static const char *const states[MACHINE_STATES] = {
	[MACHINE_PLANNING] = "planning", [MACHINE_EXECUTING] = "executing",
	[MACHINE_REVIEWING] = "reviewing", [MACHINE_COMPLETE] = "complete",
	[MACHINE_PAUSED] = "paused",
};

static const char *const moves[MACHINE_MOVES] = {
	[MOVE_ADVANCE] = "advance", [MOVE_REVIEW] = "review",
	[MOVE_COMPLETE] = "complete", [MOVE_REOPEN] = "reopen",
	[MOVE_PAUSE] = "pause", [MOVE_RESUME] = "resume",
};

enum guard {
	NOTHING,
	SOME_TASK,		/* there is something to do */
	NONE_OPEN,		/* nothing is left to do */
	ALL_DONE,		/* and nothing was given up */
};

#define BEFORE	MACHINE_STATES	/* where it was before the pause */

static const struct row {
	enum machine_state	from;
	enum machine_move	move;
	enum machine_state	to;
	enum guard		guard;
} table[] = {
	{ MACHINE_PLANNING, MOVE_ADVANCE, MACHINE_EXECUTING, SOME_TASK },
	{ MACHINE_PLANNING, MOVE_PAUSE, MACHINE_PAUSED, NOTHING },
	{ MACHINE_EXECUTING, MOVE_ADVANCE, MACHINE_REVIEWING, NONE_OPEN },
	{ MACHINE_EXECUTING, MOVE_REVIEW, MACHINE_REVIEWING, NONE_OPEN },
	{ MACHINE_EXECUTING, MOVE_PAUSE, MACHINE_PAUSED, NOTHING },
	{ MACHINE_REVIEWING, MOVE_ADVANCE, MACHINE_COMPLETE, ALL_DONE },
	{ MACHINE_REVIEWING, MOVE_COMPLETE, MACHINE_COMPLETE, ALL_DONE },
	{ MACHINE_REVIEWING, MOVE_REOPEN, MACHINE_EXECUTING, NOTHING },
	{ MACHINE_REVIEWING, MOVE_PAUSE, MACHINE_PAUSED, NOTHING },
	{ MACHINE_COMPLETE, MOVE_REOPEN, MACHINE_EXECUTING, NOTHING },
	{ MACHINE_PAUSED, MOVE_RESUME, BEFORE, NOTHING },
};

const char *
machine_state_name(enum machine_state s)
{
	return states[s];
}

const char *
machine_move_name(enum machine_move m)
{
	return moves[m];
}

bool
machine_state_find(const char *name, enum machine_state *s)
{
	for (int i = 0; name != NULL && i < MACHINE_STATES; i++)
		if (strcmp(states[i], name) == 0) {
			*s = (enum machine_state)i;
			return true;
		}
	return false;
}

static int
refuse(enum machine_state from, enum machine_move move, struct err *e)
{
	struct buf b = BUF_INIT;

	for (size_t i = 0; i < BASE_NITEMS(table); i++)
		if (table[i].from == from)
			buf_addf(&b, "%s%s", b.len > 0 ? ", " : "",
			    moves[table[i].move]);
	err_set(e, ERR_NEGATIVE, "%s: the project is %s; from there it can "
	    "only %s", moves[move], states[from], buf_str(&b));
	buf_free(&b);
	return -1;
}

static int
holds(enum guard g, enum machine_move move, const struct machine_facts *f,
    struct err *e)
{
	if (g == SOME_TASK && f->tasks == 0)
		return err_set(e, ERR_NEGATIVE, "%s: there is no task yet; "
		    "agent-plan add or propose makes some", moves[move]);
	if ((g == NONE_OPEN || g == ALL_DONE) && f->open > 0)
		return err_set(e, ERR_NEGATIVE, "%s: %lld task%s not ended "
		    "yet; agent-plan list --status open shows them",
		    moves[move], (long long)f->open,
		    f->open == 1 ? " has" : "s have");
	if (g == ALL_DONE && f->dead > 0)
		return err_set(e, ERR_NEGATIVE, "%s: %lld task%s given up; "
		    "agent-plan list --status dead shows them; retry or cancel "
		    "them, or use --force", moves[move], (long long)f->dead,
		    f->dead == 1 ? " was" : "s were");
	return 0;
}

int
machine_move(enum machine_state from, enum machine_state before,
    enum machine_move move, const struct machine_facts *f, bool force,
    enum machine_state *to, struct err *e)
{
	for (size_t i = 0; i < BASE_NITEMS(table); i++) {
		const struct row *r = &table[i];

		if (r->from != from || r->move != move)
			continue;
		if (!force && holds(r->guard, move, f, e) == -1)
			return -1;
		*to = r->to == BEFORE ? before : r->to;
		return 0;
	}
	return refuse(from, move, e);
}

bool
machine_works(enum machine_state s)
{
	return s == MACHINE_EXECUTING;
}

bool
machine_takes(enum machine_state s)
{
	return s == MACHINE_PLANNING || s == MACHINE_EXECUTING ||
	    s == MACHINE_PAUSED;
}
