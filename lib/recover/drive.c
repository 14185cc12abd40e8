/*
 * drive.c - asks the formats whether a block begins at a place, and does
 * what they say.
 *
 * Two sums bound the work.  What definite answers cost is counted against
 * the place in the text, the same for every way of cutting it; what was
 * spent on looking too early is counted against the bytes that came, and
 * only delays.
 */
#include "recover/state.h"

#include <stdlib.h>
#include <string.h>

#define CODE_MAX	4096	/* bytes of inline code behind a block */
#define SPENT_FREE	(4u * 1024 * 1024)
#define SPENT_RATE	16
#define TRIED_FREE	(64u * 1024)
#define TRIED_RATE	8

/* The string member of one of those names, as far as it came. */
static bool
sniff(const char *p, size_t n, const char *key, const char **v, size_t *len)
{
	const char *q = memmem(p, n, key, strlen(key)), *end = p + n;

	if (q == NULL)
		return false;
	for (q += strlen(key); q < end && strchr(" \t\r\n:", *q); q++)
		;
	*v = q;
	*len = (size_t)(end - q);
	return true;
}

/* The name in a block of JSON that is cut off: 1 offered, 0 none to be
 * seen, -1 another. */
static int
name_of_cut(struct recover *r, const struct dec *d,
    const struct names_tool **t)
{
	static const char *const keys[] = { "\"name\"", "\"tool_name\"",
	    "\"function_name\"" };
	const char *v, *q;
	enum names_how how;
	size_t n;

	*t = d->tool;
	if (*t != NULL)
		return 1;
	for (size_t i = 0; i < BASE_NITEMS(keys); i++) {
		if (!sniff(d->p, d->n, keys[i], &v, &n) || n < 2 || *v != '"')
			continue;
		if ((q = memchr(v + 1, '"', n - 1)) == NULL)
			return 0;
		*t = names_find(&r->names, v + 1, (size_t)(q - v - 1), false,
		    &how);
		return *t != NULL ? 1 : -1;
	}
	return 0;
}

/* The text ends within what may be a block. */
static enum drive
cut_off(struct recover *r, struct dec *d)
{
	static const char *const keys[] = { "\"arguments\"",
	    "\"parameters\"", "\"args\"" };
	bool bare = d->fmt->flags & DEC_BARE;
	const struct names_tool *t;
	const char *args = d->p + d->args_at;
	size_t n = d->n - d->args_at, skip = d->skip;
	int named;

	if (d->begun && d->refused) {
		out_note(r, d->fmt->name, "refused", r->pos, d->n,
		    buf_str(&d->why));
		recover_emit(r, d->n);
		return DRIVE_DONE;
	}
	while (skip < d->n && strchr(" \t\r\n", d->p[skip]) != NULL)
		skip++;
	named = name_of_cut(r, d, &t);
	if ((d->fmt->flags & DEC_REASON) || skip >= d->n || named == -1 ||
	    (named == 0 && (bare || !d->begun)))
		return DRIVE_NO;
	for (size_t i = 0; i < BASE_NITEMS(keys); i++)
		if (sniff(d->p, d->n, keys[i], &args, &n))
			break;
	out_cut(r, d, t != NULL ? t->name : "", args, n);
	recover_skip(r, d->n);
	return DRIVE_DONE;
}

/* Does pos stand in a line that Markdown would show as code? */
static bool
indented(const struct recover *r)
{
	return r->line && r->gap && r->indent >= 4 && r->res.content.len > 0;
}

/*
 * Is a block of n bytes at pos only shown?  1 yes, 0 no, -1 not known yet:
 * in inline code, between quotes, in a line of comment, indented as code.
 */
