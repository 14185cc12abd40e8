/*
 * Event streams: the same events come out however the bytes are cut, and
 * nothing an ill-behaved server sends costs more than its length.
 */
#include "net/sse.h"

#include "base/mem.h"
#include "tap.h"

#include <stdlib.h>
#include <time.h>

#define BOM	"\xef\xbb\xbf"

struct seen {
	struct buf	 out;
	int		 stop_at, stop_with, n;
	const char	*from, *to;	/* the input, to see copies */
	int		 inside;	/* events that were not copied */
};

static int
see(void *arg, const struct sse_event *ev, struct err *e)
{
	struct seen *s = arg;

	buf_addf(&s->out, "%s|", ev->type);
	buf_add(&s->out, ev->data, ev->len);
	buf_addf(&s->out, "|%s%s\n", ev->id, ev->cut ? "|cut" : "");
	s->inside += s->from != NULL && ev->data >= s->from &&
	    ev->data < s->to;
	if (++s->n == s->stop_at && s->stop_with == -1)
		return err_set(e, ERR_DATA, "enough of this");
	return s->n == s->stop_at ? s->stop_with : 0;
}

static const struct {
	const char *name, *in, *want;
} cases[] = {
	{ "nothing", "", "" },
	{ "one event", "data: a\n\n", "message|a|\n" },
	{ "no blank after the colon", "data:a\n\n", "message|a|\n" },
	{ "one blank only is taken", "data:  a \n\n", "message| a |\n" },
	{ "CRLF", "data: a\r\n\r\ndata: b\r\n\r\n",
	    "message|a|\nmessage|b|\n" },
	{ "CR", "data: a\r\rdata: b\r\r", "message|a|\nmessage|b|\n" },
	{ "ends of all kinds", "data: a\r\ndata: b\n\rdata: c\r\n\n",
	    "message|a\nb|\nmessage|c|\n" },
	{ "byte order mark", BOM "data: a\n\n", "message|a|\n" },
	{ "a second mark is not one", "data: a\n\n" BOM "data: b\n\n",
	    "message|a|\n" },
	{ "half a mark is not one", "\xef\xbb" "data: a\n\ndata: b\n\n",
	    "message|b|\n" },
	{ "mark, blank line", BOM "\n\ndata: a\n\n", "message|a|\n" },
	{ "comments", ": ping\n\n:\ndata: a\n: PROCESSING\n\n:\n\n",
	    "message|a|\n" },
	{ "comment as data stays data", "data: : ping\n\n",
	    "message|: ping|\n" },
	{ "lines are joined", "data: a\ndata: b\ndata\ndata: c\n\n",
	    "message|a\nb\n\nc|\n" },
	{ "empty data", "data\n\ndata:\n\n", "message||\nmessage||\n" },
	{ "event names", "event: error\ndata: a\n\ndata: b\n\n",
	    "error|a|\nmessage|b|\n" },
	{ "an event without data is none", "event: x\n\ndata: a\n\n",
	    "message|a|\n" },
	{ "ids stay", "id: 7\ndata: a\n\ndata: b\n\nid\ndata: c\n\n",
	    "message|a|7\nmessage|b|7\nmessage|c|\n" },
	{ "other fields", "foo: bar\nDATA: x\n data: y\ndata: a\n\n",
	    "message|a|\n" },
	{ "no last blank line", "data: a\n", "message|a|\n" },
	{ "no last line end", "data: a\n\ndata: b", "message|a|\n"
	    "message|b||cut\n" },
	{ "last line end is CR", "data: a\r", "message|a|\n" },
	{ "comment cut off", "data: a\n: pi", "message|a||cut\n" },
	{ "JSON lines", "{\"a\":1}\n{\"b\":2}\n", "message|{\"a\":1}|\n"
	    "message|{\"b\":2}|\n" },
	{ "JSON line after data", "data: x\n{\"e\":1}\ndata: y\n\n",
	    "message|x|\nmessage|{\"e\":1}|\nmessage|y|\n" },
	{ "JSON line, CRLF and mark", BOM "{}\r\n\r\n{}\r\n{",
	    "message|{}|\nmessage|{}|\nmessage|{||cut\n" },
	{ "only line ends", "\n\r\n\r\r\n\n\n", "" },
	{ "UTF-8 across cuts", "data: \xe4\xbd\xa0\xf0\x9f\x98\x80\n\n",
	    "message|\xe4\xbd\xa0\xf0\x9f\x98\x80|\n" },
	{ "done is but data", "data: [DONE]\n\n", "message|[DONE]|\n" },
};

