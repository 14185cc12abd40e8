/*
 * fmt_deepseek.c - DeepSeek V3, R1 and V3.1: calls between special tokens,
 * whose bars and blanks some servers write in ASCII.
 */
#include "recover/decode.h"

#include <string.h>

/* NAME, or "function" sep NAME and a line end. */
static enum dec_status
deepseek_name(struct dec *d, const char **p, size_t *n, bool *fenced)
{
	enum dec_status st = dec_name(d, p, n);

	if (st != DEC_OK || (st = dec_mark(d, "<|tool sep|>")) != DEC_OK)
		return st;
	*fenced = *n == 8 && memcmp(*p, "function", 8) == 0 &&
	    d->i < d->n && d->p[d->i] != '{';
	if (d->i == d->n && !d->final)
		return DEC_MORE;
	if (*fenced)
		st = dec_name(d, p, n);
	return st;
}

static enum dec_status
deepseek_call(struct dec *d)
{
	static const char *const stops[] = { "<｜tool▁call▁end｜>", "```",
	    "<|tool", NULL };
	struct jsonfix j = JSONFIX_INIT;
	const char *p;
	size_t n;
	bool fenced;
	enum dec_status st = deepseek_name(d, &p, &n, &fenced);

	if (st != DEC_OK)
		return st;
	dec_peek(d);
	if ((st = dec_lit(d, "```json")) == DEC_NO)
		st = dec_lit(d, "```");
	if (st == DEC_MORE || dec_peek(d) == '\0')
		return DEC_MORE;
	st = d->p[d->i] == '{' ? dec_json(d, &j, stops) : DEC_NO;
	if (st == DEC_OK && dec_tool(d, p, n))
		shape_args(d, j.text.data, j.text.len, NULL, 0);
	jsonfix_free(&j);
	if (st != DEC_OK)
		return st;
	while (dec_peek(d) == '`')
		d->i++;
	st = dec_mark(d, "<|tool call end|>");
	return st == DEC_NO ? dec_missing(d) : st;
}

/* Pass over a call that made no sense: to the next mark. */
static enum dec_status
skip_call(struct dec *d)
{
	static const char *const marks[] = { "<｜tool▁call", "<|tool_call",
	    "<|tool▁call" };
	size_t at, best = d->n;
	bool found = false;

	for (size_t i = 0; i < BASE_NITEMS(marks); i++) {
		if (dec_find(d, marks[i], d->i, &at) != DEC_OK || at >= best)
			continue;
		best = at;
		found = true;
	}
	if (!found)
		return DEC_MORE;
	d->i = best;
	return DEC_OK;
}

enum dec_status
fmt_deepseek(struct dec *d)
{
	enum dec_status st;
	bool bad;

	d->i = 0;
	if ((st = dec_mark(d, "<|tool calls begin|>")) == DEC_MORE)
		return st;
	for (;;) {
		st = dec_mark(d, "<|tool call begin|>");
		if (st == DEC_MORE)
			return st;
		if (st == DEC_NO) {
			st = dec_mark(d, "<|tool call end|>");
			if (st == DEC_OK)
				continue;
			break;
		}
		d->begun = true;
		if ((st = deepseek_call(d)) == DEC_MORE)
			return st;
		bad = d->refused || st == DEC_NO;
		/* A bad call does not take the others with it. */
		if (bad && st == DEC_NO && (st = skip_call(d)) != DEC_OK)
			return st;
		d->refused = false;
	}
	if (st == DEC_MORE)
		return st;
	if ((st = dec_mark(d, "<|tool calls end|>")) == DEC_MORE)
		return st;
	if (st == DEC_NO && dec_missing(d) == DEC_MORE)
		return DEC_MORE;
	if (d->ncalls == 0)
		return d->begun ? DEC_TEXT : DEC_NO;
	return DEC_OK;
}
