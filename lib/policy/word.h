/*
 * word.h - words of a command line and patterns, as coded text.
 *
 * Coded text is what is left of a word after its quotes are gone without
 * forgetting what they were for: a * ? [ ] { } , that stands for more than
 * itself is there as it is, one that was quoted has a backslash before it,
 * and so has a backslash.  WORD_UNKNOWN stands for a part that only the
 * shell will know.  The words of rules are coded text as they are written.
 * Pure: nothing here looks at the disk.
 */
#ifndef POLICY_WORD_H
#define POLICY_WORD_H

#include "base/base.h"
#include "base/buf.h"
#include "base/vec.h"

#define WORD_UNKNOWN	'\1'

/* Append n bytes that stand for themselves. */
void word_literal(struct buf *code, const char *p, size_t n);
/* Append the text that a coded word shows, unknown parts as they are. */
void word_plain(struct buf *b, const char *code);
/* The same as a string that the caller frees. */
char *word_text(const char *code);
/* True when a part of it is not known, or a pattern. */
bool word_unknown(const char *code);
bool word_globs(const char *code);
/* Push what the braces of a word stand for, at least one word.  More than
 * WORD_BRACES, or a sequence, is one word with an unknown part. */
#define WORD_BRACES	64
void word_braces(struct vec *out, const char *code);
/*
 * The word as an absolute coded path without ".", ".." and empty parts; cwd
 * is coded and absolute.  NULL when it begins with an unknown part.  The
 * caller frees.
 */
char *word_path(const char *code, const char *cwd);
/*
 * True when a word that the shell may make of code fits the pattern; both
 * may have wildcards, and * stands for any characters.
 */
bool word_meets(const char *pattern, const char *code);
/*
 * The same for absolute paths, where wildcards stay within a component and
 * a double star in the pattern stands for any number of them.  A component
 * of code that is all wildcard meets only patterns with a fixed beginning,
 * and never a name that begins with a dot.
 */
bool word_meets_path(const char *pattern, const char *code);

#endif
