/*
 * html.c - a page of HTML as text: what libxml2 tells of, written down.
 *
 * Blanks and line ends are never written when they are met but noted, and
 * written before the next word: so there is none too many, whatever nests.
 */
#include "fetch/html.h"

#include "base/utf8.h"
#include "fetch/html_link.h"

#include <libxml/HTMLparser.h>
#include <limits.h>
#include <string.h>
#include <strings.h>

#define DEPTH_MAX	400	/* elements within each other */
#define ALT_MAX		500	/* bytes of what stands for a picture */
#define LISTS		12	/* lists that are told apart */
#define MAIN_MIN	400	/* bytes for <main> to be the page */

/* What an element does. */
enum {
	E_DROP = 1,		/* it and all in it is left out */
	E_LINE = 2,		/* begins and ends a line */
	E_PARA = 4,		/* ... a paragraph */
	E_HEAD = 8,		/* a heading; its level is in the name */
	E_ITEM = 16, E_LIST = 32, E_CELL = 64, E_PRE = 128, E_LINK = 256,
	E_BREAK = 512, E_RULE = 1024, E_IMAGE = 2048, E_QUOTE = 4096,
	E_TITLE = 8192, E_MAIN = 16384, E_CODE = 32768,
};

static const struct {
	const char	*name;
	int		 what;
} elements[] = {
	{ "a", E_LINK }, { "address", E_PARA }, { "annotation", E_DROP },
	{ "annotation-xml", E_DROP }, { "article", E_PARA },
	{ "aside", E_PARA }, { "audio", E_DROP }, { "blockquote", E_PARA |
	    E_QUOTE }, { "body", E_PARA }, { "br", E_BREAK },
	{ "button", E_DROP }, { "canvas", E_DROP }, { "caption", E_LINE },
	{ "code", E_CODE },
	{ "dd", E_LINE }, { "details", E_PARA }, { "dialog", E_DROP },
	{ "div", E_LINE }, { "dl", E_PARA }, { "dt", E_LINE },
	{ "embed", E_DROP }, { "fieldset", E_PARA }, { "figcaption", E_LINE },
	{ "figure", E_PARA }, { "footer", E_PARA }, { "form", E_PARA },
	{ "h1", E_HEAD | E_PARA }, { "h2", E_HEAD | E_PARA },
	{ "h3", E_HEAD | E_PARA }, { "h4", E_HEAD | E_PARA },
	{ "h5", E_HEAD | E_PARA }, { "h6", E_HEAD | E_PARA },
	{ "header", E_PARA }, { "hr", E_RULE | E_PARA }, { "iframe", E_DROP },
	{ "img", E_IMAGE }, { "input", E_DROP }, { "kbd", E_CODE },
	{ "li", E_ITEM },
	{ "main", E_PARA | E_MAIN }, { "map", E_DROP }, { "menu", E_LIST },
	{ "nav", E_PARA }, { "object", E_DROP }, { "ol", E_LIST },
	{ "p", E_PARA }, { "picture", 0 }, { "pre", E_PRE | E_PARA },
	{ "samp", E_CODE }, { "script", E_DROP }, { "section", E_PARA },
	{ "select", E_DROP },
	{ "style", E_DROP }, { "summary", E_LINE }, { "svg", E_DROP },
	{ "table", E_PARA }, { "td", E_CELL }, { "template", E_DROP },
	{ "textarea", E_DROP }, { "th", E_CELL }, { "title", E_TITLE },
	{ "tr", E_LINE }, { "tt", E_CODE },
	{ "ul", E_LIST }, { "video", E_DROP },
};

enum gap { GAP_NONE, GAP_SPACE, GAP_LINE, GAP_PARA };

struct reader {
	htmlParserCtxtPtr ctxt;
	struct html_page *page;
	const char	*base;
	size_t		 max;		/* bytes that may be written */
	int		 depth;
	int		 dropped;	/* depth within what is left out, 0 */
	int		 pre, quotes, lists;
	int		 gap_quotes;	/* those around an empty line */
	int		 number[LISTS];	/* of the next item; 0: a dash */
	int		 code;		/* within each other */
	size_t		 code_at;	/* where the outermost began */
	bool		 in_title, first_cell;
	enum gap	 gap;		/* before the next word */
	const char	*mark;		/* to write before it: "- ", "## " */
	char		 item[16];	/* the mark of a numbered item */
	struct buf	 href;		/* of the link that is open */
	size_t		 link_at;	/* where its text began */
	bool		 link;
	int		 mains, main_depth;
	size_t		 main_from, main_to;
};

