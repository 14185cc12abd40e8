/*
 * report.h - the plan for people and models: Markdown, and a prompt.
 */
#ifndef PLAN_REPORT_H
#define PLAN_REPORT_H

#include "base/buf.h"
#include "plan/store.h"

/* Everything, as Markdown: goal, state, tasks by state, the notebook. */
int report_write(struct plan *p, struct buf *out, struct err *e);
/* Goal, state and tasks, as Markdown, without the notebook. */
int report_tasks(struct plan *p, struct buf *out, struct err *e);
/*
 * What belongs in a system prompt: goal, state, counts, what runs and what
 * is next, the last decisions and results; lines are left out from the end
 * so that it is at most so many tokens, about (tokens.h).
 */
int report_prompt(struct plan *p, int64_t tokens, struct buf *out,
    struct err *e);

#endif
