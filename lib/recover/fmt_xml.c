/*
 * fmt_xml.c - calls in tags: a tag with the tool's name around one tag for
 * each argument, or around a JSON object.
 *
 * These look like XML and are not: nothing is escaped, and a value may hold
 * any tag, its own closing tag too.  So a closing tag counts only where
 * what follows it can follow an argument, and a whole call within a value
 * is part of the value.
 */
#include "recover/decode.h"
#include "recover/xml.h"

#include <string.h>

#define NAME_MAX_LEN	256

/* The literal at k: DEC_OK, DEC_MORE when it may be, DEC_NO. */
static enum dec_status
at(struct dec *d, size_t k, const char *s)
{
	size_t keep = d->i;
	enum dec_status st;

	d->i = k;
	st = dec_lit(d, s);
	d->i = keep;
	return st;
}

static enum dec_status
at_any(struct dec *d, size_t k, const char *const *list)
{
	size_t keep = d->i;
	enum dec_status st;

	d->i = k;
	st = dec_any(d, list);
	d->i = keep;
	return st;
}

/* The offset of the first character that is not blank. */
static size_t
blanks(struct dec *d, size_t k)
{
	size_t keep = d->i;

	d->i = k;
	dec_peek(d);
	k = d->i;
	d->i = keep;
	return k;
}

/* What can follow a value's closing tag stands at k. */
static enum dec_status
follows(struct dec *d, const struct xml *g, size_t k)
{
	const char *const list[] = { g->par_open, g->block_close,
	    g->par_close, NULL };
	enum dec_status st;

	k = blanks(d, k);
	if (k >= d->n)
		return d->final && !d->cut ? DEC_OK : DEC_MORE;
	st = at_any(d, k, list);
	return st != DEC_NO ? st : at_any(d, k, g->wrap_close);
}

/* What can follow a block stands at k. */
static enum dec_status
block_follows(struct dec *d, const struct xml *g, size_t k)
{
	const char *const list[] = { g->block_open, NULL };
	enum dec_status st;

	k = blanks(d, k);
	if (k >= d->n)
		return d->final && !d->cut ? DEC_OK : DEC_MORE;
	st = at_any(d, k, list);
	if (st == DEC_NO)
		st = at_any(d, k, g->wrap_close);
	return st != DEC_NO ? st : at_any(d, k, g->wrap_open);
}

/* A name up to end, not over a line; DEC_OK leaves d->i behind end. */
static enum dec_status
name_to(struct dec *d, const char *end, const char **p, size_t *n)
{
	size_t k = d->i, start = d->i;

	while (k < d->n && k - start < NAME_MAX_LEN && d->p[k] != *end &&
	    d->p[k] != '\n' && d->p[k] != '<' && d->p[k] != '{')
		k++;
	d->far = k > d->far ? k : d->far;
	if (k == d->n)
		return DEC_MORE;
	if (k - start >= NAME_MAX_LEN)
		return DEC_NO;
	d->i = k;
	*p = d->p + start;
	for (*n = k - start; *n > 0 && (*p)[*n - 1] == ' '; (*n)--)
		;
	return *n > 0 ? dec_lit(d, end) : DEC_NO;
}

/* A quoted name and the rest of the tag; text="x" goes to *text. */
static enum dec_status
attr_name(struct dec *d, const char **p, size_t *n, int *text)
{
	char quote[2] = { 0, 0 };
	size_t k, start;
	enum dec_status st;

	if (d->i >= d->n)
		return DEC_MORE;
	quote[0] = d->p[d->i];
	if (quote[0] != '"' && quote[0] != '\'')
		return DEC_NO;
	d->i++;
	if ((st = name_to(d, quote, p, n)) != DEC_OK)
		return st;
	start = k = d->i;
	while (k < d->n && k - start < 64 && d->p[k] != '>' &&
	    d->p[k] != '\n')
		k++;
	d->far = k > d->far ? k : d->far;
	if (k == d->n)
		return DEC_MORE;
	if (d->p[k] != '>')
		return DEC_NO;
	if (memmem(d->p + start, k - start, "string=\"true\"", 13) != NULL)
		*text = 1;
	else if (memmem(d->p + start, k - start, "string=\"false\"", 14))
		*text = 0;
	d->i = k + 1;
	return DEC_OK;
}

/* The key of an argument, after its opening; d->i comes to the value. */
static enum dec_status
key(struct dec *d, const struct xml *g, const char **p, size_t *n, int *text)
{
	enum dec_status st;

	*text = -1;
	if (g->style == XML_ATTR)
		return attr_name(d, p, n, text);
	if (g->style == XML_EQUALS)
		return name_to(d, ">", p, n);
	st = name_to(d, "<", p, n);
	if (st != DEC_OK)
		return st;
	d->i--;
	if ((st = dec_lit(d, "</arg_key>")) == DEC_MORE)
		return st;
	dec_peek(d);
	return dec_lit(d, "<arg_value>");
}

