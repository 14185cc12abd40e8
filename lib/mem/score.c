/*
 * score.c - BM25 over one namespace, by its segments and its tail.
 */
#include "mem/score.h"

#include <assert.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "mem/lexicon.h"
#include "mem/lists.h"
#include "mem/post.h"
#include "mem/terms.h"

#define K1		1.2
#define B		0.75
#define LIKE		0.4	/* of a word of like meaning */
#define LIKE_MAX	24
#define ASKING		0.4	/* of a word that belongs to the asking */
#define WHOLE		1.5	/* of an identifier beside its parts */
#define COMMON		0.1	/* part of all memories: such a term tells
				 * little, and costs much in a large store */
#define SMALL		5000	/* memories: here everything is counted */
#define READ_MAX	800000	/* entries read of such terms */
#define NICK_MIN	3	/* letters of a name that stand for it */

/* ---- what there is ---- */

static int
read_segments(struct score *c, struct err *e)
{
	struct db_stmt *st = db_query(c->s->db, e, "SELECT lo, docs, words"
	    " FROM segment WHERE ns = ? ORDER BY lo", "i", c->ns->id);
	size_t cap = 0;
	int rc = -1;

	while (st != NULL && (rc = db_step(st, e)) == 1) {
		if (c->nsegments == cap) {
			cap = cap == 0 ? 32 : cap * 2;
			c->segments = xreallocarray(c->segments, cap,
			    sizeof(*c->segments));
		}
		c->segments[c->nsegments++] = db_int(st, 0);
		c->docs += (double)db_int(st, 1);
		c->words += (double)db_int(st, 2);
	}
	return rc;
}

/* The memories that are in no segment yet. */
static int
read_tail(struct score *c, struct err *e)
{
	int64_t base = c->ns->id << ITEM_NS_SHIFT;
	struct db_stmt *st = db_query(c->s->db, e, "SELECT m.id, m.text,"
	    " m.speaker, m.source, m.date, m.at, m.tags FROM memory m"
	    " WHERE m.id >= ? AND m.id < ? ORDER BY m.id", "ii",
	    base | c->ns->folded, base | (int64_t)UINT32_MAX);
	int rc = -1;

	c->size = (uint32_t)c->ns->folded;
	while (st != NULL && (rc = db_step(st, e)) == 1) {
		/* Borrowed: terms_of() changes nothing. */
		struct item it = { .row = db_int(st, 0),
		    .text = (char *)(uintptr_t)db_text(st, 1),
		    .speaker = (char *)(uintptr_t)db_text(st, 2),
		    .source = (char *)(uintptr_t)db_text(st, 3),
		    .date = (char *)(uintptr_t)db_text(st, 4),
		    .at = db_int(st, 5),
		    .tags = (char *)(uintptr_t)db_text(st, 6) };
		size_t words;

		if (it.text == NULL)
			continue;
		words = terms_of(&it, dict_note, &c->tail);
		dict_add(&c->tail, ITEM_SEQ(it.row), words);
		c->docs++;
		c->words += (double)words;
		c->size = ITEM_SEQ(it.row) + 1;
	}
	return rc;
}

static void
add_list(struct score_term *t, const void *p, size_t n)
{
	buf_add(&t->lists, p, n);
	t->ends = xreallocarray(t->ends, t->nlists + 1, sizeof(*t->ends));
	t->ends[t->nlists++] = t->lists.len;
}

int
score_lists(struct score *c, const char *term, struct score_term *t,
    struct err *e)
{
	size_t len = strlen(term);
	struct dict_entry *d;

	memset(t, 0, sizeof(*t));
	memcpy(t->term, term, len + 1);
	t->weight = 1;
	for (size_t i = 0; i < c->nsegments; i++) {
		struct lists_one l;
		int rc = lists_get(c->s, c->ns->id, c->segments[i], term, &l,
		    e);

		if (rc == -1)
			return -1;
		if (rc == 0)
			continue;
		t->df += (uint32_t)l.df;
		add_list(t, l.p, l.n);
		lists_done(&l);
	}
	if (c->tail.n > 0) {
		d = dict_get(&c->tail, term, len);
		if (d->df > 0) {
			t->df += d->df;
			add_list(t, d->list.data, d->list.len);
		}
	}
	t->idf = log(1 + (c->docs - t->df + 0.5) / (t->df + 0.5));
	if (t->idf < 0)
		t->idf = 0;
	return t->df > 0;
}

