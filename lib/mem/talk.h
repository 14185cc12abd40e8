/*
 * talk.h - how well a session as a whole fits a question.
 */
#ifndef MEM_TALK_H
#define MEM_TALK_H

#include "base/base.h"
#include "mem/score.h"

/*
 * The points of the memories with numbers from first to last, taken as one
 * long memory among others like it: BM25 over sessions.
 */
double talk_points(struct score *c, int64_t first, int64_t last);

#endif
