/*
 * cue.h - what kind of answer a question asks for, and which texts tell one.
 *
 * A question for a time is answered by a text with a time in it, one for a
 * person by one with a name, and so on.  That is a hint only: it weighs what
 * the words have found, and finds nothing by itself.  Pure, English only.
 */
#ifndef MEM_CUE_H
#define MEM_CUE_H

#include "base/base.h"
#include "mem/text.h"

enum cue {
	CUE_TIME = 1,		/* when, which day, how long */
	CUE_NUMBER = 2,		/* how many, how much, what price */
	CUE_PERSON = 4,		/* who, whose */
	CUE_PLACE = 8,		/* where, which city */
	CUE_REASON = 16,	/* why */
	CUE_NAME = 32,		/* what is it called, which title */
};

/*
 * What a question asks for by a word of it, whose word before is before ("" at
 * first); both folded (text.h).  A set of enum cue.
 */
unsigned cue_asked(const char *before, const char *word);
/*
 * What the n bytes at p tell of what asks names.  The nknown names in known,
 * folded, are those of the people who talk with each other: they are
 * called by their names all the time, and tell nothing.
 */
unsigned cue_told(unsigned asks, const char *p, size_t n,
    const char (*known)[TEXT_WORD_MAX + 1], size_t nknown);

#endif