static void
drop(struct score_term *t)
{
	buf_free(&t->lists);
	free(t->ends);
	free(t->seqs);
	memset(t, 0, sizeof(*t));
}

/* ---- terms ---- */

static struct score_term *
known_term(struct score *c, const char *term)
{
	for (size_t i = 0; i < c->nterms; i++)
		if (strcmp(c->terms[i].term, term) == 0)
			return &c->terms[i];
	return NULL;
}

/* Take over t, unless its term is there already. */
static void
keep(struct score *c, struct score_term *t, double weight, bool guess)
{
	struct score_term *old = known_term(c, t->term);

	if (old != NULL) {
		if (old->guess && weight > old->weight)
			old->weight = weight;
		drop(t);
		return;
	}
	t->weight = weight;
	t->guess = guess;
	c->terms[c->nterms++] = *t;
}

/* Whether a word is one of a speaker's name, or what it begins with. */
static int
look_name(struct score *c, const struct query_term *w, struct err *e)
{
	char term[TERMS_MAX], end[TERMS_MAX + 1];
	struct score_term t;
	struct db_stmt *st;
	int rc;

	if (c->nnames == SCORE_NAMES || w->whole)
		return 0;
	term[0] = TERMS_SPEAKER;
	memcpy(term + 1, w->word, strlen(w->word) + 1);
	rc = score_lists(c, term, &t, e);
	drop(&t);
	if (rc == 1)
		memcpy(c->names[c->nnames++], w->word, sizeof(c->names[0]));
	if (rc != 0 || !w->capital || strlen(w->word) < NICK_MIN)
		return rc;
	memcpy(end, term, sizeof(term));
	memcpy(end + strlen(term), "\xf4", 2);
	for (size_t i = 0; i < c->nsegments; i++) {
		st = db_query(c->s->db, e, "SELECT term FROM posting WHERE"
		    " ns = ? AND lo = ? AND term > ? AND term < ? LIMIT 1",
		    "iiss", c->ns->id, c->segments[i], term, end);
		rc = st != NULL ? db_step(st, e) : -1;
		if (rc == -1)
			return -1;
		if (rc == 1) {
			memcpy(c->names[c->nnames++], db_text(st, 0) + 1,
			    strlen(db_text(st, 0)));
			db_done(st);
			return 1;
		}
	}
	for (size_t i = 0; i < c->tail.n; i++) {
		const char *p = dict_term(&c->tail, &c->tail.v[i]);
		size_t n = c->tail.v[i].len, k = strlen(term);

		if (n > k && memcmp(p, term, k) == 0) {
			memcpy(c->names[c->nnames], p + 1, n - 1);
			c->names[c->nnames++][n - 1] = '\0';
			return 1;
		}
	}
	return 0;
}

/* Who asks about himself is the user of a talk with a model. */
static int
look_asker(struct score *c, struct err *e)
{
	static const struct query_term user = { .word = "user",
	    .term = "user" };

	return c->nnames > 0 ? 0 : look_name(c, &user, e);
}

/* Words that begin like this one. */
static int
add_prefix(struct score *c, const struct query_term *w, struct err *e)
{
	char end[TERMS_MAX + 1];
	int rc = 0;

	snprintf(end, sizeof(end), "%s\xf4", w->term);
	for (size_t i = 0; i < c->nsegments && c->nterms < QUERY_TERMS; i++) {
		char found[8][TERMS_MAX];
		size_t n = 0;
		struct db_stmt *st = db_query(c->s->db, e, "SELECT term FROM"
		    " posting WHERE ns = ? AND lo = ? AND term >= ? AND"
		    " term < ? ORDER BY df DESC LIMIT 8", "iiss", c->ns->id,
		    c->segments[i], w->term, end);

		while (st != NULL && (rc = db_step(st, e)) == 1)
			memcpy(found[n++], db_text(st, 0),
			    strlen(db_text(st, 0)) + 1);
		if (st == NULL || rc == -1)
			return -1;
		for (size_t k = 0; k < n; k++) {
			struct score_term t;

			if (known_term(c, found[k]) != NULL)
				continue;
			if (score_lists(c, found[k], &t, e) == -1)
				return -1;
			keep(c, &t, w->weight, false);
		}
	}
	for (size_t i = 0; i < c->tail.n && c->nterms < QUERY_TERMS; i++) {
		struct dict_entry *d = &c->tail.v[i];
		char term[TERMS_MAX];
		struct score_term t;

		if (d->df == 0 || d->len >= sizeof(term) ||
		    d->len < strlen(w->term) || memcmp(dict_term(&c->tail,
		    d), w->term, strlen(w->term)) != 0)
			continue;
		memcpy(term, dict_term(&c->tail, d), d->len);
		term[d->len] = '\0';
		if (known_term(c, term) != NULL)
			continue;
		if (score_lists(c, term, &t, e) == -1)
			return -1;
		keep(c, &t, w->weight, false);
	}
	return 0;
}

