/*
 * fmt_bare.c - JSON objects without any mark.
 *
 * They count only as the end of the message: whatever follows makes them an
 * example.
 */
#include "recover/decode.h"

/* The first key of an object has one of the names that calls have. */
static enum dec_status
first_key(struct dec *d)
{
	static const char *const keys[] = { "name", "tool_name", "tool",
	    "function_name", "function", "recipient_name", "action",
	    "arguments", "parameters", "args", "input", "tool_input",
	    "params", "action_input", "kwargs", "id", "type",
	    "tool_call_id", "call_id", "index", "tool_calls", "tool_uses",
	    NULL };
	size_t at = d->i;
	enum dec_status st = DEC_OK;
	char c = dec_peek(d);

	while (c == '[' || c == '{') {
		d->i++;
		c = dec_peek(d);
	}
	if (c == '"' || c == '\'' || (c >= 'a' && c <= 'z')) {
		d->i += c == '"' || c == '\'';
		st = dec_any(d, keys);
	} else if (c == '\0') {
		st = DEC_MORE;
	} else if (c != '/' && c != '#') {
		st = DEC_NO;		/* not even a comment */
	}
	d->i = at;
	return st;
}

enum dec_status
fmt_bare(struct dec *d)
{
	static const char *const stops[] = { "</tool_call>", "```", NULL };
	struct jsonfix j = JSONFIX_INIT;
	enum dec_status st = first_key(d);
	char c;

	while (st == DEC_OK) {
		st = dec_json(d, &j, stops);
		if (st != DEC_OK)
			break;
		shape_calls(d, j.text.data, j.text.len);
		if (d->refused) {
			st = DEC_TEXT;
			break;
		}
		st = dec_tail(d);
		c = st == DEC_NO ? d->p[d->i] : '\0';
		if (c == ',' || c == ';') {
			d->i++;
			c = dec_peek(d);
			if (c == '\0')
				st = d->final ? DEC_OK : DEC_MORE;
		}
		if (c == '{' || c == '[')
			st = DEC_OK;
		else if (st == DEC_NO || st == DEC_MORE || c == '\0')
			break;
	}
	jsonfix_free(&j);
	return st;
}
