/*
 * same.h - memories that say nearly the same.
 */
#ifndef MEM_SAME_H
#define MEM_SAME_H

#include "base/base.h"
#include "mem/cmd.h"

/*
 * The memory of ns that is most like it, when at least SAME_LEAST of the
 * terms of both are in both, and whoever said it is the same: 1 with *old
 * filled, 0, -1.
 */
int same_find(struct cmd *c, const struct store_ns *ns,
    const struct item *it, struct item *old, struct err *e);

#define SAME_LEAST	0.8

#endif
