/*
 * mem.c - allocation that succeeds or ends the process.
 */
#include "base/mem.h"

#include "base/err.h"
#include "base/log.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

void
mem_die(void)
{
	char msg[128];
	int n = snprintf(msg, sizeof(msg), "%.40s: out of memory; work on "
	    "less at once, or allow more\n", log_prog());

	/* Streams may themselves want memory, so write(2) is used. */
	if (n > 0 && write(STDERR_FILENO, msg, (size_t)n) == -1)
		_exit(err_kind_exit(ERR_NOMEM));
	_exit(err_kind_exit(ERR_NOMEM));
}

void *
xmalloc(size_t n)
{
	void *p = malloc(n != 0 ? n : 1);

	if (p == NULL)
		mem_die();
	return p;
}

void *
xcalloc(size_t n, size_t size)
{
	void *p = calloc(n != 0 ? n : 1, size != 0 ? size : 1);

	if (p == NULL)
		mem_die();
	return p;
}

void *
xreallocarray(void *p, size_t n, size_t size)
{
	size_t total;

	if (__builtin_mul_overflow(n, size, &total))
		mem_die();
	p = realloc(p, total != 0 ? total : 1);
	if (p == NULL)
		mem_die();
	return p;
}

char *
xstrdup(const char *s)
{
	return xmemdup(s, strlen(s));
}

char *
xmemdup(const void *p, size_t n)
{
	char *d;

	if (n == SIZE_MAX)
		mem_die();
	d = xmalloc(n + 1);
	if (n != 0)
		memcpy(d, p, n);
	d[n] = '\0';
	return d;
}

char *
xvasprintf(const char *fmt, va_list ap)
{
	char *s;

	if (vasprintf(&s, fmt, ap) == -1)
		mem_die();
	return s;
}

char *
xasprintf(const char *fmt, ...)
{
	va_list ap;
	char *s;

	va_start(ap, fmt);
	s = xvasprintf(fmt, ap);
	va_end(ap);
	return s;
}
