/*
 * fmt_elements.c - calls whose arguments are elements of their own name:
 * <city>Ulm</city>.  MiniMax M3, and by request the notation of editors.
 */
#include "recover/decode.h"

#include "json/js.h"

#include <stdio.h>
#include <string.h>

#define DEPTH	8

struct span {
	const char	*p;
	size_t		 n;
};

/* <NAME> at the start of s: its length, 0 when there is none. */
static size_t
tag(struct span s, struct span *name)
{
	size_t k = 1;

	if (s.n < 3 || s.p[0] != '<')
		return 0;
	while (k < s.n && k < 66 && ((s.p[k] | 0x20) >= 'a' &&
	    (s.p[k] | 0x20) <= 'z'))
		k++;
	while (k > 1 && k < s.n && k < 66 && (s.p[k] == '_' ||
	    s.p[k] == '-' || (s.p[k] >= '0' && s.p[k] <= '9') ||
	    ((s.p[k] | 0x20) >= 'a' && (s.p[k] | 0x20) <= 'z')))
		k++;
	if (k == 1 || k >= s.n || s.p[k] != '>')
		return 0;
	*name = (struct span){ s.p + 1, k - 1 };
	return k + 1;
}

static struct span
trim(struct span s)
{
	while (s.n > 0 && strchr(" \t\r\n", *s.p) != NULL && *s.p != '\0') {
		s.p++;
		s.n--;
	}
	while (s.n > 0 && s.p[s.n - 1] != '\0' &&
	    strchr(" \t\r\n", s.p[s.n - 1]) != NULL)
		s.n--;
	return s;
}

/* The next element of s, which is shortened by it. */
static bool
next(struct span *s, struct span *name, struct span *body)
{
	char open[80], close[80];
	size_t k, depth = 0;

	*s = trim(*s);
	if ((k = tag(*s, name)) == 0)
		return false;
	snprintf(open, sizeof(open), "<%.*s>", (int)name->n, name->p);
	snprintf(close, sizeof(close), "</%.*s>", (int)name->n, name->p);
	for (size_t i = k; i + name->n + 3 <= s->n; i++) {
		if (s->p[i] != '<')
			continue;
		if (memcmp(s->p + i, open, name->n + 2) == 0) {
			depth++;
		} else if (memcmp(s->p + i, close, name->n + 3) == 0 &&
		    depth-- == 0) {
			*body = (struct span){ s->p + k, i - k };
			s->p += i + name->n + 3;
			s->n -= i + name->n + 3;
			return true;
		}
	}
	return false;
}

/* Elements as the object or the array that the schema declares. */
static bool
nested(struct buf *out, jv schema, struct span s, int depth)
{
	bool array = js_str_is(schema, "type", "array");
	jv props = js_get(schema, array ? "items" : "properties");
	struct span name, body;
	bool ok = depth < DEPTH && trim(s).n > 0;
	struct buf b = BUF_INIT;

	if (!array && !js_str_is(schema, "type", "object"))
		ok = false;
	buf_addc(&b, array ? '[' : '{');
	while (ok && trim(s).n > 0) {
		jv sub;

		if (!next(&s, &name, &body)) {
			ok = false;
			break;
		}
		if (array) {
			if (b.len > 1)
				buf_addc(&b, ',');
			sub = js_ref(props);
		} else {
			char key[80];

			snprintf(key, sizeof(key), "%.*s", (int)name.n,
			    name.p);
			dec_member(&b, name.p, name.n);
			sub = js_get(props, key);
		}
		if (!nested(&b, sub, body, depth + 1))
			typed_schema(&b, sub, body.p, body.n);
		js_free(sub);
	}
	buf_addc(&b, array ? ']' : '}');
	if (ok)
		buf_add(out, b.data, b.len);
	buf_free(&b);
	js_free(props);
	return ok;
}

/* What can follow an element stands at d->i. */
static enum dec_status
follows(struct dec *d, const char *close)
{
	size_t keep = d->i;
	struct span name;
	enum dec_status st;

	if (dec_at_end(d)) {
		d->i = keep;
		return DEC_MORE;
	}
	st = dec_lit(d, close);
	if (st == DEC_NO) {
		if (tag((struct span){ d->p + d->i, d->n - d->i }, &name)) {
			jv v = names_param(d->tool, name.p, name.n);

			st = js_is_valid(v) ? DEC_OK : DEC_NO;
			js_free(v);
		} else if (d->p[d->i] == '<' && d->n - d->i < 70 &&
		    !d->final) {
			st = DEC_MORE;
		}
	}
	d->i = keep;
	return st;
}

