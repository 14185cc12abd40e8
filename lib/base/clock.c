/*
 * clock.c - deadlines by the monotonic clock, stamps by the wall clock.
 */
#include "base/clock.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define LAST_SECOND	253402300799LL	/* of the year 9999 */

int64_t
clock_ms(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (int64_t)ts.tv_sec * 1000 + ts.tv_nsec / 1000000;
}

int64_t
clock_wall_ms(void)
{
	const char *fixed = getenv("AGENT_FIXED_TIME");
	struct timespec ts;
	long long s;

	if (fixed != NULL && *fixed != '\0') {
		s = strtoll(fixed, NULL, 10);
		return (s > LAST_SECOND ? LAST_SECOND : s < 0 ? 0 : s) * 1000;
	}
	clock_gettime(CLOCK_REALTIME, &ts);
	return (int64_t)ts.tv_sec * 1000 + ts.tv_nsec / 1000000;
}

void
clock_stamp(char out[CLOCK_STAMP_SIZE], int64_t wall_ms)
{
	time_t t = (time_t)(wall_ms / 1000);
	int ms = (int)(wall_ms % 1000);
	char text[96];
	struct tm tm;
	int year;

	if (ms < 0) {
		ms += 1000;
		t--;
	}
	if (gmtime_r(&t, &tm) == NULL) {
		t = 0;
		gmtime_r(&t, &tm);
	}
	/* RFC 3339 has four digits for the year. */
	year = tm.tm_year + 1900;
	if (year < 0 || year > 9999)
		year = 9999;
	/* Large enough for any int, so that no compiler fears a cut. */
	snprintf(text, sizeof(text), "%04d-%02d-%02dT%02d:%02d:%02d.%03dZ",
	    year, tm.tm_mon + 1, tm.tm_mday, tm.tm_hour, tm.tm_min,
	    tm.tm_sec, ms);
	memcpy(out, text, CLOCK_STAMP_SIZE - 1);
	out[CLOCK_STAMP_SIZE - 1] = '\0';
}

int
clock_left(int64_t deadline)
{
	int64_t left;

	if (deadline == -1)
		return -1;
	left = deadline - clock_ms();
	if (left < 0)
		return 0;
	return left > INT_MAX ? INT_MAX : (int)left;
}

int
clock_sooner(int a, int b)
{
	return a < 0 ? b : b < 0 || a < b ? a : b;
}
