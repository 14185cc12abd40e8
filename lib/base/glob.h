/*
 * glob.h - patterns of file names, with the double star.
 *
 * As git and ripgrep read them: * and ? and [set] stay within a component,
 * a double star that is a whole component stands for any number of them,
 * and a backslash takes the next character as it is.  Bytes, no locale;
 * ? takes a whole UTF-8 character.  Pure.
 */
#ifndef BASE_GLOB_H
#define BASE_GLOB_H

#include "base/base.h"

/*
 * True when all of path fits the pattern.  Time is at most the product of
 * the lengths; a set without its end is the character [ itself.
 */
bool glob_match(const char *pattern, const char *path);

#endif
