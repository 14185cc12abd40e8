/*
 * parts.c - the parts of a memory's score that it has by itself.
 */
#include "mem/parts.h"

#include <math.h>
#include <string.h>

#include "json/js.h"
#include "mem/cue.h"
#include "mem/terms.h"
#include "mem/text.h"
#include "mem/when.h"

/* In points of BM25; SPEAKER, PHRASE, LATEST and VECTOR are times the worth
 * of the rarest word, CUE times what words and neighbours gave. */
#define SPEAKER		0.8
#define PHRASE		0.8
#define CUE		0.3
#define CUE_READ	1024	/* bytes that are looked at for it */
#define RECENCY		0.3	/* for the newest */
#define RECENCY_DAYS	30.0	/* after that long half of it */
#define LATEST		0.6	/* when what holds now is asked for */
#define LATEST_DAYS	120.0
#define IMPORTANCE	1.0
#define VECTOR		1.0

/* ---- what is known beforehand ---- */

static bool
is_off(const struct rank *r, enum rank_part part)
{
	return (r->off >> part & 1) != 0;
}

static void
know(struct parts *p, const char *name, size_t n)
{
	if (p->nknown == PARTS_KNOWN || n > TEXT_WORD_MAX)
		return;
	memcpy(p->known[p->nknown], name, n);
	p->known[p->nknown++][n] = '\0';
}

/* The names of who speaks here; those in several segments come again. */
static int
know_speakers(struct parts *p, struct score *c, struct err *e)
{
	static const char from[] = { TERMS_SPEAKER, '\0' },
	    to[] = { TERMS_SPEAKER + 1, '\0' };

	for (size_t i = c->nsegments; i > 0 && p->nknown < PARTS_KNOWN; i--) {
		struct db_stmt *st = db_query(c->s->db, e, "SELECT term FROM"
		    " posting WHERE ns = ? AND lo = ? AND term > ? AND"
		    " term < ? LIMIT 16", "iiss", c->ns->id,
		    c->segments[i - 1], from, to);
		int rc = -1;

		while (st != NULL && (rc = db_step(st, e)) == 1)
			know(p, db_text(st, 0) + 1, strlen(db_text(st, 0)) -
			    1);
		if (rc == -1)
			return -1;
	}
	for (size_t i = 0; i < c->tail.n; i++) {
		const char *t = dict_term(&c->tail, &c->tail.v[i]);

		if (c->tail.v[i].len > 1 && t[0] == TERMS_SPEAKER)
			know(p, t + 1, c->tail.v[i].len - 1);
	}
	return 0;
}

static int
find_session(struct parts *p, struct score *c, struct err *e)
{
	const char *name = p->r->filter.session;
	struct buf b = BUF_INIT;
	struct db_stmt *st;
	int rc;

	if (name == NULL)
		return 0;
	/* Names are kept as JSON: a string, or a number. */
	js_quote(&b, name, strlen(name));
	st = db_query(c->s->db, e, "SELECT id FROM session WHERE ns = ? AND"
	    " name IN (?, ?) ORDER BY id DESC LIMIT 1", "iss", c->ns->id,
	    buf_str(&b), name);
	rc = st != NULL ? db_step(st, e) : -1;
	buf_free(&b);
	p->session = rc == 1 ? db_int(st, 0) : -1;
	if (rc == 1)
		db_done(st);
	return rc == -1 ? -1 : 0;
}

static int
find_newest(struct parts *p, struct score *c, struct err *e)
{
	struct db_stmt *st = db_query(c->s->db, e, "SELECT at FROM memory"
	    " WHERE id BETWEEN ? AND ? ORDER BY id DESC LIMIT 1", "ii",
	    c->ns->id << ITEM_NS_SHIFT, c->ns->id << ITEM_NS_SHIFT |
	    (int64_t)UINT32_MAX);
	int rc = st != NULL ? db_step(st, e) : -1;

	if (rc == 1) {
		p->newest = db_int(st, 0);
		db_done(st);
	}
	return rc == -1 ? -1 : 0;
}

int
parts_open(struct parts *p, const struct rank *r, struct score *c,
    struct err *e)
{
	memset(p, 0, sizeof(*p));
	p->r = r;
	p->c = c;
	if (find_session(p, c, e) == -1 || find_newest(p, c, e) == -1)
		return -1;
	return r->query.asks != 0 && !is_off(r, RANK_CUE) ?
	    know_speakers(p, c, e) : 0;
}

