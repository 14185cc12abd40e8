/*
 * recover.c - walks the text of a model and tells blocks of a format, code,
 * data and prose apart.
 *
 * One pass; pos only grows.  What cannot be decided waits for more bytes,
 * everything before it has been told.  Within code and data nothing is
 * looked for.
 */
#include "recover/recover.h"

#include "base/mem.h"
#include "base/utf8.h"
#include "recover/state.h"

#include <stdlib.h>
#include <string.h>

#define RUN_MAX		64	/* marks of a fence or of inline code */
#define FENCE_LINE	128	/* a longer line is no closing fence */

static bool
flat(char c)
{
	return c == ' ' || c == '\t' || c == '\r';
}

void
recover_emit(struct recover *r, size_t n)
{
	const char *p = r->text.data + r->pos;
	size_t k = n;

	out_text(r, p, n);
	r->pos += n;
	while (k > 0 && flat(p[k - 1]))
		k--;
	if (k > 0 && p[k - 1] == '\n') {
		r->line = r->begin = true;
		r->quoted = false;
		r->tick = r->indent = 0;
	} else if (k > 0) {
		r->line = r->begin = false;
	}
	while (k > 0 && (flat(p[k - 1]) || p[k - 1] == '\n'))
		k--;
	if (k > 0)
		r->fresh = r->first = false;
}

void
recover_skip(struct recover *r, size_t n)
{
	r->pos += n;
	r->fresh = r->line = r->begin = true;
	r->quoted = r->gap = false;
	r->tick = r->indent = 0;
}

void
recover_think(struct recover *r, const char *const *closers)
{
	r->mode = MODE_THINK;
	r->closers = closers;
	r->think_at = r->pos;
	r->think_first = true;
	r->recast = false;
}

/* Characters at the end that may not be whole are left for later. */
static size_t
whole(const struct recover *r, size_t from, size_t to)
{
	if (r->final || to < r->text.len)
		return to - from;
	return utf8_cut(r->text.data + from, to - from);
}

/* The first thing on a line stands at pos; false: wait. */
static bool
begin_line(struct recover *r)
{
	const char *p = r->text.data + r->pos;
	size_t left = r->text.len - r->pos, k = 0;

	while (k < left && (p[k] == ' ' || p[k] == '\t'))
		k++;
	for (size_t i = 0; i < k; i++)
		r->indent += p[i] == '\t' ? 4 : 1;
	recover_emit(r, k);
	if (k == left)
		return false;
	p += k;
	left -= k;
	if ((*p == '/' || *p == '>') && left < 3 && !r->final)
		return false;
	r->begin = false;
	r->quoted = *p == '#' ||
	    (*p == '/' && left > 1 && p[1] == '/') ||
	    (*p == '>' && !(left > 2 && p[1] == '>' && p[2] == '>'));
	return true;
}

/* Marks of a fence or of inline code at pos. */
static bool
ticks(struct recover *r, size_t run)
{
	if (r->line && run >= 3) {
		r->mode = MODE_FENCE;
		r->mark = r->text.data[r->pos];
		r->run = run;
		recover_emit(r, run);
		r->begin = r->line = false;
		return true;
	}
	if (r->text.data[r->pos] == '`') {
		if (r->tick == 0)
			r->tick = run;
		else if (r->tick == run)
			r->tick = 0;
	}
	recover_emit(r, run);
	return true;
}

/* An object, or a list of them, that is no call: data. */
static bool
is_data(const struct recover *r, bool *wait)
{
	const char *p = r->text.data + r->pos;
	size_t left = r->text.len - r->pos, k = 1;

	*wait = false;
	if (!r->line || (*p != '{' && *p != '['))
		return false;
	if (*p == '{')
		return true;
	while (k < left && k < RUN_MAX && (flat(p[k]) || p[k] == '\n'))
		k++;
	*wait = k == left && k < RUN_MAX && !r->final;
	return k < left && p[k] == '{';
}

