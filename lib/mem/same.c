/*
 * same.c - memories that say nearly the same.
 */
#include "mem/same.h"

#include <string.h>

#include "mem/dict.h"
#include "mem/terms.h"

#define NEAREST	8	/* of the best that a search for it finds */

/* The words of two memories: how many are in both, of how many. */
static double
alike(const struct item *a, const struct item *b)
{
	struct dict d = DICT_INIT;
	size_t both = 0, all = 0;

	terms_of(a, dict_note, &d);
	dict_add(&d, 1, 1);
	terms_of(b, dict_note, &d);
	dict_add(&d, 2, 1);
	for (size_t i = 0; i < d.n; i++) {
		/* Words only: the dates of two tellings may differ. */
		if ((unsigned char)dict_term(&d, &d.v[i])[0] < ' ')
			continue;
		both += d.v[i].df == 2;
		all++;
	}
	dict_free(&d);
	return all > 0 ? (double)both / (double)all : 0;
}

static bool
same_string(const char *a, const char *b)
{
	return (a == NULL) == (b == NULL) && (a == NULL || strcmp(a, b) == 0);
}

int
same_find(struct cmd *c, const struct store_ns *ns, const struct item *it,
    struct item *old, struct err *e)
{
	struct rank r = { .limit = NEAREST, .now = c->s.now, .off =
	    1u << RANK_NEIGHBOURS | 1u << RANK_NEAR | 1u << RANK_LIKE |
	    1u << RANK_DATE };
	struct store_ns *space = (struct store_ns *)(uintptr_t)ns;
	double best = SAME_LEAST;
	size_t n = strlen(it->text);
	int rc, found = 0;

	r.filter.since = INT64_MIN;
	r.filter.until = INT64_MAX;
	query_parse(&r.query, it->text, n < 4096 ? n : 4096, 0);
	rc = rank_space(&r, &c->s, space, e);
	rank_finish(&r);
	for (size_t i = 0; rc == 0 && i < r.nhits; i++) {
		struct item other;
		double how;

		if (item_of_row(c->s.db, r.hits[i].row, &other, e) != 1)
			continue;
		how = alike(it, &other);
		if (how >= best && same_string(it->speaker, other.speaker) &&
		    same_string(it->kind, other.kind)) {
			if (found)
				item_free(old);
			*old = other;
			found = 1;
			best = how;
		} else {
			item_free(&other);
		}
	}
	rank_free(&r);
	return rc == -1 ? -1 : found;
}