/* An opening of an argument at k whose key is declared and not given: the
 * closing tag before it is missing. */
static enum dec_status
fresh_key(struct dec *d, const struct xml *g, size_t k,
    const struct dec_args *a)
{
	size_t keep = d->i, n;
	const char *p;
	int text;
	enum dec_status st;
	jv v;

	if (k == 0 || d->p[k - 1] != '\n' || d->tool == NULL)
		return DEC_NO;
	d->i = k + strlen(g->par_open);
	st = key(d, g, &p, &n, &text);
	d->i = keep;
	if (st != DEC_OK)
		return st;
	v = names_param(d->tool, p, n);
	st = js_is_valid(v) && !dec_args_has(a, p, n) ? DEC_OK : DEC_NO;
	js_free(v);
	return st;
}

struct value {
	size_t	end;		/* of its text */
	size_t	next;		/* behind its closing tag */
	int	depth;		/* of calls within it */
	bool	nest;
};

/* Does the tag at k end the value? */
static enum dec_status
ends(struct dec *d, const struct xml *g, const struct dec_args *a, size_t k,
    struct value *v)
{
	enum dec_status open = v->nest ? at(d, k, g->block_open) : DEC_NO;
	enum dec_status close = at(d, k, g->block_close);
	enum dec_status par = at(d, k, g->par_close), st = DEC_NO;
	size_t n = strlen(g->par_close);

	if (open == DEC_MORE || close == DEC_MORE || par == DEC_MORE)
		return DEC_MORE;
	v->end = v->next = k;
	if (open == DEC_OK) {
		v->depth++;
	} else if (v->depth > 0) {
		v->depth -= close == DEC_OK;
	} else if (par == DEC_OK) {
		st = follows(d, g, k + n);
		v->next = k + n;
	} else if (close == DEC_OK) {
		st = block_follows(d, g, k + strlen(g->block_close));
		d->tags |= st == DEC_OK;
	} else if ((st = at(d, k, g->par_open)) == DEC_OK) {
		st = fresh_key(d, g, k, a);
		d->tags |= st == DEC_OK;
	}
	return st;
}

static enum dec_status
value_end(struct dec *d, const struct xml *g, const struct dec_args *a,
    struct value *v)
{
	for (v->nest = true;; v->nest = false) {
		size_t k = d->i;
		enum dec_status st = DEC_NO;

		v->depth = 0;
		while (k < d->n && st == DEC_NO) {
			const char *q = memchr(d->p + k, '<', d->n - k);

			if (q == NULL)
				break;
			k = (size_t)(q - d->p);
			st = ends(d, g, a, k, v);
			k++;
		}
		d->far = k > d->far ? k : d->far;
		if (st != DEC_NO)
			return st;
		d->far = d->n;
		/* A call within it that never ended is no call. */
		if (!d->final || v->depth == 0)
			return DEC_MORE;
	}
}

static enum dec_status
argument(struct dec *d, const struct xml *g, struct dec_args *a)
{
	struct buf json = BUF_INIT;
	struct value v;
	const char *k, *p;
	size_t nk, n;
	int text;
	enum dec_status st = key(d, g, &k, &nk, &text);

	if (st != DEC_OK || (st = value_end(d, g, a, &v)) != DEC_OK)
		return st;
	p = d->p + d->i;
	n = v.end - d->i;
	if (g->strip && n > 0 && (*p == '\n' ||
	    (n > 1 && p[0] == '\r' && p[1] == '\n'))) {
		n -= *p == '\n' ? 1 : 2;
		p += *p == '\n' ? 1 : 2;
	}
	if (g->strip && n > 0 && p[n - 1] == '\n')
		n -= n > 1 && p[n - 2] == '\r' ? 2 : 1;
	if (text == 1)
		js_quote(&json, p, n);
	else if (text == 0)
		typed_schema(&json, js_none(), p, n);
	else
		typed_value(&json, d->tool, k, nk, p, n);
	if (text == 0) {
		struct jsonfix j = JSONFIX_INIT;
		struct buf s = BUF_INIT;

		/* Declared to be JSON; a blank ends a number. */
		buf_add(&s, p, n);
		buf_addc(&s, ' ');
		if (jsonfix_read(&j, s.data, s.len, NULL, d->repair) ==
		    JSONFIX_OK) {
			buf_reset(&json);
			buf_add(&json, j.text.data, j.text.len);
		}
		buf_free(&s);
		jsonfix_free(&j);
	}
	dec_args_set(a, k, nk, &json);
	buf_free(&json);
	d->i = v.next;
	/* Some models write the closing tag twice. */
	for (;;) {
		dec_peek(d);
		if ((st = dec_lit(d, g->par_close)) != DEC_OK)
			return st == DEC_NO ? DEC_OK : st;
		d->tags = true;
	}
}

