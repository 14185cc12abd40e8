/*
 * hunk.c - the changes that a unified diff asks for.
 */
#include "tool/hunk.h"

#include "base/mem.h"

#include <stdlib.h>
#include <string.h>

#define HUNKS_MAX	1000

struct reader {
	struct hunk	*v;
	int		 n;
	size_t		 lineno;	/* of the diff */
	char		 last;		/* sign of the line before */
	struct buf	*why;
};

static bool
begins(const char *p, size_t n, const char *word)
{
	return n >= strlen(word) && memcmp(p, word, strlen(word)) == 0;
}

/* The number behind the minus of "@@ -12,3 +12,4 @@", 0 when there is none. */
static size_t
place(const char *p, size_t n)
{
	size_t i = 2, line = 0;

	while (i < n && (p[i] == ' ' || p[i] == '-'))
		i++;
	for (; i < n && p[i] >= '0' && p[i] <= '9' && line < 100000000; i++)
		line = line * 10 + (size_t)(p[i] - '0');
	return line;
}

static bool
new_hunk(struct reader *r, const char *p, size_t n)
{
	if (r->n == HUNKS_MAX) {
		buf_addf(r->why, "the diff has more than %d hunks",
		    HUNKS_MAX);
		return false;
	}
	r->v = xreallocarray(r->v, (size_t)r->n + 1, sizeof(*r->v));
	r->v[r->n++] = (struct hunk){ BUF_INIT, BUF_INIT, place(p, n),
	    false };
	r->last = 0;
	return true;
}

static void
add(struct buf *b, const char *p, size_t n)
{
	buf_add(b, p, n);
	buf_addc(b, '\n');
}

static bool
take_line(struct reader *r, const char *p, size_t n)
{
	struct hunk *h = r->n != 0 ? &r->v[r->n - 1] : NULL;

	if (begins(p, n, "@@"))
		return new_hunk(r, p, n);
	/* The head of the next file's part, too: there is one file only. */
	if (h == NULL || begins(p, n, "diff --git ") ||
	    begins(p, n, "index ") || (r->last == 0 &&
	    (begins(p, n, "--- ") || begins(p, n, "+++ "))))
		return true;
	if (n == 0 || p[0] == ' ') {
		/* Some leave out the blank of an empty line. */
		add(&h->from, p + (n != 0), n - (n != 0));
		add(&h->to, p + (n != 0), n - (n != 0));
	} else if (p[0] == '-') {
		add(&h->from, p + 1, n - 1);
	} else if (p[0] == '+') {
		add(&h->to, p + 1, n - 1);
	} else if (p[0] == '\\') {
		h->bare |= r->last == '+' || r->last == ' ';
	} else {
		buf_addf(r->why, "line %zu of the diff begins with neither "
		    "a blank nor + nor -", r->lineno);
		return false;
	}
	r->last = n != 0 ? p[0] : ' ';
	return true;
}

/* Empty lines behind the last hunk are the end of the text, not context. */
static void
trim(struct hunk *h, size_t empty)
{
	while (empty-- > 0 && h->from.len > 0 && h->to.len > 0) {
		buf_cut(&h->from, h->from.len - 1);
		buf_cut(&h->to, h->to.len - 1);
	}
}

static bool
check(struct reader *r)
{
	if (r->n == 0) {
		buf_adds(r->why, "there is no line with @@ in the diff");
		return false;
	}
	for (int i = 0; i < r->n; i++) {
		struct hunk *h = &r->v[i];

		if (h->from.len == h->to.len && !h->bare &&
		    memcmp(buf_str(&h->from), buf_str(&h->to),
		    h->from.len) == 0) {
			buf_addf(r->why, "hunk %d changes nothing", i + 1);
			return false;
		}
	}
	return true;
}

int
hunk_parse(struct hunk **v, const char *diff, size_t n, struct buf *why)
{
	struct reader r = { .why = why };
	size_t empty = 0;
	bool good = true;

	while (n != 0 && good) {
		const char *nl = memchr(diff, '\n', n);
		size_t len = nl != NULL ? (size_t)(nl - diff) : n;

		r.lineno++;
		empty = len == 0 ? empty + 1 : 0;
		good = take_line(&r, diff, len);
		diff += len + (nl != NULL);
		n -= len + (nl != NULL);
	}
	if (good && r.n > 0)
		trim(&r.v[r.n - 1], empty);
	if (good && check(&r)) {
		*v = r.v;
		return r.n;
	}
	hunk_free(r.v, r.n);
	*v = NULL;
	return -1;
}

void
hunk_free(struct hunk *v, int n)
{
	for (int i = 0; i < n; i++) {
		buf_free(&v[i].from);
		buf_free(&v[i].to);
	}
	free(v);
}