static int
element_of(const char *name)
{
	size_t low = 0, high = BASE_NITEMS(elements);

	while (low < high) {
		size_t mid = low + (high - low) / 2;
		int c = strcasecmp(elements[mid].name, name);

		if (c == 0)
			return elements[mid].what;
		if (c < 0)
			low = mid + 1;
		else
			high = mid;
	}
	return 0;
}

static void
stop(struct reader *r)
{
	r->page->cut = true;
	xmlStopParser(r->ctxt);
}

/* ---- writing --------------------------------------------------------- */

static void
want(struct reader *r, enum gap gap)
{
	if (gap > r->gap) {
		r->gap = gap;
		r->gap_quotes = r->quotes;
	}
}

static void
begin_line(struct reader *r)
{
	struct buf *b = &r->page->text;
	int depth = r->lists < LISTS ? r->lists : LISTS;

	for (int i = 0; i < r->quotes && i < 8; i++)
		buf_adds(b, "> ");
	for (int i = r->mark != NULL && depth > 0 ? 1 : 0; i < depth; i++)
		buf_adds(b, "  ");
}

/* Everything that was put off, before a word. */
static void
flush(struct reader *r)
{
	struct buf *b = &r->page->text;
	bool start = b->len == 0;

	if (r->gap == GAP_SPACE && r->code > 0 && b->len == r->code_at)
		r->gap = GAP_NONE;
	if (!start && r->gap == GAP_SPACE)
		buf_addc(b, ' ');
	if (!start && r->gap >= GAP_LINE)
		buf_addc(b, '\n');
	if (!start && r->gap == GAP_PARA) {
		for (int i = 0; i < r->gap_quotes && i < 8; i++)
			buf_addc(b, '>');
		buf_addc(b, '\n');
	}
	if (start || r->gap >= GAP_LINE)
		begin_line(r);
	if (r->mark != NULL)
		buf_adds(b, r->mark);
	r->mark = NULL;
	r->gap = GAP_NONE;
	if (r->link && r->link_at == SIZE_MAX)
		r->link_at = b->len;
}

static bool
is_blank(char c)
{
	return c == ' ' || c == '\n' || c == '\t' || c == '\r' || c == '\f';
}

static void
words(struct reader *r, const char *s, size_t n)
{
	for (size_t i = 0; i < n;) {
		size_t from = i;

		while (i < n && !is_blank(s[i]))
			i++;
		if (i > from) {
			flush(r);
			buf_add(&r->page->text, s + from, i - from);
		}
		if (i < n)
			want(r, GAP_SPACE);
		while (i < n && is_blank(s[i]))
			i++;
	}
}

/* As it is, but within its list or quotation. */
static void
lines(struct reader *r, const char *s, size_t n)
{
	struct buf *b = &r->page->text;

	while (n > 0) {
		const char *nl = memchr(s, '\n', n);
		size_t len = nl != NULL ? (size_t)(nl - s) : n;

		if (len > 0) {
			flush(r);
			buf_add(b, s, len);
		}
		if (nl == NULL)
			break;
		if (r->gap != GAP_NONE)
			flush(r);
		r->gap = GAP_LINE;
		s = nl + 1;
		n -= len + 1;
	}
}

/* ---- elements -------------------------------------------------------- */

static const char *
attribute(const xmlChar **atts, const char *name)
{
	for (; atts != NULL && atts[0] != NULL; atts += 2)
		if (strcasecmp((const char *)atts[0], name) == 0)
			return atts[1] != NULL ? (const char *)atts[1] : "";
	return NULL;
}

/* Whether a style takes it from the eyes of people. */
static bool
hides(const char *style)
{
	static const char *const ways[] = { "display:none",
	    "visibility:hidden", "opacity:0;", "font-size:0;",
	    "font-size:0px", "font-size:1px" };
	char bare[512];
	size_t n = 0;

	for (; *style != '\0' && n < sizeof(bare) - 2; style++)
		if (!is_blank(*style))
			bare[n++] = *style >= 'A' && *style <= 'Z' ?
			    (char)(*style + 32) : *style;
	bare[n++] = ';';
	bare[n] = '\0';
	for (size_t i = 0; i < BASE_NITEMS(ways); i++)
		if (strstr(bare, ways[i]) != NULL)
			return true;
	return false;
}

static bool
is_hidden(const char *name, const xmlChar **atts)
{
	const char *style = attribute(atts, "style");

	/* A page that a script will show is shown. */
	if (strcasecmp(name, "html") == 0 || strcasecmp(name, "body") == 0)
		return false;
	return attribute(atts, "hidden") != NULL ||
	    (style != NULL && hides(style));
}

