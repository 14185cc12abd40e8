/*
 * fallback.c - when a stronger model takes over, and when it hands back.
 */
#include "gate/fallback.h"

void
fallback_reset(struct fallback *f)
{
	f->bad = f->good = 0;
	f->up = false;
}

static void
count_bad(struct fallback *f, int halves)
{
	f->good = 0;
	f->bad += halves;
	if (f->after > 0 && f->bad >= 2 * f->after)
		f->up = true;
}

void
fallback_result(struct fallback *f, int halves)
{
	if (halves > 0) {
		count_bad(f, halves);
		return;
	}
	f->bad = 0;
	if (f->up && ++f->good >= f->after)
		fallback_reset(f);
}

void
fallback_answer(struct fallback *f, bool refused, bool ends)
{
	if (refused)
		count_bad(f, 2);
	else if (ends)
		fallback_reset(f);
}
