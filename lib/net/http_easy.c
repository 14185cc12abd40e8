/*
 * http_easy.c - a request as libcurl's easy handle wants it.
 */
#include "net/http_easy.h"

#include <ctype.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "base/addr.h"
#include "base/clock.h"
#include "net/retry.h"

static void
end_of_head(struct http_head *h)
{
	struct http_reply *r = h->r;
	char value[128];
	size_t n;

	h->done = true;
	r->status = h->status;
	r->first_ms = clock_ms() - h->start;
	if (http_header(r, "content-type", r->type, sizeof(r->type))) {
		n = strcspn(r->type, "; \t,");
		r->type[n] = '\0';
		for (char *s = r->type; *s != '\0'; s++)
			*s = (char)tolower((unsigned char)*s);
	}
	if (http_header(r, "retry-after-ms", value, sizeof(value))) {
		r->after_ms = retry_after(value, 0);
		if (r->after_ms > 0)
			r->after_ms /= 1000;
	} else if (http_header(r, "retry-after", value, sizeof(value))) {
		r->after_ms = retry_after(value, clock_wall_ms() / 1000);
	}
}

int
http_head_line(struct http_head *h, const char *p, size_t n, struct err *e)
{
	struct buf *b = &h->r->headers;

	/* Those of interim replies and trailers, too. */
	h->read += n;
	if (h->read > HTTP_HEADER_MAX)
		return err_set(e, ERR_PROTOCOL, "the headers of the reply "
		    "are longer than %zu bytes", HTTP_HEADER_MAX);
	if (h->done)
		return 0;		/* a trailer */
	if (n > 5 && memcmp(p, "HTTP/", 5) == 0) {
		const char *s = memchr(p, ' ', n);

		buf_reset(b);
		h->status = 0;
		for (s += s != NULL; s != NULL && s < p + n &&
		    *s >= '0' && *s <= '9' && h->status < 1000; s++)
			h->status = h->status * 10 + (*s - '0');
		return 0;
	}
	while (n > 0 && (p[n - 1] == '\n' || p[n - 1] == '\r'))
		n--;
	if (n == 0) {
		if (h->status >= 200)	/* else more headers follow */
			end_of_head(h);
		return 0;
	}
	buf_add(b, p, strnlen(p, n));
	buf_addc(b, '\n');
	return 0;
}

/* Sockets that no child of ours inherits, to where the guard says. */
static curl_socket_t
on_socket(void *arg, curlsocktype purpose, struct curl_sockaddr *a)
{
	const struct http_guard *g = arg;

	(void)purpose;
	if (g != NULL && g->proxy == NULL &&
	    !g->admit(g->arg, &a->addr, a->addrlen))
		return CURL_SOCKET_BAD;
	return socket(a->family, a->socktype | SOCK_CLOEXEC, a->protocol);
}

#if LIBCURL_VERSION_NUM >= 0x075000
/* The second look: a connection, kept or new, before it is used. */
static int
on_peer(void *arg, char *peer, char *ours, int port, int our_port)
{
	const struct http_guard *g = arg;
	struct sockaddr_storage sa;
	socklen_t n = addr_parse(peer, port, &sa);

	(void)ours;
	(void)our_port;
	return n != 0 && g->admit(g->arg, (struct sockaddr *)&sa, n) ?
	    CURL_PREREQFUNC_OK : CURL_PREREQFUNC_ABORT;
}
#endif

static void
set_guard(CURL *c, const struct http_guard *g)
{
	if (g == NULL)
		return;
	curl_easy_setopt(c, CURLOPT_PROXY, g->proxy != NULL ? g->proxy : "");
	curl_easy_setopt(c, CURLOPT_OPENSOCKETDATA, (void *)(uintptr_t)g);
	if (g->proxy != NULL)
		return;
#if LIBCURL_VERSION_NUM >= 0x075000
	curl_easy_setopt(c, CURLOPT_PREREQFUNCTION, on_peer);
	curl_easy_setopt(c, CURLOPT_PREREQDATA, (void *)(uintptr_t)g);
#endif
}