static int
shown(struct recover *r, size_t n)
{
	const char *p = r->text.data, *end = p + r->text.len;
	const char *q = p + r->pos + n, *nl;
	char before = r->pos > 0 ? p[r->pos - 1] : '\0';
	size_t run = 0;

	if (r->quoted || indented(r))
		return 1;
	if (before == '"' || before == '\'') {
		if (q == end && !r->final)
			return -1;
		if (q < end && *q == before)
			return 1;
	}
	if (r->tick == 0)
		return 0;
	if (end - q > CODE_MAX)
		end = q + CODE_MAX;
	nl = q < end ? memchr(q, '\n', (size_t)(end - q)) : NULL;
	if (nl == NULL && !r->final && end - q < CODE_MAX)
		return -1;
	for (nl = nl != NULL ? nl : end; q <= nl; q++) {
		if (q < nl && *q == '`') {
			run++;
			continue;
		}
		if (run == r->tick)
			return 1;
		run = 0;
	}
	return 0;
}

static void
take_items(struct recover *r, struct dec *d)
{
	for (size_t i = 0; i < d->nitems; i++) {
		struct dec_item *it = &d->items[i];

		switch (it->kind) {
		case DEC_CALL:
			out_call(r, d, it);
			r->first = false;
			break;
		case DEC_SAID:
			out_text(r, it->text.data, it->text.len);
			break;
		case DEC_THOUGHT:
			out_think_end(r);
			out_think(r, it->text.data, it->text.len);
			out_think_end(r);
			out_note(r, d->fmt->name, "reasoning", r->pos, d->i,
			    NULL);
			break;
		case DEC_THINK:
		case DEC_RECAST:
			break;
		}
	}
}

/* A block stands at pos. */
static void
take(struct recover *r, struct dec *d)
{
	const char *const *closers = NULL;
	struct buf b = BUF_INIT;

	take_items(r, d);
	if (d->ncalls > 0)
		out_note(r, d->fmt->name, "call", r->pos, d->i, NULL);
	if (d->fixes != 0 || d->tags) {
		jsonfix_names(&b, d->fixes);
		if (d->tags)
			buf_addf(&b, "%smissing tags", b.len ? ", " : "");
		out_note(r, d->fmt->name, "repaired", r->pos, d->i,
		    buf_str(&b));
	}
	if (d->renamed.len > 0)
		out_note(r, d->fmt->name, "renamed", r->pos, d->i,
		    buf_str(&d->renamed));
	if (d->nitems > 0 && d->items[0].kind == DEC_RECAST) {
		out_recast(r);
		r->recast = false;
		r->first = true;
	}
	if (d->nitems > 0 && d->items[0].kind == DEC_THINK)
		closers = d->items[0].closers;
	if (d->fmt->decode == fmt_harmony)
		r->harmony = true;
	recover_skip(r, d->i);
	if (closers != NULL)
		recover_think(r, closers);
	buf_free(&b);
}

static void
prepare(struct recover *r, const struct rule *rule, struct dec *d)
{
	*d = (struct dec){ .p = r->text.data + r->pos,
	    .n = r->text.len - r->pos, .skip = rule->n, .final = r->final,
	    .cut = r->cut, .repair = r->repair, .line = r->line,
	    .fresh = r->fresh, .first = r->first, .recast = r->recast,
	    .harmony = r->harmony, .names = &r->names, .fmt = rule->fmt };
}

