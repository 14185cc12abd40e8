/*
 * near.c - words that are written nearly like one that is nowhere.
 *
 * Each segment has the list of its words; it is read from end to end, which
 * a word that is known never needs.  Near is a Damerau-Levenshtein distance
 * (optimal string alignment) of 1, or 2 for long words, or being a part of
 * a longer one.
 */
#include "mem/score.h"

#include <string.h>

#define PART_MIN	4	/* letters of a part that is looked for */
#define FIRST_COST	1	/* the first letter is seldom wrong */

struct found {
	char	word[TERMS_MAX];
	double	weight;
};

struct hunt {
	const char	*word;
	size_t		 n;
	int		 most;		/* edits */
	struct found	 best[4];
	size_t		 nbest;
};

/* Edits between two words, or most + 1 when there are more. */
static int
edits(const char *a, size_t n, const char *b, size_t m, int most)
{
	int rows[3][TERMS_MAX + 1], *two = rows[0], *one = rows[1],
	    *now = rows[2];

	for (size_t j = 0; j <= m; j++)
		one[j] = (int)j;
	for (size_t i = 1; i <= n; i++) {
		int least = now[0] = (int)i, *swap;

		for (size_t j = 1; j <= m; j++) {
			int d = one[j - 1] + (a[i - 1] != b[j - 1]);

			if (one[j] + 1 < d)
				d = one[j] + 1;
			if (now[j - 1] + 1 < d)
				d = now[j - 1] + 1;
			if (i > 1 && j > 1 && a[i - 1] == b[j - 2] &&
			    a[i - 2] == b[j - 1] && two[j - 2] + 1 < d)
				d = two[j - 2] + 1;
			now[j] = d;
			if (d < least)
				least = d;
		}
		if (least > most)
			return most + 1;
		swap = two;
		two = one;
		one = now;
		now = swap;
	}
	return one[m];
}

/* Remember a word when it is among the best. */
static void
offer(struct hunt *h, const char *p, size_t n, double weight)
{
	size_t i = h->nbest;

	for (size_t k = 0; k < h->nbest; k++)
		if (strlen(h->best[k].word) == n &&
		    memcmp(h->best[k].word, p, n) == 0)
			return;
	if (i == BASE_NITEMS(h->best)) {
		if (h->best[i - 1].weight >= weight)
			return;
		i--;
	} else {
		h->nbest++;
	}
	for (; i > 0 && h->best[i - 1].weight < weight; i--)
		h->best[i] = h->best[i - 1];
	memcpy(h->best[i].word, p, n);
	h->best[i].word[n] = '\0';
	h->best[i].weight = weight;
}

static void
look(struct hunt *h, const char *p, size_t n)
{
	size_t gap = n > h->n ? n - h->n : h->n - n;

	if (n >= TERMS_MAX || n == 0)
		return;
	if (gap <= (size_t)h->most) {
		int d = edits(h->word, h->n, p, n, h->most);

		if (d <= h->most && p[0] != h->word[0])
			d += FIRST_COST;
		if (d <= h->most) {
			offer(h, p, n, d == 1 ? 0.7 : 0.45);
			return;
		}
	}
	if (h->n >= PART_MIN && n > h->n && memmem(p, n, h->word, h->n) !=
	    NULL)
		offer(h, p, n, 0.3 + 0.2 * (double)h->n / (double)n);
}

int
score_near(struct score *c, const struct query_term *w,
    struct score_term *out, size_t max, struct err *e)
{
	struct hunt h = { .word = w->term, .n = strlen(w->term) };
	size_t found = 0;
	int rc = 0;

	h.most = h.n >= 7 ? 2 : h.n >= 4 ? 1 : 0;
	if (h.most == 0 || h.n > 40)
		return 0;
	/* Numbers have no spelling; an identifier may have parts. */
	if (w->term[strspn(w->term, "0123456789")] == '\0')
		h.most = 0;
	for (size_t i = 0; i < c->nsegments; i++) {
		struct db_stmt *st = db_query(c->s->db, e, "SELECT words"
		    " FROM vocabulary WHERE ns = ? AND lo = ?", "ii",
		    c->ns->id, c->segments[i]);
		const char *p, *end;
		size_t n;

		rc = st != NULL ? db_step(st, e) : -1;
		if (rc == -1)
			return -1;
		if (rc == 0)
			continue;
		p = db_blob(st, 0, &n);
		for (end = p + n; p < end; p++) {
			const char *nl = memchr(p, '\n', (size_t)(end - p));

			if (nl == NULL)
				nl = end;
			look(&h, p, (size_t)(nl - p));
			p = nl;
		}
		db_done(st);
	}
	for (size_t i = 0; i < c->tail.n; i++)
		if (c->tail.v[i].df > 0 && (unsigned char)dict_term(&c->tail,
		    &c->tail.v[i])[0] > ' ')
			look(&h, dict_term(&c->tail, &c->tail.v[i]),
			    c->tail.v[i].len);
	for (size_t i = 0; i < h.nbest && found < max; i++) {
		rc = score_lists(c, h.best[i].word, &out[found], e);
		if (rc == -1)
			return -1;
		out[found].weight = h.best[i].weight;
		found += rc == 1;
	}
	return (int)found;
}
