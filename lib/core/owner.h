/*
 * owner.h - which process holds something, and whether it still lives.
 *
 * A process is its number and the time it was started, on one machine,
 * since one boot, in one namespace of process numbers.  Processes of
 * another namespace cannot be looked at; what they hold lapses with time.
 */
#ifndef CORE_OWNER_H
#define CORE_OWNER_H

#include "base/base.h"

#define OWNER_LAPSE_MS	((int64_t)60 * 60 * 1000)

struct owner {
	int64_t		 pid, start;	/* start in clock ticks after boot */
	char		 place[200];	/* "host boot-id namespace" */
};

/* This process. */
void owner_self(struct owner *o);
/* When process pid started; -1 when there is none, 0 when it cannot be
 * known.  A zombie holds nothing. */
int64_t owner_started(int64_t pid);
/* True when the owner, who wrote this age_ms ago, may still live. */
bool owner_alive(const struct owner *self, int64_t pid, int64_t start,
    const char *place, int64_t age_ms);

/* Where something was written, as seen from here. */
enum owner_where {
	OWNER_HERE,		/* same machine, boot and namespace */
	OWNER_BOOT,		/* same machine and boot: one clock */
	OWNER_GONE,		/* this machine, before it was started anew */
	OWNER_ELSEWHERE,	/* another machine */
};
enum owner_where owner_where(const struct owner *self, const char *place);

#endif
