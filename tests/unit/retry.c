/*
 * Whether and when to try again: the table of rules, and what servers write
 * into Retry-After.
 */
#include "net/retry.h"

#include "tap.h"

static const struct retry_policy policy = RETRY_POLICY;

static const struct retry_case unavailable = {
	.attempt = 1, .kind = ERR_UNAVAILABLE, .after_ms = -1,
	.budget_ms = -1, .random = UINT32_MAX,
};

static void
test_statuses(void)
{
	static const int again[] = {
		408, 409, 424, 425, 429, 500, 502, 503, 504, 529,
	};
	int wrong = 0;

	for (int status = 300; status < 600; status++) {
		struct retry_case c = unavailable;
		bool want = false;

		for (size_t i = 0; i < BASE_NITEMS(again); i++)
			want |= again[i] == status;
		c.http_status = status;
		wrong += (retry_wait(&policy, &c) >= 0) != want;
	}
	is_int(wrong, 0, "exactly the listed statuses are tried again");
}

static void
test_kinds(void)
{
	static const struct {
		enum err_kind	kind;
		int		status;
		bool		again;
	} t[] = {
		{ ERR_UNAVAILABLE, 0, true }, { ERR_CUT, 0, true },
		{ ERR_CUT, 200, true }, { ERR_RATE, 200, true },
		{ ERR_OVERLOADED, 200, true }, { ERR_TEMP, 409, true },
		{ ERR_RATE, 429, true }, { ERR_TIMEOUT, 0, false },
		{ ERR_TIMEOUT, 200, false }, { ERR_CANCELLED, 0, false },
		{ ERR_INVALID, 500, false }, { ERR_OVERFLOW, 500, false },
		{ ERR_AUTH, 401, false }, { ERR_CONFIG, 404, false },
		{ ERR_PROTOCOL, 200, false }, { ERR_DATA, 0, false },
	};

	for (size_t i = 0; i < BASE_NITEMS(t); i++) {
		struct retry_case c = unavailable;

		c.kind = t[i].kind;
		c.http_status = t[i].status;
		ok((retry_wait(&policy, &c) >= 0) == t[i].again,
		    "%s with status %d: %s", err_kind_name(t[i].kind),
		    t[i].status, t[i].again ? "again" : "never");
	}
}

static void
test_waits(void)
{
	static const int64_t top[] = { 500, 1000, 2000, 4000 };
	struct retry_case c = unavailable;
	struct retry_policy many = policy;

	for (int i = 1; i <= 4; i++) {
		c.attempt = i;
		c.random = UINT32_MAX;
		is_int(retry_wait(&policy, &c), top[i - 1], "longest wait");
		c.random = 0;
		is_int(retry_wait(&policy, &c), 0, "shortest wait");
		c.random = UINT32_MAX / 2;
		ok(retry_wait(&policy, &c) == top[i - 1] / 2, "middle");
	}
	c.attempt = 5;
	is_int(retry_wait(&policy, &c), RETRY_NEVER, "five tries and no more");
	many.tries = 1000;
	c.random = UINT32_MAX;
	c.attempt = 7;
	is_int(retry_wait(&many, &c), 30000, "the cap");
	c.attempt = 999;
	is_int(retry_wait(&many, &c), 30000, "the cap, far out");
}

static void
test_limits(void)
{
	struct retry_case c = unavailable;

	c.after_ms = 7000;
	is_int(retry_wait(&policy, &c), 7000, "Retry-After is obeyed");
	c.after_ms = 100;
	is_int(retry_wait(&policy, &c), 500, "but shortens nothing");
	c.after_ms = 120000;
	is_int(retry_wait(&policy, &c), 120000, "up to two minutes");
	c.after_ms = 120001;
	is_int(retry_wait(&policy, &c), RETRY_NEVER, "longer: give up");
	c.after_ms = INT64_MAX;
	is_int(retry_wait(&policy, &c), RETRY_NEVER, "absurd: give up");
	c.after_ms = -1;
	c.budget_ms = 499;
	is_int(retry_wait(&policy, &c), RETRY_NEVER, "beyond the budget");
	c.budget_ms = 500;
	is_int(retry_wait(&policy, &c), 500, "within the budget");
	c.budget_ms = -1;
	c.begun = true;
	is_int(retry_wait(&policy, &c), RETRY_NEVER, "never after a delta");
	c.begun = false;
	c.final = true;
	is_int(retry_wait(&policy, &c), RETRY_NEVER, "never when hopeless");
}

#define NOW	784111777	/* 1994-11-06 08:49:37 UTC */

