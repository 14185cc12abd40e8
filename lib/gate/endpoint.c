/*
 * endpoint.c - the base URL of a server, as people write it.
 */
#include "gate/endpoint.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/buf.h"
#include "base/mem.h"

static bool
ends_with(const struct buf *b, const char *s)
{
	size_t n = strlen(s);

	return b->len >= n && memcmp(b->data + b->len - n, s, n) == 0;
}

static void
trim(struct buf *b)
{
	static const char *const tails[] = { "/chat/completions",
	    "/completions", "/models" };

	while (b->len > 0 && b->data[b->len - 1] == '/')
		buf_cut(b, b->len - 1);
	for (size_t i = 0; i < BASE_NITEMS(tails); i++)
		if (ends_with(b, tails[i]))
			buf_cut(b, b->len - strlen(tails[i]));
	while (b->len > 0 && b->data[b->len - 1] == '/')
		buf_cut(b, b->len - 1);
}

bool
endpoint_is_gemini(const char *base)
{
	static const char start[] = ENDPOINT_GEMINI;
	size_t n = sizeof("https://generativelanguage.googleapis.com") - 1;

	return base != NULL && strncasecmp(base, start, n) == 0 &&
	    (base[n] == '/' || base[n] == '?' || base[n] == '\0');
}

char *
endpoint_base(const char *url, struct err *e)
{
	struct buf b = BUF_INIT;
	const char *p = strstr(url, "://"), *host, *query;
	size_t n;

	for (const char *c = url; *c != '\0'; c++)
		if ((unsigned char)*c <= ' ' || *c == 0x7f) {
			err_set(e, ERR_CONFIG, "model URL: blanks and control "
			    "characters are not allowed in it");
			return NULL;
		}
	if (p == NULL) {
		buf_adds(&b, "http://");
		host = url;
	} else {
		n = (size_t)(p - url);
		if (!(n == 4 && strncasecmp(url, "http", n) == 0) &&
		    !(n == 5 && strncasecmp(url, "https", n) == 0)) {
			err_set(e, ERR_CONFIG, "model URL: %.*s is not "
			    "supported; try http or https", (int)(n > 20 ? 20 :
			    n), url);
			return NULL;
		}
		buf_adds(&b, n == 4 ? "http://" : "https://");
		host = p + 3;
	}
	n = strcspn(host, "/?#");
	if (n == 0 || memchr(host, '@', n) != NULL) {
		buf_free(&b);
		err_set(e, ERR_CONFIG, n == 0 ? "model URL: it names no host; "
		    "try http://127.0.0.1:8080/v1" : "model URL: it holds a "
		    "password; try AGENT_MODEL_API_KEY or --key-file instead");
		return NULL;
	}
	buf_add(&b, host, n);
	query = strpbrk(host, "?#");
	p = host + n;
	n = query != NULL ? (size_t)(query - p) : strlen(p);
	if (n > 0) {
		struct buf path = BUF_INIT;

		buf_add(&path, p, n);
		trim(&path);
		if (path.len == 0)
			buf_adds(&path, "/v1");
		buf_adds(&b, buf_str(&path));
		buf_free(&path);
	} else {
		buf_adds(&b, "/v1");
	}
	if (query != NULL && *query == '?')
		buf_add(&b, query, strcspn(query, "#"));
	return buf_detach(&b);
}

char *
endpoint_join(const char *base, const char *path)
{
	size_t n = strcspn(base, "?");

	return xasprintf("%.*s%s%s", (int)n, base, path, base + n);
}
