/* Numbers, stamps, options, errors and secrets as people meet them. */
#include "base/clock.h"
#include "base/err.h"
#include "base/log.h"
#include "base/magic.h"
#include "base/num.h"
#include "base/opt.h"

#include <errno.h>
#include <stdlib.h>

#include "tap.h"

static void
numbers(void)
{
	struct err e = ERR_INIT;
	int64_t v = 0;
	double d = 0;

	ok(num_int("20", 1, 100, "--max-steps", &v, &e) == 0 && v == 20,
	    "a number");
	is_int(num_int("0", 1, 100, "--max-steps", &v, &e), -1, "too small");
	has(e.msg, "--max-steps: '0'", "the message names it");
	is_int(e.kind, ERR_USAGE, "a usage error");
	is_int(num_int("12x", 1, 100, "n", &v, &e), -1, "no number");
	is_int(v, 20, "a failure changes nothing");
	static const struct {
		const char *s;
		int64_t ms;
	} durations[] = {
		{ "30", 30000 }, { "30s", 30000 }, { "500ms", 500 },
		{ "10m", 600000 }, { "2h", 7200000 }, { "1.5s", 1500 },
		{ "0", 0 }, { "-1", -1 }, { "1d", -1 }, { "", -1 },
		{ "inf", -1 }, { "nan", -1 }, { "1e300h", -1 },
	};
	for (size_t i = 0; i < BASE_NITEMS(durations); i++) {
		v = -1;
		(void)num_duration(durations[i].s, "t", &v, &e);
		is_int(v, durations[i].ms, durations[i].s);
	}
	static const char *const words[] = { "list", "log", "report", NULL };
	is_str(opt_nearest("lst", words), "list", "a slip of the hand");
	is_str(opt_nearest("reprot", words), "report", "two letters changed");
	is_str(opt_nearest("lgo", words), "log", "two letters exchanged");
	ok(opt_nearest("foo", words) == NULL, "foo is no slip of log");
	char said[NUM_MS_SIZE];
	is_str(num_ms(said, 500), "500 ms", "half a second is no second");
	is_str(num_ms(said, 2000), "2 s", "whole ones");
	is_str(num_ms(said, 1500), "1500 ms", "one and a half");
	is_str(num_until(said, 37), "at once", "a retry that is due");
	is_str(num_until(said, 1540), "in 1.5 s", "and one that is not");
	is_str(num_s(1), "", "1 step");
	is_str(num_s(0), "s", "0 steps");
	is_str(num_s(2), "s", "2 steps");
	ok(num_double("0.7", 0, 2, "t", &d, &e) == 0 && d == (double)0.7,
	    "0.7");
	is_int(num_double("3", 0, 2, "t", &d, &e), -1, "out of range");
	is_int(num_double("nan", 0, 2, "t", &d, &e), -1, "nan is no number");
}

static void
stamps(void)
{
	char out[CLOCK_STAMP_SIZE];

	clock_stamp(out, 0);
	is_str(out, "1970-01-01T00:00:00.000Z", "the epoch");
	clock_stamp(out, INT64_C(1795491215123));
	is_str(out, "2026-11-24T03:33:35.123Z", "a day");
	clock_stamp(out, INT64_C(2147483648000));
	is_str(out, "2038-01-19T03:14:08.000Z", "past 32 bits");
	clock_stamp(out, -1);
	is_str(out, "1969-12-31T23:59:59.999Z", "before the epoch");
	clock_stamp(out, INT64_MAX);
	is_int(strlen(out), 24, "absurd times fit");
	setenv("AGENT_FIXED_TIME", "86400", 1);
	is_int(clock_wall_ms(), 86400000, "a fixed time for tests");
	unsetenv("AGENT_FIXED_TIME");
	ok(clock_left(-1) == -1 && clock_left(0) == 0, "deadlines");
	ok(clock_sooner(-1, -1) == -1 && clock_sooner(-1, 3) == 3 &&
	    clock_sooner(3, -1) == 3 && clock_sooner(2, 3) == 2 &&
	    clock_sooner(3, 0) == 0, "the sooner one");
}