/* The end of a block: its closing tag, or what can stand for it. */
static enum dec_status
close_block(struct dec *d, const struct xml *g)
{
	enum dec_status st;

	dec_peek(d);
	if ((st = dec_lit(d, g->block_close)) != DEC_NO)
		return st;
	d->tags = true;
	return block_follows(d, g, d->i);
}

static enum dec_status
json_block(struct dec *d, const struct xml *g)
{
	const char *const stops[] = { g->block_close, g->wrap_close[0],
	    NULL };
	struct jsonfix j = JSONFIX_INIT;
	enum dec_status st = dec_json(d, &j, stops);

	if (st == DEC_OK) {
		shape_args(d, j.text.data, j.text.len, NULL, 0);
		while (dec_peek(d) == '}')
			d->i++;
		st = close_block(d, g);
	}
	jsonfix_free(&j);
	return st;
}

static enum dec_status
arguments(struct dec *d, const struct xml *g)
{
	struct dec_args a = { VEC_INIT, VEC_INIT };
	enum dec_status st;

	for (;;) {
		dec_peek(d);
		if ((st = dec_lit(d, g->par_open)) != DEC_OK)
			break;
		if ((st = argument(d, g, &a)) != DEC_OK)
			break;
	}
	if (st == DEC_NO) {
		st = close_block(d, g);
		if (st == DEC_OK)
			dec_args_call(d, &a);
	}
	vec_free(&a.keys);
	vec_free(&a.values);
	return st;
}

/* One call, after its opening tag's beginning. */
static enum dec_status
block(struct dec *d, const struct xml *g)
{
	const char *p;
	size_t n;
	int text;
	enum dec_status st;
	char c;

	if (g->style == XML_ATTR) {
		st = attr_name(d, &p, &n, &text);
	} else if (g->style == XML_EQUALS) {
		st = name_to(d, ">", &p, &n);
		if (st == DEC_NO && d->i < d->n && d->p[d->i] == '{' &&
		    n > 1 && d->repair) {
			n -= p[n - 1] == '=';
			st = DEC_OK;
		}
	} else {
		dec_peek(d);
		st = dec_name(d, &p, &n);
	}
	if (st != DEC_OK)
		return st;
	c = dec_peek(d);
	if (c == '{' && g->style != XML_PAIRS) {
		dec_tool(d, p, n);
		return json_block(d, g);
	}
	if (c == '\0')
		return d->final ? DEC_NO : DEC_MORE;
	st = at(d, d->i, g->par_open);
	if (st == DEC_NO && (st = at(d, d->i, g->block_close)) == DEC_OK) {
		dec_tool(d, p, n);
		if (g->empty_ok)
			dec_call(d, "{}", 2, NULL, 0);
		else
			shape_args(d, "null", 4, NULL, 0);
		return close_block(d, g);
	}
	if (st != DEC_OK)
		return st;
	dec_tool(d, p, n);
	return arguments(d, g);
}

/* All the wrapping that stands there. */
static enum dec_status
wrapping(struct dec *d, const char *const *list, bool *some)
{
	enum dec_status st;
	size_t end;

	for (;;) {
		end = d->i;
		dec_peek(d);
		st = dec_any(d, list);
		if (st != DEC_OK)
			break;
		*some = true;
	}
	if (st == DEC_NO)
		d->i = end;
	return st == DEC_NO ? DEC_OK : st;
}

static enum dec_status
blocks(struct dec *d, const struct xml *g)
{
	enum dec_status st;
	bool some = false;
	size_t end;

	for (;;) {
		st = block(d, g);
		if (st != DEC_OK)
			return st;
		if ((st = wrapping(d, g->wrap_close, &some)) != DEC_OK)
			return st;
		if (!d->final && blanks(d, d->i) >= d->n)
			return DEC_MORE;
		if (g->single)
			return dec_done(d);
		end = d->i;
		if ((st = wrapping(d, g->wrap_open, &some)) != DEC_OK)
			return st;
		dec_peek(d);
		st = dec_lit(d, g->block_open);
		if (st == DEC_MORE)
			return st;
		if (st == DEC_NO) {
			d->i = end;
			return dec_done(d);
		}
	}
}

enum dec_status
fmt_xml(struct dec *d)
{
	const struct xml *const *list = d->fmt->arg;
	enum dec_status st = DEC_NO, one;
	bool some;

	for (; *list != NULL; list++) {
		d->i = 0;
		one = wrapping(d, (*list)->wrap_open, &some);
		if (one == DEC_OK) {
			if ((*list)->style != XML_PAIRS || d->i == 0)
				dec_peek(d);
			one = dec_lit(d, (*list)->block_open);
		}
		if (one == DEC_OK)
			return blocks(d, *list);
		if (one == DEC_MORE)
			st = DEC_MORE;
	}
	return st;
}
