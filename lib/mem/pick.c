/*
 * pick.c - which memories are looked at one by one.
 */
#include "mem/pick.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

/* The share of a turn's points that one so far away has. */
static const float kernel[PICK_REACH + 1] = { 0, 0.40f, 0.25f, 0.15f,
    0.10f };
#define ANSWER	1.6f	/* more for the turn behind a question */

float
pick_share(const struct score *c, uint32_t from, int way)
{
	float share = kernel[way < 0 ? -way : way] *
	    sums_text(&c->sums, from);

	return way == 1 && share > 0 && score_asks(c, from) ? share * ANSWER :
	    share;
}

static int
by_seq(const void *a, const void *b)
{
	const struct pick_one *x = a, *y = b;

	return (x->seq > y->seq) - (x->seq < y->seq);
}

void
pick_add(struct pick *k, uint32_t seq, float first)
{
	if (k->n == k->cap) {
		k->cap = k->cap == 0 ? 1024 : k->cap * 2;
		k->v = xreallocarray(k->v, k->cap, sizeof(*k->v));
	}
	k->v[k->n++] = (struct pick_one){ seq, first, false };
}

static float
own(const struct score *c, uint32_t seq)
{
	const struct sums_one *p = sums_find(&c->sums, seq);

	return p != NULL ? p->text + p->date : 0;
}

/* The value of the want-th greatest of v, which is stirred. */
static float
nth(float *v, size_t n, size_t want)
{
	ptrdiff_t lo = 0, hi = (ptrdiff_t)n - 1, w = (ptrdiff_t)want - 1;

	while (lo < hi) {
		float pivot = v[lo + (hi - lo) / 2], t;
		ptrdiff_t i = lo, j = hi;

		while (i <= j) {
			while (v[i] > pivot)
				i++;
			while (v[j] < pivot)
				j--;
			if (i > j)
				break;
			t = v[i];
			v[i++] = v[j];
			v[j--] = t;
		}
		if (w <= j)
			hi = j;
		else if (w >= i)
			lo = i;
		else
			break;
	}
	return v[w];
}

/* Keep the want best by their first score, in the order that they have. */
void
pick_best(struct pick *k, size_t want)
{
	float *v, least;
	size_t n = 0, same = want;

	if (k->n <= want || want == 0)
		return;
	v = xcalloc(k->n, sizeof(*v));
	for (size_t i = 0; i < k->n; i++)
		v[i] = k->v[i].first;
	least = nth(v, k->n, want);
	free(v);
	for (size_t i = 0; i < k->n; i++)
		same -= k->v[i].first > least;
	for (size_t i = 0; i < k->n; i++)
		if (k->v[i].first > least ||
		    (k->v[i].first == least && same > 0 && same--))
			k->v[n++] = k->v[i];
	k->n = n;
}

/* The share that the numbers around give, as if all were of one session. */
static float
around(const struct score *c, uint32_t seq)
{
	float sum = 0;

	for (uint32_t i = 1; i <= PICK_REACH; i++) {
		if (seq >= i)
			sum += pick_share(c, seq - i, (int)i);
		if (seq + i < c->size)
			sum += pick_share(c, seq + i, -(int)i);
	}
	return sum;
}

void
pick_sort(struct pick *k)
{
	if (k->n > 1)
		qsort(k->v, k->n, sizeof(*k->v), by_seq);
}

void
pick_free(struct pick *k)
{
	free(k->v);
	memset(k, 0, sizeof(*k));
}

void
pick_from(struct pick *k, const struct score *c, size_t seeds, size_t look,
    bool near)
{
	size_t n;

	k->n = 0;
	for (size_t i = 0; i < c->sums.size; i++) {
		const struct sums_one *p = &c->sums.v[i];

		if (p->seq != 0)
			pick_add(k, p->seq, p->text + p->date);
	}
	pick_best(k, seeds);
	n = k->n;
	if (!near || n == 0)
		return;
	pick_sort(k);
	for (size_t i = 0, done = 0; i < n; i++) {
		uint32_t seq = k->v[i].seq;
		uint32_t from = seq > PICK_REACH ? seq - PICK_REACH : 0;

		if (from < done)
			from = (uint32_t)done;
		for (uint32_t j = from; j <= seq + PICK_REACH && j < c->size;
		    j++)
			pick_add(k, j, own(c, j) + around(c, j));
		done = seq + PICK_REACH + 1;
	}
	memmove(k->v, k->v + n, (k->n - n) * sizeof(*k->v));
	k->n -= n;
	pick_best(k, look);
}