/* Feed in pieces that end at a, b and the end; each piece from memory of
 * its own, so that a sanitizer sees any look beyond it. */
static bool
same(const char *in, size_t n, size_t a, size_t b, const char *want)
{
	size_t cuts[4] = { 0, a, b, n };
	struct seen seen = { .out = BUF_INIT };
	struct err e = ERR_INIT;
	struct sse s;
	bool held = true;

	sse_init(&s, 0);
	for (int i = 0; i < 3; i++) {
		char *piece = xmemdup(in + cuts[i], cuts[i + 1] - cuts[i]);

		held &= sse_feed(&s, piece, cuts[i + 1] - cuts[i], see,
		    &seen, &e) == 0;
		memset(piece, '#', cuts[i + 1] - cuts[i]);
		free(piece);
	}
	held &= sse_end(&s, see, &seen, &e) == 0;
	held &= strcmp(buf_str(&seen.out), want) == 0 && e.kind == ERR_NONE;
	if (!held)
		fprintf(stderr, "# cut at %zu and %zu:\n%s", a, b,
		    buf_str(&seen.out));
	sse_free(&s);
	buf_free(&seen.out);
	return held;
}

static bool
same_bytewise(const char *in, size_t n, const char *want)
{
	struct seen seen = { .out = BUF_INIT };
	struct err e = ERR_INIT;
	struct sse s;
	bool held;

	sse_init(&s, 0);
	for (size_t i = 0; i < n; i++) {
		char c = in[i];

		sse_feed(&s, &c, 1, see, &seen, &e);
	}
	sse_end(&s, see, &seen, &e);
	held = strcmp(buf_str(&seen.out), want) == 0;
	sse_free(&s);
	buf_free(&seen.out);
	return held;
}

static void
test_cases(void)
{
	for (size_t i = 0; i < BASE_NITEMS(cases); i++) {
		const char *in = cases[i].in, *want = cases[i].want;
		size_t n = strlen(in);
		bool held = same_bytewise(in, n, want);

		for (size_t a = 0; a <= n; a++)
			for (size_t b = a; b <= n; b++)
				held = same(in, n, a, b, want) && held;
		ok(held, "%s, at every pair of cuts", cases[i].name);
	}
}

static void
test_nul(void)
{
	static const char in[] = "data: a\0b\nid: x\0y\n\n";
	struct seen seen = { .out = BUF_INIT };
	struct err e = ERR_INIT;
	struct sse s;

	sse_init(&s, 0);
	sse_feed(&s, in, sizeof(in) - 1, see, &seen, &e);
	is_mem(buf_str(&seen.out), seen.out.len, "message|a\0b|\n", 13,
	    "NUL is data, and an id with NUL is none");
	sse_free(&s);
	buf_free(&seen.out);
}

static int64_t
retry_of(const char *in)
{
	struct seen seen = { .out = BUF_INIT };
	struct err e = ERR_INIT;
	struct sse s;
	int64_t ms;

	sse_init(&s, 0);
	sse_feed(&s, in, strlen(in), see, &seen, &e);
	ms = s.retry_ms;
	sse_free(&s);
	buf_free(&seen.out);
	return ms;
}

static void
test_retry(void)
{
	is_int(retry_of("data: a\n\n"), -1, "no retry field");
	is_int(retry_of("retry: 2500\n"), 2500, "a retry field");
	is_int(retry_of("retry: 2.5\n"), -1, "a retry field of no digits");
	is_int(retry_of("retry:\n"), -1, "an empty retry field");
	ok(retry_of("retry: 99999999999999999999999\n") == -1,
	    "a retry field beyond counting");
}

