/* Markdown is shown as it streams in: the same in any pieces, wrapped at the
 * width, code as it is, and nothing hostile reaches the terminal. */
#include "chat/md.h"

#include <stdlib.h>

#include "tap.h"

static void
feed(struct buf *out, const char *text, size_t n, unsigned width, bool colour,
    bool unicode, size_t piece)
{
	struct md m;

	md_init(&m, width, colour, unicode);
	for (size_t i = 0; i < n; i += piece)
		md_feed(&m, text + i, n - i < piece ? n - i : piece, out);
	md_end(&m, out);
	md_free(&m);
}

/* Styles as letters in braces, so that they can be read: {1} is bold. */
static void
legible(struct buf *b)
{
	struct buf out = BUF_INIT;

	for (size_t i = 0; i < b->len; i++)
		if (b->data[i] != '\033')
			buf_addc(&out, b->data[i]);
		else if (b->len - i > 3 && memcmp(b->data + i, "\033[0m",
		    4) == 0)
			i += 3, buf_adds(&out, "{}");
		else
			for (buf_addc(&out, '{'), i += 4; i < b->len; i++) {
				buf_addc(&out, b->data[i] != 'm' ?
				    b->data[i] : '}');
				if (b->data[i] == 'm')
					break;
			}
	buf_free(b);
	*b = out;
}

static void
shown(const char *text, unsigned width, bool colour, const char *want,
    const char *name)
{
	struct buf a = BUF_INIT, b = BUF_INIT;
	size_t n = strlen(text);

	feed(&a, text, n, width, colour, false, n != 0 ? n : 1);
	feed(&b, text, n, width, colour, false, 1);
	is_mem(a.data, a.len, b.data, b.len, name);
	legible(&a);
	is_str(buf_str(&a), want, name);
	buf_free(&a);
	buf_free(&b);
}

static void
inlines(void)
{
	static const char *const rows[][2] = {
		{ "a **b** *c* ***d***", "a {1}b {3}c {1;3}d{}\n" },
		{ "`a ** b` ``c ` d``", "{36}a ** b c ` d{}\n" },
		{ "2 * 3 * 4", "2 * 3 * 4\n" },
		{ "snake_case_name", "snake_case_name\n" },
		{ "*args and **kwargs", "*args and **kwargs\n" },
		{ "**open", "**open\n" },
		{ "`open", "`open\n" },
		{ "**a `b** c` d**", "{1}a {1;36}b** c {1}d{}\n" },
		{ "~~gone~~ ~not~", "{9}gone {}~not~\n" },
		{ "[x](http://y)", "{4}x {2}(http://y){}\n" },
		{ "[http://y](http://y)", "{4}http://y{}\n" },
		{ "[not] [a](b", "[not] [a](b\n" },
		{ "\\*no\\* a\\b", "*no* a\\b\n" },
		{ "\\", "\\\n" },
		{ "**a *b* c**", "{1}a {1;3}b {1}c{}\n" },
		{ "x**y**z", "x{1}y{}z\n" },
		{ "", "" },
		{ "\n\na\n\n", "\n\na\n\n" },
	};

	for (size_t i = 0; i < BASE_NITEMS(rows); i++)
		shown(rows[i][0], 80, true, rows[i][1], rows[i][0]);
	shown("# A **b** `c` [x](y) \\* > - _d_", 80, false,
	    "# A **b** `c` [x](y) \\* > - _d_\n", "without colour");
}

static void
blocks(void)
{
	shown("# One\n### Two #\ntext\n#tag\n", 80, true,
	    "{4;1;35}One{}\n{1;35}Two #{}\ntext\n#tag\n", "headings");
	shown("- a b\n  * c\n1. d\n12) e\n123\n-x\n+ y\n", 80, true,
	    "- a b\n  * c\n1. d\n12) e\n123\n-x\n+ y\n", "lists");
	shown("- aaaa bbbb cccc\n", 10, true, "- aaaa\n  bbbb\n  cccc\n",
	    "a list hangs");
	shown("10. aaaa bbbb\n", 10, true, "10. aaaa\n    bbbb\n",
	    "a number hangs");
	shown("> aaaa bbbb\n> - c\n>\nd\n", 8, true,
	    "{2}> {}aaaa\n{2}> {}bbbb\n{2}> {}- c\n{2}> {}\nd\n", "quotes");
	shown("a\n---\n***\n- - -\n--\n", 6, true,
	    "a\n{2}------{}\n{2}------{}\n{2}------{}\n--\n", "rules");
	shown("```c\n\tx = \"**a**\";  \n\n```\nb\n", 5, true,
	    "{36}\tx = \"**a**\";  {}\n\nb\n", "code");
	shown("  ~~~\n  a\n ```\n   b\n  ~~~~\nc", 80, true,
	    "{36}a{}\n{36}```{}\n{36} b{}\nc\n", "code within a list");
	shown("```c\na\n```\nb\n", 80, false, "```c\na\n```\nb\n",
	    "code without colour");
	shown("```\na\n``\n", 80, true, "{36}a{}\n{36}``{}\n",
	    "code that is not closed");
	shown("```x``` y\n", 80, true, "{36}x {}y\n", "no fence");
}

