/*
 * offline_fill.h - arguments for a tool that is known by its schema only.
 */
#ifndef GATE_OFFLINE_FILL_H
#define GATE_OFFLINE_FILL_H

#include "base/base.h"
#include "json/js.h"

/*
 * Arguments for the function fn (borrowed; with its "parameters") that do
 * what the n bytes of text ask: a choice (an enum) that is among choices, or
 * verb for what is called op, operation or action; the text for the strings
 * that are required, or the first one when none is.  Owned.
 */
jv offline_fill(jv fn, const char *text, size_t n, const char *verb,
    const char *const *choices);

#endif