static void
test_cap(void)
{
	struct seen seen = { .out = BUF_INIT };
	struct err e = ERR_INIT;
	struct sse s;

	sse_init(&s, 8);
	is_int(sse_feed(&s, "data: 12345678\n\n", 16, see, &seen, &e), 0,
	    "an event as long as the cap");
	is_int(sse_feed(&s, "data: 123456789\n\n", 17, see, &seen, &e), -1,
	    "one byte more");
	is_int(e.kind, ERR_PROTOCOL, "is an error");
	has(e.msg, "longer than 8 bytes", "that names the cap");
	is_int(sse_feed(&s, "data: 1\n\n", 9, see, &seen, &e), 1,
	    "nothing is taken afterwards");
	is_int(sse_end(&s, see, &seen, &e), 1, "nor at the end");
	is_int(seen.n, 1, "one event came");
	sse_free(&s);

	sse_init(&s, 8);
	is_int(sse_feed(&s, "data: 1234\ndata: 5678\n", 22, see, &seen, &e),
	    -1, "several lines count together");
	sse_free(&s);

	sse_init(&s, 1000);
	int rc = 0;
	for (int i = 0; i < 2000 && rc == 0; i++)
		rc = sse_feed(&s, "xxxxxxxxxx", 10, see, &seen, &e);
	is_int(rc, -1, "a line without end meets the cap");
	ok(s.line.cap < 5000, "before it takes the memory");
	sse_free(&s);
	buf_free(&seen.out);
}

static void
test_callback(void)
{
	struct seen seen = { .out = BUF_INIT, .stop_at = 2, .stop_with = -1 };
	struct err e = ERR_INIT;
	struct sse s;

	sse_init(&s, 0);
	is_int(sse_feed(&s, "data: a\n\ndata: b\n\ndata: c\n\n", 27, see,
	    &seen, &e), -1, "an error of the callback ends the feed");
	is_str(e.msg, "enough of this", "and is handed up");
	is_int(seen.n, 2, "no event follows");
	sse_free(&s);
	seen.n = 0;
	seen.stop_with = 1;
	sse_init(&s, 0);
	is_int(sse_feed(&s, "data: a\n\ndata: b\n\ndata: c\n\n", 27, see,
	    &seen, &e), 1, "enough ends it as well");
	is_int(sse_end(&s, see, &seen, &e), 1, "for good");
	is_int(seen.n, 2, "no event follows that either");
	sse_free(&s);
	buf_free(&seen.out);
}

static void
test_copies(void)
{
	static const char in[] = "event: x\ndata: abc\n\ndata: def\n\n"
	    "data: 1\ndata: 2\n\n";
	struct seen seen = { .out = BUF_INIT, .from = in,
	    .to = in + sizeof(in) };
	struct err e = ERR_INIT;
	struct sse s;

	sse_init(&s, 0);
	sse_feed(&s, in, sizeof(in) - 1, see, &seen, &e);
	is_int(seen.inside, 2, "whole events are handed out in place");
	is_int(s.events, 3, "all are counted");
	sse_free(&s);
	buf_free(&seen.out);
}

/* Milliseconds of the processor to feed n bytes of body in pieces of that size. */
static int64_t
cost(const char *unit, size_t n, size_t piece)
{
	struct seen seen = { .out = BUF_INIT };
	struct err e = ERR_INIT;
	struct buf b = BUF_INIT;
	struct sse s;
	int64_t t;

	buf_adds(&b, "data: ");
	while (b.len < n)
		buf_adds(&b, unit);
	t = clock();
	sse_init(&s, 0);
	for (size_t i = 0; i < b.len; i += piece)
		if (sse_feed(&s, b.data + i,
		    b.len - i < piece ? b.len - i : piece, see, &seen, &e))
			break;
	sse_end(&s, see, &seen, &e);
	t = (clock() - t) * 1000 / CLOCKS_PER_SEC;
	ok(seen.out.len >= n / 8 && e.kind == ERR_NONE,
	    "%zu bytes in pieces of %zu: %lld ms", n, piece, (long long)t);
	sse_free(&s);
	buf_free(&seen.out);
	buf_free(&b);
	return t;
}

static void
test_cost(void)
{
	size_t n = 10 << 20;

	ok(cost("x", n, 1) < 5000, "a line of 10 MiB byte by byte");
	ok(cost("x", n, 16384) < 2000, "a line of 10 MiB in usual pieces");
	ok(cost("\rdata: ", n, n) < 2000, "a million CR lines at once");
	ok(cost("\ndata: ", n, 1000) < 2000, "a million lines in pieces");
}

int
main(void)
{
	test_cases();
	test_nul();
	test_retry();
	test_cap();
	test_callback();
	test_copies();
	test_cost();
	return done_testing();
}
