/*
 * text.h - the words of a text, folded so that they can be compared.
 *
 * Words are runs of letters and digits, in lower case and without accents.
 * An identifier (getUserById, foo_bar.c, AB-1234) gives its parts and then
 * itself as a whole.  Scripts that are written without spaces give pairs of
 * neighbouring characters, a pictograph gives itself.  Apostrophes are left
 * out, and a trailing 's goes.  Pure; any bytes are fine.
 */
#ifndef MEM_TEXT_H
#define MEM_TEXT_H

#include "base/base.h"

#define TEXT_WORD_MAX	63	/* bytes of a folded word; longer is cut */

enum text_kind {
	TEXT_WORD,
	TEXT_NUMBER,		/* digits only */
	TEXT_WHOLE,		/* an identifier whose parts came before */
	TEXT_PAIR,		/* of a script without spaces */
};

struct text_word {
	char		 fold[TEXT_WORD_MAX + 1];
	size_t		 len;		/* of fold, never 0 */
	size_t		 at, n;		/* where it stands, in bytes */
	size_t		 index;		/* which word it is; a whole has that
					 * of its last part */
	enum text_kind	 kind;
	bool		 capital;	/* begins with a capital letter */
};

typedef void text_fn(const struct text_word *w, void *arg);

/* Give every word of the n bytes at p to fn, in order. */
void text_words(const char *p, size_t n, text_fn *fn, void *arg);

#endif
