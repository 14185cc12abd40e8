/*
 * link.c - a URL that somebody else wrote.
 */
#include "net/link.h"

#include "base/buf.h"
#include "base/mem.h"
#include "net/http.h"

#include <curl/curl.h>
#include <stdlib.h>
#include <string.h>

void
link_free(struct link *l)
{
	free(l->url);
	free(l->host);
	*l = (struct link)LINK_INIT;
}

/* A part as memory of ours, or NULL. */
static char *
part(CURLU *u, CURLUPart what, unsigned flags)
{
	char *p = NULL, *copy;

	if (curl_url_get(u, what, &p, flags) != CURLUE_OK)
		return NULL;
	copy = xstrdup(p);
	curl_free(p);
	return copy;
}

static int
refuse(struct err *e, enum err_kind kind, const char *text, const char *why)
{
	struct buf shown = BUF_INIT;

	http_show_url(&shown, text);
	err_set(e, kind, "%.200s: %s", buf_str(&shown), why);
	buf_free(&shown);
	return -1;
}

static int
take(struct link *l, CURLU *u, const char *text, struct err *e)
{
	char *scheme = part(u, CURLUPART_SCHEME, 0);
	char *port = part(u, CURLUPART_PORT, CURLU_DEFAULT_PORT);
	char *user = part(u, CURLUPART_USER, 0);
	char *password = part(u, CURLUPART_PASSWORD, 0);
	int rc = -1;

	curl_url_set(u, CURLUPART_FRAGMENT, NULL, 0);
	l->host = part(u, CURLUPART_HOST, 0);
	l->url = part(u, CURLUPART_URL, 0);
	l->port = port != NULL ? (int)strtol(port, NULL, 10) : 0;
	l->tls = scheme != NULL && strcmp(scheme, "https") == 0;
	if (scheme == NULL || (!l->tls && strcmp(scheme, "http") != 0))
		refuse(e, ERR_DENIED, text, "only http and https are fetched");
	else if (user != NULL || password != NULL)
		refuse(e, ERR_DENIED, text, "a URL with a user or password is "
		    "not fetched");
	else if (l->host == NULL || *l->host == '\0' || l->url == NULL ||
	    l->port < 1 || l->port > 65535)
		refuse(e, ERR_USAGE, text, "not a URL of a host");
	else
		rc = 0;
	free(scheme);
	free(port);
	free(user);
	free(password);
	return rc;
}

/* A base makes text relative to it; without one a scheme may be missing. */
static CURLUcode
parse(CURLU *u, const struct link *base, const char *text)
{
	unsigned flags = CURLU_URLENCODE | CURLU_NON_SUPPORT_SCHEME;

	if (base == NULL)
		flags |= CURLU_DEFAULT_SCHEME;
	else if (curl_url_set(u, CURLUPART_URL, base->url, 0) != CURLUE_OK)
		return CURLUE_MALFORMED_INPUT;
	return curl_url_set(u, CURLUPART_URL, text, flags);
}

static int
read_once(struct link *l, const struct link *base, const char *text,
    struct err *e)
{
	CURLU *u = curl_url();
	CURLUcode code;
	int rc = -1;

	if (u == NULL)
		return err_set(e, ERR_INTERNAL, "libcurl does not start");
	code = parse(u, base, text);
	if (code != CURLUE_OK)
		refuse(e, ERR_USAGE, text, code == CURLUE_UNSUPPORTED_SCHEME ?
		    "only http and https are fetched" : "not a URL");
	else
		rc = take(l, u, text, e);
	curl_url_cleanup(u);
	if (rc == -1)
		link_free(l);
	return rc;
}

/*
 * A host such as %33 is a name when it is read first, and an address, 0.0.0.3,
 * when what came of it is read to connect: so it is read until it stays.
 */
static int
settle(struct link *l, struct err *e)
{
	for (int i = 0; i < 4; i++) {
		struct link again = LINK_INIT;
		bool same;

		if (read_once(&again, NULL, l->url, e) == -1) {
			link_free(l);
			return -1;
		}
		same = strcmp(l->host, again.host) == 0 &&
		    l->port == again.port && l->tls == again.tls;
		link_free(l);
		*l = again;
		if (same)
			return 0;
	}
	refuse(e, ERR_USAGE, l->url, "not a URL");
	link_free(l);
	return -1;
}

int
link_parse(struct link *l, const struct link *base, const char *text,
    struct err *e)
{
	text += strspn(text, " \t\r\n");
	if (*text == '\0')
		return err_set(e, ERR_USAGE, "the URL is empty");
	if (strlen(text) > LINK_BYTES)
		return err_set(e, ERR_USAGE, "the URL is longer than %d bytes",
		    LINK_BYTES);
	for (const char *p = text; *p != '\0'; p++)
		if ((unsigned char)*p < ' ' || *p == 0x7f)
			return refuse(e, ERR_USAGE, text, "a URL has no "
			    "control characters");
	if (read_once(l, base, text, e) == -1)
		return -1;
	return settle(l, e);
}
