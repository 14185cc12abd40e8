/* UTF-8 is checked, repaired, cut and shown as Unicode table 3-7 says. */
#include "base/utf8.h"

#include "tap.h"

static const struct {
	const char *in;
	size_t n;
	const char *repaired;
} repairs[] = {
	{ "plain", 5, "plain" },
	{ "\xc3\xa9\xf0\x9f\x98\x80", 6, "\xc3\xa9\xf0\x9f\x98\x80" },
	{ "\xff", 1, "\xef\xbf\xbd" },
	{ "a\xc0\x80" "b", 4, "a\xef\xbf\xbd\xef\xbf\xbd" "b" },
	{ "\xe2\x82", 2, "\xef\xbf\xbd" },
	{ "\xe2\x82x", 3, "\xef\xbf\xbdx" },
	{ "\xed\xa0\x80", 3, "\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd" },
	{ "\xf4\x90\x80\x80", 4,
	    "\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd" },
	{ "\xf0\x9f\x98", 3, "\xef\xbf\xbd" },
	{ "\x80", 1, "\xef\xbf\xbd" },
};

static void
escapes(void)
{
	static const struct {
		const char *in;
		enum utf8_flags flags;
		const char *out;
		const char *name;
	} cases[] = {
		{ "a\tb\n", UTF8_TEXT, "a\tb\n", "tab and newline stay" },
		{ "a\tb\n", UTF8_LINE, "a\\x09b\\x0a", "but not on a line" },
		{ "\x1b]52;c;aGk=\x07", UTF8_TEXT, "\\x1b]52;c;aGk=\\x07",
		    "OSC 52 is letters" },
		{ "\r\x7f", UTF8_TEXT, "\\x0d\\x7f", "CR and DEL" },
		{ "\xc2\x9b" "31m", UTF8_TEXT, "\\x9b31m", "C1 CSI" },
		{ "x\xe2\x80\xaey", UTF8_TEXT, "x<U+202E>y", "bidi override" },
		{ "x\xe2\x80\x8by", UTF8_TEXT, "x<U+200B>y", "zero width" },
		{ "\xf3\xa0\x81\xa1", UTF8_TEXT, "<U+E0061>", "tag block" },
		{ "\xff\xfe", UTF8_TEXT, "\\xff\\xfe", "ill-formed bytes" },
		{ "\xe6\xbc\xa2\xf0\x9f\x98\x80", UTF8_TEXT,
		    "\xe6\xbc\xa2\xf0\x9f\x98\x80", "letters and emoji stay" },
	};

	for (size_t i = 0; i < BASE_NITEMS(cases); i++) {
		struct buf b = BUF_INIT;

		utf8_escape(&b, cases[i].in, strlen(cases[i].in),
		    cases[i].flags);
		is_str(buf_str(&b), cases[i].out, cases[i].name);
		buf_free(&b);
	}
}

int
main(void)
{
	struct buf b = BUF_INIT;
	uint32_t cp = 0;

	for (size_t i = 0; i < BASE_NITEMS(repairs); i++) {
		buf_reset(&b);
		utf8_repair(&b, repairs[i].in, repairs[i].n);
		is_str(buf_str(&b), repairs[i].repaired, "repair");
		ok(utf8_valid(b.data, b.len), "what was repaired is valid");
	}
	ok(!utf8_valid("\xc0\xaf", 2), "an overlong slash is not valid");
	is_int(utf8_decode("\xe2\x82\xac", 3, &cp), 3, "the euro sign");
	is_int(cp, 0x20ac, "is U+20AC");
	is_int(utf8_decode("\xe2\x82\xac", 2, &cp), 0, "cut off it is not");
	is_int(utf8_cut("ab\xe2\x82", 4), 2, "cut drops a half character");
	is_int(utf8_cut("ab\xe2\x82\xac", 5), 5, "but not a whole one");
	is_int(utf8_cut("\xf0\x9f\x98", 3), 0, "nothing is left of a half");
	is_int(utf8_cut("", 0), 0, "nothing of nothing");
	for (uint32_t c = 0; c <= 0x10ffff; c += 0x101) {
		buf_reset(&b);
		utf8_encode(&b, c);
		if (c >= 0xd800 && c <= 0xdfff)
			continue;
		if (utf8_decode(b.data, b.len, &cp) != b.len || cp != c) {
			ok(false, "U+%04X survives", c);
			break;
		}
	}
	is_int(utf8_width('a'), 1, "a letter is one column");
	is_int(utf8_width(0x6f22), 2, "a Han character two");
	is_int(utf8_width(0x301), 0, "a combining accent none");
	is_int(utf8_width(0x1f600), 2, "an emoji two");
	escapes();
	buf_free(&b);
	return done_testing();
}
