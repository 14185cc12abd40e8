/*
 * guard.c - which requests may come in at all.
 */
#include "serve/guard.h"

#include <arpa/inet.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "core/ids.h"

static bool
is_token(const char *p, size_t n)
{
	static const char set[] = "!#$%&'*+-.^_`|~";

	for (size_t i = 0; i < n; i++) {
		char c = p[i];

		if (!((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
		    (c >= '0' && c <= '9') ||
		    (c != '\0' && strchr(set, c) != NULL)))
			return false;
	}
	return n > 0;
}

static bool
is(const char *p, size_t n, const char *name)
{
	return strlen(name) == n && strncasecmp(p, name, n) == 0;
}

static void
see_length(struct guard_head *h, const char *v, size_t n)
{
	int64_t len = 0;

	h->lengths++;
	if (n == 0 || n > 18)
		h->odd = true;
	for (size_t i = 0; i < n && !h->odd; i++) {
		if (v[i] < '0' || v[i] > '9')
			h->odd = true;
		else
			len = len * 10 + (v[i] - '0');
	}
	h->length = len;
}

void
guard_see(struct guard_head *h, const char *name, size_t nn,
    const char *value, size_t nv)
{
	if (!is_token(name, nn) || strlen(value) != nv)
		h->odd = true;
	for (size_t i = 0; i < nv; i++)
		if (((unsigned char)value[i] < ' ' && value[i] != '\t') ||
		    value[i] == 0x7f)
			h->odd = true;
	if (is(name, nn, "host")) {
		h->hosts++;
		if (nv >= sizeof(h->host))
			h->odd = true;
		else
			memcpy(h->host, value, nv + 1);
	} else if (is(name, nn, "content-length")) {
		see_length(h, value, nv);
	} else if (is(name, nn, "transfer-encoding")) {
		h->codings++;
		h->chunked = is(value, nv, "chunked");
	} else if (is(name, nn, "origin")) {
		h->origins++;
		h->origin = value;
	} else if (is(name, nn, "authorization")) {
		h->auths++;
		h->auth = value;
	} else if (is(name, nn, "x-api-key")) {
		h->key = value;
	}
}

/* The host of "host:port" or "[host]:port" in out; false when malformed. */
static bool
split(char out[264], const char *s)
{
	size_t n;
	const char *port;

	if (*s == '[') {
		n = strcspn(s, "]");
		if (s[n] != ']')
			return false;
		n++;
	} else {
		n = strcspn(s, ":");
	}
	if (n == 0 || n >= 264)
		return false;
	memcpy(out, s, n);
	out[n] = '\0';
	port = s + n;
	if (*port == '\0')
		return true;
	return *port == ':' && strspn(port + 1, "0123456789") ==
	    strlen(port + 1) && strlen(port) <= 6;
}

/* An address in numbers: no name that somebody else could direct here. */
static bool
is_address(const char *host, bool *loopback)
{
	struct in6_addr six;
	struct in_addr four;
	char bare[264];
	size_t n = strlen(host);

	*loopback = false;
	if (inet_pton(AF_INET, host, &four) == 1) {
		*loopback = ntohl(four.s_addr) >> 24 == 127;
		return true;
	}
	if (n < 3 || host[0] != '[')
		return false;
	memcpy(bare, host + 1, n - 2);
	bare[n - 2] = '\0';
	if (inet_pton(AF_INET6, bare, &six) != 1)
		return false;
	*loopback = IN6_IS_ADDR_LOOPBACK(&six);
	return true;
}

bool
guard_is_loopback(const char *host)
{
	char name[264];
	bool loopback = false;

	if (!split(name, host))
		return false;
	if (strcasecmp(name, "localhost") == 0)
		return true;
	return is_address(name, &loopback) && loopback;
}

bool
guard_knows_host(const struct guard *g, const char *host)
{
	char name[264];
	bool loopback, all;

	if (!split(name, host))
		return false;
	if (guard_is_loopback(host) || strcasecmp(name, g->bound) == 0)
		return true;
	for (size_t i = 0; i < g->hosts.n; i++)
		if (strcasecmp(name, g->hosts.v[i]) == 0)
			return true;
	all = strcmp(g->bound, "0.0.0.0") == 0 ||
	    strcmp(g->bound, "[::]") == 0;
	return all && is_address(name, &loopback);
}

bool
guard_same(const char *a, const char *b)
{
	char x[65], y[65];
	unsigned char diff = 0;

	/* Of equal length, and nothing learnt about the one helps to guess
	 * the other. */
	ids_sha256(x, a, strlen(a));
	ids_sha256(y, b, strlen(b));
	for (size_t i = 0; i < sizeof(x); i++)
		diff |= (unsigned char)(x[i] ^ y[i]);
	return diff == 0;
}

static bool
has_token(const struct guard *g, const struct guard_head *h)
{
	const char *given = h->key;

	if (h->auth != NULL && strncasecmp(h->auth, "Bearer ", 7) == 0)
		given = h->auth + 7 + strspn(h->auth + 7, " ");
	return given != NULL && guard_same(given, g->token);
}

struct guard_verdict
guard_judge(const struct guard *g, const struct guard_head *h, bool open)
{
	if (h->odd || h->hosts > 1 || h->lengths > 1 || h->codings > 1 ||
	    h->auths > 1 || h->origins > 1 ||
	    (h->codings > 0 && (h->lengths > 0 || !h->chunked)))
		return (struct guard_verdict){ 400, "bad_head",
		    "the head of the request is malformed or ambiguous" };
	if (h->hosts == 0)
		return (struct guard_verdict){ 400, "no_host",
		    "the request has no Host header" };
	if (!guard_knows_host(g, h->host))
		return (struct guard_verdict){ 403, "unknown_host",
		    "this server does not go by that name; try "
		    "http://127.0.0.1, or start it with --host=NAME" };
	if (h->origin != NULL && !vec_has(&g->origins, h->origin))
		return (struct guard_verdict){ 403, "origin",
		    "requests of web pages are refused; the server's "
		    "--allow-origin lets one in" };
	if (g->token != NULL && !open && !has_token(g, h))
		return (struct guard_verdict){ 401, "invalid_token",
		    "this server wants its token: Authorization: Bearer "
		    "TOKEN" };
	if (h->length > (int64_t)g->body_max)
		return (struct guard_verdict){ 413, "too_large",
		    "the body is larger than the server takes" };
	return (struct guard_verdict){ 0, NULL, NULL };
}
