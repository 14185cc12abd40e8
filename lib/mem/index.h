/*
 * index.h - from terms to memories.
 *
 * Memories are written first and indexed later: the newest of a namespace,
 * its tail, are looked at one by one.  When the tail is long enough it is
 * folded into a segment: the lists (post.h) of all terms of a range of
 * numbers.  Eight segments of a size become one of the next, so that every
 * memory is copied a few times only.  Nothing of a memory that is taken
 * away stays in any list.
 */
#ifndef MEM_INDEX_H
#define MEM_INDEX_H

#include "base/base.h"
#include "base/err.h"
#include "mem/store.h"

#define INDEX_TAIL	128	/* memories that may be left unfolded */
#define INDEX_SEGMENT	65536	/* of this size segments stay */

/* Fold the tail when it is long enough, or all of it.  In a transaction. */
int index_fold(struct store *s, struct store_ns *ns, bool all,
    struct err *e);
/* Take a memory out of its segment, or put it in again; does nothing for
 * one of the tail. */
int index_take(struct store *s, const struct item *it, struct err *e);
int index_put(struct store *s, const struct item *it, struct err *e);
/* Drop the segments of ns, such that all is tail again. */
int index_drop(struct store *s, struct store_ns *ns, struct err *e);
/*
 * Whether the segments hold just what the memories say: 0, or -1 with
 * ERR_DATA.  Reads all of ns.
 */
int index_check(struct store *s, const struct store_ns *ns, struct err *e);

#endif
