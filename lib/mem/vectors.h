/*
 * vectors.h - nearness of meaning: vectors beside the memories.
 *
 * A vector is kept twice, of length 1: as numbers of 16 bits with a scale in a
 * row of its own, which is the truth, and as bytes with a scale in a block of
 * 1024 memories, which is what a search reads from end to end.  The best of
 * that are weighed again, as floats, by the rows.  No index: nothing can be
 * missed.
 */
#ifndef MEM_VECTORS_H
#define MEM_VECTORS_H

#include "base/base.h"
#include "base/err.h"
#include "mem/rank.h"
#include "mem/store.h"

#define VECTORS_BLOCK	1024
#define VECTORS_DIMS	8192	/* numbers of a vector at most */
#define VECTORS_BEST	100	/* memories that a search gives */

/* The number of a model by its name and size, made with make; 1, 0, -1. */
int vectors_model(struct store *s, const char *name, int64_t dims, bool make,
    int64_t *id, struct err *e);
/* Put the vector of a memory, in a transaction; v is made of length 1. */
int vectors_put(struct store *s, int64_t row, int64_t model, float *v,
    size_t dims, int64_t digest, struct err *e);
/* Take it away, if there is one. */
int vectors_drop(struct store *s, int64_t row, struct err *e);
/* Write the block that is being changed, if there is one. */
int vectors_flush(struct store *s, struct err *e);
/* Add the VECTORS_BEST nearest of a namespace to r->near. */
int vectors_near(struct store *s, int64_t ns, int64_t model, float *v,
    size_t dims, struct rank *r, struct err *e);
/* Sort r->near by row, and make 1 of the nearest and 0 of the last. */
void vectors_settle(struct rank *r);

/* ---- pure, for tests ---- */

/* Make v of length 1; false when it has none. */
bool vectors_unit(float *v, size_t n);
/* The bytes for v, and the scale that gives them back. */
float vectors_pack(const float *v, size_t n, int8_t *out);
int32_t vectors_dot(const int8_t *a, const int8_t *b, size_t n);

#endif
