/*
 * exchange.h - project.json: a plan as a file, out and in.
 *
 * The members are those of the Python agent that wrote such files first:
 * name, description, state, tasks of {id, description, status, created_at,
 * completed_at, notes}, lab_notebook of "[time] text", created_at,
 * updated_at.  Ours have more in each task, which others pass over.
 */
#ifndef PLAN_EXCHANGE_H
#define PLAN_EXCHANGE_H

#include "json/js.h"
#include "plan/store.h"

/* The plan as an object, owned. */
int exchange_out(struct plan *p, jv *out, struct err *e);
/* Make a plan of it, where there is none yet: all or nothing. */
int exchange_in(struct plan *p, jv project, struct err *e);

#endif
