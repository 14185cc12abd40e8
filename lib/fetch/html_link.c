/*
 * html_link.c - where a link of a page leads.
 */
#include "fetch/html_link.h"

#include <string.h>
#include <strings.h>

#define HREF_MAX	2000
#define BASE_KEPT	300	/* of a page's own URL: it is repeated */

/* A scheme before the first of / ? #. */
static bool
has_scheme(const char *s)
{
	size_t n = strcspn(s, ":/?#");

	return n > 0 && s[n] == ':';
}

bool
html_link(struct buf *out, const char *base, const char *href)
{
	size_t n, origin, path;

	href += strspn(href, " \t\r\n");
	n = strcspn(href, " \t\r\n");
	if (n == 0 || n > HREF_MAX || *href == '#' || strlen(base) > BASE_KEPT)
		return false;
	if (has_scheme(href)) {
		if (strncasecmp(href, "http://", 7) != 0 &&
		    strncasecmp(href, "https://", 8) != 0)
			return false;
		buf_add(out, href, n);
		return true;
	}
	origin = strcspn(base, ":");
	if (strncmp(base + origin, "://", 3) != 0)
		return false;
	if (n > 1 && href[0] == '/' && href[1] == '/') {
		buf_add(out, base, origin + 1);
		buf_add(out, href, n);
		return true;
	}
	origin += 3;
	origin += strcspn(base + origin, "/?#");
	path = origin + strcspn(base + origin, "?#");
	if (*href == '?') {
		buf_add(out, base, path);
	} else if (*href == '/') {
		buf_add(out, base, origin);
	} else {
		while (path > origin && base[path - 1] != '/')
			path--;
		buf_add(out, base, path);
		if (path == origin)
			buf_addc(out, '/');
	}
	buf_add(out, href, n);
	return true;
}
