/* What is fetched is told apart, taken out of its character set, and read. */
#include "fetch/html.h"

#include "base/utf8.h"
#include "fetch/charset.h"
#include "fetch/html_link.h"
#include "fetch/kind.h"
#include "tap.h"

static const struct {
	const char	*html, *text;
} pages[] = {
	{ "<p>a  b\n c</p>", "a b c\n" },
	{ "plain", "plain\n" }, { "", "" },
	{ "a<br>b", "a\nb\n" }, { "<p>a<p>b", "a\n\nb\n" },
	{ "<div>a</div><div><div>b</div></div>", "a\nb\n" },
	{ "<h1>A</h1>x<h3>B</h3>", "# A\n\nx\n\n### B\n" },
	{ "<h2></h2>x", "x\n" },
	{ "a<script>b</script><style>c</style>d", "ad\n" },
	{ "<ul><li>a<li>b<ul><li>c</ul></ul>d", "- a\n- b\n  - c\n\nd\n" },
	{ "<ol><li>a<li>b</ol>", "1. a\n2. b\n" },
	{ "<li>a", "- a\n" }, { "<ul><li></li></ul>b", "b\n" },
	{ "<ul><li><p>a</p><p>b</p></ul>", "- a\n\n  b\n" },
	{ "<pre>a\n  b\n\nc</pre>d", "```\na\n  b\n\nc\n```\n\nd\n" },
	{ "use <code> a  <kbd>b</kbd> </code> here<tt></tt>.",
	    "use `a b` here.\n" },
	{ "<a href=/x><code>f</code></a>", "[`f`](http://h/x)\n" },
	{ "<pre><code>a</code> b</pre>", "```\na b\n```\n" },
	{ "<table><tr><th>a<th>b<tr><td>1<td>2</table>", "a | b\n1 | 2\n" },
	{ "x<blockquote>a<p>b</blockquote>y", "x\n\n> a\n>\n> b\n\ny\n" },
	{ "<a href=/x>a b</a>.", "[a b](http://h/x).\n" },
	{ "see <a href=/x>a</a>", "see [a](http://h/x)\n" },
	{ "<a href=http://q/>http://q/</a>", "http://q/\n" },
	{ "<a href=#x>a</a> <a href='javascript:y'>b</a> <a>c</a>", "a b c\n" },
	{ "<a href=/x></a>b", "b\n" },
	{ "<a href=/x>a<p>b</p></a>", "a\n\nb <http://h/x>\n" },
	{ "<img alt='a  cat'>x<img>", "[image: a cat]x\n" },
	{ "a<hr>b", "a\n\n---\n\nb\n" },
	{ "&amp;&lt;&eacute;&#8364;&nbsp;&bogus;", "&<\xc3\xa9\xe2\x82\xac"
	    "\xc2\xa0&bogus;\n" },
	{ "a<span hidden>b</span>c<i style='Display : NONE'>d<b>e</b></i>f",
	    "acf\n" },
	{ "<body style='opacity:0'>a", "a\n" },
	{ "a<div style='font-size:0'>b</div>", "a\n" },
	{ "a<template>b</template><svg><text>c</text></svg>d", "ad\n" },
	{ "<select><option>a</select><textarea>b</textarea>c", "c\n" },
	{ "<b><i>a</b>b</i>", "ab\n" }, { "</p></div>a", "a\n" },
	{ "<p>a<!-- b -->c", "ac\n" },
};

static void
reads(void)
{
	for (size_t i = 0; i < BASE_NITEMS(pages); i++) {
		struct html_page h = { .cut = false };
		char name[32];

		html_text(&h, pages[i].html, strlen(pages[i].html),
		    "http://h/", false);
		snprintf(name, sizeof(name), "page %zu", i);
		is_str(buf_str(&h.text), pages[i].text, name);
		html_free(&h);
	}
}

static void
whole_pages(void)
{
	struct html_page h = { .cut = false };
	struct buf b = BUF_INIT;

	buf_adds(&b, "<title> A\n b</title><nav>menu</nav><main><h1>T</h1>");
	for (int i = 0; i < 100; i++)
		buf_adds(&b, "<p>words</p>");
	buf_adds(&b, "</main><footer>foot</footer>");
	html_text(&h, b.data, b.len, "http://h/", false);
	is_str(buf_str(&h.title), "A b", "the title");
	ok(strncmp(buf_str(&h.text), "# T\n\nwords", 10) == 0, "only main");
	ok(h.left_out > 0 && strstr(buf_str(&h.text), "foot") == NULL,
	    "the rest is counted");
	html_free(&h);
	h = (struct html_page){ .cut = false };
	html_text(&h, b.data, b.len, "http://h/", true);
	has(buf_str(&h.text), "menu", "all of it");
	html_free(&h);
	buf_reset(&b);
	for (int i = 0; i < 100000; i++)
		buf_adds(&b, "<b><div>");
	h = (struct html_page){ .cut = false };
	html_text(&h, b.data, b.len, "http://h/", false);
	ok(h.cut, "too deep");
	html_free(&h);
	buf_free(&b);
}

