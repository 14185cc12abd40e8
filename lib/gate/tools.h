/*
 * tools.h - the tools that a model is offered: schemas as servers take them.
 */
#ifndef GATE_TOOLS_H
#define GATE_TOOLS_H

#include "base/base.h"
#include "base/buf.h"
#include "base/err.h"
#include "json/js.h"

/*
 * The schemas in the file: a JSON array of them, one object, a line of type
 * "tools", or one schema a line.  Owned; invalid with e filled otherwise.
 */
jv tools_load(const char *path, struct err *e);
/*
 * An array of schemas (borrowed) as it is sent: bare functions wrapped,
 * our own member "agent" taken out.  Owned; invalid with e filled
 * (ERR_DATA) when an element is no schema of a function.
 */
jv tools_fit(jv tools, struct err *e);

/*
 * The schemas with the keywords that every server takes: references are
 * put in place, constants become enumerations, arrays get items, and what
 * else is not understood everywhere is left out, drop (an array of names,
 * or nothing) included.  Owned.
 */
jv tools_simple(jv tools, jv drop);
/* Schemas with these names (the keys of an object) and no parameters, for
 * calls of tools that are offered no more.  Owned. */
jv tools_named(jv names);
/* Append what to tell a model about tools where the server takes none. */
void tools_words(struct buf *out, jv tools);

#endif
