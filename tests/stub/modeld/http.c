/*
 * http.c - reading a request: request line, headers, a body by length or in
 * chunks.  It is as lenient as a test server may be and looks at nothing twice.
 */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "md.h"

const char *
request_header(const struct request *r, const char *name)
{
	for (size_t i = 0; i < r->headers.n; i++)
		if (strcasecmp(r->headers.v[i].key, name) == 0)
			return r->headers.v[i].val;
	return NULL;
}

static void
header_add(struct request *r, const char *s, const char *end)
{
	const char *colon = memchr(s, ':', (size_t)(end - s));

	if (colon == NULL)
		return;
	struct list *l = &r->headers;
	l->v = grow(l->v, (l->n + 1) * sizeof *l->v);
	char *key = dup_range(s, (size_t)(colon - s));
	for (char *k = key; *k; k++)
		*k = (char)tolower((unsigned char)*k);
	for (colon++; colon < end && *colon == ' '; colon++)
		;
	l->v[l->n++] = (struct pair){ key, dup_range(colon,
	    (size_t)(end - colon)) };
}

/* A chunked body: bytes used, 0 for more, -1 for nonsense. */
static long
chunks(struct text *body, const char *s, size_t n)
{
	const char *p = s, *end = s + n;

	for (;;) {
		const char *nl = memchr(p, '\n', (size_t)(end - p));
		if (nl == NULL)
			return 0;
		unsigned long size = strtoul(p, NULL, 16);
		p = nl + 1;
		if (size > 1u << 30)
			return -1;
		if ((size_t)(end - p) < size + 2)
			return 0;
		text_add(body, p, size);
		p += size + 2;
		if (size == 0)
			return p - s;
	}
}

static bool
request_line(struct request *r, const char *s, const char *end)
{
	const char *sp = memchr(s, ' ', (size_t)(end - s));
	const char *sp2 = sp ? memchr(sp + 1, ' ', (size_t)(end - sp - 1)) :
	    NULL;

	if (sp2 == NULL || end - sp2 < 9 || memcmp(sp2 + 1, "HTTP/1.", 7) != 0)
		return false;
	r->method = dup_range(s, (size_t)(sp - s));
	r->path = dup_range(sp + 1, (size_t)(sp2 - sp - 1));
	r->http10 = sp2[8] == '0';
	return true;
}

long
request_parse(struct request *r, const char *s, size_t n)
{
	const char *stop = n > 3 ? memmem(s, n, "\r\n\r\n", 4) : NULL;
	struct text body = { 0 };

	*r = (struct request){ .json = jv_invalid() };
	/* Not even a letter: TLS, most likely. */
	if (n > 0 && !isalpha((unsigned char)*s))
		return -1;
	if (stop == NULL)
		return n > 1 << 20 ? -1 : 0;
	size_t head = (size_t)(stop - s) + 4;
	const char *line = s, *nl = memmem(s, head, "\r\n", 2);
	if (!request_line(r, line, nl))
		return -1;
	for (line = nl + 2; line < stop; line = nl + 2) {
		nl = memmem(line, (size_t)(s + head - line), "\r\n", 2);
		header_add(r, line, nl);
	}
	const char *c = request_header(r, "connection");
	r->keep_alive = c ? strcasecmp(c, "close") != 0 : !r->http10;

	const char *te = request_header(r, "transfer-encoding");
	const char *cl = request_header(r, "content-length");
	long used = 0;
	if (te != NULL && strcasecmp(te, "chunked") == 0) {
		used = chunks(&body, s + head, n - head);
		if (used <= 0) {
			text_free(&body);
			return used;
		}
	} else {
		used = cl ? strtol(cl, NULL, 10) : 0;
		if (used < 0 || used > 1 << 30)
			return -1;
		if (n - head < (size_t)used)
			return 0;
		text_add(&body, s + head, (size_t)used);
	}
	r->body = body.p;
	r->body_len = body.len;
	if (r->body_len > 0 && json_fault(r->body, r->body_len) == NULL)
		r->json = jv_parse_sized(r->body, (int)r->body_len);
	return (long)head + used;
}

void
request_free(struct request *r)
{
	free(r->method);
	free(r->path);
	free(r->body);
	for (size_t i = 0; i < r->headers.n; i++) {
		free(r->headers.v[i].key);
		free(r->headers.v[i].val);
	}
	free(r->headers.v);
	jv_free(r->json);
	*r = (struct request){ .json = jv_invalid() };
}

jv
request_get(const struct request *r, const char *key)
{
	if (jv_get_kind(r->json) != JV_KIND_OBJECT)
		return jv_invalid();
	return jv_object_get(jv_copy(r->json), jv_string(key));
}

char *
request_last(const struct request *r, const char *key)
{
	jv all = request_get(r, "messages"), last = jv_invalid();
	char *s = NULL;

	if (jv_get_kind(all) == JV_KIND_ARRAY) {
		int n = jv_array_length(jv_copy(all));
		if (n > 0)
			last = jv_array_get(jv_copy(all), n - 1);
	}
	if (jv_get_kind(last) == JV_KIND_OBJECT) {
		jv v = jv_object_get(jv_copy(last), jv_string(key));
		if (jv_get_kind(v) == JV_KIND_STRING)
			s = dup_range(jv_string_value(v),
			    strlen(jv_string_value(v)));
		jv_free(v);
	}
	jv_free(last);
	jv_free(all);
	return s;
}