/* No format begins at pos: what is it then? */
static bool
ordinary(struct recover *r)
{
	const char *p = r->text.data + r->pos;
	size_t left = r->text.len - r->pos, n;
	uint32_t cp;
	bool wait;

	if (is_data(r, &wait)) {
		r->mode = MODE_JSON;
		r->depth = 0;
		r->in_string = r->escaped = r->newline = false;
		return true;
	}
	if (wait)
		return false;
	n = utf8_decode(p, left, &cp);
	for (n = n > 0 ? n : 1; n < left && !r->stop[(unsigned char)p[n]]; n++)
		;
	n = whole(r, r->pos, r->pos + n);
	recover_emit(r, n);
	return n > 0;
}

/* Something may begin at pos; false: wait. */
static bool
decide(struct recover *r)
{
	const char *p = r->text.data + r->pos;
	size_t left = r->text.len - r->pos, run = 0;
	enum drive st;

	if (*p == '\n') {
		r->gap = r->line;
		recover_emit(r, 1);
		return true;
	}
	if (*p == '`' || (*p == '~' && r->line)) {
		while (run < left && p[run] == *p && run < RUN_MAX)
			run++;
		if (run == left && run < RUN_MAX && !r->final)
			return false;
	}
	if ((run == 0 || (r->line && run >= 3)) &&
	    (st = drive_at(r)) != DRIVE_NO)
		return st == DRIVE_DONE;
	return run > 0 ? ticks(r, run) : ordinary(r);
}

static bool
text_step(struct recover *r)
{
	const char *p = r->text.data;
	size_t k = r->pos, n = r->text.len;

	if (r->begin) {
		if (!begin_line(r))
			return false;
		if (decide(r))
			return true;
		r->begin = true;
		return false;
	}
	while (k < n && !r->stop[(unsigned char)p[k]])
		k++;
	if (k == r->pos)
		return decide(r);
	k = whole(r, r->pos, k);
	recover_emit(r, k);
	return k > 0;
}

/* 1: a closer of n bytes stands at k; -1: it may; 0: no. */
static int
closer_at(const struct recover *r, size_t k, size_t *n)
{
	size_t left = r->text.len - k;
	int may = 0;

	for (size_t i = 0; r->closers[i] != NULL; i++) {
		*n = strlen(r->closers[i]);
		if (memcmp(r->text.data + k, r->closers[i],
		    left < *n ? left : *n) != 0)
			continue;
		if (left >= *n)
			return 1;
		may = r->final ? 0 : -1;
	}
	return may;
}

static bool
think_end(struct recover *r, size_t n)
{
	const char *p = r->text.data + r->pos;

	out_think_end(r);
	out_note(r, r->harmony ? "harmony" : "think", "reasoning",
	    r->think_at, r->pos - r->think_at, NULL);
	r->mode = MODE_TEXT;
	/* Marks that also begin the next thing stay. */
	if (r->harmony || (n > 13 && memcmp(p, "<|tool_calls_", 13) == 0))
		n = 0;
	recover_skip(r, n);
	return true;
}

static bool
think_step(struct recover *r)
{
	static const char open[] = "<think>";
	const char *p = r->text.data;
	size_t k = r->pos, n = 0, len = r->text.len;
	int close = 0;

	if (r->think_first && !r->think_again &&
	    r->closers == think_closers) {
		size_t left, w = sizeof(open) - 1;

		/* The model may open it once more. */
		while (k < len && (flat(p[k]) || p[k] == '\n'))
			k++;
		r->pos = k;
		left = len - k;
		if (left == 0 || (left < w && !r->final &&
		    memcmp(p + k, open, left) == 0))
			return false;
		if (left >= w && memcmp(p + k, open, w) == 0) {
			r->pos = k += w;
			r->think_again = true;
		}
	}
	for (; k < len; k++) {
		if (p[k] != '<' && p[k] != '[' && p[k] != '\xe2')
			continue;
		if ((close = closer_at(r, k, &n)) != 0)
			break;
	}
	len = close != 0 ? k - r->pos : whole(r, r->pos, k);
	out_think(r, p + r->pos, len);
	r->pos += len;
	if (close == 1)
		return think_end(r, n);
	return false;
}

