/*
 * batch_cache.h - answers to requests that were asked before.
 *
 * A file for each, below $XDG_CACHE_HOME/agent/batch: its name is the SHA-256
 * of the server's URL, the path and the body of the request, what it holds is
 * the body of the answer, as it came.  Only good answers are kept.  Files are
 * written whole and read whole, so that any number of runs can use it at once
 * and be killed; one that is no JSON, as after a power cut, is none.  When
 * there is more than allowed, those that were not used for longest go.
 */
#ifndef GATE_BATCH_CACHE_H
#define GATE_BATCH_CACHE_H

#include "base/base.h"
#include "base/buf.h"
#include "base/err.h"
#include "gate/batch_in.h"

#define BATCH_CACHE_KEY		65
#define BATCH_CACHE_MIB		256	/* that all take, unless told */

struct batch_cache {
	char		*path;		/* of the folder; NULL: no cache */
	uint64_t	 max;		/* bytes on disk */
	uint64_t	 added;		/* since it was looked how many */
	bool		 sampled;	/* whatever the temperature is */
	bool		 told;		/* that it cannot be written */
	void		(*note)(const char *text);	/* not NULL */
};

/* Ready to use, with max, sampled and note set.  0, or -1 with e filled
 * (ERR_CANTCREAT). */
int batch_cache_open(struct batch_cache *c, struct err *e);
/* Take out what is too much, and free; also what was never opened. */
void batch_cache_close(struct batch_cache *c);
/*
 * The name of the answer of the server with that base to r into key; false,
 * and key is "", when it is none to be kept: its answer may be another every
 * time, for the body does not say that the temperature is 0, or which model
 * is asked.
 */
bool batch_cache_key(const struct batch_cache *c, const char *base,
    const struct batch_req *r, char key[BATCH_CACHE_KEY]);
/* Append the answer to body, if it is there. */
bool batch_cache_get(const struct batch_cache *c, const char *key,
    struct buf *body);
/* Keep the answer, if it can be. */
void batch_cache_put(struct batch_cache *c, const char *key,
    const struct buf *body);

#endif
