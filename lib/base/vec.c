/*
 * vec.c - a growable, NULL-terminated vector of strings it owns.
 */
#include "base/vec.h"

#include "base/mem.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

void
vec_free(struct vec *v)
{
	for (size_t i = 0; i < v->n; i++)
		free(v->v[i]);
	free(v->v);
	v->v = NULL;
	v->n = v->cap = 0;
}

static void
take(struct vec *v, char *s)
{
	if (v->n + 2 > v->cap) {
		v->cap = v->cap < 8 ? 8 : v->cap * 2;
		v->v = xreallocarray(v->v, v->cap, sizeof(*v->v));
	}
	v->v[v->n++] = s;
	v->v[v->n] = NULL;
}

void
vec_push(struct vec *v, const char *s)
{
	take(v, xstrdup(s));
}

void
vec_give(struct vec *v, char *s)
{
	if (s != NULL)
		take(v, s);
}

void
vec_pushf(struct vec *v, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	take(v, xvasprintf(fmt, ap));
	va_end(ap);
}

bool
vec_has(const struct vec *v, const char *s)
{
	for (size_t i = 0; i < v->n; i++)
		if (strcmp(v->v[i], s) == 0)
			return true;
	return false;
}

static int
by_bytes(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

void
vec_sort(struct vec *v)
{
	if (v->n > 1)
		qsort(v->v, v->n, sizeof(*v->v), by_bytes);
}

char **
vec_argv(struct vec *v)
{
	if (v->v == NULL) {
		v->cap = 8;
		v->v = xcalloc(v->cap, sizeof(*v->v));
	}
	return v->v;
}

void
vec_split(struct vec *v, const char *s, const char *seps)
{
	while (*s != '\0') {
		size_t n = strcspn(s, seps);

		if (n != 0)
			take(v, xmemdup(s, n));
		s += n;
		s += strspn(s, seps);
	}
}
