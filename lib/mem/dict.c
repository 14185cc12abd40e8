/*
 * dict.c - terms and their lists, while an index is being made.
 */
#include "mem/dict.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "mem/post.h"

void
dict_free(struct dict *d)
{
	for (size_t i = 0; i < d->n; i++)
		buf_free(&d->v[i].list);
	free(d->v);
	free(d->slots);
	free(d->now);
	buf_free(&d->bytes);
	memset(d, 0, sizeof(*d));
}

static uint64_t
hash(const char *p, size_t n)
{
	uint64_t h = 14695981039346656037u;

	for (size_t i = 0; i < n; i++)
		h = (h ^ (unsigned char)p[i]) * 1099511628211u;
	return h ^ h >> 29;
}

const char *
dict_term(const struct dict *d, const struct dict_entry *t)
{
	return d->bytes.data + t->at;
}

static void
grow(struct dict *d)
{
	size_t n = d->nslots == 0 ? 1024 : d->nslots * 2;

	free(d->slots);
	d->slots = xcalloc(n, sizeof(*d->slots));
	d->nslots = n;
	for (size_t i = 0; i < d->n; i++) {
		size_t k = hash(dict_term(d, &d->v[i]), d->v[i].len) &
		    (n - 1);

		while (d->slots[k] != 0)
			k = (k + 1) & (n - 1);
		d->slots[k] = (uint32_t)i + 1;
	}
}

struct dict_entry *
dict_get(struct dict *d, const char *term, size_t n)
{
	struct dict_entry *t;
	size_t k;

	if (d->n * 2 >= d->nslots)
		grow(d);
	k = hash(term, n) & (d->nslots - 1);
	for (; d->slots[k] != 0; k = (k + 1) & (d->nslots - 1)) {
		t = &d->v[d->slots[k] - 1];
		if (t->len == n && memcmp(dict_term(d, t), term, n) == 0)
			return t;
	}
	if (d->n == d->cap) {
		d->cap = d->cap == 0 ? 512 : d->cap * 2;
		d->v = xreallocarray(d->v, d->cap, sizeof(*d->v));
	}
	t = &d->v[d->n++];
	memset(t, 0, sizeof(*t));
	t->at = d->bytes.len;
	t->len = n;
	t->mark = UINT32_MAX;
	buf_add(&d->bytes, term, n);
	d->slots[k] = (uint32_t)d->n;
	return t;
}

void
dict_note(const char *term, size_t n, void *arg)
{
	struct dict *d = arg;
	struct dict_entry *t = dict_get(d, term, n);

	if (d->nnow == d->now_cap) {
		d->now_cap = d->now_cap == 0 ? 256 : d->now_cap * 2;
		d->now = xreallocarray(d->now, d->now_cap, sizeof(*d->now));
	}
	d->now[d->nnow++] = (size_t)(t - d->v);
}

void
dict_add(struct dict *d, uint32_t seq, size_t words)
{
	for (size_t i = 0; i < d->nnow; i++) {
		struct dict_entry *t = &d->v[d->now[i]];

		t->tf = t->mark == seq ? t->tf + 1 : 1;
		t->mark = seq;
	}
	for (size_t i = 0; i < d->nnow; i++) {
		struct dict_entry *t = &d->v[d->now[i]];

		if (t->tf == 0)
			continue;
		post_add(&t->list, t->last, seq, post_impact(t->tf, words));
		t->last = seq;
		t->df++;
		t->tf = 0;
	}
	d->nnow = 0;
}

void
dict_append(struct dict *d, const char *term, size_t n, const void *list,
    size_t size)
{
	struct dict_entry *t = dict_get(d, term, n);
	struct post it;

	post_begin(&it, list, size);
	while (post_next(&it)) {
		post_add(&t->list, t->last, it.seq, it.impact);
		t->last = it.seq;
		t->df++;
	}
}

static int
compare(const void *a, const void *b, void *arg)
{
	const struct dict_entry *x = *(const struct dict_entry *const *)a;
	const struct dict_entry *y = *(const struct dict_entry *const *)b;
	size_t n = x->len < y->len ? x->len : y->len;
	int c = memcmp(dict_term(arg, x), dict_term(arg, y), n);

	return c != 0 ? c : (x->len > y->len) - (x->len < y->len);
}

struct dict_entry **
dict_sorted(struct dict *d)
{
	struct dict_entry **v = xcalloc(d->n + 1, sizeof(*v));

	for (size_t i = 0; i < d->n; i++)
		v[i] = &d->v[i];
	if (d->n > 1)
		qsort_r(v, d->n, sizeof(*v), compare, d);
	return v;
}
