/*
 * fmt_wrap.c - JSON or Python between marks: the table of formats that
 * differ in nothing but their marks.
 */
#include "recover/decode.h"
#include "recover/wrap.h"

#include <string.h>

/* The body made no sense: text as far as its closer. */
static enum dec_status
nonsense(struct dec *d, const struct wrap *w, char first)
{
	size_t at, best = 0;
	const char *closer = NULL;

	if (first != '{' && first != '[')
		return DEC_NO;
	for (size_t i = 0; w->close[i] != NULL; i++) {
		if (dec_find(d, w->close[i], d->i, &at) != DEC_OK ||
		    (closer != NULL && at >= best))
			continue;
		closer = w->close[i];
		best = at;
	}
	if (closer == NULL)
		return d->final || w->close[0] == NULL ? DEC_NO : DEC_MORE;
	d->i = best + strlen(closer);
	dec_refuse(d, "no JSON that could be read");
	return DEC_TEXT;
}

enum dec_status
fmt_wrap(struct dec *d)
{
	const struct wrap *w = d->fmt->arg;
	enum dec_status st;
	char first;

	d->i = d->skip;
	first = dec_peek(d);
	if (first == '\0')
		return DEC_MORE;
	/* A list needs no closer here; an object is Hermes' matter. */
	if (d->p[1] == 't' && (w->how & SHAPE_OPEN) && first != '[')
		return DEC_NO;
	d->begun = true;
	if (w->empty && first == '<' && (st = dec_any(d, w->close)) != DEC_NO)
		return st;
	st = shape_body(d, w->close, w->how);
	return st == DEC_NO ? nonsense(d, w, first) : st;
}