/* ---- filters ---- */

static bool
tags_fit(const struct rank_filter *f, const char *tags)
{
	struct item it = { .tags = (char *)(uintptr_t)tags };

	for (size_t i = 0; i < f->ntags; i++)
		if (!item_has_tag(&it, f->tags[i]))
			return false;
	return true;
}

bool
parts_fit(const struct parts *p, const struct parts_row *l)
{
	const struct rank_filter *f = &p->r->filter;

	if (f->kind != NULL ? l->kind == NULL || strcmp(l->kind, f->kind) !=
	    0 : !f->chunks && l->kind != NULL && strcmp(l->kind, "chunk") ==
	    0)
		return false;
	if (f->source != NULL && (l->source == NULL || strncmp(l->source,
	    f->source, strlen(f->source)) != 0))
		return false;
	if (f->speaker != NULL && (l->speaker == NULL ||
	    strcasecmp(l->speaker, f->speaker) != 0))
		return false;
	if (p->session != 0 && l->session != p->session)
		return false;
	return l->at >= f->since && l->at < f->until &&
	    tags_fit(f, l->tags);
}

/* ---- points ---- */

struct name_look {
	const struct score *c;
	bool		 found;
};

static void
on_name(const struct text_word *w, void *arg)
{
	struct name_look *n = arg;

	for (size_t i = 0; i < n->c->nnames; i++)
		if (strcmp(n->c->names[i], w->fold) == 0)
			n->found = true;
}

static bool
named(const struct score *c, const char *speaker)
{
	struct name_look n = { c, false };

	if (speaker != NULL && c->nnames > 0)
		text_words(speaker, strlen(speaker), on_name, &n);
	return n.found;
}

static float
phrase_points(const struct query *q, const char *text, double each)
{
	struct buf b = BUF_INIT;
	float sum = 0;

	if (q->nphrases == 0)
		return 0;
	query_flat(text, strlen(text), &b);
	for (size_t i = 0; i < q->nphrases; i++)
		if (strstr(buf_str(&b), q->phrases[i]) != NULL)
			sum += (float)each;
	buf_free(&b);
	return sum;
}

static float
vector_of(const struct rank *r, int64_t row)
{
	size_t lo = 0, hi = r->nnear;

	while (lo < hi) {
		size_t mid = (lo + hi) / 2;

		if (r->near[mid].row < row)
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo < r->nnear && r->near[lo].row == row ? r->near[lo].near : 0;
}

void
parts_own(const struct parts *p, const struct parts_row *l,
    struct rank_hit *h)
{
	const struct score *c = p->c;
	const struct sums_one *sum = sums_find(&c->sums, ITEM_SEQ(h->row));
	double age = (double)(p->newest - l->at) / (double)WHEN_DAY_MS;

	if (sum != NULL) {
		h->part[RANK_TEXT] = sum->text;
		h->part[RANK_DATE] = sum->date;
	}
	if (named(c, l->speaker))
		h->part[RANK_SPEAKER] = (float)(SPEAKER * c->rarest);
	h->part[RANK_PHRASE] = phrase_points(&p->r->query, l->text, PHRASE *
	    c->rarest);
	if (age < 0)
		age = 0;
	h->part[RANK_RECENCY] = (float)(p->r->query.latest ? LATEST *
	    c->rarest * exp2(-age / LATEST_DAYS) : RECENCY *
	    exp2(-age / RECENCY_DAYS));
	if (l->importance >= 0)
		h->part[RANK_IMPORTANCE] = (float)(IMPORTANCE *
		    (l->importance - 0.5));
	h->part[RANK_VECTOR] = (float)(VECTOR * c->rarest) *
	    vector_of(p->r, h->row);
}

void
parts_cue(const struct parts *p, const struct parts_row *l,
    struct rank_hit *h)
{
	unsigned asks = p->r->query.asks;
	size_t n = strlen(l->text);

	if (asks == 0 || is_off(p->r, RANK_CUE) || h->part[RANK_TEXT] +
	    h->part[RANK_NEIGHBOURS] <= 0)
		return;
	if (cue_told(asks, l->text, n < CUE_READ ? n : CUE_READ, p->known,
	    p->nknown) != 0)
		h->part[RANK_CUE] = (float)CUE * (h->part[RANK_TEXT] +
		    h->part[RANK_NEIGHBOURS]);
}
