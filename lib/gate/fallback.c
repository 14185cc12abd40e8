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
count_bad(struct fallback *f)
{
	f->good = 0;
	f->bad++;
	if (f->after > 0 && f->bad >= f->after)
		f->up = true;
}

void
fallback_result(struct fallback *f, bool failed)
{
	if (failed) {
		count_bad(f);
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
		count_bad(f);
	else if (ends)
		fallback_reset(f);
}
