/*
 * num.c - numbers a person typed: whole, checked, with a range.
 */
#include "base/num.h"

#include "base/mem.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

/* As strtonum(3), which is not everywhere this layer is. */
static const char *
whole(const char *s, int64_t min, int64_t max, int64_t *out)
{
	char *end;

	errno = 0;
	*out = strtoll(s, &end, 10);
	if (end == s || *end != '\0')
		return "invalid";
	if ((*out == INT64_MIN && errno == ERANGE) || *out < min)
		return "too small";
	if ((*out == INT64_MAX && errno == ERANGE) || *out > max)
		return "too large";
	return NULL;
}

int
num_int(const char *s, int64_t min, int64_t max, const char *what,
    int64_t *out, struct err *e)
{
	int64_t v;
	const char *why = whole(s, min, max, &v);

	if (why != NULL)
		return err_set(e, ERR_USAGE, "%s: '%.40s' is %s; give a whole "
		    "number from %lld to %lld", what, s, why, (long long)min,
		    (long long)max);
	*out = v;
	return 0;
}

int
num_duration(const char *s, const char *what, int64_t *ms, struct err *e)
{
	static const struct {
		const char *unit;
		int64_t ms;
	} units[] = {
		{ "ms", 1 }, { "s", 1000 }, { "", 1000 }, { "m", 60000 },
		{ "h", 3600000 },
	};
	char *end;
	double v;

	errno = 0;
	v = strtod(s, &end);
	if (end != s && errno == 0 && isfinite(v) && v >= 0)
		for (size_t i = 0; i < BASE_NITEMS(units); i++) {
			double total = v * (double)units[i].ms;

			if (strcmp(end, units[i].unit) != 0 || total > 1e12)
				continue;
			*ms = (int64_t)total;
			return 0;
		}
	return err_set(e, ERR_USAGE, "%s: '%.40s' is no duration; write it "
	    "like 30s, 500ms, 10m or 2h", what, s);
}

const char *
num_ms(char out[NUM_MS_SIZE], int64_t ms)
{
	if (ms % 1000 == 0)
		snprintf(out, NUM_MS_SIZE, "%lld s", (long long)ms / 1000);
	else
		snprintf(out, NUM_MS_SIZE, "%lld ms", (long long)ms);
	return out;
}

const char *
num_until(char out[NUM_MS_SIZE], int64_t ms)
{
	if (ms < 50)
		snprintf(out, NUM_MS_SIZE, "at once");
	else
		snprintf(out, NUM_MS_SIZE, "in %.1f s", (double)ms / 1e3);
	return out;
}

const char *
num_s(int64_t n)
{
	return n == 1 ? "" : "s";
}

int
num_double(const char *s, double min, double max, const char *what,
    double *out, struct err *e)
{
	char *end;
	double v;

	errno = 0;
	v = strtod(s, &end);
	if (end == s || *end != '\0' || errno != 0 || !(v >= min && v <= max))
		return err_set(e, ERR_USAGE, "%s: '%.40s' is no number from "
		    "%g to %g", what, s, min, max);
	*out = v;
	return 0;
}

int
num_time(const char *s, int64_t now_ms, int64_t *out, struct err *e)
{
	static const char *const forms[] = { "%Y-%m-%d", "%Y-%m-%dT%H:%M",
	    "%Y-%m-%dT%H:%M:%S" };
	static const struct { char unit; int64_t ms; } units[] = {
		{ 'm', 60000 }, { 'h', 3600000 }, { 'd', 86400000 },
		{ 'w', 604800000 } };
	size_t n = strspn(s, "0123456789");
	struct err ignored = ERR_INIT;
	int64_t v = 0;

	for (size_t i = 0; n > 0 && i < BASE_NITEMS(units); i++) {
		char *digits = xmemdup(s, n);
		bool fits = s[n] == units[i].unit && s[n + 1] == '\0' &&
		    num_int(digits, 0, 100000, "", &v, &ignored) == 0;

		free(digits);
		if (fits) {
			*out = now_ms - v * units[i].ms;
			return 0;
		}
	}
	for (size_t i = 0; i < BASE_NITEMS(forms); i++) {
		struct tm tm = { .tm_isdst = -1 };
		const char *end = strptime(s, forms[i], &tm);

		tm.tm_isdst = -1;
		if (end != NULL && *end == '\0') {
			*out = (int64_t)mktime(&tm) * 1000;
			return 0;
		}
	}
	return err_set(e, ERR_USAGE, "'%.40s' is no time; write it like 24h, "
	    "7d, 2026-11-24 or 2026-11-24T03:30", s);
}
