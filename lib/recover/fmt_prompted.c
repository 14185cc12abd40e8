/*
 * fmt_prompted.c - notations that models were taught by prompts: ReAct,
 * Qwen-Agent's first one, Functionary.
 */
#include "recover/decode.h"

#include <string.h>

/* Behind a call the model may have gone on to invent its result. */
static enum dec_status
end_or(struct dec *d, const char *const *results)
{
	enum dec_status st;

	if (dec_at_end(d))
		return d->final ? dec_done(d) : DEC_MORE;
	if ((st = dec_any(d, results)) == DEC_OK) {
		if (!d->final)
			return DEC_MORE;
		d->i = d->n;
		return dec_done(d);
	}
	return st;
}

/* A line's rest without blanks and quotes. */
static enum dec_status
rest_of_line(struct dec *d, const char **p, size_t *n)
{
	size_t at, start;
	enum dec_status st;

	while (d->i < d->n && (d->p[d->i] == ' ' || d->p[d->i] == '\t'))
		d->i++;
	start = d->i;
	if ((st = dec_find(d, "\n", d->i, &at)) != DEC_OK)
		return d->n - start > 256 || d->final ? DEC_NO : st;
	*p = d->p + start;
	*n = at - start;
	d->i = at + 1;
	while (*n > 0 && strchr(" \t\r`\"'", (*p)[*n - 1]) != NULL)
		--*n;
	while (*n > 0 && strchr("`\"'", **p) != NULL) {
		++*p;
		--*n;
	}
	return *n > 0 && *n <= 256 ? DEC_OK : DEC_NO;
}

static enum dec_status
object(struct dec *d, const char *const *stops)
{
	struct jsonfix j = JSONFIX_INIT;
	enum dec_status st = dec_json(d, &j, stops);

	if (st == DEC_OK)
		shape_args(d, j.text.data, j.text.len, NULL, 0);
	jsonfix_free(&j);
	return st;
}

enum dec_status
fmt_react(struct dec *d)
{
	static const char *const results[] = { "Observation:",
	    "Thought:", "Action:", NULL };
	static const char *const stops[] = { "\nObservation:", NULL };
	static const char *const none[] = { "<|END_OF_TURN_TOKEN|>", NULL };
	enum names_how how;
	const char *p;
	size_t n;
	enum dec_status st;
	char c;

	d->i = d->skip;
	c = dec_peek(d);
	if (c == '\0' || (c == '`' && d->n - d->i < 2))
		return d->final ? DEC_NO : DEC_MORE;
	if (c == '[' || (c == '`' && d->n - d->i > 1 &&
	    d->p[d->i + 1] == '`')) {
		/* Command-R writes a list. */
		st = shape_body(d, none, SHAPE_OPEN);
		return st == DEC_OK && d->ncalls == 0 ? DEC_NO : st;
	}
	if ((st = rest_of_line(d, &p, &n)) != DEC_OK)
		return st;
	if (names_find(d->names, p, n, d->repair, &how) == NULL)
		return DEC_NO;
	dec_peek(d);
	if ((st = dec_lit(d, "Action Input:")) != DEC_OK)
		return st;
	dec_tool(d, p, n);
	c = dec_peek(d);
	if (c == '\0' && (!d->final || d->cut))
		return DEC_MORE;
	if (c == '`') {
		size_t at;

		if ((st = dec_find(d, "\n", d->i, &at)) != DEC_OK)
			return st;
		d->i = at + 1;
		c = dec_peek(d);
	}
	if (c == '{')
		st = object(d, stops);
	else if (c == '\0' || c == 'O' || (st = dec_lit(d, "None")) == DEC_OK)
		shape_args(d, "null", 4, NULL, 0);
	if (st == DEC_MORE || st == DEC_NO)
		return st;
	while (dec_peek(d) == '`')
		d->i++;
	return end_or(d, results);
}

enum dec_status
fmt_qwen_agent(struct dec *d)
{
	static const char *const results[] = { "✿RESULT✿", "✿RETURN✿",
	    "✿FUNCTION✿", NULL };
	static const char *const stops[] = { "✿", NULL };
	const char *p;
	size_t n, end;
	enum dec_status st;

	d->i = d->skip;
	for (;;) {
		if ((st = dec_lit(d, ":")) != DEC_OK ||
		    (st = rest_of_line(d, &p, &n)) != DEC_OK)
			return st;
		dec_peek(d);
		if ((st = dec_lit(d, "✿ARGS✿:")) != DEC_OK)
			return st;
		dec_tool(d, p, n);
		if (dec_peek(d) != '{')
			return d->i >= d->n ? DEC_MORE : DEC_NO;
		if ((st = object(d, stops)) != DEC_OK)
			return st;
		end = d->i;
		dec_peek(d);
		if ((st = dec_lit(d, "✿FUNCTION✿")) == DEC_OK)
			continue;
		if (st == DEC_MORE)
			return st;
		st = end_or(d, results);
		if (st == DEC_NO) {
			d->i = end;
			return dec_done(d);
		}
		return st;
	}
}

enum dec_status
fmt_functionary(struct dec *d)
{
	static const char *const stops[] = { ">>>", NULL };
	enum names_how how;
	const char *p;
	size_t n, end;
	enum dec_status st;
	bool marked;

	d->i = 0;
	if ((st = dec_lit(d, ">>>")) == DEC_MORE)
		return st;
	marked = st == DEC_OK;
	if ((st = dec_name(d, &p, &n)) != DEC_OK)
		return st;
	if (marked && n == 3 && memcmp(p, "all", 3) == 0)
		return dec_lit(d, "\n");
	if (names_find(d->names, p, n, false, &how) == NULL)
		return DEC_NO;
	if ((st = dec_lit(d, "\n")) != DEC_OK)
		return st;
	if (dec_peek(d) != '{')
		return d->i >= d->n && !d->final ? DEC_MORE : DEC_NO;
	dec_tool(d, p, n);
	if ((st = object(d, stops)) != DEC_OK)
		return st;
	end = d->i;
	if ((st = dec_tail(d)) != DEC_NO)
		return st == DEC_OK ? dec_done(d) : st;
	dec_peek(d);
	if ((st = dec_lit(d, ">>>")) == DEC_MORE)
		return st;
	if (st == DEC_NO && !marked)
		return DEC_NO;
	d->i = end;
	return dec_done(d);
}
