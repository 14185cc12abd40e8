/*
 * stem.h - the stem of an English word: M. F. Porter, "An algorithm for
 * suffix stripping", Program 14 (3), 1980.
 */
#ifndef MEM_STEM_H
#define MEM_STEM_H

#include "base/base.h"

/*
 * Replace the word of n bytes at w, in lower case, by its stem in place;
 * returns the length of that.  A word with anything but a to z stays.
 */
size_t stem_word(char *w, size_t n);

#endif
