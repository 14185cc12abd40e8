/*
 * fmt_kimi.c - Kimi K2: calls between special tokens, with an id that holds
 * the tool's name.
 */
#include "recover/decode.h"

/* functions.NAME:INDEX */
static enum dec_status
kimi_call(struct dec *d)
{
	static const char *const stops[] = { "<|tool_call", NULL };
	struct jsonfix j = JSONFIX_INIT;
	const char *id;
	size_t nid, n;
	enum dec_status st;

	dec_peek(d);
	if ((st = dec_name(d, &id, &nid)) != DEC_OK)
		return st;
	for (n = nid; n > 0 && id[n - 1] >= '0' && id[n - 1] <= '9'; n--)
		;
	n = n > 1 && n < nid && id[n - 1] == ':' ? n - 1 : nid;
	dec_peek(d);
	st = dec_lit(d, "<|tool_call_argument_begin|>");
	if (st != DEC_OK)
		return st;
	d->begun = true;
	if (dec_peek(d) == '\0')
		return DEC_MORE;
	dec_tool(d, id, n);
	st = dec_json(d, &j, stops);
	if (st == DEC_OK)
		shape_args(d, j.text.data, j.text.len, id, nid);
	jsonfix_free(&j);
	return st;
}

enum dec_status
fmt_kimi(struct dec *d)
{
	enum dec_status st;
	bool section;

	d->i = 0;
	st = dec_lit(d, "<|tool_calls_section_begin|>");
	section = st == DEC_OK;
	while (st != DEC_MORE) {
		dec_peek(d);
		st = dec_lit(d, "<|tool_call_begin|>");
		if (st != DEC_OK)
			break;
		if ((st = kimi_call(d)) != DEC_OK)
			return st;
		if (dec_mark(d, "<|tool call end|>") == DEC_MORE)
			return DEC_MORE;
	}
	if (st == DEC_MORE)
		return st;
	if (d->ncalls + d->refused == 0)
		return d->i < d->n || d->final ? DEC_NO : DEC_MORE;
	st = dec_mark(d, "<|tool calls section end|>");
	if (st == DEC_MORE || (st == DEC_NO && section &&
	    dec_missing(d) == DEC_MORE))
		return DEC_MORE;
	return dec_done(d);
}