/* Is the line at pos, n bytes long, a closing fence? */
static bool
closes_fence(const struct recover *r, size_t n, bool part)
{
	const char *p = r->text.data + r->pos;
	size_t i = 0, run = 0;

	while (i < n && flat(p[i]))
		i++;
	while (i < n && p[i] == r->mark) {
		i++;
		run++;
	}
	while (i < n && flat(p[i]))
		i++;
	return i == n && (part || run >= r->run);
}

static bool
fence_step(struct recover *r)
{
	const char *p = r->text.data + r->pos;
	size_t left = r->text.len - r->pos, n;
	const char *nl = memchr(p, '\n', left);
	bool start = r->line;

	if (left == 0)
		return false;
	n = nl != NULL ? (size_t)(nl - p) : left;
	if (start && n < FENCE_LINE && nl == NULL && !r->final &&
	    closes_fence(r, n, true))
		return false;
	if (start && n < FENCE_LINE && (nl != NULL || r->final) &&
	    closes_fence(r, n, false))
		r->mode = MODE_TEXT;
	n = nl != NULL ? n + 1 : whole(r, r->pos, r->text.len);
	recover_emit(r, n);
	if (r->mode == MODE_FENCE)
		r->line = nl != NULL;
	return n > 0;
}

static bool
json_step(struct recover *r)
{
	const char *p = r->text.data + r->pos;
	size_t left = r->text.len - r->pos, k = 0;
	bool over = false;

	while (k < left && !over) {
		char c = p[k++];

		if (r->escaped) {
			r->escaped = false;
		} else if (r->in_string) {
			r->escaped = c == '\\';
			r->in_string = c != '"';
			over = c == '\n';
		} else if (c == '"') {
			r->in_string = true;
		} else if (c == '{' || c == '[') {
			r->depth++;
		} else if (c == '}' || c == ']') {
			over = --r->depth == 0;
		} else if (c == '\n') {
			/* An empty line: this was no JSON. */
			over = r->newline;
		}
		r->newline = c == '\n' || (r->newline && flat(c));
	}
	if (over)
		r->mode = MODE_TEXT;
	k = over ? k : whole(r, r->pos, r->pos + k);
	if (k == 0)
		return false;
	recover_emit(r, k);
	return over;
}

static void
run(struct recover *r)
{
	bool more = true;

	while (more && r->pos < r->text.len) {
		switch (r->mode) {
		case MODE_TEXT:
			more = text_step(r);
			break;
		case MODE_THINK:
			more = think_step(r);
			break;
		case MODE_FENCE:
			more = fence_step(r);
			break;
		case MODE_JSON:
			more = json_step(r);
			break;
		}
	}
}

/* The triggers of a format that is to be used. */
static void
add_rules(struct recover *r, const struct format *f)
{
	for (size_t i = 0; i < BASE_NITEMS(f->trigger) &&
	    f->trigger[i].s != NULL; i++) {
		const struct dec_trigger *t = &f->trigger[i];
		unsigned char c = (unsigned char)*t->s;

		BUG(r->nrules == RULES_MAX);
		if (r->head[c] == -1)
			r->head[c] = (short)r->nrules;
		else
			r->rules[r->tail[c]].next = (short)r->nrules;
		r->tail[c] = (short)r->nrules;
		r->rules[r->nrules++] = (struct rule){ f, t, strlen(t->s),
		    -1 };
		/* The others count at the start of a line only. */
		if (t->where & DEC_ANY)
			r->stop[c] = 1;
	}
}

