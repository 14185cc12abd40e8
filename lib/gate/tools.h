/*
 * tools.h - the tools that a model is offered: schemas as servers take them.
 */
#ifndef GATE_TOOLS_H
#define GATE_TOOLS_H

#include "base/base.h"
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

#endif
