/*
 * project.h - the project: its goal and where it stands.
 *
 * A plan need not have one: then tasks can be added and claimed at any
 * time.  Every move is written into the notebook.
 */
#ifndef PLAN_PROJECT_H
#define PLAN_PROJECT_H

#include "plan/machine.h"
#include "plan/store.h"

#include "json/js.h"

struct project {
	bool		 is;		/* there is one */
	enum machine_state state, before;
	char		*goal;		/* owned; NULL without one */
	int64_t		 created, updated;
};

struct project_counts {
	int64_t		 ready, waiting, running, done, dead, cancelled;
};

void project_free(struct project *j);
int project_load(struct plan *p, struct project *j, struct err *e);
int project_count(struct plan *p, struct project_counts *c, struct err *e);
/* Begin one; ERR_NEGATIVE when there is one already. */
int project_init(struct plan *p, const char *goal, struct err *e);
/* Ask for a move; j is what it is afterwards. */
int project_move(struct plan *p, enum machine_move move, bool force,
    struct project *j, struct err *e);
/* -1 with ERR_NEGATIVE when tasks may not be claimed, or added, now. */
int project_works(struct plan *p, struct err *e);
int project_takes(struct plan *p, struct err *e);
/* {"goal","state","tasks":{...}} with what there is. */
int project_json(struct plan *p, jv *out, struct err *e);

#endif
