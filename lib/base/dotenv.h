/*
 * dotenv.h - the text of a .env file: pairs of a name and a value.
 *
 * As shells and other readers of such files agree: lines NAME=VALUE, perhaps
 * behind "export", blank lines and lines that begin with #.  A value is
 * literal in '...'; in "..." \n \t \" \\ and \$ stand for what they do in C
 * and the shell; bare, it ends before " #", without blanks at its ends.
 * Nothing is expanded and nothing run.  A quoted value may span lines.
 */
#ifndef BASE_DOTENV_H
#define BASE_DOTENV_H

#include "base/base.h"
#include "base/err.h"
#include "base/vec.h"

/*
 * Append the pairs of the n bytes at p to out, each as "NAME=VALUE".
 * 0, or -1 with e filled: ERR_CONFIG and "line N: why", without the value.
 */
int dotenv_parse(const char *p, size_t n, struct vec *out, struct err *e);

#endif