static void
start_list(struct reader *r, const char *name)
{
	want(r, r->lists == 0 ? GAP_PARA : GAP_LINE);
	if (r->lists < LISTS)
		r->number[r->lists] = strcasecmp(name, "ol") == 0 ? 1 : 0;
	r->lists++;
}

static void
start_item(struct reader *r)
{
	int *next = r->lists > 0 && r->lists <= LISTS ?
	    &r->number[r->lists - 1] : NULL;

	want(r, GAP_LINE);
	r->mark = "- ";
	if (next != NULL && *next > 0) {
		snprintf(r->item, sizeof(r->item), "%d. ", *next % 100000);
		++*next;
		r->mark = r->item;
	}
}

static void
start_image(struct reader *r, const xmlChar **atts)
{
	const char *alt = attribute(atts, "alt");

	if (alt == NULL || *alt == '\0')
		return;
	words(r, "[image: ", 8);
	r->gap = GAP_SPACE;
	words(r, alt, strlen(alt) < ALT_MAX ? strlen(alt) :
	    utf8_cut(alt, ALT_MAX));
	r->gap = GAP_NONE;
	buf_addc(&r->page->text, ']');
}

static void
start_link(struct reader *r, const xmlChar **atts)
{
	const char *href = attribute(atts, "href");

	buf_reset(&r->href);
	r->link = href != NULL && html_link(&r->href, r->base, href);
	r->link_at = SIZE_MAX;
}

static void
end_link(struct reader *r)
{
	struct buf *b = &r->page->text;
	const char *text;
	size_t n;

	if (!r->link || r->link_at == SIZE_MAX || b->len <= r->link_at) {
		r->link = false;
		return;
	}
	r->link = false;
	n = b->len - r->link_at;
	text = b->data + r->link_at;
	if (memchr(text, '\n', n) != NULL) {
		buf_addf(b, " <%s>", buf_str(&r->href));
	} else if (n != r->href.len || memcmp(text, r->href.data, n) != 0) {
		buf_addc(b, ' ');
		memmove(b->data + r->link_at + 1, b->data + r->link_at, n);
		b->data[r->link_at] = '[';
		buf_addf(b, "](%s)", buf_str(&r->href));
	}
}

static void
start_code(struct reader *r)
{
	if (r->pre > 0 || r->code++ > 0)
		return;
	flush(r);
	buf_addc(&r->page->text, '`');
	r->code_at = r->page->text.len;
}

static void
end_code(struct reader *r)
{
	struct buf *b = &r->page->text;

	if (r->pre > 0 || r->code == 0 || --r->code > 0)
		return;
	if (b->len == r->code_at)
		buf_cut(b, b->len - 1);
	else
		buf_addc(b, '`');
}

static void
start_main(struct reader *r)
{
	if (r->mains++ == 0) {
		r->main_depth = r->depth;
		r->main_from = r->page->text.len;
	}
}

static void
begin(struct reader *r, const char *name, int what, const xmlChar **atts)
{
	static const char *const heads[] = { "# ", "## ", "### ", "#### ",
	    "##### ", "###### " };

	if (what & (E_PARA | E_PRE))
		want(r, GAP_PARA);
	if (what & (E_LINE | E_BREAK))
		want(r, GAP_LINE);
	if (what & E_HEAD)
		r->mark = heads[name[1] - '1'];
	if (what & E_LIST)
		start_list(r, name);
	if (what & E_ITEM)
		start_item(r);
	if (strcasecmp(name, "tr") == 0)
		r->first_cell = true;
	if (what & E_CELL) {
		if (!r->first_cell)
			words(r, " |", 2);
		want(r, GAP_SPACE);
		r->first_cell = false;
	}
	if (what & E_RULE)
		words(r, "---", 3);
	if (what & E_IMAGE)
		start_image(r, atts);
	if (what & E_LINK)
		start_link(r, atts);
	r->in_title = what & E_TITLE && r->page->title.len == 0;
	if (what & E_MAIN)
		start_main(r);
	if (what & E_CODE)
		start_code(r);
	r->quotes += (what & E_QUOTE) != 0;
	if (what & E_PRE && r->pre++ == 0) {
		words(r, "```", 3);
		r->gap = GAP_LINE;
	}
}