/* One element at d->i: an argument of d->tool. */
static enum dec_status
element(struct dec *d, const char *close, struct dec_args *a)
{
	struct span name, body;
	struct buf json = BUF_INIT;
	char end[80];
	size_t at, from, k = tag((struct span){ d->p + d->i, d->n - d->i },
	    &name);
	enum dec_status st;
	jv schema;

	if (k == 0)
		return d->n - d->i < 70 && !d->final ? DEC_MORE : DEC_NO;
	snprintf(end, sizeof(end), "</%.*s>", (int)name.n, name.p);
	from = d->i += k;
	body.p = d->p + d->i;
	do {
		if ((st = dec_find(d, end, from, &at)) != DEC_OK)
			return st;
		d->i = from = at + strlen(end);
		st = follows(d, close);
	} while (st == DEC_NO);
	if (st != DEC_OK)
		return st;
	body.n = (size_t)(d->p + at - body.p);
	schema = names_param(d->tool, name.p, name.n);
	if (!nested(&json, schema, body, 0)) {
		/* A value on lines of its own. */
		if ((d->fmt->flags & DEC_ASKED) && body.n > 1 &&
		    body.p[0] == '\n' && body.p[body.n - 1] == '\n') {
			body.p++;
			body.n -= 2;
		}
		typed_schema(&json, schema, body.p, body.n);
	}
	dec_args_set(a, name.p, name.n, &json);
	js_free(schema);
	buf_free(&json);
	return DEC_OK;
}

static enum dec_status
elements(struct dec *d, const char *close)
{
	struct dec_args a = { VEC_INIT, VEC_INIT };
	enum dec_status st;

	for (;;) {
		if (dec_peek(d) == '\0') {
			st = DEC_MORE;
			break;
		}
		if ((st = dec_lit(d, close)) != DEC_NO)
			break;
		if ((st = element(d, close, &a)) != DEC_OK)
			break;
	}
	if (st == DEC_OK)
		dec_args_call(d, &a);
	vec_free(&a.keys);
	vec_free(&a.values);
	return st;
}

/* <NAME> of an offered tool, at d->p. */
static enum dec_status
editor(struct dec *d)
{
	struct span name;
	char close[80];
	size_t k = tag((struct span){ d->p, d->n }, &name);
	enum names_how how;
	enum dec_status st;

	if (k == 0)
		return d->n < 70 && !d->final &&
		    memchr(d->p, ' ', d->n) == NULL ? DEC_MORE : DEC_NO;
	if ((d->tool = names_find(d->names, name.p, name.n, false, &how)) ==
	    NULL)
		return DEC_NO;
	d->begun = true;
	d->i = k;
	snprintf(close, sizeof(close), "</%.*s>", (int)name.n, name.p);
	st = elements(d, close);
	return st == DEC_OK ? dec_done(d) : st;
}

enum dec_status
fmt_elements(struct dec *d)
{
	static const char *const closers[] = { "</tool_call>",
	    "</minimax:tool_call>", NULL };
	const char *q;
	size_t end;
	enum dec_status st;

	if (d->fmt->flags & DEC_ASKED)
		return editor(d);
	d->i = d->skip;
	for (;;) {
		dec_peek(d);
		if ((st = dec_lit(d, "<invoke name=\"")) != DEC_OK)
			break;
		q = memchr(d->p + d->i, '"', d->n - d->i);
		if (q == NULL)
			return DEC_MORE;
		if (!dec_tool(d, d->p + d->i, (size_t)(q - d->p) - d->i))
			return DEC_NO;
		d->i = (size_t)(q - d->p) + 1;
		if ((st = dec_lit(d, ">")) != DEC_OK ||
		    (st = elements(d, "</invoke>")) != DEC_OK)
			return st;
	}
	if (st == DEC_MORE || d->ncalls == 0)
		return st;
	end = d->i;
	st = dec_any(d, closers);
	if (st == DEC_MORE || (d->i >= d->n && !d->final))
		return st == DEC_OK ? dec_done(d) : DEC_MORE;
	if (st == DEC_NO)
		d->i = end;
	return dec_done(d);
}
