/*
 * say.h - what was fetched, in words: for people, and for a model.
 */
#ifndef FETCH_SAY_H
#define FETCH_SAY_H

#include "base/base.h"
#include "base/buf.h"
#include "fetch/fetch.h"
#include "json/js.h"

enum say_how {
	SAY_READ,		/* HTML as text, of a <main> only that */
	SAY_ALL,		/* ... all of it */
	SAY_RAW,		/* the text as it is */
};

struct say {
	struct buf	 text;		/* UTF-8 */
	const char	*charset;	/* it was taken for, or NULL */
	char		 kind[64];	/* "text/html", "a PNG image" */
	bool		 binary;
	bool		 cut;		/* not all of the document */
};

/* The document as text; s is zeroed by the caller. */
void say_page(struct say *s, const struct fetch_page *page, enum say_how how);
void say_free(struct say *s);
/* Append "URL: 200 OK, text/html, 1234 bytes, 2 redirects". */
void say_line(struct buf *b, const struct say *s,
    const struct fetch_page *page);
/* The facts as an object, owned. */
jv say_facts(const struct say *s, const struct fetch_page *page);

#endif
