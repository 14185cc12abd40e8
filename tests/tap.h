/*
 * tap.h - assertions for the compiled tests (Test Anything Protocol).
 *
 * A test calls ok(), is_int(), is_str(), is_mem(), has() as often as it likes
 * and ends with `return done_testing();`, which prints the plan and gives 1
 * when something failed or nothing was tested.  is_str takes NULL as well, and
 * evaluates its arguments twice.
 */
#ifndef TAP_H
#define TAP_H

#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#define TAP_FUNC	static __attribute__((unused))

static int tap_count, tap_failed;

TAP_FUNC bool __attribute__((format(printf, 4, 5)))
tap_ok(bool held, const char *file, int line, const char *fmt, ...)
{
	va_list ap;

	printf("%sok %d - ", held ? "" : "not ", ++tap_count);
	va_start(ap, fmt);
	vprintf(fmt, ap);
	va_end(ap);
	putchar('\n');
	fflush(stdout);
	if (!held && ++tap_failed)
		fprintf(stderr, "#   failed at %s:%d\n", file, line);
	return held;
}

TAP_FUNC bool
tap_mem(const char *got, size_t gn, const char *want, size_t wn,
    const char *file, int line, const char *name)
{
	bool same = !got == !want && gn == wn &&
	    (!got || !memcmp(got, want, gn));

	if (!tap_ok(same, file, line, "%s", name))
		fprintf(stderr, "#   got:  %.*s\n#   want: %.*s\n",
		    got ? (int)(gn & 4095) : 4, got ? got : "NULL",
		    want ? (int)(wn & 4095) : 4, want ? want : "NULL");
	return same;
}

TAP_FUNC bool
tap_int(long long got, long long want, const char *file, int line,
    const char *name)
{
	if (!tap_ok(got == want, file, line, "%s", name))
		fprintf(stderr, "#   got:  %lld\n#   want: %lld\n", got, want);
	return got == want;
}

TAP_FUNC size_t
tap_len(const char *s)
{
	return s ? strlen(s) : 0;
}

TAP_FUNC int
done_testing(void)
{
	if (tap_count == 0)
		tap_ok(false, "", 0, "no tests were run");
	printf("1..%d\n", tap_count);
	return fflush(stdout) != 0 || tap_failed != 0;
}

#define TAP_HERE	__FILE__, __LINE__
#define ok(cond, ...)	tap_ok((cond), TAP_HERE, __VA_ARGS__)
#define is_int(got, want, name)	\
	tap_int((long long)(got), (long long)(want), TAP_HERE, (name))
#define is_str(got, want, name)	is_mem((got), tap_len(got), (want), \
	tap_len(want), (name))
#define is_mem(got, gn, want, wn, name)	\
	tap_mem((const char *)(got), (gn), (const char *)(want), (wn), \
	    TAP_HERE, (name))
#define has(text, part, name)	ok(strstr((text), (part)) != NULL, "%s", (name))
#define skip(why, name)	ok(true, "%s # SKIP %s", (name), (why))

#endif
