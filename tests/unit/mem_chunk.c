/* Source code and documents are cut where their readers would cut them, and
 * nothing of them is lost. */
#include "mem/chunk.h"

#include "base/buf.h"

#include <ctype.h>
#include <stdlib.h>

#include "tap.h"

struct seen {
	struct buf	 list;		/* "1-3 function name; ..." */
	struct buf	 text;		/* all but the blanks */
	const char	*at;		/* where the last piece ended */
	size_t		 largest;
	bool		 order;
};

static void
dense(struct buf *b, const char *p, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (!isspace((unsigned char)p[i]))
			buf_addc(b, p[i]);
}

static void
see(const struct chunk *c, void *arg)
{
	struct seen *s = arg;

	buf_addf(&s->list, "%s%zu-%zu %s %s", s->list.len != 0 ? "; " : "",
	    c->first, c->last, chunk_kind_name(c->kind), c->title);
	dense(&s->text, c->text, c->len);
	if (s->at != NULL && c->text < s->at)
		s->order = false;
	s->at = c->text + c->len;
	if (c->len > s->largest)
		s->largest = c->len;
}

/* The pieces of a text in a file of that name. */
static void
pieces(const char *name, const char *text, const char *want, const char *what)
{
	struct seen s = { .order = true };
	struct buf all = BUF_INIT;
	size_t n = strlen(text);

	chunk_cut(chunk_lang(name, text, n), text, n, see, &s);
	is_str(buf_str(&s.list), want, what);
	dense(&all, text, n);
	if (n >= 3 && memcmp(text, "\xef\xbb\xbf", 3) == 0)
		buf_shift(&all, 3);
	is_str(buf_str(&s.text), buf_str(&all), what);
	ok(s.order, "%s: in order", what);
	buf_free(&s.list);
	buf_free(&s.text);
	buf_free(&all);
}

/* Large enough that small things are not joined. */
#define BODY	"\tone = two_three_four(five, six, seven, eight, nine);\n" \
	"\tone = two_three_four(five, six, seven, eight, nine);\n" \
	"\tone = two_three_four(five, six, seven, eight, nine);\n" \
	"\tone = two_three_four(five, six, seven, eight, nine);\n" \
	"\tone = two_three_four(five, six, seven, eight, nine);\n"

static void
code(void)
{
	pieces("a.c", "/* About. */\n#include <x.h>\n\n/* Says what. */\n"
	    "static int\nfirst(int a)\n{\n" BODY "\n" BODY "}\n\n"
	    "struct thing {\n" BODY "};\n\nint\nsecond(void)\n{\nagain:\n"
	    BODY "}\n", "1-2 text ; 4-19 function first; 21-27 class thing; "
	    "29-38 function second", "C");
	pieces("a.cc", "#define M(x) {\n\nvoid Outer::method(int a) const\n{\n"
	    BODY "}\n\nnamespace n {\n\ntemplate<class T>\nT\nhelp(T t)\n{\n"
	    BODY "}\n\n}\n", "1-1 text ; 3-10 function Outer::method; "
	    "12-12 class n; 14-25 function help", "C++, out of step");
	pieces("a.py", "\"\"\"Doc.\n\ndef no():\n\"\"\"\nimport os\n@dec\n"
	    "# why\ndef f(\n    a\n):\n" BODY "    x = '''\ndef g(): no\n'''\n"
	    "def h():\n" BODY, "1-5 text ; 6-18 function f; 19-24 function h",
	    "Python");
	pieces("a.go", "package main\n\n// Area of it.\nfunc (r *Rect) Area() "
	    "float64 {\n" BODY "}\n\ntype Rect struct {\n" BODY "}\n",
	    "1-1 text ; 3-10 function Area; 12-18 class Rect", "Go");
	pieces("a.ts", "export async function add<T>(a: T) {\n" BODY "}\n\n"
	    "export const mul = (a: number) => {\n  return `\n\nfunction no() "
	    "{\n` + a;\n" BODY "};\n\nexport default class Foo extends Bar {\n"
	    BODY "}\n", "1-7 function add; 9-19 function mul; "
	    "21-27 class Foo", "TypeScript");
	pieces("a.rs", "pub(crate) fn parse<'a>(s: &'a str) -> X {\n" BODY
	    "}\n\nimpl<T> Reader for Thing {\n" BODY "}\n",
	    "1-7 function parse; 9-15 class Reader", "Rust");
	pieces("run.sh", "#!/bin/sh\nset -u\n\n# Says.\nsay() {\n" BODY "}\n\n"
	    "say x\n", "1-2 text ; 4-11 function say; 13-13 text ", "shell");
	pieces("a.rb", "module A\n" BODY "end\ndef b\n" BODY "end\n",
	    "1-7 class A; 8-14 function b", "Ruby");
	pieces("q.sql", "CREATE TABLE t (\n" BODY ");\n\nCREATE OR REPLACE "
	    "FUNCTION f()\n" BODY, "1-7 class t; 9-14 function f", "SQL");
}

