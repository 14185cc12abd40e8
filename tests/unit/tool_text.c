/*
 * tool_text.c - the pure parts of the tools: output made fit to read, globs
 * and lines that match, the nearest place of a text that is not there.
 */
#include "tool/match.h"
#include "tool/nearest.h"
#include "tool/output.h"
#include "tool/path.h"
#include "tool/result.h"
#include "tool/text.h"
#include "tap.h"

#include <stdlib.h>

static const struct {
	const char *raw;
	size_t n;
	const char *clean;
} outputs[] = {
	{ "a\nb\n", 4, "a\nb\n" },
	{ "a\r\nb\r\n", 6, "a\nb\n" },
	{ "10%\r50%\r100%\n", 13, "100%\n" },
	{ "10%\rdone", 8, "done" },
	{ "x\r", 2, "x" },
	{ "\x1b[31mred\x1b[0m\n", 13, "red\n" },
	{ "\x1b]0;title\x07\n", 11, "\\x1b]0;title\\x07\n" },
	{ "a\0b\n", 4, "a\\x00b\n" },
	{ "\xff\xfe\n", 3, "\\xff\\xfe\n" },
	{ "caf\xc3\xa9\tx\n", 8, "caf\xc3\xa9\tx\n" },
	{ "\x1b[1", 3, "\\x1b[1" },
	{ "", 0, "" },
};

static void
clean(void)
{
	for (size_t i = 0; i < sizeof(outputs) / sizeof(outputs[0]); i++) {
		struct buf b = BUF_INIT;

		output_clean(&b, outputs[i].raw, outputs[i].n);
		is_str(buf_str(&b), outputs[i].clean, "clean output");
		buf_free(&b);
	}
}

static void
cut(void)
{
	struct buf b = BUF_INIT;

	for (int i = 1; i <= 30; i++)
		buf_addf(&b, "%d\n", i);
	ok(!output_cut(&b, 30, 1000), "what fits is left alone");
	ok(output_cut(&b, 9, 1000), "too many lines are cut");
	is_str(buf_str(&b), "1\n2\n3\n[... 21 lines, 57 bytes left out ...]\n"
	    "25\n26\n27\n28\n29\n30\n", "a third of head, two of tail");
	buf_reset(&b);
	for (int i = 0; i < 1000; i++)
		buf_adds(&b, "\xc3\xa9");
	ok(output_cut(&b, 10, 100), "one long line is cut");
	ok(b.len < 200, "to about the size");
	has(buf_str(&b), "left out", "with a note");
	ok((unsigned char)b.data[b.len - 1] == 0xa9 && b.data[0] == '\xc3',
	    "between characters");
	buf_free(&b);
}

static const struct {
	const char *globs, *path;
	int hit;
} globs[] = {
	{ "*.c", "a/b.c", 1 }, { "*.c", "b.cc", 0 },
	{ "*.{c,h}", "x.h", 1 }, { "*.{c,h}", "x.o", 0 },
	{ "src/*.c", "src/a.c", 1 }, { "src/*.c", "src/d/a.c", 0 },
	{ "**/*.c", "a/b/c.c", 1 }, { "src/**/*.c", "src/a/b/c.c", 1 },
	{ "**/src/*.c", "x/src/a.c", 1 }, { "**/src/*.c", "src/a.c", 1 },
	{ "Make[fF]ile", "d/Makefile", 1 }, { "{a", "{a", 1 },
};

