/*
 * front.h - the head of a Markdown file between two lines of dashes.
 *
 * The part of YAML that SKILL.md and prompt files use: "key: value", plain or
 * quoted, values that go on in indented lines, block values (| and >), and a
 * list as its items with commas between them.  Lenient, as those who read such
 * files are: a value with a colon in it needs no quotes.  Remarks are lines and
 * what is behind an item or a quotation; behind plain text they are part of it.
 * Pure.
 */
#ifndef CORE_FRONT_H
#define CORE_FRONT_H

#include "base/base.h"
#include "json/js.h"

/* The head as an object of strings, owned and empty when there is none; *body
 * is the offset of what follows it. */
jv front_read(const char *p, size_t n, size_t *body);

#endif
