/*
 * body.c - what stands between the marks of a wrapped call.
 *
 * JSON objects and lists, or Python calls; models put fences around them,
 * commas, semicolons or nothing between them, and a bracket too many.
 */
#include "recover/decode.h"

#include <string.h>

static bool
letter(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}

/* '[' at d->i: 1 a list of Python calls, 0 JSON, -1 not known yet. */
static int
python_list(struct dec *d)
{
	size_t at = d->i;
	char c;

	d->i++;
	c = dec_peek(d);
	d->i = at;
	return c == '\0' && !d->final ? -1 : letter(c);
}

/* A fence at d->i is passed over, with the rest of its line. */
static enum dec_status
skip_fence(struct dec *d)
{
	size_t at;
	enum dec_status st = dec_lit(d, "```");

	if (st == DEC_OK && (st = dec_find(d, "\n", d->i, &at)) == DEC_OK)
		d->i = at + 1;
	return st;
}

/* What may stand between two calls, or behind the last. */
static void
between(struct dec *d)
{
	char c;

	while ((c = dec_peek(d)) == ',' || c == ';' || c == '}' || c == '`')
		d->i++;
}

static enum dec_status
one_json(struct dec *d, const char *const *closers)
{
	struct jsonfix j = JSONFIX_INIT;
	enum dec_status st = dec_json(d, &j, closers);

	if (st == DEC_OK)
		shape_calls(d, j.text.data, j.text.len);
	jsonfix_free(&j);
	return st;
}

/* One value or run of Python calls. */
static enum dec_status
one(struct dec *d, const char *const *closers, unsigned how)
{
	char c = dec_peek(d);
	int list = 0;

	if (c == '\0')
		return DEC_MORE;
	if (c == '[' && (how & SHAPE_PYTHON) != 0) {
		list = python_list(d);
		if (list == -1)
			return DEC_MORE;
	}
	if (c == '{' || (c == '[' && list == 0))
		return one_json(d, closers);
	if ((how & SHAPE_PYTHON) != 0 && (list == 1 || letter(c)))
		return shape_python(d, true);
	return DEC_NO;
}

/*
 * DEC_OK when the block's opener stands at d->i: that ends the call, too.
 * With nothing or one more of it behind, it is a closer that lost its slash;
 * else d->i is set back to end.
 */
static enum dec_status
reopened(struct dec *d, size_t end)
{
	const char *opener = d->fmt->trigger[0].s;
	enum dec_status st = dec_lit(d, opener), again;
	size_t at = d->i;

	if (st == DEC_OK && dec_at_end(d)) {
		if (!d->final)
			return DEC_MORE;
		end = d->cut ? end : at;
	} else if (st == DEC_OK) {
		if ((again = dec_lit(d, opener)) == DEC_MORE)
			return again;
		end = again == DEC_OK ? at : end;
	}
	d->i = end;
	return st;
}

enum dec_status
shape_body(struct dec *d, const char *const *closers, unsigned how)
{
	enum dec_status st;
	size_t end;
	char c;

	if (dec_peek(d) == '`' && (st = skip_fence(d)) != DEC_OK)
		return st;
	for (;;) {
		if ((st = one(d, closers, how)) != DEC_OK)
			return st;
		end = d->i;
		between(d);
		st = dec_any(d, closers);
		if (st == DEC_OK) {
			/* Models write some closers twice. */
			end = d->i;
			dec_peek(d);
			st = dec_any(d, closers);
			if (st == DEC_NO)
				d->i = end;
			return st == DEC_MORE ? st : dec_done(d);
		}
		if (st == DEC_MORE)
			return st;
		if (d->i >= d->n) {
			/* All there, but for the closer. */
			if (!d->final || (d->cut && !(how & SHAPE_OPEN)))
				return DEC_MORE;
			return dec_done(d);
		}
		c = d->p[d->i];
		if (c == '{' || (c == '[' && !(how & SHAPE_OPEN)))
			continue;
		if ((st = reopened(d, end)) == DEC_MORE)
			return st;
		if (st != DEC_OK && !(how & SHAPE_OPEN))
			dec_refuse(d, "no closing mark");
		return dec_done(d);
	}
}
