/*
 * stats.c - what columns hold.
 */
#include "view/stats.h"

#include "base/mem.h"
#include "view/datum.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define SAMPLE_BYTES	((size_t)8 * 1024 * 1024)	/* of all columns */
#define VALUE_BYTES	((size_t)12 * 1024 * 1024)
#define SEED		0x9e3779b97f4a7c15
#define UNKNOWN_COLUMNS	256	/* that memory is shared out for */
#define EXACT		0x1p53	/* what a double holds to the last digit */
#define TEXT_MAX	40	/* kept of the least and the greatest */

static size_t
within(size_t n, size_t low, size_t high)
{
	return n < low ? low : n > high ? high : n;
}

/* The greatest power of two that is not above n. */
static size_t
power(size_t n)
{
	size_t p = 1;

	while (p * 2 <= n)
		p *= 2;
	return p;
}

void
stats_begin(struct stats *s, size_t columns, bool deep)
{
	size_t n = columns != 0 ? columns : UNKNOWN_COLUMNS;

	*s = (struct stats){ .deep = deep, .columns = columns,
	    .random = SEED };
	s->sample_max = within(SAMPLE_BYTES /
	    sizeof(union stats_item) / n, 64, 16384);
	s->value_max = power(within(VALUE_BYTES /
	    sizeof(struct stats_value) / n, 32, 2048));
}

void
stats_free(struct stats *s)
{
	for (size_t i = 0; i < s->n; i++) {
		free(s->v[i].sample);
		free(s->v[i].value);
		buf_free(&s->v[i].least);
		buf_free(&s->v[i].greatest);
	}
	free(s->v);
	s->v = NULL;
	s->n = 0;
}

uint64_t
stats_random(uint64_t *state, uint64_t n)
{
	uint64_t z = *state += SEED;	/* splitmix64 */

	z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9;
	z = (z ^ z >> 27) * 0x94d049bb133111eb;
	z ^= z >> 31;
	return n != 0 ? z % n : 0;
}

/* ---- one value ---- */

static bool
less(const struct stats_column *c, union stats_item a, union stats_item b)
{
	return c->whole ? a.n < b.n : a.x < b.x;
}

/* How far v is above the base; a double keeps that better than v. */
static double
above(const struct stats_column *c, union stats_item v)
{
	if (!c->whole)
		return v.x;
	return v.n >= c->base ?
	    (double)((uint64_t)v.n - (uint64_t)c->base) :
	    -(double)((uint64_t)c->base - (uint64_t)v.n);
}

/* There is a number that is not whole: so are all from now on. */
static void
make_real(struct stats_column *c)
{
	c->min.x = (double)c->min.n;
	c->max.x = (double)c->max.n;
	for (size_t i = 0; i < c->nsample; i++)
		c->sample[i].x = (double)c->sample[i].n;
	c->mean += (double)c->base;
	c->base = 0;
	c->whole = false;
}

static void
add_number(struct stats *s, struct stats_column *c, const char *p, size_t n,
    enum view_kind k)
{
	union stats_item v;
	double d;

	if (c->numbers == 0) {
		c->whole = true;
		c->sample = xcalloc(s->sample_max, sizeof(*c->sample));
	}
	if (c->whole && (k != KIND_INTEGER || !datum_whole(p, n, &v.n)))
		make_real(c);
	if (!c->whole)
		v.x = datum_value(p, n);
	if (c->numbers++ == 0) {
		c->min = c->max = v;
		c->base = c->whole ? v.n : 0;
	}
	c->min = less(c, v, c->min) ? v : c->min;
	c->max = less(c, c->max, v) ? v : c->max;
	d = above(c, v) - c->mean;
	c->mean += d / (double)c->numbers;
	c->squares += d * (above(c, v) - c->mean);
	if (c->nsample < s->sample_max) {
		c->sample[c->nsample++] = v;
	} else {
		uint64_t i = stats_random(&s->random, c->numbers);

		if (i < s->sample_max)
			c->sample[i] = v;
	}
}

static bool
before(const char *p, size_t n, const struct buf *b)
{
	size_t k = n < b->len ? n : b->len;
	int c = k != 0 ? memcmp(p, b->data, k) : 0;

	return c < 0 || (c == 0 && n < b->len);
}

static void
set(struct buf *b, const char *p, size_t n)
{
	buf_reset(b);
	buf_grow(b, 1);
	buf_add(b, p, n);
}

static void
add_text(struct stats_column *c, const char *p, size_t n, bool first)
{
	n = n < TEXT_MAX ? n : TEXT_MAX;
	if (first || before(p, n, &c->least))
		set(&c->least, p, n);
	if (first || (!before(p, n, &c->greatest) && (n != c->greatest.len ||
	    memcmp(p, c->greatest.data, n) != 0)))
		set(&c->greatest, p, n);
}

static uint64_t
hash(const char *p, size_t n)
{
	uint64_t h = 0xcbf29ce484222325 ^ n;

	for (; n >= 8; p += 8, n -= 8) {
		uint64_t w;

		memcpy(&w, p, 8);
		h = (h ^ w) * 0x9e3779b97f4a7c15;
		h ^= h >> 29;
	}
	for (size_t i = 0; i < n; i++)
		h = (h ^ (unsigned char)p[i]) * 0x100000001b3;
	h ^= h >> 32;
	return h != 0 ? h : 1;
}

