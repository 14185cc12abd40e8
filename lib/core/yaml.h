/*
 * yaml.h - the part of YAML that people write prompts and settings in.
 *
 * Maps and lists in blocks (by their margins) and in brackets, plain and quoted
 * text over several lines, block texts (| and >), comments, one document; true,
 * false, null and numbers as YAML 1.2's core schema has them.  What YAML has
 * beyond that (anchors and aliases, tags, directives, keys that are no text,
 * several documents) is refused and never guessed, so that nothing is larger
 * than its file.  Strict where front.h is lenient.  Pure.
 */
#ifndef CORE_YAML_H
#define CORE_YAML_H

#include "base/base.h"
#include "base/err.h"
#include "json/js.h"

#define YAML_DEPTH	32	/* of maps and lists in each other */

/*
 * The value of the n bytes at p, owned; null when there is nothing but
 * comments.  Or an invalid one with e filled (ERR_DATA): "NAME:LINE: reason".
 */
jv yaml_read(const char *p, size_t n, const char *name, struct err *e);

#endif
