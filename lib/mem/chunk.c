/*
 * chunk.c - items put together into pieces of a useful size, or cut further.
 *
 * Invariant: pieces come out in order, none overlaps another, and every line
 * that is not blank is in one of them.
 */
#include "mem/chunk.h"

#include "base/mem.h"
#include "base/utf8.h"
#include "mem/chunk_in.h"

#include <stdlib.h>
#include <string.h>

#define SMALL	((size_t)240)	/* bytes of what may join its neighbours */
#define NAMES	((size_t)160)	/* bytes of names of what was joined */

struct cut {
	enum chunk_lang	 lang;
	struct chunk_lines l;
	chunk_fn	*fn;
	void		*arg;
};

/* ---- lines ---- */

static void
lines_of(struct chunk_lines *l, const char *text, size_t n)
{
	size_t cap = 0;

	*l = (struct chunk_lines){ .text = text, .size = n };
	for (size_t off = 0; off < n;) {
		const char *nl = memchr(text + off, '\n', n - off);
		size_t end = nl != NULL ? (size_t)(nl - text) : n;
		struct chunk_line at = { .off = off, .len = end - off };
		size_t i = 0;

		if (at.len > 0 && text[end - 1] == '\r')
			at.len--;
		for (; i < at.len && (text[off + i] == ' ' ||
		    text[off + i] == '\t' || text[off + i] == '\f'); i++)
			at.indent += text[off + i] == '\t' ?
			    8 - at.indent % 8 : 1;
		at.blank = i == at.len;
		if (l->n == cap) {
			cap = cap != 0 ? cap * 2 : 64;
			l->v = xreallocarray(l->v, cap, sizeof(*l->v));
		}
		l->v[l->n++] = at;
		off = end + 1;
	}
}

static size_t
bytes(const struct chunk_lines *l, size_t from, size_t to)
{
	return from < to ? l->v[to - 1].off + l->v[to - 1].len -
	    l->v[from].off : 0;
}

struct chunk_item *
chunk_item_add(struct chunk_items *items, const struct chunk_lines *l,
    size_t from, size_t to)
{
	struct chunk_item *it;

	while (from < to && l->v[from].blank)
		from++;
	while (to > from && l->v[to - 1].blank)
		to--;
	if (from == to)
		return NULL;
	/* Room grows by doubling: at every power of two. */
	if ((items->n & (items->n - 1)) == 0)
		items->v = xreallocarray(items->v, items->n != 0 ?
		    items->n * 2 : 1, sizeof(*items->v));
	it = &items->v[items->n++];
	*it = (struct chunk_item){ .from = from, .to = to };
	return it;
}

/* ---- pieces ---- */

static void
emit(const struct cut *c, size_t from, size_t to, enum chunk_kind kind,
    const char *title)
{
	const struct chunk_lines *l = &c->l;
	struct chunk out = { .kind = kind, .title = title != NULL ? title :
	    "", .first = from + 1, .last = to };
	size_t n = bytes(l, from, to);

	for (size_t off = 0; off < n;) {
		const char *p = l->text + l->v[from].off + off;

		/* Only a single line is still longer. */
		out.text = p;
		out.len = n - off;
		if (out.len > CHUNK_MAX) {
			out.len = utf8_cut(p, CHUNK_MAX);
			if (out.len == 0)
				out.len = CHUNK_MAX;
		}
		off += out.len;
		c->fn(&out, c->arg);
	}
}

static void
emit_trimmed(const struct cut *c, size_t from, size_t to,
    enum chunk_kind kind, const char *title)
{
	while (from < to && c->l.v[from].blank)
		from++;
	while (to > from && c->l.v[to - 1].blank)
		to--;
	if (from < to)
		emit(c, from, to, kind, title);
}

/* Where lines from .. to - 1 are best cut: behind blank lines (or anywhere,
 * when there are none) at the least depth that there is. */
static unsigned
depth(const struct cut *c, size_t from, size_t to, bool blank)
{
	unsigned least = ~0U;

	for (size_t i = from + 1; i < to; i++)
		if (!c->l.v[i].blank && (!blank || c->l.v[i - 1].blank) &&
		    c->l.v[i].indent < least)
			least = c->l.v[i].indent;
	return least;
}

static bool
border(const struct cut *c, size_t i, unsigned least, bool blank)
{
	const struct chunk_line *at = &c->l.v[i];

	return !at->blank && at->indent <= least &&
	    (!blank || c->l.v[i - 1].blank);
}

