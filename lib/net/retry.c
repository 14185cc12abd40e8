/*
 * retry.c - whether to try a request again, and after how long.
 */
#include "net/retry.h"

#include <string.h>

static bool
status_may(int status)
{
	static const int list[] = {
		408, 409, 424, 425, 429, 500, 502, 503, 504, 529,
	};

	for (size_t i = 0; i < BASE_NITEMS(list); i++)
		if (list[i] == status)
			return true;
	return false;
}

/* Failures without an error status of their own: no connection, a cut
 * stream, an error that the stream itself reported. */
static bool
kind_may(enum err_kind kind)
{
	switch (kind) {
	case ERR_UNAVAILABLE:
	case ERR_CUT:
	case ERR_TEMP:
	case ERR_RATE:
	case ERR_OVERLOADED:
		return true;
	default:
		return false;
	}
}

bool
retry_may(const struct retry_case *c)
{
	if (c->begun || c->final || !kind_may(c->kind))
		return false;
	return c->http_status < 300 || status_may(c->http_status);
}

/* base x 2^(attempt - 1), at most cap. */
static int64_t
ceiling(const struct retry_policy *p, int attempt)
{
	int64_t ms = p->base_ms;

	for (int i = 1; i < attempt && ms < p->cap_ms; i++)
		ms *= 2;
	return ms < p->cap_ms ? ms : p->cap_ms;
}

int64_t
retry_wait(const struct retry_policy *p, const struct retry_case *c)
{
	uint64_t top = (uint64_t)ceiling(p, c->attempt);
	int64_t ms;

	if (c->attempt >= p->tries || !retry_may(c))
		return RETRY_NEVER;
	if (c->after_ms > p->after_max_ms)
		return RETRY_NEVER;
	/* Full jitter: anything from 0 to top, evenly. */
	ms = (int64_t)(((top + 1) * c->random) >> 32);
	if (ms < c->after_ms)
		ms = c->after_ms;
	if (c->budget_ms >= 0 && ms > c->budget_ms)
		return RETRY_NEVER;
	return ms;
}

static const char *
skip_blank(const char *s)
{
	while (*s == ' ' || *s == '\t')
		s++;
	return s;
}

static bool
is_digit(char c)
{
	return c >= '0' && c <= '9';
}

/* The unit at *s in milliseconds, 0 when it is none of them; moves *s. */
static int64_t
unit(const char **s)
{
	static const struct {
		const char	*name;
		int64_t		 ms;
	} units[] = {
		{ "ms", 1 }, { "s", 1000 }, { "m", 60000 },
		{ "h", 3600000 }, { "d", 86400000 },
	};

	for (size_t i = 0; i < BASE_NITEMS(units); i++) {
		size_t n = strlen(units[i].name);

		if (strncmp(*s, units[i].name, n) == 0) {
			*s += n;
			return units[i].ms;
		}
	}
	return 0;
}

/* Add whole.frac (in thousandths) of a unit to sum, or stay at the top. */
static int64_t
add_units(int64_t sum, int64_t whole, int64_t frac, int64_t ms)
{
	if (whole > (INT64_MAX - sum) / ms - 1)
		return INT64_MAX;
	return sum + whole * ms + frac * ms / 1000;
}

/* "120", "1.5", "6m0s", "1.57s", "120ms" in milliseconds, or -1. */
static int64_t
duration(const char *s)
{
	int64_t sum = 0, whole, frac, scale, ms;
	bool bare = false;

	if (!is_digit(*s))
		return -1;
	while (is_digit(*s) && !bare) {
		for (whole = 0; is_digit(*s); s++)
			if (whole < INT64_MAX / 20)
				whole = whole * 10 + (*s - '0');
		frac = 0;
		if (*s == '.' && is_digit(s[1]))
			for (s++, scale = 100; is_digit(*s); s++) {
				frac += scale * (*s - '0');
				scale /= 10;
			}
		ms = unit(&s);
		bare = ms == 0;
		if (bare && sum > 0)
			return -1;
		sum = add_units(sum, whole, frac, bare ? 1000 : ms);
	}
	return *skip_blank(s) == '\0' ? sum : -1;
}

int64_t
retry_after(const char *value, int64_t now)
{
	int64_t when;

	value = skip_blank(value);
	if (is_digit(*value))
		return duration(value);
	when = retry_http_date(value, now);
	if (when == -1)
		return -1;
	return when <= now ? 0 : (when - now) * 1000;
}
