/*
 * check.h - code was written and nothing checked it: check it.
 *
 * Pure but for check_find(), which looks at the project's files.
 */
#ifndef CHAT_CHECK_H
#define CHAT_CHECK_H

#include "base/base.h"
#include "base/buf.h"
#include "core/compact.h"
#include "core/event.h"
#include "json/js.h"

#define CHECK_ROUNDS	3	/* in a turn */

struct check {
	char	*command;	/* NULL: nothing is checked */
	bool	 demanded;	/* the user named it: it has to pass */
	bool	 code;		/* a call was about program text */
	bool	 wrote;		/* it was changed and not checked since */
	bool	 passed;	/* the last time */
	int	 rounds, number;
	char	 id[32];	/* of the call under way */
};

/* An event of the turn (borrowed). */
void check_event(struct check *k, jv ev);
/* True when the check is to be run before the turn may end. */
bool check_due(const struct check *k);
/* What the files in dir say how it is tested; caller frees, NULL unknown. */
char *check_find(const char *dir);
/* The message with the call that runs it.  Owned. */
jv check_call(struct check *k);
/* Take its result (borrowed): true when it passed, else words for the model
 * are appended to tell. */
bool check_result(struct check *k, jv msg, struct buf *tell);

#endif
