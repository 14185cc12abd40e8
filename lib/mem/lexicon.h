/*
 * lexicon.h - what is known about English words beyond their endings.
 *
 * Small and general lists, as data: words that say nothing, irregular forms,
 * numbers, words of about the same meaning.  Every function takes a folded
 * word (text.h).  Pure.
 */
#ifndef MEM_LEXICON_H
#define MEM_LEXICON_H

#include "base/base.h"
#include "mem/text.h"

/* Words that are in so many texts that they tell none from another: they
 * are neither indexed nor searched. */
bool lexicon_stop(const char *w);
/* Words that belong to the asking and not to what is asked for. */
bool lexicon_asking(const char *w);
/*
 * The term under which a word is indexed and searched: irregular forms and
 * number words by their base, then the stem.  out takes TEXT_WORD_MAX + 1
 * bytes; returns the length.
 */
size_t lexicon_term(const struct text_word *w, char *out);
/* The same for a plain word. */
size_t lexicon_term_of(const char *w, char *out);
/*
 * The terms of words of about the meaning of the term t, at most max, in
 * out.  Returns how many.
 */
size_t lexicon_like(const char *t, char (*out)[TEXT_WORD_MAX + 1],
    size_t max);
/*
 * The same for what t is the kind of (a pet: dog, cat) and for the kinds that
 * it is of.
 */
size_t lexicon_kinds(const char *t, char (*out)[TEXT_WORD_MAX + 1],
    size_t max);

#endif
