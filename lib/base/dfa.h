/*
 * dfa.h - lines that match an expression, found at the speed of a table.
 *
 * An automaton of the expression is made as the text asks for it: a state
 * for each set of places in the expression where a match may be, a step a
 * byte.  For whole texts that is tens of times faster than a regexec(3) for
 * each line, and it means exactly the same: POSIX extended expressions in
 * the C locale, as glibc reads them.  Only whether a line matches is told.
 */
#ifndef BASE_DFA_H
#define BASE_DFA_H

#include "base/base.h"

struct dfa;

/*
 * The automaton of an expression that ere_translate wrote and regcomp takes;
 * icase as REG_ICASE.  NULL when it has something that needs more than that:
 * bytes beyond ASCII, back-references, collation, rare escapes.  The caller
 * frees.
 */
struct dfa *dfa_new(const char *ere, bool icase);
void dfa_free(struct dfa *d);
/*
 * The beginning of the first line within p..limit that matches, and its end
 * in *end; NULL when none does.  p is the beginning of a line; at limit
 * there has to be a NUL.  A line ends at a line feed, before which a
 * carriage return counts as part of it, and is read up to a NUL only.
 */
char *dfa_next(struct dfa *d, char *p, char *limit, char **end);

#endif
