/*
 * glob.c - patterns of file names, and what ignore files leave out.
 *
 * The rows of ignore files were checked against git check-ignore.
 */
#include "base/glob.h"
#include "sys/ignore.h"
#include "tap.h"

#include <string.h>

static void
globs(void)
{
	static const struct { const char *pattern, *path; bool fits; } rows[] = {
		{ "*.c", "a.c", true }, { "*.c", "a.h", false },
		{ "*.c", "d/a.c", false }, { "**/*.c", "a.c", true },
		{ "**/*.c", "d/e/a.c", true }, { "d/**", "d/e/a.c", true },
		{ "d/**", "d", false }, { "d/**/a", "d/a", true },
		{ "d/**/a", "d/e/f/a", true }, { "d/**/a", "d/ea", false },
		{ "**", "a/b", true }, { "a**b", "axxb", true },
		{ "a**b", "ax/xb", false }, { "?", "a", true },
		{ "?", "\xc3\xa9", true }, { "?", "/", false },
		{ "[a-c]x", "bx", true }, { "[!a-c]x", "bx", false },
		{ "[^a-c]x", "dx", true }, { "[]]", "]", true },
		{ "[a", "[a", true }, { "[a", "a", false },
		{ "\\*", "*", true }, { "\\*", "a", false },
		{ "a*b*c", "axbxbxc", true }, { "a*b*c", "axbxbx", false },
		{ "**/a/**/b", "x/a/y/a/z/b", true },
		{ "**/a*/b", "x/ab/ac/b", true }, { "", "", true },
		{ "", "a", false }, { "a", "", false }, { "*", "", true },
		{ "a/*", "a/", true }, { "a/*", "a/b/c", false },
		{ "*a", "ba/a", false }, { "**/x", "ax", false },
		{ "**/**/x", "a/x", true }, { "[!a]", "/", false },
		{ "[a\\]]", "]", true }, { "*?", "ab", true },
	};

	for (size_t i = 0; i < BASE_NITEMS(rows); i++)
		ok(glob_match(rows[i].pattern, rows[i].path) == rows[i].fits,
		    "'%s' %s '%s'", rows[i].pattern, rows[i].fits ? "fits" :
		    "does not fit", rows[i].path);
}

/* Patterns that make naive matchers run for ever. */
static void
bounded(void)
{
	char path[20001], pattern[2001];

	memset(path, 'a', sizeof(path) - 1);
	path[sizeof(path) - 1] = '\0';
	for (size_t i = 0; i < sizeof(pattern) - 1; i += 2)
		memcpy(pattern + i, "*a", 2);
	memcpy(pattern + sizeof(pattern) - 3, "*b", 3);
	ok(!glob_match(pattern, path), "a thousand stars come to an end");
	for (size_t i = 1; i < sizeof(path) - 1; i += 2)
		path[i] = '/';
	strcpy(pattern, "**/a/**/a/**/a/**/a/**/a/**/a/**/b");
	ok(!glob_match(pattern, path), "double stars, too");
}

static void
ignores(void)
{
	static const char top[] = "# comment\n*.o\n!keep.o\n/build/\ndoc/*.txt\n"
	    "tmp\n\\#odd\nspace\\ \r\nlogs/**/x.log\n\n*~   \nout/\n!out/\n";
	static const char sub[] = "/only\n!a.o\n";
	static const struct { const char *path; bool dir, out; } rows[] = {
		{ "a.o", false, true }, { "d/a.o", false, true },
		{ "keep.o", false, false }, { "d/keep.o", false, false },
		{ "build", true, true }, { "build", false, false },
		{ "d/build", true, false }, { "doc/a.txt", false, true },
		{ "doc/d/a.txt", false, false }, { "d/doc/a.txt", false, false },
		{ "tmp", true, true }, { "d/tmp", false, true },
		{ "#odd", false, true }, { "space ", false, true },
		{ "space", false, false }, { "logs/x.log", false, true },
		{ "logs/a/b/x.log", false, true }, { "a~", false, true },
		{ "comment", false, false }, { "out", true, false },
	};
	struct ignore g = IGNORE_INIT;

	ignore_add(&g, "", top, sizeof(top) - 1);
	for (size_t i = 0; i < BASE_NITEMS(rows); i++)
		ok(ignore_has(&g, rows[i].path, rows[i].dir) == rows[i].out,
		    "%s%s %s", rows[i].path, rows[i].dir ? "/" : "",
		    rows[i].out ? "is left out" : "stays");
	ignore_add(&g, "d", sub, sizeof(sub) - 1);
	ok(ignore_has(&g, "d/only", false), "a file below");
	ok(!ignore_has(&g, "d/e/only", false), "holds from its directory on");
	ok(!ignore_has(&g, "d/a.o", false), "and takes back");
	ok(ignore_has(&g, "d/b.o", false), "just what it says");
	ignore_free(&g);
}

int
main(void)
{
	globs();
	bounded();
	ignores();
	done_testing();
}