static void
end(struct reader *r, int what)
{
	if (what & E_PRE && r->pre > 0 && --r->pre == 0) {
		r->gap = GAP_LINE;
		words(r, "```", 3);
	}
	if (what & E_CODE)
		end_code(r);
	if (what & E_LINK)
		end_link(r);
	if (what & (E_PARA | E_PRE))
		want(r, GAP_PARA);
	if (what & (E_LINE | E_ITEM))
		want(r, GAP_LINE);
	/* An empty item or heading leaves no mark behind. */
	if (what & (E_ITEM | E_HEAD))
		r->mark = NULL;
	if (what & E_LIST && r->lists > 0 && --r->lists == 0)
		want(r, GAP_PARA);
	if (what & E_TITLE)
		r->in_title = false;
	if (what & E_QUOTE && r->quotes > 0 && --r->quotes < r->gap_quotes)
		r->gap_quotes = r->quotes;
	if (what & E_MAIN && r->depth == r->main_depth && r->mains == 1)
		r->main_to = r->page->text.len;
}

/* ---- what libxml2 calls ---------------------------------------------- */

static void
on_start(void *arg, const xmlChar *name, const xmlChar **atts)
{
	struct reader *r = arg;
	const char *s = (const char *)name;
	int what = element_of(s);

	if (++r->depth > DEPTH_MAX || r->page->text.len > r->max) {
		stop(r);
		return;
	}
	if (r->dropped == 0 && (what & E_DROP || is_hidden(s, atts)))
		r->dropped = r->depth;
	if (r->dropped == 0)
		begin(r, s, what, atts);
}

static void
on_end(void *arg, const xmlChar *name)
{
	struct reader *r = arg;

	if (r->dropped == 0)
		end(r, element_of((const char *)name));
	if (r->dropped >= r->depth)
		r->dropped = 0;
	if (r->depth > 0)
		r->depth--;
}

static void
on_text(void *arg, const xmlChar *p, int n)
{
	struct reader *r = arg;

	if (r->dropped != 0 || n <= 0)
		return;
	if (r->in_title)
		buf_add(&r->page->title, p, (size_t)n);
	else if (r->pre > 0)
		lines(r, (const char *)p, (size_t)n);
	else
		words(r, (const char *)p, (size_t)n);
	if (r->page->text.len > r->max)
		stop(r);
}

/* ---- the page -------------------------------------------------------- */

/* The title on one line. */
static void
tidy_title(struct buf *b)
{
	size_t to = 0;
	bool blank = true;

	for (size_t i = 0; i < b->len; i++) {
		bool now = is_blank(b->data[i]);

		if (!now)
			b->data[to++] = b->data[i];
		else if (!blank)
			b->data[to++] = ' ';
		blank = now;
	}
	while (to > 0 && b->data[to - 1] == ' ')
		to--;
	if (b->len > 0)
		buf_cut(b, to);
}

static void
keep_main(struct html_page *page, const struct reader *r)
{
	size_t all = page->text.len, from = r->main_from;

	if (r->mains != 1 || r->main_to <= from ||
	    r->main_to - from < MAIN_MIN)
		return;
	while (from < r->main_to && page->text.data[from] == '\n')
		from++;
	buf_cut(&page->text, r->main_to);
	buf_shift(&page->text, from);
	page->left_out = all - page->text.len;
}

void
html_text(struct html_page *page, const char *p, size_t n, const char *base,
    bool all)
{
	struct reader r = { .page = page, .base = base,
	    .max = n * 2 + 65536 };
	htmlParserCtxtPtr c = n < INT_MAX ? htmlNewParserCtxt() : NULL;

	if (c == NULL) {
		page->cut = true;
		return;
	}
	r.ctxt = c;
	memset(c->sax, 0, sizeof(*c->sax));
	c->sax->startElement = on_start;
	c->sax->endElement = on_end;
	c->sax->characters = on_text;
	c->sax->ignorableWhitespace = on_text;
	c->sax->cdataBlock = on_text;
	c->userData = &r;
	/* With our own events there is no document to come back. */
	xmlFreeDoc(htmlCtxtReadMemory(c, p, (int)n, NULL, "UTF-8",
	    HTML_PARSE_RECOVER | HTML_PARSE_NOERROR | HTML_PARSE_NOWARNING |
	    HTML_PARSE_NONET | HTML_PARSE_IGNORE_ENC));
	htmlFreeParserCtxt(c);
	if (!all && !page->cut)
		keep_main(page, &r);
	if (page->text.len > 0)
		buf_addc(&page->text, '\n');
	tidy_title(&page->title);
	buf_free(&r.href);
}

void
html_free(struct html_page *page)
{
	buf_free(&page->text);
	buf_free(&page->title);
}