static void
links(void)
{
	static const char *const table[][3] = {
		{ "http://h/a/b?q", "c", "http://h/a/c" },
		{ "http://h/a/b?q", "?r", "http://h/a/b?r" },
		{ "http://h/a/b#f", "/c", "http://h/c" },
		{ "http://h", "c", "http://h/c" },
		{ "https://h/a", "//o/x", "https://o/x" },
		{ "http://h/", " https://o/x ", "https://o/x" },
		{ "http://h/", "HTTP://o/", "HTTP://o/" },
		{ "http://h/", "data:x", NULL }, { "http://h/", "#x", NULL },
		{ "http://h/", "", NULL }, { "http://h/", "mailto:a@b", NULL },
	};

	for (size_t i = 0; i < BASE_NITEMS(table); i++) {
		struct buf b = BUF_INIT;

		html_link(&b, table[i][0], table[i][1]);
		is_str(buf_str(&b), table[i][2] != NULL ? table[i][2] : "",
		    table[i][1]);
		buf_free(&b);
	}
}

static const struct {
	const char	*type, *bytes;
	size_t		 n;
	bool		 html;
	const char	*text, *name;
} sets[] = {
	{ NULL, "caf\xc3\xa9", 5, false, "caf\xc3\xa9", "UTF-8" },
	{ NULL, "caf\xe9", 4, false, "caf\xc3\xa9", "WINDOWS-1252" },
	{ "text/plain; charset=utf-8", "caf\xe9", 4, false,
	    "caf\xef\xbf\xbd", "UTF-8" },
	{ "text/plain;Charset=\"ISO-8859-1\"", "\x80", 1, false,
	    "\xe2\x82\xac", "WINDOWS-1252" },
	{ "text/plain; charset=koi8-r", "\xd4\xc5\xd3\xd4", 4, false,
	    "\xd1\x82\xd0\xb5\xd1\x81\xd1\x82", "KOI8-R" },
	{ "text/plain; charset=Shift_JIS", "\x93\xfa", 2, false,
	    "\xe6\x97\xa5", "CP932" },
	{ "text/plain; charset=gb2312", "\xd6\xd0", 2, false,
	    "\xe4\xb8\xad", "GB18030" },
	{ "text/plain; charset=no-such", "x", 1, false, "x", "UTF-8" },
	{ "text/plain; charset=../../etc/passwd", "x", 1, false, "x",
	    "UTF-8" },
	{ "text/plain; charset=koi8-r", "\xff\xfe" "a\0", 4, false, "a",
	    "UTF-16LE" },
	{ NULL, "\xfe\xff\0a\xd8\x3d\xde\0", 8, false, "a\xf0\x9f\x98\x80",
	    "UTF-16BE" },
	{ NULL, "\xef\xbb\xbfx", 4, false, "x", "UTF-8" },
	{ "text/html", "<meta charset=koi8-r>\xd4", 22, true,
	    "<meta charset=koi8-r>\xd1\x82", "KOI8-R" },
	{ "text/html", "<!-- <meta charset=koi8-r> -->\xd4", 31, true,
	    "<!-- <meta charset=koi8-r> -->\xc3\x94", "WINDOWS-1252" },
	{ "text/html", "<META http-equiv=x content='text/html; "
	    "charset=windows-1251'>\xe6", 62, true, "<META http-equiv=x "
	    "content='text/html; charset=windows-1251'>\xd0\xb6",
	    "WINDOWS-1251" },
	{ "text/html", "<meta charset=utf-16>x", 22, true,
	    "<meta charset=utf-16>x", "UTF-8" },
};

static void
charsets(void)
{
	for (size_t i = 0; i < BASE_NITEMS(sets); i++) {
		struct buf b = BUF_INIT;
		const char *name = charset_utf8(&b, sets[i].bytes, sets[i].n,
		    sets[i].type, sets[i].html);

		is_str(name, sets[i].name, sets[i].type != NULL ? sets[i].type : "no type");
		is_str(buf_str(&b), sets[i].text, "its text");
		buf_free(&b);
	}
}

static void
cut_off(void)
{
	struct buf b = BUF_INIT;

	charset_utf8(&b, "a\0b", 3, "text/plain; charset=utf-16le", false);
	is_str(buf_str(&b), "a\xef\xbf\xbd", "half a character");
	buf_free(&b);
}

static void
kinds(void)
{
	is_int(kind_of("text/html", "<p>", 3), KIND_HTML, "a page");
	is_int(kind_of("application/xhtml+xml", "<p>", 3), KIND_HTML, "xhtml");
	is_int(kind_of("application/ld+json", "{}", 2), KIND_JSON, "+json");
	is_int(kind_of("application/atom+xml", "<a>", 3), KIND_TEXT, "+xml");
	is_int(kind_of("text/csv", "a,b", 3), KIND_TEXT, "csv");
	is_int(kind_of("image/png", "abc", 3), KIND_BINARY, "by its type");
	is_int(kind_of("text/plain", "a\0b", 3), KIND_BINARY, "by its bytes");
	is_int(kind_of("text/html", "%PDF-1.7\n%\x01\x02\x03\x04", 14),
	    KIND_BINARY, "a page that is none");
	is_int(kind_of("", "  <!DOCTYPE html>", 17), KIND_HTML, "sniffed");
	is_int(kind_of("", "words", 5), KIND_TEXT, "text without a type");
	is_int(kind_of("application/octet-stream", "PK\x03\x04", 4),
	    KIND_BINARY, "an archive");
	is_int(kind_of("", "BMW and MZ", 10), KIND_TEXT, "not a bitmap");
	is_str(kind_to_send("{\"a\":1}", 7), "application/json", "JSON");
	is_str(kind_to_send("a=1&b=2", 7),
	    "application/x-www-form-urlencoded", "a form");
	is_str(kind_to_send("a = b", 5), "text/plain; charset=utf-8", "text");
}

int
main(void)
{
	reads();
	whole_pages();
	links();
	charsets();
	cut_off();
	kinds();
	return done_testing();
}
