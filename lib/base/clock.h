/*
 * clock.h - deadlines by the monotonic clock, stamps by the wall clock.
 */
#ifndef BASE_CLOCK_H
#define BASE_CLOCK_H

#include "base/base.h"

#define CLOCK_STAMP_SIZE	25	/* "2026-11-24T03:33:35.123Z" + NUL */

/* Monotonic milliseconds; never goes back, meaningless between boots. */
int64_t clock_ms(void);
/* Wall clock, milliseconds since 1970; AGENT_FIXED_TIME (seconds since
 * 1970) replaces it in tests. */
int64_t clock_wall_ms(void);
/* RFC 3339 in UTC with milliseconds. */
void clock_stamp(char out[CLOCK_STAMP_SIZE], int64_t wall_ms);
/* Milliseconds left until the deadline (from clock_ms), at least 0 and at
 * most INT_MAX; -1 when deadline is -1 (none): fit for poll(2). */
int clock_left(int64_t deadline);
/* Of two such times the one that is over first; -1 when both are none. */
int clock_sooner(int a, int b);

#endif
