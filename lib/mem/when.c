/*
 * when.c - dates, as data has them and as people say them.
 */
#include "mem/when.h"

#include <stdlib.h>
#include <string.h>

#define TOKENS_MAX	4096	/* of a text; no date is looked for beyond */

/* ---- the calendar: days from civil and back, by H. Hinnant's method ---- */

int64_t
when_day(int year, int month, int day)
{
	int64_t y = year - (month <= 2), era = (y >= 0 ? y : y - 399) / 400;
	int64_t yoe = y - era * 400;
	int64_t doy = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;

	return era * 146097 + yoe * 365 + yoe / 4 - yoe / 100 + doy - 719468;
}

void
when_civil(int64_t z, int *year, int *month, int *date)
{
	int64_t era, doe, yoe, doy, mp;

	z += 719468;
	era = (z >= 0 ? z : z - 146096) / 146097;
	doe = z - era * 146097;
	yoe = (doe - doe / 1460 + doe / 36524 - doe / 146096) / 365;
	doy = doe - (365 * yoe + yoe / 4 - yoe / 100);
	mp = (5 * doy + 2) / 153;
	*date = (int)(doy - (153 * mp + 2) / 5 + 1);
	*month = (int)(mp < 10 ? mp + 3 : mp - 9);
	*year = (int)(yoe + era * 400 + (*month <= 2));
}

int
when_weekday(int64_t day)
{
	int64_t w = (day + 4) % 7;

	return (int)(w < 0 ? w + 7 : w);
}

/* ---- tokens ---- */

struct token {
	char	 word[12];	/* lower case; "" for a number */
	int	 number, digits;
	char	 before;	/* the sign in front, ' ' for spaces */
	bool	 capital;
};

/* The token at *at; false at the end.  Words are cut to their beginning. */
static bool
token(const char *p, size_t n, size_t *at, struct token *t)
{
	size_t i = *at, k = 0;

	memset(t, 0, sizeof(*t));
	t->before = ' ';
	for (; i < n; i++) {
		unsigned char c = (unsigned char)p[i];
		bool letter = (c | 32) >= 'a' && (c | 32) <= 'z';

		if (letter || (c >= '0' && c <= '9'))
			break;
		t->before = (char)(c >= 0x80 ? '?' : c);
	}
	if (i == n)
		return false;
	if (p[i] >= '0' && p[i] <= '9') {
		for (; i < n && p[i] >= '0' && p[i] <= '9'; i++)
			if (t->digits++ < 9)
				t->number = t->number * 10 + (p[i] - '0');
	} else {
		t->capital = p[i] < 'a';
		for (; i < n && (((p[i] | 32) >= 'a' && (p[i] | 32) <= 'z') ||
		    p[i] == '\''); i++)
			if (k < sizeof(t->word) - 1)
				t->word[k++] = (char)(p[i] == '\'' ? p[i] :
				    p[i] | 32);
	}
	*at = i;
	return true;
}

static bool
is(const struct token *t, const char *w)
{
	return t->word[0] == w[0] && strcmp(t->word, w) == 0;
}

static bool
one_of(const struct token *t, const char *list)
{
	size_t n = strlen(t->word);

	for (const char *p = list; n > 0; p++) {
		if (*p == t->word[0] && strncmp(p, t->word, n) == 0 &&
		    (p[n] == ' ' || p[n] == '\0'))
			return true;
		p = strchr(p, ' ');
		if (p == NULL)
			break;
	}
	return false;
}

/* 1 to 12, 0 for none; a short form only when it is all of the word. */
static int
month_of(const struct token *t)
{
	static const char *const names[] = { "january", "february", "march",
	    "april", "may", "june", "july", "august", "september", "october",
	    "november", "december" };

	if (is(t, "sept"))
		return 9;
	for (int i = 0; i < 12; i++)
		if (t->word[0] == names[i][0] && (strcmp(t->word,
		    names[i]) == 0 || (strlen(t->word) == 3 &&
		    strncmp(t->word, names[i], 3) == 0)))
			return i + 1;
	return 0;
}