/* "Outer.inner" for a definition within one. */
static enum chunk_kind
inner(const struct cut *c, size_t from, size_t to, const char *outer,
    enum chunk_kind kind, struct buf *title)
{
	struct buf name = BUF_INIT;
	enum chunk_kind own = CHUNK_IS_TEXT;

	if (kind == CHUNK_IS_CLASS)
		own = chunk_head(c->lang, &c->l, from, to, &name);
	if (outer != NULL)
		buf_adds(title, outer);
	if (own != CHUNK_IS_TEXT) {
		if (title->len != 0)
			buf_addc(title, '.');
		buf_add(title, name.data, name.len);
	}
	buf_free(&name);
	return own != CHUNK_IS_TEXT ? own : kind;
}

/* Cut what is too large for a piece.  Borders are tried from the best down;
 * each level makes the parts smaller, so that the depth is bounded. */
static void
split(const struct cut *c, size_t from, size_t to, enum chunk_kind kind,
    const char *title, int level)
{
	bool blank = depth(c, from, to, true) != ~0U;
	unsigned least = depth(c, from, to, blank);
	size_t start = from;

	if (bytes(&c->l, from, to) <= CHUNK_MAX || to - from < 2) {
		emit_trimmed(c, from, to, kind, title);
		return;
	}
	if (level == 0) {	/* by size alone */
		for (size_t i = from + 1; i <= to; i++)
			if (i == to || bytes(&c->l, start, i + 1) >
			    CHUNK_GOAL) {
				emit_trimmed(c, start, i, kind, title);
				start = i;
			}
		return;
	}
	for (size_t i = from + 1; i <= to; i++) {
		struct buf name = BUF_INIT;
		enum chunk_kind own;
		size_t next = i + 1;

		if (i < to && !border(c, i, least, blank))
			continue;
		/* Go on while the next part still fits. */
		while (next < to && !border(c, next, least, blank))
			next++;
		if (i < to && kind != CHUNK_IS_CLASS &&
		    bytes(&c->l, start, next < to ? next : to) <= CHUNK_GOAL)
			continue;
		own = inner(c, start, i, title, kind, &name);
		split(c, start, i, own, name.len != 0 ? buf_str(&name) :
		    title, level - 1);
		buf_free(&name);
		start = i;
	}
}

/* The item stands for itself and is not joined with others. */
static bool
alone(const struct cut *c, const struct chunk_item *it)
{
	size_t n = bytes(&c->l, it->from, it->to);

	if (it->level != 0)
		return true;	/* a section */
	return it->kind != CHUNK_IS_TEXT && n > SMALL;
}

/* A heading with nothing below it is read with the section behind it. */
static bool
bare(const struct chunk_item *it)
{
	return it->level != 0 && it->to - it->from <= it->heading;
}

static void
join(const struct cut *c, const struct chunk_items *items)
{
	for (size_t i = 0; i < items->n;) {
		const struct chunk_item *it = &items->v[i], *last = it;
		struct buf names = BUF_INIT;
		size_t k = i + 1;

		if (it->title != NULL)
			buf_adds(&names, it->title);
		for (; k < items->n && bytes(&c->l, it->from,
		    items->v[k].to) <= CHUNK_GOAL; k++) {
			const struct chunk_item *next = &items->v[k];

			if (bare(last) && next->level > last->level) {
				buf_reset(&names);
			} else if (alone(c, last) || alone(c, next)) {
				break;
			} else if (next->title != NULL && names.len != 0) {
				buf_adds(&names, ", ");
			}
			if (next->title != NULL && names.len < NAMES)
				buf_adds(&names, next->title);
			last = next;
		}
		split(c, it->from, last->to, last->kind, buf_str(&names), 6);
		buf_free(&names);
		i = k;
	}
}

void
chunk_cut(enum chunk_lang lang, const char *text, size_t n, chunk_fn *fn,
    void *arg)
{
	struct cut c = { .lang = lang, .fn = fn, .arg = arg };
	struct chunk_items items = { NULL, 0 };

	if (n >= 3 && memcmp(text, "\xef\xbb\xbf", 3) == 0) {
		text += 3;
		n -= 3;
	}
	lines_of(&c.l, text, n);
	if (lang == CHUNK_TEXT || lang >= CHUNK_MARKDOWN)
		chunk_doc(lang, &c.l, &items);
	else
		chunk_code(lang, &c.l, &items);
	join(&c, &items);
	for (size_t i = 0; i < items.n; i++)
		free(items.v[i].title);
	free(items.v);
	free(c.l.v);
}

const char *
chunk_kind_name(enum chunk_kind kind)
{
	static const char *const names[] = { "text", "function", "class",
		"section" };

	return names[kind];
}