static void
test_after(void)
{
	static const struct {
		const char	*value;
		int64_t		 ms;
	} t[] = {
		{ "0", 0 }, { "7", 7000 }, { " 120 ", 120000 },
		{ "1.5", 1500 }, { "0.0004", 0 }, { "1.57s", 1570 },
		{ "6m0s", 360000 }, { "120ms", 120 }, { "1h2m3s", 3723000 },
		{ "2d", 172800000 }, { "99999999999999999999999",
		    INT64_MAX }, { "99999999999999999d", INT64_MAX },
		{ "-5", -1 }, { "", -1 }, { "soon", -1 }, { "5 minutes", -1 },
		{ "5x", -1 }, { "1.", -1 }, { "0x10", -1 }, { "nan", -1 },
		{ "1m5", -1 }, { "7\t", 7000 },
		{ "Sun, 06 Nov 1994 08:49:37 GMT", 0 },
		{ "Sun, 06 Nov 1994 08:49:47 GMT", 10000 },
		{ "Sun, 06 Nov 1994 08:49:30 GMT", 0 },
		{ "Fri, 31 Dec 9999 23:59:59 GMT",
		    (253402300799 - NOW) * 1000 },
	};

	for (size_t i = 0; i < BASE_NITEMS(t); i++)
		ok(retry_after(t[i].value, NOW) == t[i].ms,
		    "Retry-After: %s is %lld ms", t[i].value,
		    (long long)retry_after(t[i].value, NOW));
}

static void
test_dates(void)
{
	static const struct {
		const char	*s;
		int64_t		 t;
	} t[] = {
		{ "Sun, 06 Nov 1994 08:49:37 GMT", NOW },
		{ "Sunday, 06-Nov-94 08:49:37 GMT", NOW },
		{ "Sun Nov  6 08:49:37 1994", NOW },
		{ "Sun Nov 16 08:49:37 1994", NOW + 864000 },
		{ "sun, 06 nov 1994 08:49:37 gmt", NOW },
		{ "Sun, 6 Nov 1994 08:49:37 GMT", NOW },
		{ "Thu, 01 Jan 1970 00:00:00 GMT", 0 },
		{ "Thu, 29 Feb 2024 12:00:00 GMT", 1709208000 },
		{ "Tue, 29 Feb 2000 00:00:00 GMT", 951782400 },
		{ "Fri, 01 Mar 2024 00:00:00 GMT", 1709251200 },
		{ "Sat, 31 Dec 2016 23:59:60 GMT", 1483228800 },
		{ "Tue, 19 Jan 2038 03:14:08 GMT", 2147483648 },
		{ "Wed, 29 Feb 2023 12:00:00 GMT", -1 },
		{ "Wed, 29 Feb 1900 12:00:00 GMT", -1 },
		{ "Sun, 31 Nov 1994 08:49:37 GMT", -1 },
		{ "Sun, 00 Nov 1994 08:49:37 GMT", -1 },
		{ "Sun, 06 Foo 1994 08:49:37 GMT", -1 },
		{ "Sun, 06 Nov 1994 24:00:00 GMT", -1 },
		{ "Sun, 06 Nov 1994 08:60:37 GMT", -1 },
		{ "Sun, 06 Nov 1994 08:49:37 PST", -1 },
		{ "Sun, 06 Nov 1994 08:49:37", -1 },
		{ "Sun, 06 Nov 1994 08:49", -1 },
		{ "Sun, 06 Nov", -1 }, { "Sun,", -1 }, { "Sun", -1 },
		{ "Su, 06 Nov 1994 08:49:37 GMT", -1 },
		{ "1994-11-06T08:49:37Z", -1 }, { "", -1 },
	};

	for (size_t i = 0; i < BASE_NITEMS(t); i++)
		ok(retry_http_date(t[i].s, NOW) == t[i].t, "date '%s' is %lld",
		    t[i].s, (long long)retry_http_date(t[i].s, NOW));
	ok(retry_http_date("Sunday, 06-Nov-44 00:00:00 GMT", NOW) > NOW,
	    "a two-digit year at most 50 years ahead");
	ok(retry_http_date("Sunday, 06-Nov-45 00:00:00 GMT", NOW) == -762220800,
	    "else of the past");
}

/* No prefix of a date, and no damaged one, is read beyond its end. */
static void
test_prefixes(void)
{
	static const char *const forms[] = {
		"Sun, 06 Nov 1994 08:49:37 GMT",
		"Sunday, 06-Nov-94 08:49:37 GMT", "Sun Nov  6 08:49:37 1994",
		"1h2m3.5s",
	};
	char s[64];
	int read = 0;

	for (size_t i = 0; i < BASE_NITEMS(forms); i++)
		for (size_t n = 0; n < strlen(forms[i]); n++) {
			memcpy(s, forms[i], n);
			s[n] = '\0';
			read += retry_http_date(s, NOW) != -1;
			retry_after(s, NOW);
			memcpy(s, forms[i], strlen(forms[i]) + 1);
			s[n] = (char)0xff;
			read += i < 3 && n > 5 && retry_after(s, NOW) != -1;
		}
	is_int(read, 0, "cut and damaged dates are none");
}

int
main(void)
{
	test_statuses();
	test_kinds();
	test_waits();
	test_limits();
	test_after();
	test_dates();
	test_prefixes();
	return done_testing();
}
