/*
 * date.c - HTTP dates (RFC 9110, 5.6.7) as seconds since 1970.
 *
 * All three forms: "Sun, 06 Nov 1994 08:49:37 GMT", "Sunday, 06-Nov-94
 * 08:49:37 GMT" and "Sun Nov  6 08:49:37 1994".  The name of the day is
 * not checked against the date.  Independent of locale and time zone.
 */
#include "net/retry.h"

#include <string.h>
#include <strings.h>

struct parts {
	int	year, month, day, hour, min, sec;
};

/* Days since 1970-01-01 of a date in the Gregorian calendar, year > 0. */
static int64_t
days(int year, int month, int day)
{
	/* Years begin in March here, so that the leap day is the last. */
	int64_t y = month > 2 ? year : year - 1;
	int64_t m = month > 2 ? month - 3 : month + 9;

	return y * 365 + y / 4 - y / 100 + y / 400 +
	    (m * 153 + 2) / 5 + day - 1 - 719468;
}

/* A number of min to max digits at *s; moves *s.  False when there is
 * none. */
static bool
digits(const char **s, int min, int max, int *out)
{
	int n = 0, v = 0;

	while (n < max && (*s)[n] >= '0' && (*s)[n] <= '9')
		v = v * 10 + ((*s)[n++] - '0');
	if (n < min)
		return false;
	*s += n;
	*out = v;
	return true;
}

/* The literal text at *s; moves *s. */
static bool
text(const char **s, const char *want)
{
	size_t n = strlen(want);

	if (strncasecmp(*s, want, n) != 0)
		return false;
	*s += n;
	return true;
}

static bool
month(const char **s, int *out)
{
	static const char names[12][4] = {
		"Jan", "Feb", "Mar", "Apr", "May", "Jun",
		"Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
	};

	for (int i = 0; i < 12; i++)
		if (text(s, names[i])) {
			*out = i + 1;
			return true;
		}
	return false;
}

static bool
clock_time(const char **s, struct parts *p)
{
	return digits(s, 2, 2, &p->hour) && text(s, ":") &&
	    digits(s, 2, 2, &p->min) && text(s, ":") &&
	    digits(s, 2, 2, &p->sec);
}

/* What follows "Sun, " or "Sunday, ". */
static bool
comma_form(const char *s, int this_year, struct parts *p)
{
	const char *sep, *from;

	if (!digits(&s, 1, 2, &p->day))
		return false;
	sep = *s == '-' ? "-" : " ";
	if (!text(&s, sep) || !month(&s, &p->month) || !text(&s, sep))
		return false;
	from = s;
	if (!digits(&s, 2, 4, &p->year) || !text(&s, " "))
		return false;
	if (s - from == 3) {		/* two digits and the blank */
		p->year += this_year - this_year % 100;
		if (p->year > this_year + 50)
			p->year -= 100;
		else if (p->year <= this_year - 50)
			p->year += 100;
	}
	return clock_time(&s, p) &&
	    (text(&s, " GMT") || text(&s, " UTC") || text(&s, " +0000")) &&
	    s[strspn(s, " \t")] == '\0';
}

/* What follows "Sun ", the form of asctime(3). */
static bool
asctime_form(const char *s, struct parts *p)
{
	if (!month(&s, &p->month) || !text(&s, " "))
		return false;
	(void)text(&s, " ");
	return digits(&s, 1, 2, &p->day) && text(&s, " ") &&
	    clock_time(&s, p) && text(&s, " ") &&
	    digits(&s, 4, 4, &p->year) && s[strspn(s, " \t")] == '\0';
}

static bool
in_range(const struct parts *p)
{
	static const int len[12] = {
		31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31,
	};
	bool leap = p->year % 4 == 0 &&
	    (p->year % 100 != 0 || p->year % 400 == 0);

	return p->year > 0 && p->day >= 1 && p->day <= len[p->month - 1] &&
	    (leap || p->month != 2 || p->day < 29) &&
	    p->hour < 24 && p->min < 60 && p->sec <= 60;
}

int64_t
retry_http_date(const char *s, int64_t now)
{
	struct parts p = { 0 };
	int this_year = (int)(1970 + now / 31556952);
	const char *rest;

	s += strspn(s, " \t");
	rest = s + strspn(s, "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
	    "abcdefghijklmnopqrstuvwxyz");
	if (rest - s < 3)
		return -1;
	if (strncmp(rest, ", ", 2) == 0) {
		if (!comma_form(rest + 2, this_year, &p))
			return -1;
	} else if (*rest != ' ' || !asctime_form(rest + 1, &p)) {
		return -1;
	}
	if (!in_range(&p))
		return -1;
	return days(p.year, p.month, p.day) * 86400 +
	    p.hour * 3600 + p.min * 60 + p.sec;
}
