/*
 * query.c - what a question asks for, understood without the store.
 */
#include "mem/query.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "mem/cue.h"
#include "mem/lexicon.h"
#include "mem/when.h"

struct sink {
	struct query	*q;
	const char	*p;
	size_t		 n;
	char		 before[TEXT_WORD_MAX + 1];	/* the last word */
	bool		 stops;		/* take them as well */
};

static struct query_term *
find(struct query *q, const char *term)
{
	for (size_t i = 0; i < q->nterms; i++)
		if (strcmp(q->terms[i].term, term) == 0)
			return &q->terms[i];
	return NULL;
}

/* Whether w is one of the words of a list, with blanks between them. */
static bool
is_one(const char *w, const char *list)
{
	size_t n = strlen(w);

	for (; *list != '\0'; list += *list == ' ') {
		size_t k = strcspn(list, " ");

		if (k == n && memcmp(list, w, n) == 0)
			return true;
		list += k;
	}
	return false;
}

/* Words that say what kind of answer is wanted. */
static void
look_asking(struct sink *s, const struct text_word *w)
{
	s->q->asks |= cue_asked(s->before, w->fold);
	if (is_one(w->fold, "i my me mine im ive id"))
		s->q->mine = true;
	if (is_one(w->fold, "you your youre youve youd"))
		s->q->yours = true;
	if (is_one(w->fold, "now current currently latest newest nowadays "
	    "presently recent recently lately") || (strcmp(s->before,
	    "these") == 0 && strcmp(w->fold, "days") == 0))
		s->q->latest = true;
}

static void
on_word(const struct text_word *w, void *arg)
{
	struct sink *s = arg;
	struct query *q = s->q;
	struct query_term *t;
	char term[TERMS_MAX];
	bool stop = lexicon_stop(w->fold);

	q->empty = false;
	look_asking(s, w);
	memcpy(s->before, w->fold, w->len + 1);
	/* "May" may be a name, a month or nothing; it stands in no list. */
	if (stop && !s->stops)
		return;
	lexicon_term(w, term);
	t = find(q, term);
	if (t != NULL) {
		t->weight += t->weight < 2 ? 0.5 : 0;
		return;
	}
	if (q->nterms == QUERY_TERMS)
		return;
	t = &q->terms[q->nterms++];
	memset(t, 0, sizeof(*t));
	memcpy(t->term, term, sizeof(term));
	memcpy(t->word, w->fold, w->len + 1);
	t->weight = 1;
	t->capital = w->capital;
	t->whole = w->kind == TEXT_WHOLE;
	t->asking = lexicon_asking(w->fold);
	t->prefix = w->at + w->n < s->n && s->p[w->at + w->n] == '*';
	if (t->prefix)
		memcpy(t->term, w->fold, w->len + 1);
}

static void
add_date(const char *term, size_t n, void *arg)
{
	struct query *q = arg;
	struct query_date *d;

	for (size_t i = 0; i < q->ndates; i++)
		if (strcmp(q->dates[i].term, term + 1) == 0)
			return;
	if (n < 2 || q->ndates == QUERY_DATES)
		return;
	d = &q->dates[q->ndates++];
	memcpy(d->term, term + 1, n);
	d->part = d->term[0];
}

static void
on_when(const struct when *w, void *arg)
{
	struct query *q = arg;
	int y = 0, m, d;

	if (w->spoken)
		q->spoken = true;
	if (w->from == WHEN_NONE) {
		terms_date(TERMS_DATE, 0, w->month, w->date, add_date, q);
		return;
	}
	when_civil(w->from, &y, &m, &d);
	if (w->month != 0 || w->to - w->from > 100) {
		terms_date(TERMS_DATE, y, w->month, w->date, add_date, q);
		return;
	}
	/* Days, weeks, seasons: the days or the months that they cover. */
	for (int64_t day = w->from; day < w->to; day++) {
		when_civil(day, &y, &m, &d);
		terms_date(TERMS_DATE, y, m, w->to - w->from <= 9 ? d : 0,
		    add_date, q);
	}
}

static void
flat_word(const struct text_word *w, void *arg)
{
	struct buf *b = arg;
	char term[TERMS_MAX];

	if (w->kind == TEXT_WHOLE)
		return;
	lexicon_term(w, term);
	buf_adds(b, term);
	buf_addc(b, ' ');
}

void
query_flat(const char *p, size_t n, struct buf *out)
{
	buf_addc(out, ' ');
	text_words(p, n, flat_word, out);
}

/* The quoted parts of the question. */
static void
phrases(struct query *q, const char *p, size_t n)
{
	const char *end = p + n, *open = memchr(p, '"', n), *close;

	while (open != NULL && q->nphrases < QUERY_PHRASES &&
	    (close = memchr(open + 1, '"', (size_t)(end - open - 1))) !=
	    NULL) {
		struct buf b = BUF_INIT;

		query_flat(open + 1, (size_t)(close - open - 1), &b);
		if (b.len > 1)
			q->phrases[q->nphrases++] = buf_detach(&b);
		buf_free(&b);
		open = memchr(close + 1, '"', (size_t)(end - close - 1));
	}
}

void
query_parse(struct query *q, const char *p, size_t n, int64_t today)
{
	struct sink s = { .q = q, .p = p, .n = n };

	memset(q, 0, sizeof(*q));
	q->empty = true;
	text_words(p, n, on_word, &s);
	/* Nothing but words that say nothing: then they are meant. */
	if (q->nterms == 0 && !q->empty) {
		s.stops = q->stops = true;
		text_words(p, n, on_word, &s);
	}
	when_scan(p, n, today, on_when, q);
	phrases(q, p, n);
}

void
query_free(struct query *q)
{
	for (size_t i = 0; i < q->nphrases; i++)
		free(q->phrases[i]);
	q->nphrases = 0;
}
