/*
 * out.c - what came of the text: content, reasoning, calls, notes.
 *
 * Blanks are told only once something follows them, so that what was told
 * is always a prefix of a content without blanks at its ends.
 */
#include "recover/state.h"

#include "base/mem.h"

#include <stdlib.h>
#include <string.h>

#define NOTES_MAX	2000

static bool
blank(char c)
{
	return c == ' ' || c == '\n' || c == '\t' || c == '\r';
}

static void
tell(struct recover *r, enum recover_kind kind, const char *p, size_t n)
{
	if (r->fn != NULL && n > 0)
		r->fn(r->arg, kind, p, n);
}

void
out_text(struct recover *r, const char *p, size_t n)
{
	struct buf *c = &r->res.content;
	struct buf *gap = r->called ? &r->gap1 : &r->gap0;
	size_t lead = 0, end = n, old = c->len;
	const char *nl;

	while (lead < n && blank(p[lead]))
		lead++;
	buf_add(gap, p, lead);
	if (lead == n)
		return;
	while (blank(p[end - 1]))
		end--;
	if (old > 0) {
		buf_add(c, r->gap0.data, r->gap0.len);
		buf_add(c, r->gap1.data, r->gap1.len);
	} else if (!r->block && gap->len > 0) {
		/* The first line keeps its indentation. */
		nl = memrchr(gap->data, '\n', gap->len);
		nl = nl != NULL ? nl + 1 : gap->data;
		buf_add(c, nl, (size_t)(gap->data + gap->len - nl));
	}
	buf_reset(&r->gap0);
	buf_reset(&r->gap1);
	r->called = false;
	buf_add(c, p + lead, end - lead);
	buf_add(&r->gap0, p + end, n - end);
	tell(r, RECOVER_TEXT, c->data + old, c->len - old);
}

void
out_think(struct recover *r, const char *p, size_t n)
{
	struct buf *c = &r->res.reasoning;
	size_t end = n, old = c->len, lead = 0;

	if (r->think_first)
		while (lead < n && blank(p[lead]))
			lead++;
	if (lead == n)
		return;
	p += lead;
	n -= lead;
	end = n;
	while (end > 0 && blank(p[end - 1]))
		end--;
	if (end > 0) {
		if (r->think_first && old > 0)
			buf_addc(c, '\n');
		buf_add(c, r->think_gap.data, r->think_gap.len);
		buf_reset(&r->think_gap);
		buf_add(c, p, end);
		tell(r, RECOVER_REASONING, c->data + old, c->len - old);
	}
	r->think_first = false;
	buf_add(&r->think_gap, p + end, n - end);
}

void
out_think_end(struct recover *r)
{
	buf_reset(&r->think_gap);
	r->think_first = true;
	r->think_again = false;
	if (r->res.content.len == 0)
		r->block = true;
}

void
out_note(struct recover *r, const char *format, const char *what, size_t at,
    size_t len, const char *detail)
{
	struct recover_note *v;

	if (r->res.nnotes >= NOTES_MAX)
		return;
	r->res.notes = xreallocarray(r->res.notes, r->res.nnotes + 1,
	    sizeof(*v));
	v = &r->res.notes[r->res.nnotes++];
	*v = (struct recover_note){ format, what, at, len,
	    detail != NULL && *detail != '\0' ? xstrdup(detail) : NULL };
}

void
out_call(struct recover *r, const struct dec *d, struct dec_item *it)
{
	struct recover_result *res = &r->res;
	struct recover_call *c;

	res->calls = xreallocarray(res->calls, res->ncalls + 1, sizeof(*c));
	c = &res->calls[res->ncalls++];
	*c = (struct recover_call){ .name = xstrdup(it->tool->name),
	    .args = it->text, .id = it->id, .format = d->fmt->name,
	    .at = r->pos };
	it->text = (struct buf)BUF_INIT;
	it->id = NULL;
	r->called = true;
	buf_reset(&r->gap1);
	if (res->content.len == 0)
		r->block = true;
}

void
out_cut(struct recover *r, const struct dec *d, const char *name,
    const char *args, size_t n)
{
	struct recover_result *res = &r->res;
	struct recover_call *c;

	res->cut = xreallocarray(res->cut, res->ncut + 1, sizeof(*c));
	c = &res->cut[res->ncut++];
	*c = (struct recover_call){ .name = xstrdup(name),
	    .format = d->fmt->name, .at = r->pos };
	buf_add(&c->args, args, n);
	out_note(r, d->fmt->name, "cut", r->pos, r->text.len - r->pos,
	    "the text ends within the call");
}

void
out_calls_free(struct recover_call *v, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		free(v[i].name);
		free(v[i].id);
		buf_free(&v[i].args);
	}
	free(v);
}

void
out_recast(struct recover *r)
{
	struct recover_result *res = &r->res;

	if (res->ncalls > 0)
		out_note(r, "think-end", "left", 0, r->pos,
		    "calls within the reasoning are not made");
	out_calls_free(res->calls, res->ncalls);
	res->calls = NULL;
	res->ncalls = 0;
	buf_reset(&res->content);
	buf_reset(&res->reasoning);
	buf_reset(&r->gap0);
	buf_reset(&r->gap1);
	r->called = false;
	if (r->fn != NULL)
		r->fn(r->arg, RECOVER_RECAST, "", 0);
	out_think_end(r);
	out_think(r, r->text.data, r->pos);
	out_think_end(r);
	out_note(r, "think-end", "reasoning", 0, r->pos, NULL);
}
