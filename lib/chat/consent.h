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

/* Whether the user has agreed to what has that hash: 64 digits. */
bool consent_given(const char *sum);
/* Put the question, safe on a terminal, to the user: true when the answer is
 * yes, which is kept; false too when there is no terminal to ask at. */
bool consent_ask(const struct buf *question, const char *sum);

#endif