static void
documents(void)
{
	pieces("a.md", "# Top\n\nIntro.\n\n## Install ##\n\n```sh\n# no\nmake\n"
	    "```\n\nUnder\n-----\n\ntext\n## Empty\n### Deep\nwords\n",
	    "1-3 section Top; 5-10 section Top > Install; "
	    "12-15 section Top > Under; 16-18 section Top > Empty > Deep",
	    "Markdown");
	pieces("a.rst", "Title\n=====\n\nIntro\n\nPart\n----\n\ntext\n\n"
	    "Next\n====\n\nend\n", "1-4 section Title; "
	    "6-9 section Title > Part; 11-14 section Next", "rst");
	pieces("x.1", ".Dd today\n.Sh NAME\n.Nm x\n.Ss Below\ntext\n",
	    "1-1 text ; 2-3 section NAME; 4-5 section NAME > Below", "mdoc");
	pieces("x.tex", "\\section{One}\na\n\\subsection{Two}\nb\n",
	    "1-2 section One; 3-4 section One > Two", "TeX");
	pieces("notes", "One.\n\nTwo.\n", "1-3 text ", "small paragraphs join");
	pieces("x.md", "", "", "nothing");
	pieces("x.c", "\n\n \n", "", "only blank lines");
	pieces("x.md", "\xef\xbb\xbf# A\nb\n", "1-2 section A", "a mark of "
	    "byte order is no text");
}

/* What is too large is cut at its best borders, and titles say within what. */
static void
large(void)
{
	struct buf b = BUF_INIT;
	struct seen s = { .order = true };

	buf_adds(&b, "class Big:\n    \"\"\"About.\"\"\"\n\n");
	for (int i = 0; i < 12; i++)
		buf_addf(&b, "    def m%d(self):\n%s\n", i, BODY);
	chunk_cut(CHUNK_PYTHON, buf_str(&b), b.len, see, &s);
	has(buf_str(&s.list), "function Big.m3;", "methods of a large class");
	ok(s.largest <= CHUNK_MAX, "none is too large");
	buf_reset(&s.list);
	buf_reset(&b);
	for (int i = 0; i < 4000; i++)
		buf_adds(&b, "\xc3\xa4");
	s.largest = 0;
	s.at = NULL;
	chunk_cut(CHUNK_TEXT, buf_str(&b), b.len, see, &s);
	is_str(buf_str(&s.list), "1-1 text ; 1-1 text ; 1-1 text ",
	    "a long line is cut");
	ok(s.largest <= CHUNK_MAX && s.largest % 2 == 0,
	    "between characters");
	buf_reset(&s.list);
	buf_reset(&b);
	for (int i = 0; i < 30000; i++)
		buf_adds(&b, "x y z\n");
	s.largest = 0;
	s.at = NULL;
	chunk_cut(CHUNK_C, buf_str(&b), b.len, see, &s);
	ok(s.largest <= CHUNK_MAX && s.order, "no borders at all");
	buf_free(&s.list);
	buf_free(&s.text);
	buf_free(&b);
}

static void
languages(void)
{
	is_int(chunk_lang("lib/x.C", NULL, 0), CHUNK_C, "case");
	is_int(chunk_lang("Makefile", NULL, 0), CHUNK_SHELL, "Makefile");
	is_int(chunk_lang("run", "#!/usr/bin/env python3\n", 23),
	    CHUNK_PYTHON, "#!");
	is_int(chunk_lang(".bashrc", NULL, 0), CHUNK_TEXT, "a dot file");
	is_int(chunk_lang("a.", NULL, 0), CHUNK_TEXT, "an empty end");
	is_int(chunk_lang("a. ", NULL, 0), CHUNK_TEXT, "a blank end");
}

int
main(void)
{
	code();
	documents();
	large();
	languages();
	return done_testing();
}