static void
tables(void)
{
	shown("| a | b |\n|---|--:|\n| ccc | `d` |\ne\n", 80, true,
	    "{1}a{}   | {1}b{}\n----+--\nccc | {36}d{}\ne\n", "a table");
	shown("|a|b|\n|:-:|-|\n|ccc|x\\|y|\n|d|\n", 80, false,
	    " a  | b\n----+-----\nccc | x\\|y\n d  | \n", "cells");
	shown("| a | b |\n|---|---|\n| c | dddd eeee ffff |\n", 14, false,
	    "a | b\n--+-----------\nc | dddd eeee\n  | ffff\n",
	    "a wide table");
	shown("| no table\nx\n", 80, true, "| no table\nx\n", "no table");
	shown("|a|\n|-|", 80, false, "a\n-\n", "a table at the end");
}

static void
wrapping(void)
{
	shown("aaa bbb ccc", 7, true, "aaa bbb\nccc\n", "between words");
	shown("aaaaaaaaaaaa", 5, true, "aaaaa\naaaaa\naa\n", "a long word");
	shown("a  b   c", 80, true, "a  b   c\n", "blanks are kept");
	shown("aaa **bbb ccc** d", 7, true,
	    "aaa {1}bbb{}\n{1}ccc {}d\n", "styles are off between lines");
	shown("\xe6\xbc\xa2\xe5\xad\x97\xe6\xbc\xa2\xe5\xad\x97", 5, true,
	    "\xe6\xbc\xa2\xe5\xad\x97\n\xe6\xbc\xa2\xe5\xad\x97\n",
	    "wide characters");
	shown("aaa bbb ccc\n", 0, true, "aaa bbb ccc\n", "no width");
}

/* No byte but text, newline, tab and our own styles comes through. */
static bool
harmless(const struct buf *b)
{
	for (size_t i = 0; i < b->len; i++) {
		unsigned char c = (unsigned char)b->data[i];

		if (c == '\033') {
			if (b->data[++i] != '[')
				return false;
			for (i++; b->data[i] != 'm'; i++)
				if (strchr("0123456789;", b->data[i]) == NULL)
					return false;
		} else if ((c < 0x20 && c != '\n' && c != '\t') || c == 0x7f) {
			return false;
		}
	}
	return true;
}

static void
hostile(void)
{
	static const char *const texts[] = { "a\033[2Jb\n",
		"\033]52;c;aGk=\007\n", "```\n\033[31m\n\r\n```\n",
		"|\033|\n|-|\n", "\xc2\x9b\x32J", "# \033c", "**\a**",
		"> \b\b", "[\033[1m](\033]8;;x\007)", "a\rb", "\xff\xfe" };
	struct buf out = BUF_INIT;
	char *big;

	for (size_t i = 0; i < BASE_NITEMS(texts); i++) {
		buf_reset(&out);
		feed(&out, texts[i], strlen(texts[i]), 20, true, true, 1);
		ok(harmless(&out) && out.len > 0, "hostile %zu", i);
		ok(memmem(out.data, out.len, "\xc2\x9b", 2) == NULL, "C1");
	}
	buf_reset(&out);
	feed(&out, "a\xe2\x80\xae" "b", 5, 20, true, true, 5);
	has(buf_str(&out), "<U+202E>", "direction is shown, not obeyed");
	/* A line of 1 MB, of each kind of mark: quick, and all there. */
	big = malloc(1 << 20);
	for (const char *c = "a*`_[~#>-|\\"; *c != '\0'; c++) {
		memset(big, *c, 1 << 20);
		buf_reset(&out);
		feed(&out, big, 1 << 20, 80, false, true, 1 << 12);
		ok(out.len >= 1 << 20, "1 MB of %c", *c);
	}
	free(big);
	buf_free(&out);
}

/* What is no Markdown has no marks, but is wrapped and clean all the same. */
static void
plain(void)
{
	static const char text[] = "# no *head*\n| a | b |\n  - a list item "
	    "that is long\n```\ncode \033[2J\n\nend";
	struct buf want = BUF_INIT;

	for (size_t piece = sizeof(text); piece > 0; piece /= 2) {
		struct buf b = BUF_INIT;
		struct md m;

		md_init(&m, 16, false, true);
		m.plain = true;
		for (size_t i = 0; i < sizeof(text) - 1; i += piece)
			md_feed(&m, text + i, sizeof(text) - 1 - i < piece ?
			    sizeof(text) - 1 - i : piece, &b);
		md_end(&m, &b);
		md_free(&m);
		if (want.len == 0)
			buf_add(&want, b.data, b.len);
		is_str(buf_str(&b), buf_str(&want), "plain, in pieces");
		buf_free(&b);
	}
	is_str(buf_str(&want), "# no *head*\n| a | b |\n  - a list item\n"
	    "  that is long\n```\ncode \\x1b[2J\n\nend\n", "plain");
	buf_free(&want);
}

int
main(void)
{
	plain();
	inlines();
	blocks();
	tables();
	wrapping();
	hostile();
	return done_testing();
}
