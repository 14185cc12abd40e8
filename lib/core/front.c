/*
 * front.c - the head of a Markdown file between two lines of dashes.
 */
#include "core/front.h"

#include "base/buf.h"

#include <string.h>

#define KEY_MAX	64

struct line {
	const char	*p;
	size_t		 n;		/* without its end */
};

/* The next line at *at; false at the end. */
static bool
next(const char *p, size_t n, size_t *at, struct line *l)
{
	const char *nl;

	if (*at >= n)
		return false;
	nl = memchr(p + *at, '\n', n - *at);
	l->p = p + *at;
	l->n = nl != NULL ? (size_t)(nl - l->p) : n - *at;
	*at += l->n + (nl != NULL ? 1 : 0);
	if (l->n > 0 && l->p[l->n - 1] == '\r')
		l->n--;
	return true;
}

static bool
is_dashes(const struct line *l)
{
	size_t n = l->n;

	while (n > 0 && (l->p[n - 1] == ' ' || l->p[n - 1] == '\t'))
		n--;
	return n == 3 && memcmp(l->p, "---", 3) == 0;
}

static struct line
trim(struct line l)
{
	while (l.n > 0 && (*l.p == ' ' || *l.p == '\t'))
		l.p++, l.n--;
	while (l.n > 0 && (l.p[l.n - 1] == ' ' || l.p[l.n - 1] == '\t'))
		l.n--;
	return l;
}

/* A value as it was meant: quotes around it are no part of it. */
static void
put_value(struct buf *b, struct line v)
{
	char quote = v.n > 1 && (*v.p == '"' || *v.p == '\'') ? *v.p : 0;

	if (quote == 0 || v.p[v.n - 1] != quote) {
		buf_add(b, v.p, v.n);
		return;
	}
	for (size_t i = 1; i + 1 < v.n; i++) {
		char c = v.p[i];

		if (quote == '"' && c == '\\' && i + 2 < v.n) {
			c = v.p[++i];
			c = c == 'n' ? '\n' : c == 't' ? '\t' : c;
		} else if (quote == '\'' && c == '\'' && i + 2 < v.n &&
		    v.p[i + 1] == '\'') {
			i++;
		}
		buf_addc(b, c);
	}
}

static bool
is_block(struct line v)
{
	return v.n > 0 && v.n <= 2 && (*v.p == '|' || *v.p == '>');
}

/* Without a remark behind it; one in quotation marks is none. */
static struct line
no_remark(struct line v)
{
	char quote = v.n > 0 && (*v.p == '"' || *v.p == '\'') ? *v.p : 0;
	size_t i = 0;

	while (i < v.n && (v.p[i] != '#' || (i > 0 && v.p[i - 1] != ' ' &&
	    v.p[i - 1] != '\t') || (quote != 0 &&
	    memchr(v.p + 1, quote, i - 1) == NULL)))
		i++;
	return trim((struct line){ v.p, i });
}

/* A line in a block value is text; "- x" is one of a list, which is joined with
 * commas; other lines go on with the value, but for remarks. */
static void
put_more(struct buf *b, char block, struct line l)
{
	struct line v = trim(l);

	if (v.n == 0 || (block == 0 && *v.p == '#'))
		return;
	if (block == 0 && v.n > 1 && *v.p == '-' && v.p[1] == ' ') {
		buf_adds(b, b->len > 0 ? ", " : "");
		put_value(b, no_remark(trim((struct line){ v.p + 1,
		    v.n - 1 })));
		return;
	}
	if (b->len > 0)
		buf_addc(b, block == '|' ? '\n' : ' ');
	buf_add(b, v.p, v.n);
}

/* The key has its whole value; without one, the lines were of none. */
static jv
keep(jv o, char *key, struct buf *b)
{
	if (key[0] != '\0')
		o = js_set(o, key, js_from_buf(b));
	key[0] = '\0';
	buf_reset(b);
	return o;
}

jv
front_read(const char *p, size_t n, size_t *body)
{
	size_t at = 0;
	struct line l, v;
	struct buf b = BUF_INIT;
	char key[KEY_MAX] = "", block = 0;
	jv o = js_obj();

	*body = 0;
	if (n >= 3 && memcmp(p, "\xef\xbb\xbf", 3) == 0)
		at = 3;
	if (!next(p, n, &at, &l) || !is_dashes(&l))
		return o;
	while (next(p, n, &at, &l) && !is_dashes(&l)) {
		const char *colon = l.n > 0 ? memchr(l.p, ':', l.n) : NULL;
		size_t k = colon != NULL ? (size_t)(colon - l.p) : 0;

		/* The items of a list may stand without a margin. */
		if (l.n > 0 && (*l.p == ' ' || *l.p == '\t' ||
		    (l.n > 1 && *l.p == '-' && l.p[1] == ' '))) {
			put_more(&b, block, l);
			continue;
		}
		/* Items or a text may go on behind these. */
		if (trim(l).n == 0 || *l.p == '#')
			continue;
		o = keep(o, key, &b);
		while (k > 0 && (l.p[k - 1] == ' ' || l.p[k - 1] == '\t'))
			k--;
		if (k == 0 || k >= sizeof(key))
			continue;
		memcpy(key, l.p, k);
		key[k] = '\0';
		v = trim((struct line){ colon + 1, (size_t)(l.p + l.n -
		    colon) - 1 });
		block = is_block(v) ? *v.p : 0;
		if (block == 0)
			put_value(&b, v.n > 0 && strchr("\"'", *v.p) != NULL ?
			    no_remark(v) : v);
	}
	o = keep(o, key, &b);
	/* Without its end it was no head. */
	if (!is_dashes(&l)) {
		js_free(o);
		o = js_obj();
	} else {
		*body = at;
	}
	buf_free(&b);
	return o;
}
