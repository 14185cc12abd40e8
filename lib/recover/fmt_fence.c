/*
 * fmt_fence.c - calls in a code fence.
 *
 * Models write prose, a fence with a call, and end there.  A fence with
 * prose behind it documents something.  Several such fences, with a line
 * or two between them, are several calls.
 */
#include "recover/decode.h"

#include <string.h>

#define FENCES_MAX	8	/* in a row */
#define LEAD_MAX	300	/* bytes of prose between two fences */

/* Consume the fence's first line; its length in marks goes to *run. */
static enum dec_status
open_fence(struct dec *d, size_t *run)
{
	static const char *const infos[] = { "", "json", "tool_call",
	    "tool_code", "tool", "tool_calls", "function_call", "jsonc",
	    "json5", "xml" };
	char mark = d->p[d->i];
	size_t start = d->i, end, n;

	while (d->i < d->n && d->p[d->i] == mark)
		d->i++;
	*run = d->i - start;
	if (d->i == d->n)
		return DEC_MORE;
	if (*run < 3)
		return DEC_NO;
	for (end = d->i; end < d->n && d->p[end] != '\n' &&
	    end - d->i < 32; end++)
		;
	d->far = end > d->far ? end : d->far;
	if (end == d->n)
		return DEC_MORE;
	if (d->p[end] != '\n')
		return DEC_NO;
	for (n = end - d->i; n > 0 && strchr(" \t\r", d->p[d->i + n - 1]); n--)
		;
	for (size_t k = 0; k < BASE_NITEMS(infos); k++) {
		if (strlen(infos[k]) == n &&
		    memcmp(infos[k], d->p + d->i, n) == 0) {
			d->i = end + 1;
			return DEC_OK;
		}
	}
	return DEC_NO;
}

/* A line of at least run marks, or the end of everything. */
static enum dec_status
close_fence(struct dec *d, char mark, size_t run)
{
	size_t n = 0;

	if (dec_at_end(d))
		return d->final && !d->cut ? DEC_OK : DEC_MORE;
	while (d->i < d->n && d->p[d->i] == mark) {
		d->i++;
		n++;
	}
	if (d->i == d->n && !d->final)
		return DEC_MORE;
	if (n < run)
		return DEC_NO;
	while (d->i < d->n && (d->p[d->i] == ' ' || d->p[d->i] == '\t' ||
	    d->p[d->i] == '\r'))
		d->i++;
	return d->i < d->n && d->p[d->i] != '\n' ? DEC_NO : DEC_OK;
}

/* One of: JSON, Python calls, print(call), a block in tags. */
static enum dec_status
body(struct dec *d, bool whole)
{
	static const char *const stops[] = { "```", "~~~", NULL };
	static const char *const tags[] = { "<tool_call>", "<tools>",
	    "<tool_calls>", NULL };
	static const char *const ends[] = { "</tool_call>", "</tools>",
	    "</tool_calls>", NULL };
	struct jsonfix j = JSONFIX_INIT;
	enum dec_status st = DEC_OK;
	bool print = false, tag = false;
	char c = dec_peek(d);

	if (c == '<' && whole && (st = dec_any(d, tags)) == DEC_OK) {
		tag = true;
		c = dec_peek(d);
	}
	if (st == DEC_OK && c == 'p' &&
	    (st = dec_lit(d, "print(")) != DEC_MORE) {
		print = st == DEC_OK;
		st = DEC_OK;
	}
	if (st != DEC_OK)
		return st;
	if (c == '\0')
		return DEC_MORE;
	if (c == '{' || c == '[') {
		do {
			st = dec_json(d, &j, stops);
			if (st == DEC_OK)
				shape_calls(d, j.text.data, j.text.len);
			while ((c = dec_peek(d)) == ',' || c == ';')
				d->i++;
		} while (st == DEC_OK && (c == '{' || c == '['));
		jsonfix_free(&j);
	} else {
		st = shape_python(d, !print);
		if (st == DEC_OK && print) {
			dec_peek(d);
			st = dec_lit(d, ")");
		}
	}
	if (st == DEC_OK && tag) {
		dec_peek(d);
		st = dec_any(d, ends);
	}
	return st;
}

/* Prose up to the next fence; DEC_NO when there is too much of it. */
static enum dec_status
lead(struct dec *d)
{
	size_t start = d->i, end = start, k;

	for (k = start; k < d->n && k - start < LEAD_MAX; k++) {
		if (d->p[k] == '\n')
			end = k + 1;
		if (end != k || end == start)
			continue;
		if (k + 2 >= d->n ||
		    memcmp(d->p + k, "```", 3) == 0 ||
		    memcmp(d->p + k, "~~~", 3) == 0)
			break;
	}
	d->far = k > d->far ? k : d->far;
	if (k - start >= LEAD_MAX)
		return DEC_NO;
	if (k + 2 >= d->n)
		return d->final ? DEC_NO : DEC_MORE;
	dec_item(d, DEC_SAID, d->p + start, k - start);
	d->i = k;
	return DEC_OK;
}

enum dec_status
fmt_fence(struct dec *d)
{
	char mark = d->p[0];
	bool whole = d->fresh;
	size_t run, after;
	enum dec_status st;

	for (int i = 0; i < FENCES_MAX; i++) {
		if ((st = open_fence(d, &run)) != DEC_OK)
			return st;
		st = body(d, whole);
		/* What was refused stays so, whatever is still to come. */
		if (d->refused)
			return DEC_NO;
		if (st != DEC_OK)
			return st;
		if ((st = close_fence(d, mark, run)) != DEC_OK)
			return st;
		after = d->i;
		if ((st = dec_tail(d)) != DEC_NO)
			return st;
		/* Not the end: perhaps another fence. */
		d->i = after;
		if ((st = lead(d)) != DEC_OK)
			return st;
		mark = d->p[d->i];
		whole = false;
	}
	return DEC_NO;
}
