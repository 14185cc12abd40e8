/*
 * errand.c - what a client asks of the proxy.
 */
#include "netgate/errand.h"

#include <string.h>
#include <strings.h>

/* A piece of the head. */
struct span {
	const char	*p;
	size_t		 n;
};

static int
refuse(struct errand *r, int status, const char *why)
{
	r->status = status;
	r->why = why;
	return -1;
}

void
errand_free(struct errand *r)
{
	buf_free(&r->head);
}

static bool
is_token(struct span s)
{
	for (size_t i = 0; i < s.n; i++) {
		unsigned char c = (unsigned char)s.p[i];

		if (c <= ' ' || c >= 0x7f ||
		    strchr("\"(),/:;<=>?@[\\]{}", c) != NULL)
			return false;
	}
	return s.n > 0;
}

static bool
is(struct span s, const char *word)
{
	return s.n == strlen(word) && strncasecmp(s.p, word, s.n) == 0;
}

/* The next line without its CR LF; false at the empty one. */
static bool
next_line(struct span *rest, struct span *line)
{
	const char *end = memmem(rest->p, rest->n, "\r\n", 2);

	line->p = rest->p;
	line->n = end != NULL ? (size_t)(end - rest->p) : rest->n;
	rest->p += line->n + (end != NULL ? 2 : 0);
	rest->n -= line->n + (end != NULL ? 2 : 0);
	return line->n > 0;
}

/* Decimal digits and nothing else, up to max. */
static bool
number(struct span s, uint64_t max, uint64_t *out)
{
	uint64_t v = 0;

	for (size_t i = 0; i < s.n; i++) {
		if (s.p[i] < '0' || s.p[i] > '9' || i > 17)
			return false;
		v = v * 10 + (uint64_t)(s.p[i] - '0');
	}
	*out = v;
	return s.n > 0 && v <= max;
}

/* host, host:port or [address]:port. */
static int
authority(struct errand *r, struct span s, int port)
{
	const char *colon = s.n > 0 && *s.p == '[' ?
	    memchr(s.p, ']', s.n) : s.p;
	char text[ADMIT_HOST + 2];
	uint64_t v = (uint64_t)port;
	size_t n;

	if (colon == NULL)
		return refuse(r, 400, "the host is malformed");
	colon = memchr(colon, ':', s.n - (size_t)(colon - s.p));
	n = colon != NULL ? (size_t)(colon - s.p) : s.n;
	if (colon != NULL && (!number((struct span){ colon + 1, s.n - n - 1 },
	    65535, &v) || v == 0))
		return refuse(r, 400, "the port is malformed");
	if (v == 0)
		return refuse(r, 400, "a port is missing");
	if (n == 0 || n >= sizeof(text))
		return refuse(r, 400, "the host is malformed");
	memcpy(text, s.p, n);
	text[n] = '\0';
	admit_host(r->host, text);
	if (r->host[0] == '\0')
		return refuse(r, 400, "the host is malformed");
	r->port = (int)v;
	return 0;
}

/* http://authority/path, the only form of a target that is forwarded. */
static int
target(struct errand *r, struct span method, struct span s)
{
	struct span host, path;
	size_t n;

	if (s.n < 8 || strncasecmp(s.p, "http://", 7) != 0)
		return refuse(r, 400, "this is a proxy: it takes CONNECT and "
		    "http URLs");
	host.p = s.p + 7;
	for (n = 0; n < s.n - 7 && strchr("/?#", host.p[n]) == NULL; n++)
		continue;
	host.n = n;
	path.p = host.p + n;
	path.n = s.n - 7 - n;
	if (authority(r, host, 80) == -1)
		return -1;
	if (path.n > 0 && memchr(path.p, '#', path.n) != NULL)
		return refuse(r, 400, "the URL has a fragment");
	buf_add(&r->head, method.p, method.n);
	buf_adds(&r->head, path.n == 0 || *path.p != '/' ? " /" : " ");
	buf_add(&r->head, path.p, path.n);
	buf_adds(&r->head, " HTTP/1.1\r\nHost: ");
	buf_add(&r->head, host.p, host.n);
	buf_adds(&r->head, "\r\nConnection: close\r\n");
	return 0;
}

