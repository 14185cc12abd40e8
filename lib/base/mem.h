/*
 * mem.h - allocation that succeeds or ends the process.
 *
 * libjq ends the process when memory runs out, so nothing above it could
 * honestly promise more.  Every function here returns usable memory; on
 * exhaustion it ends as mem_die() does.  What is returned is freed with
 * free(3).
 */
#ifndef BASE_MEM_H
#define BASE_MEM_H

#include "base/base.h"

#include <stdarg.h>

/*
 * One line goes to stderr, and the process ends with the status of
 * ERR_NOMEM (EX_OSERR of sysexits(3)), without its exit handlers.
 */
void mem_die(void) BASE_NORETURN;
/* n bytes, uninitialised; n may be 0. */
void *xmalloc(size_t n);
/* n elements of size bytes, zeroed; the product is checked for overflow. */
void *xcalloc(size_t n, size_t size);
/* p grown or shrunk to n elements of size bytes; p may be NULL. */
void *xreallocarray(void *p, size_t n, size_t size);
/* A copy of the string s, which must not be NULL. */
char *xstrdup(const char *s);
/* A NUL-terminated copy of the n bytes at p. */
char *xmemdup(const void *p, size_t n);
/* The formatted string, as asprintf(3) would make it. */
char *xasprintf(const char *fmt, ...) BASE_PRINTF(1, 2);
char *xvasprintf(const char *fmt, va_list ap) BASE_PRINTF(1, 0);

#endif
