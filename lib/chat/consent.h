/*
 * consent.h - what a user has agreed to, once for just that text.
 *
 * What a prompt file wants beyond words (commands, a model) may be a
 * stranger's wish.  It is asked about at the terminal, and the hash of what was
 * agreed to is kept in the state folder: another text is another question.
 */
#ifndef CHAT_CONSENT_H
#define CHAT_CONSENT_H

#include "base/base.h"
#include "base/buf.h"

struct chat;

/* What is agreed to: only the same of both is the same. */
struct consent {
	const char	*what;		/* a word; "": commands */
	char		 sum[65];	/* the hash of the text */
};

/* Whether the user has agreed to it. */
bool consent_given(const struct consent *k);
/* Put the question, safe on a terminal, to the user: true when the answer is
 * yes, which is kept; false too when there is no terminal to ask at, or it is
 * that of a program which drives this one. */
bool consent_ask(const struct chat *c, const struct buf *question,
    const struct consent *k);

#endif