static int
first_line(struct errand *r, struct span line)
{
	const char *a = memchr(line.p, ' ', line.n);
	const char *b = memrchr(line.p, ' ', line.n);
	struct span method, version, what;

	if (a == NULL || a == b)
		return refuse(r, 400, "the request line is malformed");
	method = (struct span){ line.p, (size_t)(a - line.p) };
	what = (struct span){ a + 1, (size_t)(b - a - 1) };
	version = (struct span){ b + 1, line.n - (size_t)(b + 1 - line.p) };
	if (!is(version, "HTTP/1.1") && !is(version, "HTTP/1.0"))
		return refuse(r, 505, "only HTTP/1.1 is spoken here");
	if (!is_token(method) || method.n > 32 || what.n == 0 ||
	    memchr(what.p, ' ', what.n) != NULL)
		return refuse(r, 400, "the request line is malformed");
	if (method.n != 7 || memcmp(method.p, "CONNECT", 7) != 0)
		return target(r, method, what);
	r->tunnel = true;
	return authority(r, what, 0);
}

/* Whether the Connection headers name this one as theirs. */
static bool
is_of_connection(struct span all, struct span name)
{
	struct span line;

	while (next_line(&all, &line)) {
		const char *end = line.p + line.n, *p = line.p + 11;

		if (line.n < 11 || strncasecmp(line.p, "connection:", 11) != 0)
			continue;
		while (p < end) {
			const char *from;

			while (p < end && strchr(" \t,", *p) != NULL)
				p++;
			for (from = p; p < end && strchr(" \t,", *p) ==
			    NULL; p++)
				continue;
			if ((size_t)(p - from) == name.n &&
			    strncasecmp(from, name.p, name.n) == 0)
				return true;
		}
	}
	return false;
}

static bool
is_ours(struct span name)
{
	static const char *const names[] = { "host", "connection",
	    "keep-alive", "proxy-connection", "proxy-authorization",
	    "proxy-authenticate", "te", "trailer", "upgrade" };

	for (size_t i = 0; i < BASE_NITEMS(names); i++)
		if (is(name, names[i]))
			return true;
	return false;
}

static int
header(struct errand *r, struct span all, struct span line, bool *sized)
{
	const char *colon = memchr(line.p, ':', line.n);
	struct span name, value;

	if (colon == NULL)
		return refuse(r, 400, "a header is malformed");
	name = (struct span){ line.p, (size_t)(colon - line.p) };
	if (!is_token(name))
		return refuse(r, 400, "a header is malformed");
	value = (struct span){ colon + 1, line.n - name.n - 1 };
	while (value.n > 0 && strchr(" \t", *value.p) != NULL) {
		value.p++;
		value.n--;
	}
	while (value.n > 0 && strchr(" \t", value.p[value.n - 1]) != NULL)
		value.n--;
	if (is(name, "transfer-encoding"))
		return refuse(r, 411, "a body without a length is not "
		    "forwarded; over https it is");
	if (is(name, "content-length")) {
		if (*sized || !number(value, UINT64_MAX, &r->body))
			return refuse(r, 400, "the length is malformed");
		*sized = true;
	} else if (is_ours(name) || is_of_connection(all, name)) {
		return 0;
	}
	if (!r->tunnel) {
		buf_add(&r->head, line.p, line.n);
		buf_adds(&r->head, "\r\n");
	}
	return 0;
}

/* No control characters, no line end but CR LF. */
static bool
is_clean(const char *p, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		unsigned char c = (unsigned char)p[i];

		if (c == '\r' && i + 1 < n && p[i + 1] == '\n')
			i++;
		else if ((c < ' ' && c != '\t') || c == 0x7f)
			return false;
	}
	return true;
}

long
errand_read(struct errand *r, const char *p, size_t n)
{
	const char *end = memmem(p, n < ERRAND_HEAD ? n : ERRAND_HEAD,
	    "\r\n\r\n", 4);
	struct span rest, line, all;
	bool sized = false;
	size_t len;

	if (end == NULL) {
		if (n >= ERRAND_HEAD)
			return refuse(r, 431, "the head is too long");
		if (!is_clean(p, n > 0 && p[n - 1] == '\r' ? n - 1 : n))
			return refuse(r, 400, "the head is malformed");
		return 0;
	}
	len = (size_t)(end + 4 - p);
	if (!is_clean(p, len))
		return refuse(r, 400, "the head is malformed");
	rest = (struct span){ p, len - 2 };
	next_line(&rest, &line);
	if (first_line(r, line) == -1)
		return -1;
	all = rest;
	while (next_line(&rest, &line))
		if (header(r, all, line, &sized) == -1)
			return -1;
	if (r->tunnel)
		r->body = 0;
	buf_adds(&r->head, "\r\n");
	return (long)len;
}
