/*
 * owner.h - which process holds something, and whether it still lives.
 *
 * A process is its number and the time it was started, on one machine,
 * since one boot, in one namespace of process numbers.  Processes of
 * another namespace cannot be looked at; what they hold lapses with time.
 */
#ifndef LEDGER_OWNER_H
#define LEDGER_OWNER_H

#include "base/base.h"

#define OWNER_LAPSE_MS	((int64_t)60 * 60 * 1000)

struct owner {
	int64_t		 pid, start;	/* start in clock ticks after boot */
	char		 place[200];	/* "host boot-id namespace" */
};

/* This process. */
void owner_self(struct owner *o);
/* True when the owner, who wrote this age_ms ago, may still live. */
bool owner_alive(const struct owner *self, int64_t pid, int64_t start,
    const char *place, int64_t age_ms);

#endif
