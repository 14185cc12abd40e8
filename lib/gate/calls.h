/*
 * calls.h - tool calls out of the pieces that servers make of them.
 *
 * The part of delta.c that decides which piece belongs to which call:
 * indexes may be missing, wrong or all the same, ids missing, repeated or
 * empty, names repeated or split, arguments a string, an object or absent.
 */
#ifndef GATE_CALLS_H
#define GATE_CALLS_H

#include "gate/delta.h"

/* Take the array of a delta, or of a whole message, whose elements are
 * whole calls each. */
void calls_take(struct delta *d, jv calls, bool whole, bool marked);
/*
 * All calls as they go into a message, owned: with unique ids, and names
 * as they were offered.  whole tells that arguments may be mended, too:
 * none becomes {}, and JSON text in a string is unwrapped once.
 */
jv calls_result(struct delta *d, jv tools, bool whole);

#endif