/* 0 Sunday to 6, -1 for none. */
static int
weekday_of(const struct token *t)
{
	static const char *const names[] = { "sunday", "monday", "tuesday",
	    "wednesday", "thursday", "friday", "saturday" };
	size_t n = strlen(t->word);

	for (int i = 0; i < 7; i++)
		if (n >= 6 && strncmp(t->word, names[i], strlen(names[i])) ==
		    0 && n <= strlen(names[i]) + 2)
			return i;
	return -1;
}

/* Small numbers as words; "a" and "few" count as well before "ago". */
static int
count_of(const struct token *t)
{
	static const char *const names[] = { "a", "one", "two", "three",
	    "four", "five", "six", "seven", "eight", "nine", "ten" };

	if (t->digits > 0)
		return t->digits <= 3 ? t->number : -1;
	for (int i = 0; i < 11; i++)
		if (is(t, names[i]))
			return i == 0 ? 1 : i;
	if (is(t, "an"))
		return 1;
	if (is(t, "couple"))
		return 2;
	return is(t, "few") || is(t, "several") ? 3 : -1;
}

static bool
is_year(const struct token *t)
{
	return t->digits == 4 && t->number >= 1900 && t->number <= 2199;
}

static bool
is_date(const struct token *t)
{
	return (t->digits == 1 || t->digits == 2) && t->number >= 1 &&
	    t->number <= 31;
}

/* ---- expressions ---- */

struct scan {
	const char	*p;
	size_t		 n, at;		/* behind the token looked at */
	int64_t		 ref;
	when_fn		*fn;
	void		*arg;
	struct token	 last;		/* the one before */
};

/* The token k places on (1 is the next), and where it ends. */
static bool
ahead(const struct scan *s, int k, struct token *t, size_t *end)
{
	*end = s->at;
	while (k-- > 0)
		if (!token(s->p, s->n, end, t))
			return false;
	return true;
}

static void
give(struct scan *s, int64_t from, int64_t to, int month, int date,
    bool year, bool spoken)
{
	struct when w = { .from = from, .to = to, .month = month,
	    .date = date, .year = year, .spoken = spoken };

	s->fn(&w, s->arg);
}

static int64_t
month_start(int year, int month)
{
	year += (month - 1) / 12 - (month < 1);
	month = month < 1 ? month + 12 : (month - 1) % 12 + 1;
	return when_day(year, month, 1);
}

static void
give_month(struct scan *s, int year, int month, bool spoken)
{
	give(s, month_start(year, month), month_start(year, month + 1),
	    month, 0, true, spoken);
}

static void
give_day(struct scan *s, int64_t day, bool spoken)
{
	int y, m, d;

	when_civil(day, &y, &m, &d);
	give(s, day, day + 1, m, d, true, spoken);
}

static void
give_date(struct scan *s, int year, int month, int date)
{
	int64_t day;

	if (year == 0)
		give(s, WHEN_NONE, WHEN_NONE, month, date, false, false);
	else {
		day = when_day(year, month, date);
		give(s, day, day + 1, month, date, true, false);
	}
}

/* 2023-05-08, 2023/05/08, 2023-05: the year was read. */
static bool
iso(struct scan *s, const struct token *t)
{
	struct token m, d;
	size_t end;

	if (t->digits != 4 || t->number < 1000 || t->number > 9999 ||
	    !ahead(s, 1, &m, &end) ||
	    (m.before != '-' && m.before != '/') || m.digits == 0 ||
	    m.digits > 2 || m.number < 1 || m.number > 12)
		return false;
	s->at = end;
	if (ahead(s, 1, &d, &end) && d.before == m.before && is_date(&d)) {
		s->at = end;
		give_date(s, t->number, m.number, d.number);
	} else {
		give_month(s, t->number, m.number, false);
	}
	return true;
}

/* The year behind a date, if one is there; it is passed over then. */
static int
take_year(struct scan *s)
{
	struct token t;
	size_t end;

	if (!ahead(s, 1, &t, &end))
		return 0;
	if (is(&t, "of") || is(&t, "in")) {
		size_t at = s->at;

		s->at = end;
		if (ahead(s, 1, &t, &end) && is_year(&t)) {
			s->at = end;
			return t.number;
		}
		s->at = at;
		return 0;
	}
	if (!is_year(&t))
		return 0;
	s->at = end;
	return t.number;
}

