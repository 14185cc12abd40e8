/*
 * fallback.h - when a stronger model takes over, and when it hands back.
 *
 * Counts what the history tells: results that failed and answers that
 * refused.  After so many in a row the other model answers, until as many
 * results in a row were good, or it ends the turn.  Pure; the same history
 * always leads to the same model, in a filter as in a coprocess.
 */
#ifndef GATE_FALLBACK_H
#define GATE_FALLBACK_H

#include "base/base.h"

struct fallback {
	int	after;		/* how many; 0: never */
	int	bad;		/* halves in a row */
	int	good;		/* in a row */
	bool	up;		/* the stronger model is to answer */
};

/* Forget the history. */
void fallback_reset(struct fallback *f);
/* A result, with the halves of a failure that it is: msg_failed(). */
void fallback_result(struct fallback *f, int halves);
/* An answer; ends tells that it has no calls. */
void fallback_answer(struct fallback *f, bool refused, bool ends);

#endif
