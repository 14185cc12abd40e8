/* Dates: in stamps of other programs, and as people say them. */
#include "mem/when.h"
#include "tap.h"

#include "base/buf.h"

static void
day(struct buf *b, int64_t d)
{
	int y, m, dd;

	if (d == WHEN_NONE) {
		buf_adds(b, "?");
		return;
	}
	when_civil(d, &y, &m, &dd);
	buf_addf(b, "%d-%02d-%02d", y, m, dd);
}

static void
on_when(const struct when *w, void *arg)
{
	struct buf *b = arg;

	if (b->len > 0)
		buf_adds(b, "; ");
	day(b, w->from);
	if (w->from != WHEN_NONE && w->to != w->from + 1) {
		buf_adds(b, "..");
		day(b, w->to);
	}
	if (w->from == WHEN_NONE && w->month != 0)
		buf_addf(b, " %d/%d", w->month, w->date);
}

/* As said on Wednesday, 2023-05-10. */
static void
said(const char *text, const char *want)
{
	struct buf b = BUF_INIT;

	when_scan(text, strlen(text), when_day(2023, 5, 10), on_when, &b);
	is_str(buf_str(&b), want, text);
	buf_free(&b);
}

static void
stamp(const char *s, int64_t want)
{
	is_int(when_stamp(s, strlen(s)), want, s);
}

int
main(void)
{
	int64_t d = when_day(2023, 5, 8) * WHEN_DAY_MS;
	int y, m, dd;

	is_int(when_day(1970, 1, 1), 0, "the first day");
	is_int(when_day(2000, 3, 1), 11017, "the day after a leap day");
	when_civil(11016, &y, &m, &dd);
	ok(y == 2000 && m == 2 && dd == 29, "and that one");
	when_civil(-1, &y, &m, &dd);
	ok(y == 1969 && m == 12 && dd == 31, "the day before the first");
	is_int(when_weekday(when_day(2023, 5, 10)), 3, "a Wednesday");

	stamp("2023-05-08", d);
	stamp("2023-05-08T13:56:00Z", d + 50160000);
	stamp("2023-05-08T13:56:07.250Z", d + 50167250);
	stamp("1:56 pm on 8 May, 2023", d + 50160000);
	stamp("12:05 am on 8 May, 2023", d + 300000);
	stamp("2023/05/08 (Mon) 02:21", d + 8460000);
	stamp("May 8, 2023", d);
	stamp("8th of May 2023", d);
	stamp("1683504000", d);
	stamp("1683504000123", d + 123);
	stamp("2228-09-08T21:20:00.000Z", 8163408000000);
	stamp("tomorrow", WHEN_NONE);
	stamp("", WHEN_NONE);
	stamp("12", WHEN_NONE);

	said("on 8 May 2023", "2023-05-08");
	said("in May 2022", "2022-05-01..2022-06-01");
	said("in May", "? 5/0");
	said("May I come in?", "");
	said("on May 3rd", "? 5/3");
	said("in 2021", "2021-01-01..2022-01-01");
	said("yesterday", "2023-05-09");
	said("last Friday", "2023-05-05");
	said("last Wednesday", "2023-05-03");
	said("next Friday", "2023-05-12");
	said("on Monday", "2023-05-08");
	said("last week", "2023-05-01..2023-05-08");
	said("last weekend", "2023-05-06..2023-05-08");
	said("two days ago", "2023-05-08");
	said("a few weeks ago", "2023-04-17..2023-04-24");
	said("a couple of months ago", "2023-03-01..2023-04-01");
	said("last May", "2022-05-01..2022-06-01");
	said("last March", "2023-03-01..2023-04-01");
	said("next year", "2024-01-01..2025-01-01");
	said("last summer", "2022-06-01..2022-09-01");
	said("last month", "2023-04-01..2023-05-01");
	said("a last word", "");
	said("the 5 days after", "");
	return done_testing();
}
