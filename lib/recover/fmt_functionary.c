/*
 * fmt_functionary.c - Functionary 3.2: a name on a line, arguments on the
 * next; the first marker may have stood in the prompt.
 */
#include "recover/decode.h"

#include <string.h>

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
	if ((st = dec_object(d, stops)) != DEC_OK)
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
