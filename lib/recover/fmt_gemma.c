/*
 * fmt_gemma.c - call:NAME{key:value,...} of Gemma 4 and FunctionGemma.
 *
 * Keys have no quotes; a string stands between two tokens and holds no
 * escapes.  Strings in plain quotes, as in JSON, occur as well.
 */
#include "recover/decode.h"

#include "json/js.h"

#include <string.h>

#define DEPTH	50

struct gemma {
	struct dec	*d;
	const char	*quote;		/* the token around strings */
	struct buf	*out;
	int		 depth;
};

static enum dec_status	value(struct gemma *g, jv schema);

/* A string between two tokens, its text to *p and *n. */
static enum dec_status
quoted(struct gemma *g, const char **p, size_t *n)
{
	struct dec *d = g->d;
	size_t start, at;
	enum dec_status st = dec_lit(d, g->quote);

	if (st != DEC_OK)
		return st;
	start = d->i;
	if ((st = dec_find(d, g->quote, start, &at)) != DEC_OK)
		return st;
	*p = d->p + start;
	*n = at - start;
	d->i = at + strlen(g->quote);
	return DEC_OK;
}

static enum dec_status
key(struct gemma *g, const char **p, size_t *n)
{
	struct dec *d = g->d;
	enum dec_status st = quoted(g, p, n);
	size_t k;

	if (st != DEC_NO)
		return st;
	for (k = d->i; k < d->n && k - d->i < 128 && d->p[k] != ':' &&
	    d->p[k] != '\n' && d->p[k] != '}' && d->p[k] != ','; k++)
		;
	d->far = k > d->far ? k : d->far;
	if (k == d->n)
		return DEC_MORE;
	*p = d->p + d->i;
	*n = k - d->i;
	if (*n > 1 && **p == '"' && (*p)[*n - 1] == '"') {
		++*p;
		*n -= 2;
	}
	d->i = k;
	return *n > 0 ? DEC_OK : DEC_NO;
}

static jv
param(jv schema, const char *p, size_t n)
{
	jv props = js_get(schema, "properties");
	char k[130] = "";
	jv v;

	if (n < sizeof(k))
		memcpy(k, p, n);
	v = js_get(props, k);
	js_free(props);
	return v;
}

static enum dec_status
object(struct gemma *g, jv schema)
{
	struct dec *d = g->d;
	enum dec_status st;
	const char *p;
	size_t n;
	char c;
	jv sub;

	buf_addc(g->out, '{');
	d->i++;
	for (;;) {
		if ((c = dec_peek(d)) == '}' || c == '\0')
			break;
		if ((st = key(g, &p, &n)) != DEC_OK)
			return st;
		if ((c = dec_peek(d)) != ':')
			return c == '\0' ? DEC_MORE : DEC_NO;
		d->i++;
		dec_member(g->out, p, n);
		sub = param(schema, p, n);
		st = value(g, sub);
		js_free(sub);
		if (st != DEC_OK)
			return st;
		if ((c = dec_peek(d)) == ',')
			d->i++;
		else if (c != '}')
			break;
	}
	if (c != '}')
		return c == '\0' ? DEC_MORE : DEC_NO;
	d->i++;
	buf_addc(g->out, '}');
	return DEC_OK;
}

static enum dec_status
array(struct gemma *g, jv schema)
{
	struct dec *d = g->d;
	jv items = js_get(schema, "items");
	enum dec_status st = DEC_OK;
	bool first = true;
	char c;

	buf_addc(g->out, '[');
	d->i++;
	while ((c = dec_peek(d)) != ']' && c != '\0') {
		if (!first)
			buf_addc(g->out, ',');
		first = false;
		if ((st = value(g, items)) != DEC_OK)
			break;
		if ((c = dec_peek(d)) == ',')
			d->i++;
		else if (c != ']')
			break;
	}
	js_free(items);
	if (st != DEC_OK)
		return st;
	if (c != ']')
		return c == '\0' ? DEC_MORE : DEC_NO;
	d->i++;
	buf_addc(g->out, ']');
	return DEC_OK;
}

