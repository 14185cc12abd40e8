/*
 * ere.h - regular expressions as people write them, for regcomp(3).
 *
 * Most know the classes \d \w \s, (?:groups), lazy quantifiers and escapes
 * in brackets from Perl; POSIX extended expressions have none of them.
 * Pure text: nothing is compiled here.
 */
#ifndef BASE_ERE_H
#define BASE_ERE_H

#include "base/base.h"
#include "base/buf.h"

/*
 * Append to out the expression p in the words of POSIX: classes inside and
 * outside brackets, (?: as (, *? as *, escapes such as \t and \/ , and a {
 * that begins no count as itself.  What POSIX cannot say (look-around,
 * back-references by name) is left for regcomp to refuse.
 */
void ere_translate(struct buf *out, const char *p);
/*
 * The longest string that every match of the translated expression must
 * contain, appended to out; nothing when none is certain.
 */
void ere_literal(struct buf *out, const char *p);

/* Behind the group or bracket at p; NULL when it does not end. */
const char *ere_skip(const char *p);

#define ERE_WEIGHT_MAX	2500	/* states: some 60 MB in the worst case */

/*
 * How many states regcomp makes of the translated expression: it writes
 * counted and repeated parts out, so a few bytes can be gigabytes, and it
 * recurses into groups.  More than ERE_WEIGHT_MAX, or groups too deep for
 * the stack: do not compile it.
 */
size_t ere_weight(const char *p);
/*
 * About how many steps regexec takes in the worst case to find the
 * translated expression in n bytes, or not to.
 */
double ere_cost(const char *p, size_t n);

#endif
