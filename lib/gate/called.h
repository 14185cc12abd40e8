/*
 * called.h - the tools that the calls of a history named.
 */
#ifndef GATE_CALLED_H
#define GATE_CALLED_H

#include "base/buf.h"
#include "json/js.h"

/*
 * Schemas without parameters for them, out of the store of request.h, for
 * servers that want tools offered wherever there are calls.  Owned array.
 */
jv called_tools(const struct buf *store);

#endif