/* 8 May, 8th of May 2023: the number was read. */
static bool
date_month(struct scan *s, const struct token *t)
{
	struct token m;
	size_t end;
	int month, k = 1;

	if (!is_date(t) || !ahead(s, k, &m, &end))
		return false;
	if (one_of(&m, "st nd rd th") && s->p[s->at] != ' ') {
		if (!ahead(s, ++k, &m, &end))
			return false;
	}
	if (is(&m, "of") && !ahead(s, ++k, &m, &end))
		return false;
	month = month_of(&m);
	if (month == 0)
		return false;
	s->at = end;
	give_date(s, take_year(s), month, t->number);
	return true;
}

/* Whether "may", "march" and short forms mean the month here. */
static bool
meant_month(const struct scan *s, const struct token *t)
{
	static const char before[] = "in on last next this during of since "
	    "until till by early late mid by around before after from to";

	if (strlen(t->word) > 4 && !is(t, "march"))
		return true;
	if (one_of(&s->last, before))
		return true;
	return t->capital && !is(t, "may") && !is(t, "march");
}

/* May 8, May 8th 2023, May 2023, May: a month was read. */
static bool
month_first(struct scan *s, const struct token *t, int month)
{
	struct token d, suffix;
	size_t end;
	int year;

	if (ahead(s, 1, &d, &end) && is_date(&d) && d.before != '.' &&
	    d.before != '?') {
		s->at = end;
		if (ahead(s, 1, &suffix, &end) &&
		    one_of(&suffix, "st nd rd th") && s->p[s->at] != ' ')
			s->at = end;
		give_date(s, take_year(s), month, d.number);
		return true;
	}
	year = take_year(s);
	if (year != 0)
		give_month(s, year, month, false);
	else if (!meant_month(s, t))
		return false;
	else
		give(s, WHEN_NONE, WHEN_NONE, month, 0, false, false);
	return true;
}

/* The day that lies k units back; false when it is no unit of time. */
static bool
back(struct scan *s, const struct token *unit, int k)
{
	int y, m, d;

	if (s->ref == WHEN_NONE) {
		if (!one_of(unit, "day days night nights week weeks weekend "
		    "weekends month months year years"))
			return false;
		give(s, WHEN_NONE, WHEN_NONE, 0, 0, false, true);
		return true;
	}
	when_civil(s->ref, &y, &m, &d);
	if (one_of(unit, "day days night nights")) {
		give_day(s, s->ref - k, true);
	} else if (one_of(unit, "week weeks")) {
		int64_t monday = s->ref - (when_weekday(s->ref) + 6) % 7;

		give(s, monday - 7 * k, monday - 7 * k + 7, 0, 0, true, true);
	} else if (one_of(unit, "weekend weekends")) {
		int64_t monday = s->ref - (when_weekday(s->ref) + 6) % 7;

		give(s, monday - 7 * k + 5, monday - 7 * k + 7, 0, 0, true,
		    true);
	} else if (one_of(unit, "month months")) {
		int total = y * 12 + m - 1 - k;

		give_month(s, total / 12, total % 12 + 1, true);
	} else if (one_of(unit, "year years")) {
		give(s, when_day(y - k, 1, 1), when_day(y - k + 1, 1, 1), 0,
		    0, true, true);
	} else {
		return false;
	}
	return true;
}

/* The season's three months in the year nearest before the reference. */
static bool
season(struct scan *s, const struct token *t, int step)
{
	static const char *const names[] = { "spring", "summer", "autumn",
	    "winter" };
	int y, m, d, k = is(t, "fall") ? 2 : -1, start;

	for (int i = 0; i < 4 && k == -1; i++)
		if (is(t, names[i]))
			k = i;
	if (k == -1)
		return false;
	if (s->ref == WHEN_NONE) {
		give(s, WHEN_NONE, WHEN_NONE, 0, 0, false, true);
		return true;
	}
	when_civil(s->ref, &y, &m, &d);
	start = 3 + 3 * k;
	/* The last one has begun before now, this one may be to come. */
	if (step < 0 && m < start + 3)
		y--;
	else if (step > 0 && m >= start)
		y++;
	give(s, month_start(y, start), month_start(y, start + 3), 0, 0, true,
	    true);
	return true;
}

