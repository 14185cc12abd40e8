/*
 * fmt_harmony.c - the messages of gpt-oss: <|start|>ROLE, a header with
 * channel and recipient, <|message|>, the body, <|end|>.
 *
 * A header is a block by itself; bodies of answers and of reasoning are
 * ordinary text and reasoning.  Only a body that goes to a tool is read
 * here.
 */
#include "recover/decode.h"

#include <string.h>

#define HEADER_MAX	300
#define MARK		11	/* bytes of <|message|> */

static const char *const ends[] = { "<|end|>", "<|return|>", "<|call|>",
	NULL };
static const char *const closers[] = { "<|end|>", "<|return|>", "<|call|>",
	"<|start|>", "<|channel|>", NULL };

struct span {
	const char	*p;
	size_t		 n;
};

static bool
is(struct span s, const char *w)
{
	return strlen(w) == s.n && memcmp(s.p, w, s.n) == 0;
}

/* The word after key in the header. */
static struct span
after(struct span h, const char *key)
{
	const char *q = memmem(h.p, h.n, key, strlen(key));
	struct span w = { NULL, 0 };

	if (q == NULL)
		return w;
	w.p = q + strlen(key);
	while (w.p + w.n < h.p + h.n && w.p[w.n] != ' ' && w.p[w.n] != '<')
		w.n++;
	return w;
}

/* An end mark, and stray words between it and the next message. */
static enum dec_status
end_mark(struct dec *d)
{
	static const char *const words[] = { "commentary", "assistant", NULL };
	static const char *const begins[] = { "<|start|>", "<|channel|>",
	    NULL };
	size_t keep = d->i = d->skip;
	enum dec_status st;

	dec_peek(d);
	if ((st = dec_any(d, words)) == DEC_OK) {
		size_t at;

		dec_peek(d);
		at = d->i;
		st = dec_any(d, begins);
		d->i = at;
	}
	if (st == DEC_NO)
		d->i = keep;
	return st == DEC_MORE ? st : DEC_OK;
}

/* A body that goes to a tool. */
static enum dec_status
call(struct dec *d, struct span to)
{
	struct jsonfix j = JSONFIX_INIT;
	enum dec_status st;
	char c = dec_peek(d);

	if (c == '\0' && (!d->final || d->cut))
		return DEC_MORE;
	d->begun = true;
	dec_tool(d, to.p, to.n);
	if (c == '{') {
		st = dec_json(d, &j, closers);
		if (st == DEC_OK)
			shape_args(d, j.text.data, j.text.len, NULL, 0);
		jsonfix_free(&j);
		if (st == DEC_MORE)
			return st;
		if (st == DEC_NO)
			dec_refuse(d, "no JSON that could be read");
	} else if (c == '<' || c == '\0') {
		shape_args(d, "null", 4, NULL, 0);
	} else {
		dec_refuse(d, "no JSON");
	}
	for (;;) {
		dec_peek(d);
		if ((st = dec_any(d, closers)) != DEC_NO)
			break;
		if (d->i >= d->n) {
			st = d->final && !d->cut ? DEC_OK : DEC_MORE;
			break;
		}
		dec_refuse(d, "something follows the arguments");
		d->i++;
	}
	if (st == DEC_OK && d->p[d->i - 1] == '>') {
		/* The next message begins with its own mark. */
		for (size_t k = 3; closers[k] != NULL; k++) {
			size_t n = strlen(closers[k]);

			if (d->i >= n && memcmp(d->p + d->i - n, closers[k],
			    n) == 0)
				d->i -= n;
		}
	}
	return st == DEC_OK ? dec_done(d) : st;
}