struct recover *
recover_open(jv tools, const struct recover_opts *opts, recover_fn *fn,
    void *arg)
{
	struct recover *r = xcalloc(1, sizeof(*r));
	const char *name = opts->format;
	bool all = name == NULL || strcmp(name, "auto") == 0, found = all;

	memset(r->head, 0xff, sizeof(r->head));
	r->stop['\n'] = r->stop['`'] = 1;
	for (size_t i = 0; format_table[i] != NULL; i++) {
		const struct format *f = format_table[i];
		bool asked = !all && strcmp(f->name, name) == 0;

		if (asked || (f->flags & DEC_REASON) ||
		    (all && !(f->flags & DEC_ASKED)))
			add_rules(r, f);
		found |= asked;
	}
	if (!found) {
		free(r);
		return NULL;
	}
	names_load(&r->names, tools);
	r->repair = !opts->plain;
	r->promote = opts->promote;
	r->fn = fn;
	r->arg = arg;
	r->line = r->begin = r->fresh = r->first = r->recast = true;
	r->think_first = true;
	if (opts->thinking)
		recover_think(r, think_closers);
	return r;
}

void
recover_feed(struct recover *r, const char *p, size_t n)
{
	buf_add(&r->text, p, n);
	run(r);
}

/* Reasoning, and nothing else: does it hold a call? */
static void
look_within(struct recover *r)
{
	struct recover_opts opts = { .plain = !r->repair };
	struct recover *in = recover_open(js_none(), &opts, NULL, NULL);
	struct names none = in->names;
	struct recover_result *got = &in->res, *res = &r->res;

	in->names = r->names;
	in->promote = false;
	in->cut = r->cut;
	recover_feed(in, buf_str(&res->reasoning), res->reasoning.len);
	in->final = true;
	run(in);
	if (got->ncalls > 0 && r->promote) {
		res->calls = got->calls;
		res->ncalls = got->ncalls;
		got->calls = NULL;
		got->ncalls = 0;
		out_note(r, res->calls[0].format, "call", r->think_at,
		    r->text.len - r->think_at, "taken out of the reasoning");
	} else if (got->ncalls > 0) {
		out_note(r, got->calls[0].format, "left", r->think_at,
		    r->text.len - r->think_at,
		    "a call within the reasoning is not made");
	}
	in->names = none;
	recover_free(in);
}

const struct recover_result *
recover_end(struct recover *r, bool cut)
{
	struct recover_result *res = &r->res;

	if (r->final)
		return res;
	r->final = true;
	r->cut = cut;
	run(r);
	if (r->mode == MODE_THINK)
		think_end(r, 0);
	if (res->ncalls == 0 && res->content.len == 0 &&
	    res->reasoning.len > 0)
		look_within(r);
	return res;
}

void
recover_free(struct recover *r)
{
	if (r == NULL)
		return;
	names_free(&r->names);
	buf_free(&r->text);
	buf_free(&r->gap0);
	buf_free(&r->gap1);
	buf_free(&r->think_gap);
	buf_free(&r->res.content);
	buf_free(&r->res.reasoning);
	out_calls_free(r->res.calls, r->res.ncalls);
	out_calls_free(r->res.cut, r->res.ncut);
	for (size_t i = 0; i < r->res.nnotes; i++)
		free(r->res.notes[i].detail);
	free(r->res.notes);
	free(r);
}

jv
recover_notes(const struct recover_result *res)
{
	jv all = js_arr();

	for (size_t i = 0; i < res->nnotes; i++) {
		const struct recover_note *n = &res->notes[i];
		jv o = js_set_str(js_obj(), "what", n->what);

		o = js_set_str(o, "format", n->format);
		o = js_set_int(o, "offset", (int64_t)n->at);
		o = js_set_int(o, "length", (int64_t)n->len);
		if (n->detail != NULL)
			o = js_set_str(o, "detail", n->detail);
		all = js_push(all, o);
	}
	return all;
}
