/*
 * stamp.c - the moment that a stamp of some program means.
 */
#include "mem/when.h"

#include <string.h>

struct stamp {
	int64_t	day;
};

static void
on_stamp(const struct when *w, void *arg)
{
	struct stamp *st = arg;

	if (st->day == WHEN_NONE && w->from != WHEN_NONE && w->year &&
	    !w->spoken)
		st->day = w->from;
}

/* The digits behind a point, of which three count. */
static int
thousandths(const char *s, size_t n, size_t *at)
{
	int ms = 0, each = 100;

	for (++*at; *at < n && s[*at] >= '0' && s[*at] <= '9'; ++*at) {
		ms += (s[*at] - '0') * each;
		each /= 10;
	}
	return ms;
}

/* The time of day in a stamp: hh:mm, with or without am and pm. */
static int64_t
time_of_day(const char *s, size_t n)
{
	for (size_t i = 1; i + 2 < n; i++) {
		int h, m, sec = 0, ms = 0;
		size_t j = i;

		if (s[i] != ':' || s[i - 1] < '0' || s[i - 1] > '9' ||
		    s[i + 1] < '0' || s[i + 1] > '5' || s[i + 2] < '0' ||
		    s[i + 2] > '9')
			continue;
		h = s[i - 1] - '0';
		if (i >= 2 && s[i - 2] >= '0' && s[i - 2] <= '2')
			h += (s[i - 2] - '0') * 10;
		m = (s[i + 1] - '0') * 10 + s[i + 2] - '0';
		j = i + 3;
		if (j + 2 < n && s[j] == ':' && s[j + 1] >= '0' &&
		    s[j + 1] <= '5' && s[j + 2] >= '0' && s[j + 2] <= '9') {
			sec = (s[j + 1] - '0') * 10 + s[j + 2] - '0';
			j += 3;
			if (j < n && s[j] == '.')
				ms = thousandths(s, n, &j);
		}
		while (j < n && s[j] == ' ')
			j++;
		if (j + 1 < n && (s[j + 1] | 32) == 'm') {
			if ((s[j] | 32) == 'p' && h < 12)
				h += 12;
			else if ((s[j] | 32) == 'a' && h == 12)
				h = 0;
		}
		return h > 23 ? 0 : ((int64_t)h * 3600 + m * 60 + sec) *
		    1000 + ms;
	}
	return 0;
}

int64_t
when_stamp(const char *s, size_t n)
{
	struct stamp st = { WHEN_NONE };
	int64_t v = 0;
	size_t i = 0;

	while (i < n && i < 16 && s[i] >= '0' && s[i] <= '9')
		v = v * 10 + (s[i++] - '0');
	if (i == n && n >= 9 && n <= 11)
		return v * 1000;
	if (i == n && n >= 12 && n <= 14)
		return v;
	when_scan(s, n < 100 ? n : 100, WHEN_NONE, on_stamp, &st);
	if (st.day == WHEN_NONE)
		return WHEN_NONE;
	return st.day * WHEN_DAY_MS + time_of_day(s, n < 100 ? n : 100);
}
