/*
 * machine.h - the states of a project and how it moves between them.
 *
 * One table, looked up by what is asked and where the project stands; each
 * row names what has to hold besides.  Pure: it knows counts, no database.
 */
#ifndef PLAN_MACHINE_H
#define PLAN_MACHINE_H

#include "base/base.h"
#include "base/err.h"

enum machine_state {
	MACHINE_PLANNING, MACHINE_EXECUTING, MACHINE_REVIEWING,
	MACHINE_COMPLETE, MACHINE_PAUSED,
	MACHINE_STATES
};

enum machine_move {
	MOVE_ADVANCE, MOVE_REVIEW, MOVE_COMPLETE, MOVE_REOPEN, MOVE_PAUSE,
	MOVE_RESUME,
	MACHINE_MOVES
};

/* What the tasks of the project are, as far as moves depend on it. */
struct machine_facts {
	int64_t		 tasks, open, dead;	/* open: queued or running */
};

const char *machine_state_name(enum machine_state s);
const char *machine_move_name(enum machine_move m);
/* False when there is none of that name. */
bool machine_state_find(const char *name, enum machine_state *s);
/*
 * Where move leads from state; before is the state that a paused project
 * had.  -1 with e filled (ERR_NEGATIVE) when it is refused, which says why
 * and what would be allowed.  force overrides what has to hold besides,
 * never the table.
 */
int machine_move(enum machine_state from, enum machine_state before,
    enum machine_move move, const struct machine_facts *f, bool force,
    enum machine_state *to, struct err *e);
/* True when tasks may be claimed, or added. */
bool machine_works(enum machine_state s);
bool machine_takes(enum machine_state s);

#endif
