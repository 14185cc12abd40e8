/*
 * ask_stats.h - what the columns of a table hold; part of ask.h.
 */
#ifndef VIEW_ASK_STATS_H
#define VIEW_ASK_STATS_H

#include "view/ask.h"
#include "view/view.h"

/* Begin the line about the file, and end it. */
void ask_begin(const struct ask *a, const struct view *v, struct buf *out);
void ask_end(const struct view *v, struct buf *out);
int ask_columns(const struct ask *a, struct view *v, struct buf *out,
    struct err *e);
int ask_describe(const struct ask *a, struct view *v, struct buf *out,
    struct err *e);

#endif
