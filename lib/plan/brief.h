/*
 * brief.h - what a model is told of a task: bounded, whatever the task has
 * gathered.
 *
 * A task is told with its acceptance, its check, and where it stands by its
 * last checkpoint; a conversation begins with that and nothing else.  Each
 * part has its share of the tokens, and what is longer is cut and says so.
 * Pure.
 */
#ifndef PLAN_BRIEF_H
#define PLAN_BRIEF_H

#include "base/buf.h"
#include "json/js.h"

/* The prompt for a task (task_get) and its last checkpoint (may be
 * invalid), in about so many tokens. */
void brief_task(struct buf *out, jv task, jv checkpoint, int64_t tokens);
/* What is asked at the end of a conversation whose budget is used up. */
extern const char brief_handoff[];
/* Take the answer to that apart: done, next and blockers into o, which is
 * consumed. */
jv brief_answer(jv o, const char *text);

#endif