static int
parse(const char *line, char *arg, size_t n, struct err *e)
{
	static const struct opt table[] = {
		{ "help", 'h', NULL, "" }, { "verbose", 'v', NULL, "" },
		{ "output", 'o', "FILE", "" }, { "max-steps", 256, "N", "" },
		{ NULL, 0, NULL, NULL },
	};
	char copy[128], *argv[16] = { (char *)"prog" };
	struct opt_state s;
	int argc = 1, key;

	snprintf(copy, sizeof(copy), "%s", line);
	for (char *w = strtok(copy, " "); w != NULL; w = strtok(NULL, " "))
		argv[argc++] = w;
	opt_init(&s, table, argc, argv);
	arg[0] = '\0';
	while ((key = opt_next(&s, e)) > 0)
		snprintf(arg + strlen(arg), n - strlen(arg), "%d=%s;", key,
		    s.arg != NULL ? s.arg : "");
	for (int i = s.i; key == OPT_END && i < argc; i++)
		snprintf(arg + strlen(arg), n - strlen(arg), "[%s]", argv[i]);
	return key;
}

static void
options(void)
{
	static const struct {
		const char *line, *want;
	} good[] = {
		{ "", "" }, { "-v word", "118=;[word]" },
		{ "-vofile x", "118=;111=file;[x]" },
		{ "-o - -", "111=-;[-]" },
		{ "--output=a=b --max-steps 3 -- -v", "111=a=b;256=3;[-v]" },
		{ "--output= x", "111=;[x]" },
		{ "a -v", "[a][-v]" },
	};
	static const struct {
		const char *line, *said;
	} bad[] = {
		{ "--verbos", "did you mean --verbose?" },
		{ "--zzzzzzzz", "see " }, { "-x", "-x" },
		{ "--output", "needs an argument: FILE" },
		{ "-o", "needs an argument" },
		{ "--verbose=1", "takes no argument" },
	};
	struct err e = ERR_INIT;
	char got[256];

	for (size_t i = 0; i < BASE_NITEMS(good); i++) {
		is_int(parse(good[i].line, got, sizeof(got), &e), OPT_END,
		    good[i].line);
		is_str(got, good[i].want, good[i].line);
	}
	for (size_t i = 0; i < BASE_NITEMS(bad); i++) {
		is_int(parse(bad[i].line, got, sizeof(got), &e), OPT_ERROR,
		    bad[i].line);
		has(e.msg, bad[i].said, "and says so");
		is_int(err_exit(&e), 2, "status 2");
	}
}

static void
errors(void)
{
	struct err e = ERR_INIT;

	errno = ENOENT;
	is_int(err_sys(&e, "open %s", "a\nb"), -1, "err_sys returns -1");
	is_str(e.msg, "open a b: No such file or directory",
	    "one printable line with the reason");
	is_int(err_exit(&e), 66, "missing input is 66");
	err_wrap(&e, "session %d", 7);
	is_str(e.msg, "session 7: open a b: No such file or directory",
	    "wrapping goes before");
	for (int k = ERR_NEGATIVE; k <= ERR_CANCELLED; k++) {
		enum err_kind kind = (enum err_kind)k;

		is_int(err_kind_from_name(err_kind_name(kind)), kind,
		    err_kind_name(kind));
		ok(err_kind_exit(kind) != 0 && err_kind_exit(kind) != 255 &&
		    (err_kind_exit(kind) < 125 || err_kind_exit(kind) > 127),
		    "its status is none that shells or xargs take");
	}
	is_int(err_kind_from_name("never heard"), ERR_INTERNAL,
	    "an unknown name is an internal error");
}

static void
marks(void)
{
	is_str(magic_words("\x89PNG\r\n\x1a\n", 8), "a PNG image", "a mark");
	is_str(magic_words("\x89PNG", 4), NULL, "half a mark is none");
	is_str(magic_words("", 0), NULL, "no bytes");
	is_str(magic_words("BMW and MZ", 10), NULL, "words");
	is_str(magic_words("BM\x36\0\0\0", 6), "a bitmap image",
	    "two letters, where a NUL follows");
	is_str(magic_words("\0\0\0\x1c" "ftypavif", 12), "an AVIF image",
	    "the longer mark first");
	is_str(magic_words("\0\0\0\x1c" "ftypisom", 12),
	    "a video or sound (MP4)", "behind the beginning");
}

int
main(void)
{
	struct buf b = BUF_INIT;
	struct err e = ERR_INIT;

	numbers();
	marks();
	stamps();
	options();
	errors();
	log_secret("sk-0123456789");
	log_secret("short");
	buf_adds(&b, "Bearer sk-0123456789 and sk-0123456789, not short");
	log_redact(&b);
	is_str(buf_str(&b), "Bearer [redacted] and [redacted], not short",
	    "secrets are never printed");
	err_set(&e, ERR_AUTH, "bad key sk-0123456789");
	log_redact_err(&e);
	is_str(e.msg, "bad key [redacted]", "nor told in an error");
	buf_free(&b);
	return done_testing();
}
