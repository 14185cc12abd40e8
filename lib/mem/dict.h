/*
 * dict.h - terms and their lists, while an index is being made.
 */
#ifndef MEM_DICT_H
#define MEM_DICT_H

#include "base/base.h"
#include "base/buf.h"

struct dict_entry {
	size_t		 at, len;	/* of the term among the bytes */
	struct buf	 list;		/* post.h */
	uint32_t	 last, df;	/* its last number, its length */
	uint32_t	 mark, tf;	/* of the memory being added */
};

struct dict {
	struct dict_entry *v;
	size_t		 n, cap;
	uint32_t	*slots;		/* entry + 1, 0 for none */
	size_t		 nslots;	/* a power of two */
	struct buf	 bytes;
	size_t		*now;		/* the entries of the memory */
	size_t		 nnow, now_cap;
};

#define DICT_INIT	{ NULL, 0, 0, NULL, 0, BUF_INIT, NULL, 0, 0 }

void dict_free(struct dict *d);
/* The entry of a term, made when it is missing; good until the next one. */
struct dict_entry *dict_get(struct dict *d, const char *term, size_t n);
/* The term of an entry; it is not followed by NUL. */
const char *dict_term(const struct dict *d, const struct dict_entry *t);
/* A terms_fn (terms.h): note a term of the memory being added. */
void dict_note(const char *term, size_t n, void *arg);
/* Add the memory with its noted terms; numbers rise.  */
void dict_add(struct dict *d, uint32_t seq, size_t words);
/* Append a list of later numbers to that of a term. */
void dict_append(struct dict *d, const char *term, size_t n,
    const void *list, size_t size);
/* Entries in the order of their terms: an array of d->n, to be freed. */
struct dict_entry **dict_sorted(struct dict *d);

#endif
