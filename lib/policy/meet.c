/*
 * meet.c - can a word with wildcards become something that a pattern, which
 * has wildcards too, means?
 *
 * Both sides are cut into elements; a table says which pairs of beginnings
 * can be the same text.  Its size is bounded, so is the time.
 */
#include "policy/word.h"

#include "base/mem.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#define CELLS_MAX	((size_t)4 * 1024 * 1024)
#define PARTS_MAX	256

enum kind { CHAR, ANY, STAR, SET, UNKNOWN };

struct elem {
	enum kind	 kind;
	unsigned char	 c;
	const char	*set;		/* behind the [ */
	size_t		 n;		/* up to the ] */
};

struct text {
	struct elem	*e;
	size_t		 n;
	bool		 solid;		/* a letter or digit is in it */
	bool		 wild;
};

/* Length of the set behind a [, 0 when it has no end. */
static size_t
set_length(const char *p, const char *end)
{
	const char *q = p;

	if (q < end && (*q == '!' || *q == '^'))
		q++;
	if (q < end && *q == ']')
		q++;
	for (; q < end && *q != ']'; q++)
		if (*q == '\\' && q + 1 < end)
			q++;
	return q < end ? (size_t)(q - p) : 0;
}

static struct text
cut(const char *p, size_t n)
{
	struct text t = { xcalloc(n + 1, sizeof(*t.e)), 0, false, false };
	const char *end = p + n;

	for (; p < end; p++) {
		struct elem *e = &t.e[t.n++];

		e->kind = CHAR;
		e->c = (unsigned char)*p;
		if (*p == '\\' && p + 1 < end) {
			e->c = (unsigned char)*++p;
		} else if (*p == '*') {
			e->kind = STAR;
		} else if (*p == '?') {
			e->kind = ANY;
		} else if (*p == WORD_UNKNOWN) {
			e->kind = UNKNOWN;
		} else if (*p == '[' && (e->n = set_length(p + 1, end)) != 0) {
			e->kind = SET;
			e->set = p + 1;
			p += e->n + 1;
		}
		t.solid |= e->kind == CHAR && isalnum(e->c);
		t.wild |= e->kind != CHAR && e->kind != UNKNOWN;
	}
	return t;
}

static bool
in_set(const struct elem *s, unsigned char c)
{
	const unsigned char *p = (const unsigned char *)s->set;
	const unsigned char *end = p + s->n;
	bool no = p < end && (*p == '!' || *p == '^'), hit = false;

	for (p += no; p < end; p++) {
		unsigned char from, to;

		if (*p == '\\' && p + 1 < end)
			p++;
		from = to = *p;
		if (p + 2 < end && p[1] == '-') {
			to = p[2];
			p += 2;
		}
		hit |= c >= from && c <= to;
	}
	return hit != no;
}

/* Two elements that stand for one character each. */
static bool
same(const struct elem *p, const struct elem *w)
{
	if (p->kind == UNKNOWN || w->kind == UNKNOWN)
		return false;
	if (p->kind == ANY || w->kind == ANY ||
	    (p->kind == SET && w->kind == SET))
		return true;
	if (p->kind == SET)
		return in_set(p, w->c);
	if (w->kind == SET)
		return in_set(w, p->c);
	return p->c == w->c;
}

static bool
meet(const struct text *p, const struct text *w)
{
	size_t row = w->n + 1;
	bool *at, ok;

	if ((p->n + 1) > CELLS_MAX / row)
		return false;
	at = xcalloc((p->n + 1) * row, sizeof(*at));
	at[0] = true;
	for (size_t i = 0; i <= p->n; i++)
		for (size_t j = 0; j <= w->n; j++) {
			bool ps = i < p->n && p->e[i].kind == STAR;
			bool ws = j < w->n && w->e[j].kind == STAR;

			if (!at[i * row + j])
				continue;
			if (i < p->n && (ps || ws))
				at[(i + 1) * row + j] = true;
			if (j < w->n && (ps || ws))
				at[i * row + j + 1] = true;
			if (i < p->n && j < w->n && !ps && !ws &&
			    same(&p->e[i], &w->e[j]))
				at[(i + 1) * row + j + 1] = true;
		}
	ok = at[p->n * row + w->n];
	free(at);
	return ok;
}

bool
word_meets(const char *pattern, const char *code)
{
	struct text p = cut(pattern, strlen(pattern));
	struct text w = cut(code, strlen(code));
	bool ok = meet(&p, &w);

	free(p.e);
	free(w.e);
	return ok;
}

/* One component of a path. */
static bool
part_meets(const char *p, size_t pn, const char *w, size_t wn, bool fixed)
{
	struct text a = cut(p, pn), b = cut(w, wn);
	bool ok = true;

	if (b.wild && !b.solid && !fixed)
		ok = false;
	/* The shell does not let a wildcard begin a hidden name. */
	else if (b.n != 0 && b.e[0].kind != CHAR && a.n != 0 &&
	    a.e[0].kind == CHAR && a.e[0].c == '.')
		ok = false;
	else
		ok = meet(&a, &b);
	free(a.e);
	free(b.e);
	return ok;
}

/* The components of a path; false when there are too many. */
static bool
parts(const char *s, const char *at[PARTS_MAX], size_t len[PARTS_MAX],
    size_t *n)
{
	*n = 0;
	while (*s != '\0') {
		size_t k = strcspn(s, "/");

		if (k != 0) {
			if (*n == PARTS_MAX)
				return false;
			at[*n] = s;
			len[(*n)++] = k;
		}
		s += k;
		s += *s == '/';
	}
	return true;
}

bool
word_meets_path(const char *pattern, const char *code)
{
	const char *p[PARTS_MAX], *w[PARTS_MAX];
	size_t pl[PARTS_MAX], wl[PARTS_MAX], pn, wn;
	bool now[PARTS_MAX + 1] = { true }, next[PARTS_MAX + 1], fixed;

	if (!parts(pattern, p, pl, &pn) || !parts(code, w, wl, &wn))
		return false;
	fixed = pn == 0 || pl[0] != 2 || memcmp(p[0], "**", 2) != 0;
	for (size_t i = 0; i < pn; i++) {
		bool deep = pl[i] == 2 && memcmp(p[i], "**", 2) == 0;

		next[0] = deep && now[0];
		for (size_t j = 1; j <= wn; j++)
			next[j] = deep ? now[j] || next[j - 1] : now[j - 1] &&
			    part_meets(p[i], pl[i], w[j - 1], wl[j - 1],
			    fixed);
		memcpy(now, next, (wn + 1) * sizeof(now[0]));
	}
	return now[wn];
}
