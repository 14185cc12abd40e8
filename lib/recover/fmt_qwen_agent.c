/*
 * fmt_qwen_agent.c - the first notation of Qwen-Agent, for Qwen 1.5 and 2.
 */
#include "recover/decode.h"

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
		    (st = dec_line(d, &p, &n)) != DEC_OK)
			return st;
		dec_peek(d);
		if ((st = dec_lit(d, "✿ARGS✿:")) != DEC_OK)
			return st;
		dec_tool(d, p, n);
		if (dec_peek(d) != '{')
			return d->i >= d->n ? DEC_MORE : DEC_NO;
		if ((st = dec_object(d, stops)) != DEC_OK)
			return st;
		end = d->i;
		dec_peek(d);
		if ((st = dec_lit(d, "✿FUNCTION✿")) == DEC_OK)
			continue;
		if (st == DEC_MORE)
			return st;
		st = dec_end_or(d, results);
		if (st == DEC_NO) {
			d->i = end;
			return dec_done(d);
		}
		return st;
	}
}
