/*
 * chunk_lang.c - what is written in a file, by its name and first line.
 */
#include "mem/chunk.h"

#include <string.h>
#include <strings.h>

struct row {
	enum chunk_lang	 lang;
	const char	*ends;		/* of names, between blanks */
};

static const struct row rows[] = {
	{ CHUNK_C, " c h cc hh cpp hpp cxx hxx m mm inl cu cuh " },
	{ CHUNK_BRACES, " java js mjs cjs jsx ts tsx go rs php swift kt kts "
	    "scala cs dart groovy zig v d css scss less proto glsl hcl tf "
	    "awk r " },
	{ CHUNK_PYTHON, " py pyi pyx " },
	{ CHUNK_WORDS, " rb lua sql ex exs jl vim el lisp clj scm hs ml mli "
	    "pas adb ads f90 erl nim cr " },
	{ CHUNK_SHELL, " sh bash zsh ksh fish pl pm tcl mk cmake " },
	{ CHUNK_MARKDOWN, " md markdown mkd mdx qmd rmd " },
	{ CHUNK_RST, " rst " },
	{ CHUNK_OUTLINE, " org adoc asciidoc " },
	{ CHUNK_MANUAL, " 1 2 3 4 5 6 7 8 9 man mdoc " },
	{ CHUNK_TEX, " tex ltx " },
};

static const struct {
	enum chunk_lang	 lang;
	const char	*name;
} names[] = {
	{ CHUNK_SHELL, "Makefile" }, { CHUNK_SHELL, "GNUmakefile" },
	{ CHUNK_SHELL, "Dockerfile" }, { CHUNK_SHELL, "CMakeLists.txt" },
	{ CHUNK_WORDS, "Rakefile" }, { CHUNK_WORDS, "Gemfile" },
};

/* By the program that "#!" names. */
static enum chunk_lang
by_interpreter(const char *text, size_t n)
{
	static const struct {
		const char	*word;
		enum chunk_lang	 lang;
	} programs[] = {
		{ "python", CHUNK_PYTHON }, { "node", CHUNK_BRACES },
		{ "ruby", CHUNK_WORDS }, { "lua", CHUNK_WORDS },
		{ "awk", CHUNK_BRACES }, { "sh", CHUNK_SHELL },
		{ "perl", CHUNK_SHELL }, { "tclsh", CHUNK_SHELL },
		{ "make", CHUNK_SHELL },
	};
	const char *end;

	if (text == NULL || n < 3 || memcmp(text, "#!", 2) != 0)
		return CHUNK_TEXT;
	end = memchr(text, '\n', n);
	n = end != NULL ? (size_t)(end - text) : n;
	for (size_t i = 0; i < BASE_NITEMS(programs); i++)
		if (memmem(text, n, programs[i].word,
		    strlen(programs[i].word)) != NULL)
			return programs[i].lang;
	return CHUNK_TEXT;
}

enum chunk_lang
chunk_lang(const char *name, const char *text, size_t n)
{
	const char *base = strrchr(name, '/'), *dot;
	size_t len;

	base = base != NULL ? base + 1 : name;
	dot = strrchr(base, '.');
	for (size_t i = 0; i < BASE_NITEMS(names); i++)
		if (strcmp(base, names[i].name) == 0)
			return names[i].lang;
	if (dot == NULL || dot == base || (len = strlen(dot + 1)) == 0)
		return by_interpreter(text, n);
	for (size_t i = 0; i < BASE_NITEMS(rows); i++)
		for (const char *p = rows[i].ends; *p != '\0'; p++)
			if (*p == ' ' && strncasecmp(p + 1, dot + 1, len) ==
			    0 && p[len + 1] == ' ')
				return rows[i].lang;
	return by_interpreter(text, n);
}
