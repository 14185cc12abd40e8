/*
 * fmt_mistral.c - Mistral: a list behind [TOOL_CALLS], or the name and its
 * arguments, in all generations.
 */
#include "recover/decode.h"

/* NAME ([CALL_ID]ID)? ([ARGS])? {...} */
static enum dec_status
mistral_call(struct dec *d)
{
	static const char *const stops[] = { "[TOOL_CALLS]", "</s>", NULL };
	struct jsonfix j = JSONFIX_INIT;
	const char *p, *id = NULL;
	size_t n, nid = 0;
	enum dec_status st = dec_name(d, &p, &n);

	if (st == DEC_OK && (st = dec_lit(d, "[CALL_ID]")) != DEC_MORE)
		st = st == DEC_OK ? dec_name(d, &id, &nid) : DEC_OK;
	if (st == DEC_OK && (st = dec_lit(d, "[ARGS]")) == DEC_NO)
		st = DEC_OK;
	if (st != DEC_OK)
		return st;
	if (dec_peek(d) == '\0')
		return DEC_MORE;
	if (d->p[d->i] != '{')
		return DEC_NO;
	d->begun = true;
	dec_tool(d, p, n);
	st = dec_json(d, &j, stops);
	if (st == DEC_OK)
		shape_args(d, j.text.data, j.text.len, id, nid);
	jsonfix_free(&j);
	return st;
}

enum dec_status
fmt_mistral(struct dec *d)
{
	static const char *const none[] = { "[/TOOL_CALLS]", NULL };
	enum dec_status st;
	size_t end;
	char c;

	d->i = 0;
	for (;;) {
		end = d->i;
		dec_peek(d);
		st = dec_lit(d, "[TOOL_CALLS]");
		if (st == DEC_MORE)
			return st;
		if (st == DEC_NO)
			break;
		c = dec_peek(d);
		if (c == '\0')
			return DEC_MORE;
		if (c == '[' || c == '{')
			return shape_body(d, none, SHAPE_OPEN);
		if ((st = mistral_call(d)) != DEC_OK)
			return st;
	}
	d->i = end;
	return dec_done(d);
}
