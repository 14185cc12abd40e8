/*
 * fmt_pythonic.c - calls as Python writes them, without any mark: a list, or
 * one call that is the whole message.
 */
#include "recover/decode.h"

enum dec_status
fmt_pythonic(struct dec *d)
{
	bool list = dec_peek(d) == '[';
	enum dec_status st;

	/* Without brackets only a call that is the whole message counts. */
	if (!list && !d->first && (d->fmt->flags & DEC_BARE))
		return DEC_NO;
	st = shape_python(d, !list);
	if (st != DEC_OK)
		return st;
	if (d->refused)
		return DEC_TEXT;
	return dec_tail(d);
}
