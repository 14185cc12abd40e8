/*
 * when.h - dates, as data has them and as people say them.
 *
 * Days are counted from 1970-01-01 in the calendar of today (proleptic
 * Gregorian), times are milliseconds of the same count; there are no time
 * zones: what is written is what counts.  Pure, English only.
 */
#ifndef MEM_WHEN_H
#define MEM_WHEN_H

#include "base/base.h"

#define WHEN_NONE	INT64_MIN
#define WHEN_DAY_MS	((int64_t)86400000)

int64_t when_day(int year, int month, int day);
void when_civil(int64_t day, int *year, int *month, int *date);
/* 0 is Sunday. */
int when_weekday(int64_t day);

/*
 * The moment that a stamp of some program means: RFC 3339, "2023/05/20
 * (Sat) 02:21", "1:56 pm on 8 May, 2023", "May 8, 2023", seconds or
 * milliseconds since 1970; WHEN_NONE when it holds no day.
 */
int64_t when_stamp(const char *s, size_t n);

/* What an expression in a text says. */
struct when {
	int64_t	 from, to;	/* days [from, to), WHEN_NONE when open */
	int	 month;		/* 1 to 12 when a month is named, else 0 */
	int	 date;		/* of that month, else 0 */
	bool	 year;		/* from and to are of a certain year */
	bool	 spoken;	/* relative to the day of speaking */
};

typedef void when_fn(const struct when *w, void *arg);

/*
 * Give every expression of a time in the n bytes at p to fn; what is
 * relative is taken from the day ref (WHEN_NONE: it is left open).  A bare
 * weekday is the last one, as in a tale.
 */
void when_scan(const char *p, size_t n, int64_t ref, when_fn *fn, void *arg);

#endif
