/*
 * task.h - tasks: made from a specification, looked at, changed, ended.
 *
 * A specification is an object, whoever wrote it: the options of add, a
 * line of JSON, an item of a Markdown list (outline.h), a model's plan.
 *	objective	what to do (required)
 *	key		a name of the writer's own, unique in the plan
 *	inputs, tags	arrays of strings
 *	acceptance	how to tell that it is done, for people and models
 *	check		a command for sh; its status alone closes the task
 *	priority	the higher goes first
 *	parent, needs	a task, tasks: ids, or keys; a negative number
 *			counts back in the array, -1 is the one before
 *	steps, tool_calls, tokens, seconds	what a conversation may use
 *	rounds		conversations of an attempt
 *	tries		failures after which it is given up
 * It is checked as a whole, by one schema.
 */
#ifndef PLAN_TASK_H
#define PLAN_TASK_H

#include "json/js.h"
#include "plan/store.h"

#define TASK_TEXT_MAX	((size_t)64 * 1024)

/*
 * Add tasks from an array of specifications, inside a transaction; needs
 * may name what stands later in it.  Nothing in a circle is accepted.  The
 * ids go into *ids (an array, owned) when it is not NULL; -1 with e naming
 * the specification by its number.
 */
int task_add(struct plan *p, jv specs, jv *ids, struct err *e);
/* The specification schema; owned. */
jv task_schema(void);
/* Change what spec names of task id, inside a transaction. */
int task_edit(struct plan *p, int64_t id, jv spec, struct err *e);
/* Never do it; what needs it is given up.  Inside a transaction. */
int task_cancel(struct plan *p, int64_t id, const char *why, struct err *e);
/* Try again what was given up or cancelled, and all that was given up
 * because of it. */
int task_retry(struct plan *p, int64_t id, struct err *e);

/* Of graph.c, inside a transaction. */

/* Task needs another, or, child, is its parent. */
int task_link(struct plan *p, int64_t task, int64_t needs, bool child,
    struct err *e);
/* -1 with ERR_DATA when some open tasks wait for each other; looks at all
 * that are open, or, when from is not 0, at what that one leads to. */
int task_circle(struct plan *p, int64_t from, struct err *e);
/* Tell those who wait for id that it is done. */
int task_unblock(struct plan *p, int64_t id, struct err *e);
/* End id as dead or cancelled for that reason ("": none), and give up what
 * needs it and does not run. */
int task_end(struct plan *p, int64_t id, const char *status,
    const char *why, struct err *e);
/* The other way round. */
int task_revive(struct plan *p, int64_t id, struct err *e);

/* The task as an object; 0, or -1 with ERR_NOINPUT when there is none. */
int task_get(struct plan *p, int64_t id, jv *out, struct err *e);

enum task_which {
	TASK_ALL, TASK_OPEN, TASK_READY, TASK_WAITING, TASK_RUNNING,
	TASK_DONE, TASK_DEAD, TASK_CANCELLED,
};
bool task_which(const char *name, enum task_which *w);

struct task_filter {
	enum task_which	 which;
	const char	*tag, *match;
	int64_t		 parent, limit;	/* 0: any, all */
	bool		 queue;		/* in the order of the queue */
};
typedef int task_fn(void *arg, jv task, struct err *e);
int task_each(struct plan *p, const struct task_filter *f, task_fn *fn,
    void *arg, struct err *e);

#endif
