/*
 * terms.h - the terms under which a memory is found.
 *
 * A term is a short string without NUL.  Words of the text, the tags and
 * the source are themselves (lexicon_term()); other terms begin with a byte
 * of their kind.  The same memory always gives the same terms: the index is
 * taken back by them.
 */
#ifndef MEM_TERMS_H
#define MEM_TERMS_H

#include "base/base.h"
#include "mem/item.h"

#define TERMS_MAX	80	/* bytes of a term and its NUL */
#define TERMS_SPEAKER	1	/* a word of who said it, not stemmed */
#define TERMS_DATE	2	/* a part of its date */
#define TERMS_SPOKEN	3	/* a part of a date that the text names */
#define TERMS_ASKS	"\4"	/* the text ends with a question mark */

typedef void terms_fn(const char *term, size_t n, void *arg);

/*
 * Give each term of the memory to fn, as often as it is there; returns the
 * length of the text in words that count.
 */
size_t terms_of(const struct item *it, terms_fn *fn, void *arg);
/* The terms of parts of a date: "y2023", "o05", "t05-08"; 0 is left out.
 * kind is TERMS_DATE or TERMS_SPOKEN. */
void terms_date(char kind, int year, int month, int date, terms_fn *fn,
    void *arg);

#endif
