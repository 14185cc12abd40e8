/*
 * terms.c - the terms under which a memory is found.
 */
#include "mem/terms.h"

#include <stdio.h>
#include <string.h>

#include "mem/lexicon.h"
#include "mem/text.h"
#include "mem/when.h"

#define SPAN_DAYS	9	/* days of an expression that count singly */

struct sink {
	terms_fn	*fn;
	void		*arg;
	size_t		 words;
	bool		 speaker;
};

/*
 * What is known of the words seen last: most words of a text come again soon,
 * and their stems cost a third of an import.
 */
#define MEMO		4096	/* places, a power of two */
#define MEMO_WORD	23	/* bytes of a word that is remembered */

struct memo {
	char	word[MEMO_WORD + 1], term[MEMO_WORD + 1];
	bool	stop;
};

static const struct memo *
remember(const struct text_word *w)
{
	static struct memo memo[MEMO];
	char term[TEXT_WORD_MAX + 1];
	uint32_t hash = 2166136261u;
	struct memo *m;

	for (size_t i = 0; i < w->len; i++)
		hash = (hash ^ (unsigned char)w->fold[i]) * 16777619u;
	m = &memo[(hash ^ hash >> 15) & (MEMO - 1)];
	if (strcmp(m->word, w->fold) == 0)
		return m;
	if (lexicon_term(w, term) > MEMO_WORD)
		return NULL;
	memcpy(m->word, w->fold, w->len + 1);
	memcpy(m->term, term, strlen(term) + 1);
	m->stop = lexicon_stop(w->fold);
	return m;
}

static void
on_word(const struct text_word *w, void *arg)
{
	struct sink *s = arg;
	char term[TERMS_MAX];
	size_t n;

	if (s->speaker) {
		term[0] = TERMS_SPEAKER;
		memcpy(term + 1, w->fold, w->len + 1);
		s->fn(term, w->len + 1, s->arg);
		return;
	}
	if (w->kind == TEXT_WORD && w->len <= MEMO_WORD) {
		const struct memo *m = remember(w);

		if (m != NULL) {
			if (m->stop)
				return;
			s->fn(m->term, strlen(m->term), s->arg);
			s->words++;
			return;
		}
	}
	if (lexicon_stop(w->fold))
		return;
	n = lexicon_term(w, term);
	s->fn(term, n, s->arg);
	if (w->kind != TEXT_WHOLE)
		s->words++;
}

void
terms_date(char kind, int year, int month, int date, terms_fn *fn, void *arg)
{
	char term[TERMS_MAX];

	if (year != 0)
		fn(term, (size_t)snprintf(term, sizeof(term), "%cy%d", kind,
		    year), arg);
	if (month != 0)
		fn(term, (size_t)snprintf(term, sizeof(term), "%co%02d", kind,
		    month), arg);
	if (month != 0 && date != 0)
		fn(term, (size_t)snprintf(term, sizeof(term), "%ct%02d-%02d",
		    kind, month, date), arg);
}

static void
on_when(const struct when *w, void *arg)
{
	struct sink *s = arg;
	int y = 0, m, d;

	if (w->from == WHEN_NONE) {
		terms_date(TERMS_SPOKEN, 0, w->month, w->date, s->fn, s->arg);
		return;
	}
	when_civil(w->from, &y, &m, &d);
	if (w->month != 0) {
		terms_date(TERMS_SPOKEN, y, w->month, w->date, s->fn, s->arg);
		return;
	}
	terms_date(TERMS_SPOKEN, y, w->to - w->from <= SPAN_DAYS ? m : 0, 0,
	    s->fn, s->arg);
	for (int64_t day = w->from; w->to - w->from <= SPAN_DAYS &&
	    day < w->to; day++) {
		char term[TERMS_MAX];

		when_civil(day, &y, &m, &d);
		s->fn(term, (size_t)snprintf(term, sizeof(term),
		    "%ct%02d-%02d", TERMS_SPOKEN, m, d), s->arg);
	}
}

static bool
asks(const char *text)
{
	size_t n = strlen(text);

	while (n > 0 && strchr(" \t\r\n\")*", text[n - 1]) != NULL)
		n--;
	return n > 0 && text[n - 1] == '?';
}

size_t
terms_of(const struct item *it, terms_fn *fn, void *arg)
{
	struct sink s = { .fn = fn, .arg = arg };
	int64_t day = it->at / WHEN_DAY_MS - (it->at % WHEN_DAY_MS < 0);
	int year, month, date;
	size_t words;

	text_words(it->text, strlen(it->text), on_word, &s);
	words = s.words;
	if (it->tags != NULL)
		text_words(it->tags, strlen(it->tags), on_word, &s);
	if (it->source != NULL)
		text_words(it->source, strlen(it->source), on_word, &s);
	s.speaker = true;
	if (it->speaker != NULL)
		text_words(it->speaker, strlen(it->speaker), on_word, &s);
	when_civil(day, &year, &month, &date);
	if (it->date != NULL)
		terms_date(TERMS_DATE, year, month, date, fn, arg);
	when_scan(it->text, strlen(it->text), day, on_when, &s);
	if (asks(it->text))
		fn(TERMS_ASKS, 1, arg);
	return words;
}
