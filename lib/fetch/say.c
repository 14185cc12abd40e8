/*
 * say.c - what was fetched, in words.
 */
#include "fetch/say.h"

#include "base/magic.h"
#include "base/utf8.h"
#include "fetch/charset.h"
#include "fetch/html.h"
#include "fetch/kind.h"
#include "net/http.h"

#include <bsd/string.h>
#include <string.h>

void
say_free(struct say *s)
{
	buf_free(&s->text);
}

static void
binary(struct say *s, const struct fetch_page *page)
{
	const char *words = magic_words(page->body.data, page->body.len);
	const char *type = page->type[0] != '\0' ? page->type : "no type";

	s->binary = true;
	strlcpy(s->kind, words != NULL ? words : type, sizeof(s->kind));
	buf_addf(&s->text, "[%s (%s), %zu bytes%s: this is not text, so it is "
	    "not shown]\n", words != NULL ? words : "binary data", type,
	    page->body.len, page->cut ? " or more" : "");
}

/* HTML as text below its title. */
static void
reduce(struct say *s, const struct fetch_page *page, const struct buf *utf8,
    bool all)
{
	struct html_page h = { .cut = false };

	html_text(&h, utf8->data, utf8->len, page->url, all);
	if (h.title.len > 0) {
		utf8_escape(&s->text, h.title.data, h.title.len < 300 ?
		    utf8_cut(h.title.data, h.title.len) :
		    utf8_cut(h.title.data, 300), UTF8_LINE);
		buf_adds(&s->text, "\n\n");
	}
	buf_add(&s->text, buf_str(&h.text), h.text.len);
	if (h.text.len == 0)
		buf_adds(&s->text, "[the page has no text of its own; a "
		    "script may fill it in]\n");
	if (h.left_out > 0)
		buf_addf(&s->text, "\n[%zu bytes around the main part are "
		    "left out]\n", h.left_out);
	if (h.cut)
		buf_adds(&s->text, "\n[the page nests too deeply to be read "
		    "further]\n");
	s->cut |= h.cut;
	html_free(&h);
}

void
say_page(struct say *s, const struct fetch_page *page, enum say_how how)
{
	const struct buf *b = &page->body;
	const char *p = buf_str(b);
	enum kind kind = kind_of(page->type, p, b->len);
	struct buf utf8 = BUF_INIT;

	s->cut = page->cut;
	if (page->elsewhere != NULL) {
		strlcpy(s->kind, "a redirect", sizeof(s->kind));
		buf_adds(&s->text, "[it redirects to another host: fetch ");
		utf8_escape(&s->text, page->elsewhere,
		    strlen(page->elsewhere), UTF8_LINE);
		buf_adds(&s->text, " to follow it]\n");
		return;
	}
	if (b->len == 0) {
		strlcpy(s->kind, page->type[0] != '\0' ? page->type :
		    "no type", sizeof(s->kind));
		buf_adds(&s->text, "[the answer is empty]\n");
		return;
	}
	if (kind == KIND_BINARY) {
		binary(s, page);
		return;
	}
	strlcpy(s->kind, page->type[0] != '\0' ? page->type : "text",
	    sizeof(s->kind));
	s->charset = charset_utf8(&utf8, p, b->len, page->full_type,
	    kind == KIND_HTML);
	if (kind == KIND_HTML && how != SAY_RAW)
		reduce(s, page, &utf8, how == SAY_ALL);
	else
		buf_add(&s->text, buf_str(&utf8), utf8.len);
	if (page->cut)
		buf_addf(&s->text, "\n[only the first %zu bytes were fetched]"
		    "\n", b->len);
	buf_free(&utf8);
}

void
say_line(struct buf *b, const struct say *s, const struct fetch_page *page)
{
	struct buf line = BUF_INIT;

	buf_addf(&line, "%s: %d %s, %s", page->url, page->status,
	    http_reason(page->status), s->kind);
	if (s->charset != NULL && strcmp(s->charset, "UTF-8") != 0)
		buf_addf(&line, " in %s", s->charset);
	buf_addf(&line, ", %zu bytes%s", page->body.len, page->cut ?
	    " of more" : "");
	if (page->hops > 0)
		buf_addf(&line, ", %d redirect%s", page->hops,
		    page->hops == 1 ? "" : "s");
	utf8_escape(b, line.data, line.len, UTF8_LINE);
	buf_free(&line);
}

jv
say_facts(const struct say *s, const struct fetch_page *page)
{
	jv o = js_obj();

	o = js_set_str(o, "url", page->url);
	o = js_set_int(o, "status", page->status);
	o = js_set_str(o, "type", page->type);
	if (s->charset != NULL)
		o = js_set_str(o, "charset", s->charset);
	o = js_set_int(o, "bytes", (int64_t)page->body.len);
	o = js_set_int(o, "redirects", page->hops);
	if (page->elsewhere != NULL)
		o = js_set_str(o, "location", page->elsewhere);
	if (s->cut)
		o = js_set_bool(o, "truncated", true);
	return o;
}