/* Words of about the same meaning. */
static int
add_like(struct score *c, const struct query_term *w, struct err *e)
{
	char terms[LIKE_MAX][TEXT_WORD_MAX + 1];
	size_t n = lexicon_like(w->term, terms, LIKE_MAX / 2);

	n += lexicon_kinds(w->term, terms + n, LIKE_MAX - n);
	for (size_t i = 0; i < n && c->nterms < 2 * QUERY_TERMS; i++) {
		struct score_term t;
		int rc;

		if (known_term(c, terms[i]) != NULL)
			continue;
		rc = score_lists(c, terms[i], &t, e);
		if (rc == -1)
			return -1;
		if (rc == 1)
			keep(c, &t, LIKE * w->weight, true);
		else
			drop(&t);
	}
	return 0;
}

static int
add_word(struct score *c, const struct query_term *w,
    const struct score_switch *off, struct err *e)
{
	double weight = w->weight * (w->asking ? ASKING : 1) *
	    (w->whole ? WHOLE : 1);
	struct score_term t;
	int rc;

	if (w->prefix)
		return add_prefix(c, w, e);
	if (!off->no_speaker) {
		rc = look_name(c, w, e);
		if (rc != 0)
			return rc == 1 ? 0 : -1;
	}
	rc = score_lists(c, w->term, &t, e);
	if (rc == -1)
		return -1;
	if (rc == 1) {
		keep(c, &t, weight, false);
	} else {
		struct score_term near[4];
		int n = 0;

		drop(&t);
		if (!off->no_near)
			n = score_near(c, w, near, BASE_NITEMS(near), e);
		if (n == -1)
			return -1;
		for (int i = 0; i < n; i++)
			keep(c, &near[i], near[i].weight * weight, true);
	}
	if (off->no_like || w->asking || w->whole)
		return 0;
	return add_like(c, w, e);
}

/* ---- sums ---- */

/* What an entry adds for each byte that it may have. */
static void
impacts(const struct score *c, float table[256], double weight)
{
	double average = c->docs > 0 ? c->words / c->docs : 1;

	if (average < 1)
		average = 1;
	for (int i = 0; i < 256; i++) {
		double tf = post_tf((unsigned char)i);
		double length = post_length((unsigned char)i) / average;

		table[i] = (float)(weight * tf * (K1 + 1) /
		    (tf + K1 * (1 - B + B * length)));
	}
}

static void
add_known(struct score *c, uint32_t seq, float points)
{
	const struct sums_one *p = sums_find(&c->sums, seq);

	if (p != NULL && p->text > 0)
		sums_get(&c->sums, seq)->text += points;
}

/* Sum up a term; with known, only where another one is already. */
static void
sum(struct score *c, const struct score_term *t, bool known)
{
	float table[256];
	size_t at = 0;

	impacts(c, table, t->idf * t->weight);
	for (size_t i = 0; i < t->nlists; at = t->ends[i++]) {
		struct post it;

		post_begin(&it, t->lists.data + at, t->ends[i] - at);
		while (post_next(&it) && it.seq < c->size) {
			if (it.seq == 0)
				continue;
			if (!known)
				sums_get(&c->sums, it.seq)->text +=
				    table[it.impact];
			else
				add_known(c, it.seq, table[it.impact]);
		}
	}
	c->read += t->df;
}

/* Being of a date and speaking of it count once. */
static void
add_date(struct sums_one *p, uint64_t bit, float points)
{
	if ((p->dates & bit) != 0)
		return;
	p->dates |= bit;
	p->date += points;
}

