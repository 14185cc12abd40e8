/*
 * embed.h - vectors from a model, by way of agent-gate embed.
 */
#ifndef MEM_EMBED_H
#define MEM_EMBED_H

#include "base/base.h"
#include "base/err.h"
#include "json/js.h"

/* How the model is asked. */
struct embed {
	const char	*model;		/* NULL: the server's own */
	bool		 offline;	/* agent-gate embed --offline */
	char		 said[256];	/* the model that answered last */
};

/* The vector at place i, of which there are n numbers, or NULL with why. */
typedef int embed_fn(size_t i, float *v, size_t n, const char *why,
    void *arg, struct err *e);

/*
 * Have the texts turned into vectors and give each to fn, until that does
 * not return 0.  Vectors are kept under the name in m->said.  -1 with e filled
 * when the server cannot be asked.
 */
int embed_texts(struct embed *m, const char *const *texts, size_t n,
    embed_fn *fn, void *arg, struct err *e);

#endif