static void
add_distinct(struct stats *s, struct stats_column *c, const char *p,
    size_t n)
{
	uint64_t h = hash(p, n);
	size_t slots = s->value_max * 2, i = h & (slots - 1);
	struct stats_value *v;

	if (c->value == NULL)
		c->value = xcalloc(slots, sizeof(*c->value));
	while (c->value[i].hash != 0 && c->value[i].hash != h)
		i = (i + 1) & (slots - 1);
	v = &c->value[i];
	v->count++;
	if (v->hash == h)
		return;
	v->hash = h;
	v->n = (uint8_t)within(n, 0, sizeof(v->text));
	v->cut = v->n < n;
	memcpy(v->text, p, v->n);
	/* Too many to count: the table is not needed any more. */
	if (++c->nvalues == s->value_max) {
		c->many = true;
		free(c->value);
		c->value = NULL;
	}
}

static void
add(struct stats *s, struct stats_column *c, const char *p, size_t n,
    const struct view_cell *cell)
{
	enum view_kind k = cell->kind == KIND_RAW ? datum_kind(p, n) :
	    cell->kind;

	if (c->kinds[k]++ == 0)
		c->kind = datum_join(c->kind, k);
	if (k == KIND_NULL)
		return;
	if (c->example_total == 0 && c->nexample == 0) {
		c->nexample = within(n, 0, sizeof(c->example));
		memcpy(c->example, p, c->nexample);
		c->example_total = cell->total;
	}
	/* Where columns grow without end, only so many are looked into. */
	if (!s->deep || (s->columns == 0 && c - s->v >= 2 * UNKNOWN_COLUMNS))
		return;
	if (k == KIND_INTEGER || k == KIND_NUMBER)
		add_number(s, c, p, n, k);
	else
		add_text(c, p, n, c->least.data == NULL);
	if (!c->many)
		add_distinct(s, c, p, n);
}

void
stats_add(struct stats *s, const struct view_row *r)
{
	s->rows++;
	s->ragged += s->columns != 0 && r->fields != s->columns;
	while (s->n < r->n) {
		if (s->n == s->cap) {
			s->cap = s->cap != 0 ? s->cap * 2 : 16;
			s->v = xreallocarray(s->v, s->cap, sizeof(*s->v));
		}
		s->v[s->n++] = (struct stats_column){ .kind = KIND_NULL };
	}
	for (size_t i = 0; i < r->n; i++)
		add(s, &s->v[i], r->v[i].n != 0 ? r->bytes + r->v[i].at : "",
		    r->v[i].n, &r->v[i]);
}

/* ---- what came of it ---- */

uint64_t
stats_nulls(const struct stats *s, size_t i)
{
	uint64_t have = 0;

	for (int k = 0; i < s->n && k < VIEW_KINDS; k++)
		if (k != KIND_NULL)
			have += s->v[i].kinds[k];
	return s->rows - have;
}

static int
order_whole(const void *a, const void *b)
{
	const union stats_item *x = a, *y = b;

	return x->n < y->n ? -1 : x->n > y->n;
}

static int
order_real(const void *a, const void *b)
{
	const union stats_item *x = a, *y = b;

	return x->x < y->x ? -1 : x->x > y->x;
}

/* d above n.  Beyond 2^53, where doubles have no fractions, an integer. */
static struct stats_number
number(int64_t n, double d)
{
	struct stats_number r = { .whole = true };

	if (fabs(d) < EXACT && (d == floor(d) || fabs((double)n) >= EXACT)) {
		r.v.n = (int64_t)((uint64_t)n + (uint64_t)llround(d));
		return r;
	}
	r.whole = false;
	r.v.x = (double)n + d;
	return r;
}

struct stats_number
stats_quantile(struct stats_column *c, double q)
{
	double at = q * (double)(c->nsample - 1), part = at - floor(at);
	size_t i = (size_t)at;
	struct stats_number r = { .whole = c->whole };
	const union stats_item *v = c->sample;

	if (c->nsample == 0)
		return r;
	qsort(c->sample, c->nsample, sizeof(*c->sample), c->whole ?
	    order_whole : order_real);
	if (i + 1 >= c->nsample)
		r.v = v[c->nsample - 1];
	else if (c->whole)
		r = number(v[i].n, part * (double)((uint64_t)v[i + 1].n -
		    (uint64_t)v[i].n));
	else
		r.v.x = v[i].x + part * (v[i + 1].x - v[i].x);
	return r;
}

struct stats_number
stats_mean(const struct stats_column *c)
{
	struct stats_number r = { .v.x = c->mean };

	return c->whole ? number(c->base, fmax(above(c, c->min),
	    fmin(above(c, c->max), c->mean))) : r;
}

const struct stats_value *
stats_top(const struct stats *s, const struct stats_column *c)
{
	const struct stats_value *top = NULL;

	for (size_t i = 0; c->value != NULL && i < s->value_max * 2; i++)
		if (c->value[i].count > 1 && (top == NULL ||
		    c->value[i].count > top->count))
			top = &c->value[i];
	return top;
}