/* What the message is for. */
static enum dec_status
message(struct dec *d, struct span role, struct span h)
{
	struct span channel = after(h, "<|channel|>");
	struct span to = after(h, "to=");
	enum names_how how;
	size_t at, best = d->n;

	if (channel.p == NULL)
		for (channel = h; channel.n > 0 && (memchr(channel.p, ' ',
		    channel.n) || memchr(channel.p, '<', channel.n));)
			channel.n--;
	if (role.n > 0 && !is(role, "assistant")) {
		if (!d->harmony && !d->fresh)
			return DEC_NO;
		/* Somebody else's words: pass over them. */
		for (size_t k = 0; closers[k] != NULL; k++)
			if (dec_find(d, closers[k], d->i, &at) == DEC_OK &&
			    at < best)
				best = at;
		if (best == d->n && !d->final)
			return DEC_MORE;
		d->i = best;
		return DEC_OK;
	}
	if (to.p != NULL && !is(to, "assistant") && !is(to, "user")) {
		if (names_find(d->names, to.p, to.n, d->repair, &how) ||
		    (to.n > 10 && memcmp(to.p, "functions.", 10) == 0))
			return call(d, to);
		dec_refuse(d, "no tool of the name \"%.*s\" was offered",
		    (int)(to.n < 64 ? to.n : 64), to.p);
		for (size_t k = 0; ends[k] != NULL; k++)
			if (dec_find(d, ends[k], d->i, &at) == DEC_OK &&
			    at + strlen(ends[k]) < best)
				best = at + strlen(ends[k]);
		if (best == d->n && !d->final)
			return DEC_MORE;
		d->i = best;
		return DEC_TEXT;
	}
	/* In the middle of an answer a header is only talked about. */
	if (!d->harmony && !d->fresh)
		return DEC_NO;
	if (is(channel, "analysis"))
		dec_item(d, DEC_THINK, "", 0)->closers = closers;
	else if (is(channel, "final") || is(channel, "commentary"))
		dec_item(d, DEC_SAID, "\n", 1);
	else
		return DEC_NO;
	return DEC_OK;
}

/* The tokens were stripped: analysis...assistantfinal... */
static enum dec_status
stripped(struct dec *d)
{
	static const char sep[] = "assistantfinal";
	size_t at;
	enum dec_status st;

	if (d->skip >= d->n)
		return d->final ? DEC_NO : DEC_MORE;
	if (!d->first)
		return DEC_NO;
	if ((st = dec_find(d, sep, d->skip, &at)) != DEC_OK)
		return d->final ? DEC_NO : st;
	dec_item(d, DEC_THOUGHT, d->p + d->skip, at - d->skip);
	d->i = at + sizeof(sep) - 1;
	return DEC_OK;
}

enum dec_status
fmt_harmony(struct dec *d)
{
	struct span role = { "", 0 }, h;
	enum dec_status st;
	size_t at, limit, looked;

	d->i = 0;
	if (d->p[0] == '<' && dec_any(d, ends) == DEC_OK)
		return d->harmony ? end_mark(d) : DEC_NO;
	d->i = 0;
	if (d->p[0] == 'a' && (d->skip >= d->n || (d->p[d->skip] >= 'A' &&
	    d->p[d->skip] <= 'Z')))
		return stripped(d);
	if (dec_lit(d, "<|start|>") == DEC_OK &&
	    (st = dec_name(d, &role.p, &role.n)) != DEC_OK)
		return st;
	/* The header ends before long, and within its line. */
	limit = d->n - d->i < HEADER_MAX ? d->n : d->i + HEADER_MAX;
	for (at = d->i; at < limit && d->p[at] != '\n'; at++)
		if (d->n - at >= MARK && memcmp(d->p + at, "<|message|>",
		    MARK) == 0)
			break;
	/* The mark may begin within the limit and end behind it. */
	looked = d->n - at < MARK ? d->n : at + MARK;
	d->far = looked > d->far ? looked : d->far;
	if (at == limit && d->n - d->i < HEADER_MAX + MARK)
		return d->final ? DEC_NO : DEC_MORE;
	if (at == limit || d->p[at] == '\n')
		return DEC_NO;
	h = (struct span){ d->p + d->i, at - d->i };
	d->i = at + MARK;
	return message(d, role, h);
}