/* A number, a word, or a string without any quotes. */
static enum dec_status
plain(struct gemma *g, jv schema)
{
	struct dec *d = g->d;
	struct jsonfix j = JSONFIX_INIT;
	struct buf b = BUF_INIT;
	size_t k = d->i, n;

	while (k < d->n && d->p[k] != ',' && d->p[k] != '}' &&
	    d->p[k] != ']' && d->p[k] != '\n' && d->p[k] != '<')
		k++;
	d->far = k > d->far ? k : d->far;
	if (k == d->n)
		return DEC_MORE;
	n = k - d->i;
	if (n == 0 || d->p[k] == '\n' || d->p[k] == '<')
		return DEC_NO;
	buf_add(&b, d->p + d->i, n);
	buf_addc(&b, ' ');
	if (jsonfix_read(&j, b.data, b.len, NULL, true) == JSONFIX_OK &&
	    j.len + 1 >= n)
		buf_add(g->out, j.text.data, j.text.len);
	else
		typed_schema(g->out, schema, d->p + d->i, n);
	d->i = k;
	buf_free(&b);
	jsonfix_free(&j);
	return DEC_OK;
}

static enum dec_status
value(struct gemma *g, jv schema)
{
	struct dec *d = g->d;
	struct jsonfix j = JSONFIX_INIT;
	char c = dec_peek(d);
	const char *p;
	size_t n;
	enum dec_status st;

	if (c == '\0')
		return DEC_MORE;
	if (g->depth >= DEPTH)
		return DEC_NO;
	g->depth++;
	st = quoted(g, &p, &n);
	if (st == DEC_OK) {
		js_quote(g->out, p, n);
	} else if (st == DEC_NO && c == '{') {
		st = object(g, schema);
	} else if (st == DEC_NO && c == '[') {
		st = array(g, schema);
	} else if (st == DEC_NO && c == '"') {
		st = dec_json(d, &j, NULL);
		if (st == DEC_OK)
			buf_add(g->out, j.text.data, j.text.len);
		jsonfix_free(&j);
	} else if (st == DEC_NO) {
		st = plain(g, schema);
	}
	g->depth--;
	return st;
}

static enum dec_status
one_call(struct dec *d, const char *quote)
{
	struct buf args = BUF_INIT;
	struct gemma g = { d, quote, &args, 0 };
	const char *p;
	size_t n;
	enum dec_status st;

	dec_peek(d);
	if ((st = dec_lit(d, "call:")) != DEC_OK ||
	    (st = dec_name(d, &p, &n)) != DEC_OK)
		return d->i >= d->n ? DEC_MORE : st;
	d->begun = true;
	dec_tool(d, p, n);
	if (dec_peek(d) != '{')
		return d->i >= d->n ? DEC_MORE : DEC_NO;
	st = object(&g, d->tool != NULL ? d->tool->params : js_none());
	if (st == DEC_OK)
		dec_call(d, args.data, args.len, NULL, 0);
	buf_free(&args);
	return st;
}

enum dec_status
fmt_gemma(struct dec *d)
{
	static const char *const closers[] = { "<tool_call|>",
	    "<end_function_call>", NULL };
	bool old = d->p[1] == 's', closed = false;
	enum dec_status st;
	size_t end;

	d->i = d->skip;
	if ((st = one_call(d, old ? "<escape>" : "<|\"|>")) != DEC_OK)
		return st;
	do {
		end = d->i;
		if (dec_at_end(d) && d->final && d->cut && !closed)
			return DEC_MORE;
		st = dec_any(d, closers);
		closed |= st == DEC_OK;
	} while (st == DEC_OK);
	if (st == DEC_MORE)
		return st;
	d->i = end;
	return dec_done(d);
}
