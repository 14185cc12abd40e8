/*
 * kind.c - what sort of thing came.
 */
#include "fetch/kind.h"

#include <string.h>
#include <strings.h>

#include "base/magic.h"

#define SNIFFED	1024

static bool
ends_with(const char *s, const char *tail)
{
	size_t n = strlen(s), t = strlen(tail);

	return n >= t && strcmp(s + n - t, tail) == 0;
}

/* Bytes that no text has; those of UTF-16 begin with their mark. */
static bool
is_binary(const char *p, size_t n)
{
	size_t odd = 0;

	if (n >= 2 && (memcmp(p, "\xff\xfe", 2) == 0 ||
	    memcmp(p, "\xfe\xff", 2) == 0))
		return false;
	if (n > SNIFFED)
		n = SNIFFED;
	for (size_t i = 0; i < n; i++) {
		unsigned char c = (unsigned char)p[i];

		if (c == '\0')
			return true;
		odd += (c < ' ' && strchr("\t\n\r\f\033", c) == NULL) ||
		    c == 0x7f;
	}
	return odd > n / 20;
}

static bool
looks_html(const char *p, size_t n)
{
	static const char *const heads[] = { "<!doctype html", "<html",
	    "<head", "<body", "<title", "<meta " };
	const char *end = p + (n < SNIFFED ? n : SNIFFED);

	while (p < end && strchr(" \t\r\n\xef\xbb\xbf", *p) != NULL)
		p++;
	for (size_t i = 0; i < BASE_NITEMS(heads); i++) {
		size_t len = strlen(heads[i]);

		if ((size_t)(end - p) >= len &&
		    strncasecmp(p, heads[i], len) == 0)
			return true;
	}
	return false;
}

static bool
is_text_type(const char *type)
{
	static const char *const others[] = { "application/xml",
	    "application/javascript", "application/ecmascript",
	    "application/x-javascript", "application/yaml",
	    "application/x-yaml", "application/toml", "application/sql",
	    "application/graphql", "application/x-sh", "application/x-ndjson",
	    "application/jsonl", "application/x-www-form-urlencoded",
	    "application/pgp-signature", "application/x-tex",
	    "message/rfc822", "image/svg+xml" };

	for (size_t i = 0; i < BASE_NITEMS(others); i++)
		if (strcmp(type, others[i]) == 0)
			return true;
	return strncmp(type, "text/", 5) == 0 || ends_with(type, "+xml");
}

/* A type that says as much as none. */
static bool
says_nothing(const char *type)
{
	return *type == '\0' || strcmp(type, "application/octet-stream") == 0
	    || strcmp(type, "binary/octet-stream") == 0 ||
	    strcmp(type, "unknown/unknown") == 0 || strcmp(type, "*/*") == 0;
}

enum kind
kind_of(const char *type, const char *p, size_t n)
{
	bool html = strcmp(type, "text/html") == 0 ||
	    strcmp(type, "application/xhtml+xml") == 0;
	bool json = strcmp(type, "application/json") == 0 ||
	    strcmp(type, "text/json") == 0 || ends_with(type, "+json");
	bool utf16 = n >= 4 && p[0] != '\0' && p[1] == '\0' &&
	    p[3] == '\0';

	if (html || json || is_text_type(type)) {
		/* UTF-16 without a mark may have been declared. */
		if (is_binary(p, n) && (!utf16 || magic_words(p, n) != NULL))
			return KIND_BINARY;
		return html ? KIND_HTML : json ? KIND_JSON : KIND_TEXT;
	}
	if (!says_nothing(type) || is_binary(p, n) || magic_words(p, n) != NULL)
		return KIND_BINARY;
	return looks_html(p, n) ? KIND_HTML : KIND_TEXT;
}

const char *
kind_to_send(const char *p, size_t n)
{
	size_t i = 0;

	while (i < n && strchr(" \t\r\n", p[i]) != NULL)
		i++;
	if (i < n && (p[i] == '{' || p[i] == '['))
		return "application/json";
	for (i = 0; i < n; i++)
		if ((unsigned char)p[i] <= ' ' || (unsigned char)p[i] >= 0x7f)
			return "text/plain; charset=utf-8";
	return memchr(p, '=', n) != NULL ?
	    "application/x-www-form-urlencoded" :
	    "text/plain; charset=utf-8";
}
