/*
 * html.h - a page of HTML as text that is read, not rendered.
 *
 * libxml2 reads the page, however broken; its events are written down as
 * they come, in the manner of Markdown: headings, lists, tables, preformatted
 * text, [links](where). Scripts, styles, controls and what the page hides
 * from people are left out, so that a model is not told what a reader would
 * not see.  No network, no files, no tree; time and memory are linear in
 * the input but for what libxml2 does with one element's attributes.
 */
#ifndef FETCH_HTML_H
#define FETCH_HTML_H

#include "base/base.h"
#include "base/buf.h"

struct html_page {
	struct buf	text;
	struct buf	title;
	size_t		left_out;	/* bytes around <main>, or 0 */
	bool		cut;		/* too deep or too long */
};

/*
 * Fill page, which is zeroed, from n bytes of UTF-8.  base is the URL of the
 * page, for links relative to it.  Of a page with one <main> that holds
 * enough, only that is kept, unless all is set.
 */
void html_text(struct html_page *page, const char *p, size_t n,
    const char *base, bool all);
void html_free(struct html_page *page);

#endif
