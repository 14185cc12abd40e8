/*
 * account_in.h - an account from the inside; private to account*.c.
 */
#ifndef GATE_ACCOUNT_IN_H
#define GATE_ACCOUNT_IN_H

#include "core/coproc.h"
#include "gate/account.h"
#include "gate/account_set.h"

#define ACCOUNT_TELL_MS	2000	/* who waits longer than this is told */
#define ACCOUNT_TOKENS	((int64_t)1000000000)

struct account {
	struct account_set set;
	struct coproc	 child;
	TAILQ_HEAD(, booking) list;	/* asked and granted */
	uint64_t	 ids;
	uint64_t	 unsure;	/* settled, and not yet confirmed */
	int		 deaths;
	bool		 noted;		/* what ready had to say */
	bool		 told;		/* that something waits */
	bool		 spent;		/* something was granted */
	const char	*session;
	struct err	 over;		/* why nothing is granted any more */
	account_note	*note;
	void		*arg;
};

/* Tell people; what stands for the %s in fmt. */
void account_say(struct account *a, const char *code, const char *fmt,
    const char *what);
/* Send a line (borrowed) to agent-ledger. */
void account_send(struct account *a, jv line);
/* The booking is no more, or is denied because of e. */
void account_leave(struct account *a, struct booking *b);
void account_deny(struct account *a, struct booking *b, const struct err *e);
/* Take a line of agent-ledger (account_hear.c). */
void account_hear(struct account *a, jv line);
/* Say, once, that something waits, when that is due. */
void account_tell(struct account *a);

#endif
