/*
 * http_fail.c - the texts of failed requests.
 */
#include "net/http_fail.h"

#include "base/num.h"

#include <curl/curl.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

/* Scheme, host and port of url, cut to size. */
static void
origin(char *out, size_t size, const char *url)
{
	struct buf b = BUF_INIT;
	const char *s, *sep;
	size_t n;

	http_show_url(&b, url);
	s = buf_str(&b);
	sep = strstr(s, "://");
	n = sep != NULL ? (size_t)(sep - s) + 3 : 0;
	n += strcspn(s + n, "/");
	snprintf(out, size, "%.*s", (int)(n < size ? n : size - 1), s);
	buf_free(&b);
}

int
http_fail_url(struct err *e, const char *url)
{
	char from[128];

	if (strncasecmp(url, "http://", 7) == 0 ||
	    strncasecmp(url, "https://", 8) == 0)
		return 0;
	if (*url == '\0')
		return err_set(e, ERR_CONFIG, "the URL is empty");
	origin(from, sizeof(from), url);
	return err_set(e, ERR_CONFIG,
	    "cannot use the URL %s; it must begin with http:// or https://",
	    from);
}

int
http_fail_limit(struct err *e, const char *url, const char *which,
    int64_t ms)
{
	char from[128], time[NUM_MS_SIZE];

	origin(from, sizeof(from), url);
	num_ms(time, ms);
	if (strcmp(which, "total") == 0)
		return err_set(e, ERR_TIMEOUT,
		    "%s did not finish its answer within %s (total limit)",
		    from, time);
	return err_set(e, ERR_TIMEOUT, "%s sent nothing for %s (%s limit)",
	    from, time, which);
}

int
http_fail_redirect(struct err *e, const char *url, int status,
    const char *location)
{
	struct buf to = BUF_INIT;
	char from[128];

	origin(from, sizeof(from), url);
	http_show_url(&to, location);
	if (to.len > 80)
		buf_cut(&to, 80);
	err_set(e, ERR_CONFIG, "%s redirects (%d)%s%s; redirects are not "
	    "followed, set the URL to where the service is", from, status,
	    to.len > 0 ? " to " : "", buf_str(&to));
	buf_free(&to);
	return -1;
}

static bool
has_proxy(const char *url)
{
	static const char *const names[] = {
		"http_proxy", "https_proxy", "HTTPS_PROXY", "all_proxy",
		"ALL_PROXY",
	};

	if (http_is_loopback(url))
		return false;
	for (size_t i = 0; i < BASE_NITEMS(names); i++)
		if (getenv(names[i]) != NULL && *getenv(names[i]) != '\0')
			return true;
	return false;
}

/* A guard goes by no proxy of the environment. */
static int
fail_connect(struct err *e, const char *from, const struct http_request *q,
    int os)
{
	bool proxy = q->guard == NULL && has_proxy(q->url);

	return err_set(e, ERR_UNAVAILABLE, "cannot connect to %s: %s; %s",
	    from, os != 0 ? strerror(os) : "no route or no answer",
	    proxy ? "check the host and the proxy variables" :
	    os == ECONNREFUSED ? "is the server running?" :
	    "check the host and the network");
}

static int
fail_tls(struct err *e, const char *from, struct http_reply *r, int code,
    const char *text)
{
	const char *hint = "";

	/* A handshake may break off by chance, a certificate never does. */
	r->final = code != CURLE_SSL_CONNECT_ERROR;
	if (code == CURLE_SSL_CACERT_BADFILE) {
		hint = "; check SSL_CERT_FILE";
	} else if (strstr(text, "self-signed") != NULL ||
	    strstr(text, "self signed") != NULL ||
	    strstr(text, "local issuer") != NULL) {
		hint = "; SSL_CERT_FILE may name the certificate to trust";
	} else if (strstr(text, "wrong version number") != NULL ||
	    strstr(text, "packet length too long") != NULL) {
		hint = "; does it speak plain http?";
		r->final = true;
	}
	return err_set(e, ERR_UNAVAILABLE,
	    "cannot connect to %s: TLS: %.160s%s", from,
	    *text != '\0' ? text : curl_easy_strerror((CURLcode)code), hint);
}