/* last, this, next and what it is of. */
static bool
turned(struct scan *s, const struct token *t)
{
	int step = one_of(t, "last past previous") ? -1 : is(t, "next") ? 1 :
	    0, y, m, d, k;
	struct token u;
	size_t end;

	if (!ahead(s, 1, &u, &end) || u.before != ' ')
		return false;
	if ((k = weekday_of(&u)) >= 0) {
		int64_t day;

		s->at = end;
		if (s->ref == WHEN_NONE) {
			give(s, WHEN_NONE, WHEN_NONE, 0, 0, false, true);
			return true;
		}
		day = s->ref + (k - when_weekday(s->ref));
		if (step < 0 && day >= s->ref)
			day -= 7;
		else if (step > 0 && day <= s->ref)
			day += 7;
		give_day(s, day, true);
		return true;
	}
	if ((k = month_of(&u)) > 0) {
		s->at = end;
		if (s->ref == WHEN_NONE) {
			give(s, WHEN_NONE, WHEN_NONE, k, 0, false, true);
			return true;
		}
		when_civil(s->ref, &y, &m, &d);
		if (step < 0 && k >= m)
			y--;
		else if (step > 0 && k <= m)
			y++;
		give_month(s, y, k, true);
		return true;
	}
	if (season(s, &u, step) || back(s, &u, -step)) {
		s->at = end;
		return true;
	}
	return false;
}

/* two days ago, a week ago, a few months ago: the number was read. */
static bool
ago(struct scan *s, const struct token *t)
{
	int k = count_of(t);
	struct token u;
	size_t end, at = s->at;

	if (k < 0 || !ahead(s, 1, &u, &end))
		return false;
	if (count_of(&u) >= 2 && u.digits == 0) {	/* a few, a couple */
		k = count_of(&u);
		s->at = end;
		if (!ahead(s, 1, &u, &end))
			goto no;
	}
	if (is(&u, "of")) {
		s->at = end;
		if (!ahead(s, 1, &u, &end))
			goto no;
	}
	s->at = end;
	{
		struct token a;

		if (!ahead(s, 1, &a, &end) || !one_of(&a, "ago back before "
		    "earlier") || !back(s, &u, k))
			goto no;
		s->at = end;
	}
	return true;
no:
	s->at = at;
	return false;
}

/* One word that says it: yesterday, on Friday. */
static bool
alone(struct scan *s, const struct token *t)
{
	int k, step = is(t, "yesterday") ? -1 : one_of(t, "tomorrow") ? 1 :
	    one_of(t, "today tonight") ? 0 : 2;

	if (step != 2) {
		if (s->ref == WHEN_NONE)
			give(s, WHEN_NONE, WHEN_NONE, 0, 0, false, true);
		else
			give_day(s, s->ref + step, true);
		return true;
	}
	if ((k = weekday_of(t)) >= 0) {
		int64_t day;

		if (s->ref == WHEN_NONE) {
			give(s, WHEN_NONE, WHEN_NONE, 0, 0, false, true);
			return true;
		}
		day = s->ref + (k - when_weekday(s->ref));
		give_day(s, day > s->ref ? day - 7 : day, true);
		return true;
	}
	if (is_year(t)) {
		give(s, when_day(t->number, 1, 1), when_day(t->number + 1, 1,
		    1), 0, 0, true, false);
		return true;
	}
	if (one_of(t, "recently lately")) {
		give(s, WHEN_NONE, WHEN_NONE, 0, 0, false, true);
		return true;
	}
	return false;
}

void
when_scan(const char *p, size_t n, int64_t ref, when_fn *fn, void *arg)
{
	struct scan s = { .p = p, .n = n, .ref = ref, .fn = fn, .arg = arg };
	struct token t;
	size_t seen = 0;

	while (seen++ < TOKENS_MAX && token(p, n, &s.at, &t)) {
		int month = t.digits == 0 ? month_of(&t) : 0;
		bool found = false;

		if (t.digits > 0)
			found = iso(&s, &t) || date_month(&s, &t);
		else if (month > 0)
			found = month_first(&s, &t, month);
		else if (one_of(&t, "last this next past previous"))
			found = turned(&s, &t);
		if (!found && !ago(&s, &t))
			alone(&s, &t);
		s.last = t;
	}
}