static void
matching(void)
{
	struct match m;
	struct buf why = BUF_INIT;
	char text[] = "one\r\ntwo two\nthree\nlast", *p, *end;

	for (size_t i = 0; i < sizeof(globs) / sizeof(globs[0]); i++) {
		struct vec v = VEC_INIT;

		match_globs(&v, globs[i].globs);
		is_int(match_glob(&v, globs[i].path), globs[i].hit,
		    globs[i].globs);
		vec_free(&v);
	}
	ok(match_init(&m, "e$", false, &why), "an expression");
	p = match_next(&m, text, text + strlen(text), &end);
	ok(p == text, "matches before CR LF");
	p = match_next(&m, end + 1, text + strlen(text), &end);
	ok(p == text + 13 && *end == '\n', "and further on");
	ok(match_next(&m, end + 1, text + strlen(text), &end) == NULL,
	    "and no more");
	is_str(text, "one\r\ntwo two\nthree\nlast", "the text is restored");
	match_free(&m);
	ok(match_init(&m, "two", false, &why) && m.plain, "a plain word");
	p = match_next(&m, text, text + strlen(text), &end);
	ok(p == text + 5 && end == text + 12, "its line is found once");
	ok(match_next(&m, end + 1, text + strlen(text), &end) == NULL,
	    "and not twice");
	match_free(&m);
	ok(match_init(&m, "LAST", true, &why), "without case");
	ok(match_next(&m, text, text + strlen(text), &end) != NULL,
	    "matches the last line");
	match_free(&m);
	ok(!match_init(&m, "a(", false, &why) && why.len != 0,
	    "a bad one says why");
	match_free(&m);
	buf_free(&why);
}

static void
say_nearest(const char *file, const char *what, const char *part)
{
	struct buf b = BUF_INIT;

	nearest_describe(&b, file, strlen(file), what, strlen(what));
	has(buf_str(&b), part, part);
	buf_free(&b);
}

static void
nearest(void)
{
	say_nearest("a\n\tif (x)\n\t\ty();\n", "if (x)\n  y();",
	    "Lines 2-3 differ from it only in white space");
	say_nearest("int alpha;\nint beta;\nint gamma;\n", "int beta = 1;",
	    "nearest place is at line 2");
	say_nearest("a\nb\nc\nd\n", "b\nX\nd", "nearest place is at line 2");
	say_nearest("zzzz\n", "qqqq", "read_file shows");
	say_nearest("", "qqqq", "file is empty");
	say_nearest("\n\n", "\n \n", "read_file shows");
}

static void
protected(void)
{
	is_str(path_protected("src/a.c"), NULL, "an ordinary file");
	is_str(path_protected("x/.git/hooks/pre-commit"), ".git", ".git");
	is_str(path_protected(".GIT/config"), ".git", "whatever the case");
	is_str(path_protected("a/.envrc"), ".envrc", ".envrc");
	is_str(path_protected(".gitignore"), NULL, ".gitignore may change");
	is_str(path_protected("git"), NULL, "git may change");
}

static void
packing(void)
{
	struct result a, b;
	struct buf bytes = BUF_INIT;

	result_init(&a);
	result_init(&b);
	result_error(&a, CODE_NOT_FOUND, "no %s\x1b", "x");
	is_str(buf_str(&a.text), "ERROR [NOT_FOUND]: no x\\x1b",
	    "an error says its code");
	a.bytes = 7;
	result_pack(&a, &bytes);
	ok(result_unpack(&b, bytes.data, bytes.len), "a packed result");
	is_str(buf_str(&b.text), buf_str(&a.text), "comes out the same");
	is_int(b.code, CODE_NOT_FOUND, "with its code");
	for (size_t n = 0; n < bytes.len; n++)
		if (result_unpack(&b, bytes.data, n))
			ok(false, "cut at %zu it must not unpack", n);
	ok(!result_unpack(&b, "9 0 0 0 0 -\n", 12), "bad status");
	ok(!result_unpack(&b, "0 99 0 0 0 -\n", 13), "bad code");
	result_free(&a);
	result_free(&b);
	buf_free(&bytes);
}

static void
kinds(void)
{
	ok(text_binary("plain\n", 6) == NULL, "text is text");
	ok(text_binary("caf\xe9\n", 5) == NULL, "Latin-1 is text");
	ok(text_binary("BM is a word\xe9", 13) == NULL, "BM is a word");
	is_str(text_binary("\x89PNG\r\n\x1a\n\0\0\0\rIHDR", 16),
	    "a PNG image", "PNG");
	is_str(text_binary("a\0b", 3), "binary data", "NUL");
	is_str(text_binary("\xff\xfe" "a\0", 4), "UTF-16 text", "UTF-16");
	is_int(text_lines("a\nb", 3), 2, "a last line without LF counts");
	is_int(text_lines("", 0), 0, "nothing has no lines");
}

int
main(void)
{
	clean();
	cut();
	matching();
	nearest();
	protected();
	packing();
	kinds();
	return done_testing();
}