/* libcurl's errno is of now only when sending or receiving failed. */
static int
fail_cut(struct err *e, const char *from, const struct http_reply *r,
    int code, int os)
{
	bool now = os != 0 &&
	    (code == CURLE_SEND_ERROR || code == CURLE_RECV_ERROR);
	const char *why = now ? strerror(os) : "";

	if (r->status == 0)
		return err_set(e, ERR_CUT,
		    "%s closed the connection without an answer%s%s", from,
		    now ? ": " : "", why);
	return err_set(e, ERR_CUT,
	    "%s broke off its answer after %llu bytes%s%s", from,
	    (unsigned long long)r->received, now ? ": " : "", why);
}

static int
fail_protocol(struct err *e, const char *from, struct http_reply *r,
    int code)
{
	const char *what = "not in HTTP";

	r->final = true;
	if (code == CURLE_BAD_CONTENT_ENCODING)
		what = "packed in a way that cannot be undone";
	else if (code == CURLE_OUT_OF_MEMORY)
		what = "with a header without an end";
	else if (code == CURLE_WRITE_ERROR)
		what = "with a body that cannot be read";
	return err_set(e, ERR_PROTOCOL, "%s answers, but %s", from, what);
}

int
http_fail(struct err *e, const struct http_request *q,
    struct http_reply *r, int code, int os, const char *text)
{
	char from[128], time[NUM_MS_SIZE];

	origin(from, sizeof(from), q->url);
	switch (code) {
	case CURLE_URL_MALFORMAT:
		return err_set(e, ERR_CONFIG, "the URL %s is malformed", from);
	case CURLE_COULDNT_RESOLVE_HOST:
		return err_set(e, ERR_UNAVAILABLE, "cannot connect to %s: "
		    "the host name is not known; check it and the network",
		    from);
	case CURLE_COULDNT_RESOLVE_PROXY:
		return err_set(e, ERR_UNAVAILABLE, "cannot connect to %s: "
		    "the proxy's name is not known; check the proxy "
		    "variables", from);
	case CURLE_COULDNT_CONNECT:
		return fail_connect(e, from, q, os);
	case CURLE_OPERATION_TIMEDOUT:
		num_ms(time, q->connect_ms > 0 ? q->connect_ms :
		    HTTP_CONNECT_MS);
		return err_set(e, ERR_UNAVAILABLE,
		    "no connection to %s within %s (connect limit); "
		    "check the host and the network", from, time);
	case CURLE_PEER_FAILED_VERIFICATION:
	case CURLE_SSL_CONNECT_ERROR:
	case CURLE_SSL_CACERT_BADFILE:
	case CURLE_SSL_CERTPROBLEM:
	case CURLE_SSL_CIPHER:
	case CURLE_SSL_ISSUER_ERROR:
	case CURLE_SSL_ENGINE_NOTFOUND:
	case CURLE_SSL_ENGINE_SETFAILED:
		return fail_tls(e, from, r, code, text);
	case CURLE_PARTIAL_FILE:
	case CURLE_RECV_ERROR:
	case CURLE_SEND_ERROR:
	case CURLE_GOT_NOTHING:
		return fail_cut(e, from, r, code, os);
	case CURLE_UNSUPPORTED_PROTOCOL:	/* HTTP/0.9, that is anything */
	case CURLE_WEIRD_SERVER_REPLY:
	case CURLE_BAD_CONTENT_ENCODING:
	case CURLE_OUT_OF_MEMORY:		/* a header without an end */
	case CURLE_WRITE_ERROR:
		return fail_protocol(e, from, r, code);
	default:
		return err_set(e, ERR_UNAVAILABLE, "the request to %s "
		    "failed: %s", from, curl_easy_strerror((CURLcode)code));
	}
}
