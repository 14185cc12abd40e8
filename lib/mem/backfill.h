/*
 * backfill.h - vectors are made in the background.
 *
 * Who has stored something leaves a process behind, agent-mem embed
 * --background, which nobody waits for: of low priority, at most one at work
 * for a file of memories and one that waits for its turn, for some minutes at
 * most.  When the model could not be asked, none is at work for a minute.
 */
#ifndef MEM_BACKFILL_H
#define MEM_BACKFILL_H

#include "base/base.h"
#include "mem/cmd.h"
#include "sys/proc.h"

#define BACKFILL_MS	600000

/* Whether vectors are wanted: --vectors, or AGENT_MEMORY_VECTORS. */
bool backfill_wanted(const struct cmd *c);
/* Leave a process behind for c's file; what goes wrong is not told: the next
 * one will do it.  p is the process, for who stays longer than it does. */
void backfill_start(const struct cmd *c, struct proc *p);

/* In that process: wait for its turn; false when others see to it. */
bool backfill_enter(struct cmd *c);
/* Its work is over; well when the model could be asked. */
void backfill_leave(struct cmd *c, bool well);

#endif
