/*
 * num.h - numbers a person typed: whole, checked, with a range.
 */
#ifndef BASE_NUM_H
#define BASE_NUM_H

#include "base/base.h"
#include "base/err.h"

/* A whole number in [min, max]; what names it in the message (ERR_USAGE). */
int num_int(const char *s, int64_t min, int64_t max, const char *what,
    int64_t *out, struct err *e);
/* A duration in ms: "30" or "30s", "500ms", "10m", "2h". */
int num_duration(const char *s, const char *what, int64_t *ms,
    struct err *e);
#define NUM_MS_SIZE	32
/* A duration as people read it, "2 s" or "500 ms", in out, which is what comes
 * back. */
const char *num_ms(char out[NUM_MS_SIZE], int64_t ms);
/* How long until something is tried: "in 1.5 s", or "at once". */
const char *num_until(char out[NUM_MS_SIZE], int64_t ms);
/* What a noun gets behind it when there are n: "s", or "" for one. */
const char *num_s(int64_t n);
/*
 * A point in time, in ms since 1970: a date, 2026-11-24, with T03:30 or
 * T03:30:00 behind it, by the local clock; or as long before now_ms as 90m,
 * 24h, 7d or 2w say.
 */
int num_time(const char *s, int64_t now_ms, int64_t *out, struct err *e);
/* A finite number in [min, max]. */
int num_double(const char *s, double min, double max, const char *what,
    double *out, struct err *e);

#endif
