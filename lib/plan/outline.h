/*
 * outline.h - tasks out of text: lines of JSON, or a Markdown list.
 *
 * JSON is an array of specifications (task.h), an object with such an array
 * as tasks, or an object a line.
 *
 * Of Markdown only list items count: those with a box, when there is one in
 * the text ("- [ ] do it"; a ticked one is done already and left out with
 * all below it), else all of them.  An item that is indented below another
 * is its child.  Lines that are indented below an item belong to it: those
 * that begin with a name of a specification and a colon, such as
 *	check: make test
 *	needs: -1, other-key
 * say that, and others go on with the objective.
 *
 * Pure; the text comes from anywhere.
 */
#ifndef PLAN_OUTLINE_H
#define PLAN_OUTLINE_H

#include "base/base.h"
#include "base/err.h"
#include "json/js.h"

#define OUTLINE_TASKS	100000	/* in one text */

/* *out is an owned array, pushed to; -1 with ERR_DATA. */
int outline_read(const char *text, size_t n, jv *out, struct err *e);

#endif