int
http_easy_headers(const struct http_request *q, struct curl_slist **out,
    struct err *e)
{
	/* Never wait for a server's leave to send the body. */
	struct curl_slist *list = curl_slist_append(NULL, "Expect:");

	for (size_t i = 0; q->headers != NULL && q->headers[i] != NULL; i++) {
		const char *s = q->headers[i];
		int name = (int)strcspn(s, ":;");

		if (strpbrk(s, "\r\n") != NULL) {
			curl_slist_free_all(list);
			return err_set(e, ERR_CONFIG, "the value of the "
			    "header %.*s holds a line break", name, s);
		}
		list = curl_slist_append(list, s);
	}
	*out = list;
	return 0;
}

static void
set_method(CURL *c, const struct http_request *q)
{
	const char *m = q->method;

	if (m == NULL)
		m = q->body != NULL ? "POST" : "GET";
	if (strcmp(m, "HEAD") == 0) {
		curl_easy_setopt(c, CURLOPT_NOBODY, 1L);
	} else if (q->body != NULL || strcmp(m, "POST") == 0) {
		curl_easy_setopt(c, CURLOPT_POST, 1L);
		curl_easy_setopt(c, CURLOPT_POSTFIELDSIZE_LARGE,
		    (curl_off_t)(q->body != NULL ? q->len : 0));
		curl_easy_setopt(c, CURLOPT_POSTFIELDS,
		    q->body != NULL ? q->body : "");
	}
	if (strcmp(m, "GET") != 0 && strcmp(m, "POST") != 0 &&
	    strcmp(m, "HEAD") != 0)
		curl_easy_setopt(c, CURLOPT_CUSTOMREQUEST, m);
}

static void
set_connection(CURL *c, const struct http_request *q)
{
	int64_t ms = q->connect_ms == 0 ? HTTP_CONNECT_MS : q->connect_ms;
	const char *ca = getenv("SSL_CERT_FILE");

#if LIBCURL_VERSION_NUM >= 0x075500
	curl_easy_setopt(c, CURLOPT_PROTOCOLS_STR, "http,https");
#else
	curl_easy_setopt(c, CURLOPT_PROTOCOLS,
	    (long)(CURLPROTO_HTTP | CURLPROTO_HTTPS));
#endif
#if LIBCURL_VERSION_NUM >= 0x075700
	/* Do not wait for a name server once we have given up. */
	curl_easy_setopt(c, CURLOPT_QUICK_EXIT, 1L);
#endif
	curl_easy_setopt(c, CURLOPT_HTTP_VERSION,
	    (long)CURL_HTTP_VERSION_1_1);
	curl_easy_setopt(c, CURLOPT_NOSIGNAL, 1L);
	curl_easy_setopt(c, CURLOPT_FOLLOWLOCATION, 0L);
	curl_easy_setopt(c, CURLOPT_TCP_KEEPALIVE, 1L);
	curl_easy_setopt(c, CURLOPT_SUPPRESS_CONNECT_HEADERS, 1L);
	curl_easy_setopt(c, CURLOPT_CONNECTTIMEOUT_MS,
	    (long)(ms < 0 || ms > INT_MAX ? INT_MAX : ms));
	curl_easy_setopt(c, CURLOPT_OPENSOCKETFUNCTION, on_socket);
	if (ca != NULL && *ca != '\0')
		curl_easy_setopt(c, CURLOPT_CAINFO, ca);
	if (http_is_loopback(q->url))
		curl_easy_setopt(c, CURLOPT_PROXY, "");
	set_guard(c, q->guard);
}

void
http_easy_setup(CURL *c, const struct http_request *q,
    struct curl_slist *headers)
{
	curl_easy_setopt(c, CURLOPT_URL, q->url);
	curl_easy_setopt(c, CURLOPT_HTTPHEADER, headers);
	/* Asks for no compression, but undoes it when it comes. */
	curl_easy_setopt(c, CURLOPT_ACCEPT_ENCODING, "identity");
	set_method(c, q);
	set_connection(c, q);
}
