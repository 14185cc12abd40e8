/*
 * html_link.h - where a link of a page leads.
 */
#ifndef FETCH_HTML_LINK_H
#define FETCH_HTML_LINK_H

#include "base/base.h"
#include "base/buf.h"

/*
 * Append the target of href on the page base, absolute.  Nothing, and false,
 * for what is no place elsewhere: a fragment, another scheme than http and
 * https, something too long.  Text work only; dots in paths are kept for
 * whoever follows it.
 */
bool html_link(struct buf *out, const char *base, const char *href);

#endif