/* One format's answer about pos; DEC_MORE at the end is *last's matter. */
static enum drive
ask(struct recover *r, const struct rule *rule, bool *cut)
{
	struct dec d;
	size_t left = r->text.len - r->pos;
	enum dec_status st;
	enum drive done = DRIVE_NO;
	int show = 0;

	if (r->spent > SPENT_FREE + (uint64_t)SPENT_RATE * r->pos)
		return DRIVE_NO;
	if (!r->final) {
		if (r->tried + left > TRIED_FREE +
		    (uint64_t)TRIED_RATE * r->text.len)
			return DRIVE_HOLD;
		r->tried += left;
	}
	prepare(r, rule, &d);
	st = rule->fmt->decode(&d);
	if (st == DEC_OK && (rule->fmt->flags & DEC_BARE))
		show = indented(r);
	else if (st == DEC_OK && (rule->fmt->decode != fmt_harmony ||
	    !(r->harmony || r->fresh)))
		show = shown(r, d.i);
	if ((st == DEC_MORE || show == -1) && !r->final) {
		dec_free(&d);
		return DRIVE_HOLD;
	}
	r->spent += st == DEC_MORE ? left : d.far + 16;
	if (st == DEC_MORE && *cut) {
		done = cut_off(r, &d);
	} else if (st == DEC_MORE) {
		*cut = true;
	} else if (st == DEC_OK && show == 0 &&
	    r->res.ncalls + d.ncalls <= DEC_CALLS_MAX) {
		take(r, &d);
		done = DRIVE_DONE;
	} else if (st == DEC_OK || st == DEC_TEXT) {
		if (show == 1 && d.ncalls > 0)
			out_note(r, rule->fmt->name, "quoted", r->pos, d.i,
			    "shown, not called");
		else if (d.refused)
			out_note(r, rule->fmt->name, "refused", r->pos, d.i,
			    buf_str(&d.why));
		recover_emit(r, d.i);
		done = DRIVE_DONE;
	}
	dec_free(&d);
	return done;
}

/* May the name of a tool stand at pos? */
static bool
names_one(const struct recover *r)
{
	const char *p = r->text.data + r->pos;
	size_t left = r->text.len - r->pos, n = 0;

	while (n < left && ((p[n] >= 'a' && p[n] <= 'z') ||
	    (p[n] >= 'A' && p[n] <= 'Z') || p[n] == '_' ||
	    (n > 0 && p[n] >= '0' && p[n] <= '9')))
		n++;
	return n > 0 && names_begins(&r->names, p, n);
}

/* Does the rule's trigger stand at pos, as far as the text goes? */
static enum dec_status
triggered(struct recover *r, const struct rule *rule)
{
	size_t left = r->text.len - r->pos;
	unsigned where = rule->trigger->where;

	if ((where & (DEC_ANY | DEC_FRESH)) == 0 && !r->line)
		return DEC_NO;
	if (rule->n == 0)
		return r->first && r->fresh && names_one(r) ? DEC_OK : DEC_NO;
	if (memcmp(r->text.data + r->pos, rule->trigger->s,
	    left < rule->n ? left : rule->n) != 0)
		return DEC_NO;
	if (left < rule->n)
		return r->final ? DEC_NO : DEC_MORE;
	if ((where & (DEC_ANY | DEC_LINE)) == 0 && !r->fresh) {
		/* Named in the text: its end is no end of reasoning. */
		if (rule->fmt->decode == fmt_think)
			r->recast = false;
		return DEC_NO;
	}
	return DEC_OK;
}

/* The rules of one chain; the first that the text ends within to *more. */
static enum drive
chain(struct recover *r, int head, const struct rule **more)
{
	for (int i = head; i != -1; i = r->rules[i].next) {
		const struct rule *rule = &r->rules[i];
		enum dec_status st = triggered(r, rule);
		bool cut = false;
		enum drive done;

		if (st == DEC_MORE)
			return DRIVE_HOLD;
		if (st == DEC_NO)
			continue;
		if ((done = ask(r, rule, &cut)) != DRIVE_NO)
			return done;
		if (cut && *more == NULL)
			*more = rule;
	}
	return DRIVE_NO;
}

enum drive
drive_at(struct recover *r)
{
	const struct rule *more = NULL;
	unsigned char c = (unsigned char)r->text.data[r->pos];
	enum drive done = chain(r, c != '\0' ? r->head[c] : -1, &more);
	bool cut = true;

	/* Formats that begin with a name, whichever. */
	if (done == DRIVE_NO && r->first)
		done = chain(r, r->head[0], &more);
	if (done == DRIVE_NO && more != NULL)
		done = ask(r, more, &cut);
	return done;
}
