/*
 * fmt_tokens.c - calls between special tokens, with the tool's name outside
 * of the JSON: DeepSeek V3 to V3.1, Kimi K2, Mistral.
 */
#include "recover/decode.h"

#include <string.h>

/*
 * A token of the model, full-width or ASCII.  DEC_OK and past it, after
 * blanks; DEC_NO leaves d->i alone.
 */
static enum dec_status
token(struct dec *d, const char *pattern)
{
	size_t at = d->i;
	enum dec_status st;

	dec_peek(d);
	st = dec_token(d, pattern);
	if (st == DEC_NO)
		d->i = at;
	else if (st == DEC_MORE || d->i > d->n)
		st = DEC_MORE;
	return st;
}

/* The end of everything where something should follow. */
static enum dec_status
missing(struct dec *d)
{
	size_t at = d->i;
	enum dec_status st = DEC_OK;

	if (dec_at_end(d) && (!d->final || d->cut))
		st = DEC_MORE;
	d->i = at;
	return st;
}

/* NAME, or "function" sep NAME and a line end. */
static enum dec_status
deepseek_name(struct dec *d, const char **p, size_t *n, bool *fenced)
{
	enum dec_status st = dec_name(d, p, n);

	if (st != DEC_OK || (st = token(d, "<|tool sep|>")) != DEC_OK)
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
	st = token(d, "<|tool call end|>");
	return st == DEC_NO ? missing(d) : st;
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
	if ((st = token(d, "<|tool calls begin|>")) == DEC_MORE)
		return st;
	for (;;) {
		st = token(d, "<|tool call begin|>");
		if (st == DEC_MORE)
			return st;
		if (st == DEC_NO) {
			st = token(d, "<|tool call end|>");
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
	if ((st = token(d, "<|tool calls end|>")) == DEC_MORE)
		return st;
	if (st == DEC_NO && missing(d) == DEC_MORE)
		return DEC_MORE;
	if (d->ncalls == 0)
		return d->begun ? DEC_TEXT : DEC_NO;
	return DEC_OK;
}

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
		if (token(d, "<|tool call end|>") == DEC_MORE)
			return DEC_MORE;
	}
	if (st == DEC_MORE)
		return st;
	if (d->ncalls + d->refused == 0)
		return d->i < d->n || d->final ? DEC_NO : DEC_MORE;
	st = token(d, "<|tool calls section end|>");
	if (st == DEC_MORE || (st == DEC_NO && section &&
	    missing(d) == DEC_MORE))
		return DEC_MORE;
	return dec_done(d);
}

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
