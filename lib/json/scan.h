/*
 * scan.h - look at JSON text without building values.
 *
 * A strict, string-aware scanner of RFC 8259: it says whether bytes are one
 * JSON text and what a second reader has to know (depth, repairs needed),
 * and it finds the members of a top-level object as spans of the input, so
 * that values can be copied byte for byte: numbers beyond 2^53 and key
 * order stay what they were.  No allocation, no libjq, linear time.
 */
#ifndef JSON_SCAN_H
#define JSON_SCAN_H

#include "base/base.h"

struct scan_info {
	size_t	depth;		/* greatest nesting seen */
	size_t	at;		/* offset of the fault, when there is one */
	bool	surrogate;	/* an unpaired surrogate escape is there */
	bool	nul;		/* \u0000 is there */
	bool	bytes;		/* bytes that are not UTF-8 are there */
	const char *fault;	/* what is wrong, in words; NULL: nothing */
};

/* True when the n bytes are exactly one JSON text (white space around it
 * is fine); fills *info either way.  Nesting over max_depth is a fault. */
bool scan_text(const char *p, size_t n, size_t max_depth,
    struct scan_info *info);

struct scan_span {
	const char	*p;
	size_t		 n;
};

/*
 * Step through the members of the object that the n bytes at p hold, which
 * scan_text has found to be sound.  *pos starts at 0.  Returns true with
 * the key (between its quotes, escapes and all) and the value's span, false
 * when there are no more or p holds no object.
 */
bool scan_member(const char *p, size_t n, size_t *pos,
    struct scan_span *key, struct scan_span *value);
/* The same for the elements of an array. */
bool scan_element(const char *p, size_t n, size_t *pos,
    struct scan_span *value);
/* The value of the first member of that name (no escapes), if any. */
bool scan_find(const char *p, size_t n, const char *name,
    struct scan_span *value);
/* True when the n bytes are blanks of JSON and nothing else. */
bool scan_blank(const char *p, size_t n);
/* True when the span is the string s, written without escapes. */
bool scan_is(struct scan_span v, const char *s);

#endif
