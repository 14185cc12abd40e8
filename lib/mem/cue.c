/*
 * cue.c - what kind of answer a question asks for, and which texts tell one.
 */
#include "mem/cue.h"

#include <ctype.h>
#include <string.h>

#include "mem/lexicon.h"
#include "mem/when.h"

struct telling {
	unsigned	 asks, told;
	const char	*p;
	const char	(*known)[TEXT_WORD_MAX + 1];
	size_t		 nknown;
	char		 before[TEXT_WORD_MAX + 1];
};

/* Whether w is one of the words of a list, with blanks between them. */
static bool
is_one(const char *w, const char *list)
{
	size_t n = strlen(w);

	for (; n > 0 && *list != '\0'; list += *list == ' ') {
		size_t k = strcspn(list, " ");

		if (k == n && memcmp(list, w, n) == 0)
			return true;
		list += k;
	}
	return false;
}

unsigned
cue_asked(const char *b, const char *w)
{
	bool which = is_one(b, "what which whats");

	if (strcmp(w, "when") == 0 || (which &&
	    is_one(w, "date day month year time season")))
		return CUE_TIME;
	if (strcmp(b, "how") == 0 && is_one(w, "long often old"))
		return CUE_TIME | CUE_NUMBER;
	if ((strcmp(b, "how") == 0 && is_one(w, "many much far large big fast "
	    "tall high heavy")) || (which && is_one(w, "price cost size "
	    "number amount percentage port version")))
		return CUE_NUMBER;
	if (is_one(w, "who whom whose whos"))
		return CUE_PERSON;
	if (is_one(w, "where wheres") || (which && is_one(w, "city town "
	    "country place state village island location")))
		return CUE_PLACE;
	if (strcmp(w, "why") == 0 || (which && strcmp(w, "reason") == 0))
		return CUE_REASON;
	if (is_one(w, "called named title name") || (which && is_one(w,
	    "book movie film song band")))
		return CUE_NAME;
	return 0;
}

/* Whether a word stands where a sentence begins, and its capital letter says
 * nothing. */
static bool
begins(const char *p, size_t at)
{
	while (at > 0 && strchr(" \t\r\n\"'(*", p[at - 1]) != NULL)
		at--;
	return at == 0 || strchr(".!?:;", p[at - 1]) != NULL;
}

static bool
is_name(const struct telling *t, const struct text_word *w)
{
	if (!w->capital || w->kind == TEXT_NUMBER || lexicon_stop(w->fold) ||
	    begins(t->p, w->at) || is_one(w->fold, "monday tuesday wednesday "
	    "thursday friday saturday sunday january february march april "
	    "may june july august september october november december "
	    "christmas easter mr mrs ms dr"))
		return false;
	for (size_t i = 0; i < t->nknown; i++)
		if (strcmp(t->known[i], w->fold) == 0)
			return false;
	return true;
}

static bool
is_number(const struct text_word *w)
{
	char term[TEXT_WORD_MAX + 1];
	size_t n;

	if (isdigit((unsigned char)w->fold[0]) || is_one(w->fold,
	    "hundred thousand million dozen couple half twice once"))
		return true;
	n = lexicon_term(w, term);
	return term[strspn(term, "0123456789")] == '\0' && n > 0;
}

static void
on_word(const struct text_word *w, void *arg)
{
	struct telling *t = arg;

	if ((t->asks & CUE_NUMBER) && is_number(w))
		t->told |= CUE_NUMBER;
	if ((t->asks & (CUE_PERSON | CUE_PLACE | CUE_NAME)) && is_name(t, w))
		t->told |= t->asks & (CUE_PERSON | CUE_PLACE | CUE_NAME);
	if ((t->asks & CUE_PERSON) && is_one(w->fold, "mother father mom mum "
	    "dad sister brother aunt uncle cousin grandma grandmother grandpa "
	    "grandfather wife husband partner boyfriend girlfriend son "
	    "daughter niece nephew friend friends neighbour neighbor boss "
	    "colleague colleagues teacher doctor coach"))
		t->told |= CUE_PERSON;
	if ((t->asks & CUE_PLACE) && is_one(t->before, "in at near behind "
	    "under inside outside below above beside across") &&
	    is_one(w->fold, "the a an my our his her their this that"))
		t->told |= CUE_PLACE;
	if ((t->asks & CUE_REASON) && is_one(w->fold, "because since cause "
	    "cuz reason due so"))
		t->told |= CUE_REASON;
	memcpy(t->before, w->fold, w->len + 1);
}

static void
on_time(const struct when *w, void *arg)
{
	struct telling *t = arg;

	(void)w;
	t->told |= CUE_TIME;
}

unsigned
cue_told(unsigned asks, const char *p, size_t n,
    const char (*known)[TEXT_WORD_MAX + 1], size_t nknown)
{
	struct telling t = { .asks = asks, .p = p, .known = known,
	    .nknown = nknown };

	if (asks & CUE_TIME)
		when_scan(p, n, WHEN_NONE, on_time, &t);
	if (asks & ~(unsigned)CUE_TIME)
		text_words(p, n, on_word, &t);
	if ((asks & CUE_NAME) && memchr(p, '"', n) != NULL)
		t.told |= CUE_NAME;
	return t.told;
}
