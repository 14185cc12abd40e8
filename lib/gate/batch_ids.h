/*
 * batch_ids.h - which requests of a batch there are, and how far each is.
 *
 * An id is kept as 128 bits of its SHA-256, so that memory does not depend
 * on how long ids and requests are: some 40 bytes a request.  Entries are
 * in the order of the input.
 */
#ifndef GATE_BATCH_IDS_H
#define GATE_BATCH_IDS_H

#include "base/base.h"

enum batch_state {
	BATCH_OPEN,		/* to be asked */
	BATCH_RETRYABLE,	/* failed, but may be asked again */
	BATCH_FAILED,		/* failed for good */
	BATCH_OK,
};

struct batch_key {
	uint64_t	h[2];
};

struct batch_entry {
	struct batch_key key;
	uint64_t	 at : 48;	/* of its line in the journal, plus 1 */
	uint64_t	 tries : 12;	/* made so far, in all runs */
	uint64_t	 state : 3;
	uint64_t	 ours : 1;	/* ended in this run */
};

#define BATCH_TRIES_MAX	4095

struct batch_ids {
	struct batch_entry *e;
	size_t		 n, cap;
	uint32_t	*slot;		/* index + 1, by hash */
	size_t		 nslot;		/* a power of two, or 0 */
};

#define BATCH_IDS_INIT	{ NULL, 0, 0, NULL, 0 }

/* The key of the n bytes of an id; space keeps kinds of ids apart. */
struct batch_key batch_key(char space, const void *p, size_t n);
/* True when the key falls to shard k (from 1) of n: its first 64 bits,
 * modulo n, are k - 1. */
bool batch_in_shard(struct batch_key key, unsigned k, unsigned n);

void batch_ids_free(struct batch_ids *t);
/* Append an entry; its index, or -1 when the key is there already. */
int64_t batch_ids_add(struct batch_ids *t, struct batch_key key);
/* The entry of the key, or NULL. */
struct batch_entry *batch_ids_find(struct batch_ids *t, struct batch_key key);

#endif
