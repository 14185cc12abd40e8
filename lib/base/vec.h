/*
 * vec.h - a growable, NULL-terminated vector of strings it owns.
 *
 * For argument lists, environments and lists of names.  v.v is always a
 * valid argv once anything was pushed; vec_argv() is valid even before.
 */
#ifndef BASE_VEC_H
#define BASE_VEC_H

#include "base/base.h"

struct vec {
	char	**v;
	size_t	  n;
	size_t	  cap;
};

#define VEC_INIT	{ NULL, 0, 0 }

/* Free every string and the vector; leaves an empty one. */
void vec_free(struct vec *v);
/* Append a copy of s. */
void vec_push(struct vec *v, const char *s);
/* Append s itself, which the vector frees from now on; NULL adds nothing. */
void vec_give(struct vec *v, char *s);
/* Append a formatted string. */
void vec_pushf(struct vec *v, const char *fmt, ...) BASE_PRINTF(2, 3);
/* True when s is one of the strings. */
bool vec_has(const struct vec *v, const char *s);
/* Put the strings in the order of their bytes. */
void vec_sort(struct vec *v);
/* The strings as a NULL-terminated array owned by v. */
char **vec_argv(struct vec *v);
/* Split s at any of the characters in seps, skipping empty pieces. */
void vec_split(struct vec *v, const char *s, const char *seps);

#endif
