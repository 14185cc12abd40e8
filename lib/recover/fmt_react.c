/*
 * fmt_react.c - ReAct, which prompts teach, and the list that Command R
 * writes in its place.
 */
#include "recover/decode.h"

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
	if ((st = dec_line(d, &p, &n)) != DEC_OK)
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
		st = dec_object(d, stops);
	else if (c == '\0' || c == 'O' || (st = dec_lit(d, "None")) == DEC_OK)
		shape_args(d, "null", 4, NULL, 0);
	if (st == DEC_MORE || st == DEC_NO)
		return st;
	while (dec_peek(d) == '`')
		d->i++;
	return dec_end_or(d, results);
}
