/*
 * chunk_doc.c - the sections of documents by their headings, and paragraphs.
 *
 * A section is its heading and what stands below it up to the next heading
 * of any level; its title is the path of headings above it.
 */
#include "mem/chunk_in.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#define LEVELS	6

struct doc {
	enum chunk_lang	 lang;
	const struct chunk_lines *l;
	char		 fence;		/* of Markdown's code, or NUL */
	size_t		 fence_len;
	char		 marks[LEVELS];	/* underlines, in order of their use */
	struct buf	 path[LEVELS];	/* headings above, by level - 1 */
};

struct heading {
	unsigned	 level;		/* from 1 */
	const char	*p;
	size_t		 n;
	size_t		 lines;		/* 1, or 2 when underlined */
};

static const char *
line_of(const struct doc *d, size_t i, size_t *n)
{
	*n = i < d->l->n ? d->l->v[i].len : 0;
	return i < d->l->n ? d->l->text + d->l->v[i].off : "";
}

static size_t
run_of(const char *p, size_t n, char c)
{
	size_t k = 0;

	while (k < n && p[k] == c)
		k++;
	return k;
}

/* All of the line is one punctuation character, at least three times (one
 * is enough for Markdown's second kind of heading, where text is above). */
static bool
underline(const char *p, size_t n, size_t least)
{
	while (n > 0 && isspace((unsigned char)p[n - 1]))
		n--;
	return n >= least && ispunct((unsigned char)*p) &&
	    run_of(p, n, *p) == n;
}

static bool
marked(struct heading *h, const char *p, size_t n, char mark)
{
	size_t k = run_of(p, n, mark);

	if (k == 0 || k > LEVELS || k == n || (p[k] != ' ' && p[k] != '\t'))
		return false;
	h->level = (unsigned)k;
	h->p = p + k;
	h->n = n - k;
	/* "## Title ##" */
	while (h->n > 0 && (h->p[h->n - 1] == mark ||
	    isspace((unsigned char)h->p[h->n - 1])))
		h->n--;
	return true;
}

/* Sees the fences of code; true while in code. */
static bool
in_fence(struct doc *d, const char *p, size_t n)
{
	size_t skip = run_of(p, n, ' '), k;
	char c = skip < n ? p[skip] : '\0';

	if (skip > 3 || (c != '`' && c != '~'))
		return d->fence != '\0';
	k = run_of(p + skip, n - skip, c);
	if (d->fence == '\0') {
		if (k >= 3) {
			d->fence = c;
			d->fence_len = k;
		}
		return k >= 3;
	}
	if (c == d->fence && k >= d->fence_len)
		d->fence = '\0';
	return true;
}

static bool
markdown(struct doc *d, size_t i, struct heading *h)
{
	size_t n, under_n;
	const char *p = line_of(d, i, &n);
	const char *under = line_of(d, i + 1, &under_n);

	if (in_fence(d, p, n) || n == 0)
		return false;
	if (marked(h, p, n, '#'))
		return true;
	if ((*under == '=' || *under == '-') && !isspace((unsigned char)*p) &&
	    strchr("-=*>|#", *p) == NULL && underline(under, under_n, 2)) {
		h->level = *under == '=' ? 1 : 2;
		h->p = p;
		h->n = n;
		h->lines = 2;
		return true;
	}
	return false;
}

/* A title with a line of punctuation below it that is as long. */
static bool
rst(struct doc *d, size_t i, struct heading *h)
{
	size_t n, under_n;
	const char *p = line_of(d, i, &n);
	const char *under = line_of(d, i + 1, &under_n);

	if (n == 0 || isspace((unsigned char)*p) || under_n < n ||
	    !underline(under, under_n, 3) || underline(p, n, 3))
		return false;
	for (h->level = 1; h->level < LEVELS && d->marks[h->level - 1] !=
	    '\0' && d->marks[h->level - 1] != *under; h->level++)
		;
	d->marks[h->level - 1] = *under;
	h->p = p;
	h->n = n;
	h->lines = 2;
	return true;
}

/* What begins with one of these words is a heading of that level. */
struct macro {
	const char	*word;
	unsigned	 level;
};

