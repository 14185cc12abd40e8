/*
 * pump.h - feed a child's stdin and drain its output at once, bounded.
 *
 * One poll loop: no deadlock however much either side writes.  It never
 * forks and knows no JSON.  Each drained stream keeps its head and its tail
 * in memory and, once over the cap, copies everything to a spill descriptor
 * that the caller opens on demand.
 */
#ifndef SYS_PUMP_H
#define SYS_PUMP_H

#include "base/base.h"
#include "base/buf.h"

/* What is kept of a long output: the first and the last bytes. */
struct pump_keep {
	size_t		 head_max, tail_max;	/* bytes */
	struct buf	 head, tail;		/* a ring until joined */
	size_t		 tail_at;		/* oldest byte in the ring */
	uint64_t	 total;			/* bytes that came */
	int		 spill;			/* bytes go here; -1: none */
	uint64_t	 spill_max;		/* bytes kept at most */
	uint64_t	 spilled;
	int		(*open_spill)(void *arg);	/* fd or -1; or NULL */
	void		*arg;
};

void pump_keep_init(struct pump_keep *k, size_t head_max, size_t tail_max);
void pump_keep_free(struct pump_keep *k);	/* closes the spill */
/* Take n more bytes. */
void pump_keep_add(struct pump_keep *k, const char *p, size_t n);
/* True when some bytes are in neither head nor tail. */
bool pump_keep_cut(const struct pump_keep *k);
/* Append what was kept; where bytes are missing, the line
 * "[... N bytes left out ...]" between head and tail. */
void pump_keep_join(const struct pump_keep *k, struct buf *out);

#endif
