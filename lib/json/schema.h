/*
 * schema.h - the part of JSON Schema that tools may use to declare their
 * arguments, and complaints a model can act on.
 *
 * Of draft 2020-12: type (a name or several), enum, const, required,
 * properties, additionalProperties (false or a schema), items, minItems,
 * maxItems, minLength, maxLength (in code points), minimum, maximum,
 * exclusiveMinimum, exclusiveMaximum, pattern (searched for, after
 * base/ere.h), anyOf, oneOf, allOf, and the schemas true and false.
 * Other keywords are ignored.  Nothing is ever fetched.
 */
#ifndef JSON_SCHEMA_H
#define JSON_SCHEMA_H

#include "base/base.h"
#include "base/buf.h"
#include "json/js.h"

/*
 * True when v fits.  Otherwise one line per fault (at most eight) is
 * appended to why, such as
 *	start_line: expected integer, given string "ten"
 *	path: required (string), missing
 */
bool schema_check(jv schema, jv v, struct buf *why);
/* The same for a value that goes on by exact.h: there, whole numbers beyond
 * 2^53 are such, too. */
bool schema_check_exact(jv schema, jv v, struct buf *why);

#endif