static bool
macro(const struct macro *m, const char *p, size_t n, struct heading *h)
{
	for (; m->word != NULL; m++) {
		size_t len = strlen(m->word);

		if (n > len && memcmp(p, m->word, len) == 0) {
			h->level = m->level;
			h->p = p + len;
			h->n = n - len;
			return true;
		}
	}
	return false;
}

static bool
heading(struct doc *d, size_t i, struct heading *h)
{
	static const struct macro manual[] = { { ".Sh ", 1 }, { ".SH ", 1 },
		{ ".Ss ", 2 }, { ".SS ", 2 }, { NULL, 0 } };
	static const struct macro tex[] = { { "\\part{", 1 },
		{ "\\chapter{", 2 }, { "\\section{", 3 },
		{ "\\subsection{", 4 }, { "\\subsubsection{", 5 },
		{ "\\section*{", 3 }, { NULL, 0 } };
	size_t n;
	const char *p = line_of(d, i, &n);

	h->lines = 1;
	switch (d->lang) {
	case CHUNK_MARKDOWN:
		return markdown(d, i, h);
	case CHUNK_RST:
		return rst(d, i, h);
	case CHUNK_OUTLINE:
		return marked(h, p, n, '*') || marked(h, p, n, '=');
	case CHUNK_MANUAL:
		return macro(manual, p, n, h);
	case CHUNK_TEX:
		if (!macro(tex, p, n, h))
			return false;
		while (h->n > 0 && (h->p[h->n - 1] == '}' ||
		    isspace((unsigned char)h->p[h->n - 1])))
			h->n--;
		return true;
	default:
		return false;
	}
}

/* The heading takes its place in the path, which becomes the title. */
static char *
title(struct doc *d, const struct heading *h)
{
	struct buf all = BUF_INIT;
	const char *p = h->p;
	size_t n = h->n;

	while (n > 0 && isspace((unsigned char)*p))
		p++, n--;
	while (n > 0 && isspace((unsigned char)p[n - 1]))
		n--;
	for (size_t i = h->level - 1; i < LEVELS; i++)
		buf_reset(&d->path[i]);
	buf_add(&d->path[h->level - 1], p, n < 120 ? n : 120);
	for (size_t i = 0; i < h->level; i++) {
		if (d->path[i].len == 0)
			continue;
		if (all.len != 0)
			buf_adds(&all, " > ");
		buf_add(&all, d->path[i].data, d->path[i].len);
	}
	return all.len != 0 ? buf_detach(&all) : NULL;
}

static void
section(struct chunk_items *items, const struct chunk_lines *l, size_t from,
    size_t to, const struct heading *h, char *name)
{
	struct chunk_item *it = chunk_item_add(items, l, from, to);

	if (it == NULL) {
		free(name);
		return;
	}
	it->level = h->level;
	it->heading = h->lines;
	it->kind = h->level != 0 ? CHUNK_IS_SECTION : CHUNK_IS_TEXT;
	it->title = name;
}

static void
sections(struct doc *d, struct chunk_items *items)
{
	struct heading h = { .level = 0 }, next;
	size_t from = 0;
	char *name = NULL;

	for (size_t i = 0; i < d->l->n; i++) {
		if (!heading(d, i, &next))
			continue;
		section(items, d->l, from, i, &h, name);
		from = i;
		h = next;
		name = title(d, &h);
		i += h.lines - 1;
	}
	section(items, d->l, from, d->l->n, &h, name);
}

static void
paragraphs(const struct chunk_lines *l, struct chunk_items *items)
{
	const struct heading none = { .level = 0 };

	for (size_t i = 0; i < l->n;) {
		size_t from = i;

		while (i < l->n && !l->v[i].blank)
			i++;
		section(items, l, from, i, &none, NULL);
		while (i < l->n && l->v[i].blank)
			i++;
	}
}

void
chunk_doc(enum chunk_lang lang, const struct chunk_lines *l,
    struct chunk_items *items)
{
	struct doc d = { .lang = lang, .l = l };

	if (lang == CHUNK_TEXT)
		paragraphs(l, items);
	else
		sections(&d, items);
	for (size_t i = 0; i < LEVELS; i++)
		buf_free(&d.path[i]);
}