/* A part of a date: a fixed sum for each memory of that date, or one that
 * speaks of it. */
static int
sum_date(struct score *c, size_t which, struct err *e)
{
	const struct query_date *d = &c->q->dates[which];
	uint64_t bit = (uint64_t)1 << which;
	char term[TERMS_MAX];

	for (char kind = TERMS_DATE; kind <= TERMS_SPOKEN; kind++) {
		double each = (kind == TERMS_DATE ? 0.5 : 0.4) * c->rarest;
		struct score_term t;
		size_t at = 0;
		int rc;

		term[0] = kind;
		snprintf(term + 1, sizeof(term) - 1, "%.60s", d->term);
		rc = score_lists(c, term, &t, e);
		if (rc == -1)
			return -1;
		/* What all are of tells nothing. */
		if (t.df > 0.7 * c->docs)
			each *= 0.25;
		for (size_t i = 0; i < t.nlists; at = t.ends[i++]) {
			struct post it;

			post_begin(&it, t.lists.data + at, t.ends[i] - at);
			while (post_next(&it) && it.seq < c->size) {
				if (it.seq == 0)
					continue;
				if (c->docs > SMALL && t.df > COMMON *
				    c->docs && sums_find(&c->sums, it.seq) ==
				    NULL)
					continue;
				add_date(sums_get(&c->sums, it.seq), bit,
				    (float)each);
			}
		}
		drop(&t);
	}
	return 0;
}

/* Which memories ask: the answer stands behind them. */
static int
read_asks(struct score *c, struct err *e)
{
	struct score_term t;
	size_t at = 0;

	c->asks = xcalloc(c->size / 8 + 1, 1);
	if (score_lists(c, TERMS_ASKS, &t, e) == -1)
		return -1;
	for (size_t i = 0; i < t.nlists; at = t.ends[i++]) {
		struct post it;

		post_begin(&it, t.lists.data + at, t.ends[i] - at);
		while (post_next(&it) && it.seq < c->size)
			c->asks[it.seq / 8] |= (unsigned char)(1 <<
			    it.seq % 8);
	}
	drop(&t);
	return 0;
}

static int
by_df(const void *a, const void *b)
{
	const struct score_term *x = a, *y = b;

	return (x->df > y->df) - (x->df < y->df);
}

static int
sum_all(struct score *c, const struct score_switch *off, struct err *e)
{
	size_t done = 0;

	if (read_asks(c, e) == -1)
		return -1;
	qsort(c->terms, c->nterms, sizeof(*c->terms), by_df);
	for (size_t i = 0; i < c->nterms; i++) {
		struct score_term *t = &c->terms[i];
		bool common = c->docs > SMALL && t->df > COMMON * c->docs &&
		    done > 0;

		if (common && c->read > READ_MAX)
			continue;
		sum(c, t, common);
		done += !t->guess;
	}
	if (c->q->ndates == 0 || off->no_date)
		return 0;
	static_assert(QUERY_DATES <= 64, "a bit for each");
	for (size_t i = 0; i < c->q->ndates; i++)
		if (sum_date(c, i, e) == -1)
			return -1;
	return 0;
}

int
score_open(struct score *c, struct store *s, struct store_ns *ns,
    const struct query *q, const struct score_switch *off, struct err *e)
{
	memset(c, 0, sizeof(*c));
	c->s = s;
	c->ns = ns;
	c->q = q;
	if (read_segments(c, e) == -1 || read_tail(c, e) == -1)
		return -1;
	c->rarest = log(1 + (c->docs - 0.5) / 1.5);
	if (!(c->rarest > 0.5))
		c->rarest = 0.5;
	c->terms = xcalloc(6 * QUERY_TERMS, sizeof(*c->terms));
	for (size_t i = 0; i < q->nterms && !q->stops; i++)
		if (add_word(c, &q->terms[i], off, e) == -1)
			return -1;
	if (q->mine && !q->yours && !off->no_speaker && look_asker(c, e) ==
	    -1)
		return -1;
	return sum_all(c, off, e);
}

void
score_close(struct score *c)
{
	for (size_t i = 0; i < c->nterms; i++)
		drop(&c->terms[i]);
	free(c->terms);
	free(c->segments);
	sums_free(&c->sums);
	free(c->asks);
	dict_free(&c->tail);
	memset(c, 0, sizeof(*c));
}
