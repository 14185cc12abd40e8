/*
 * tokens.h - about how many tokens a text is, without the model's table.
 *
 * The tokenizers of today's models cut a text into words, runs of digits,
 * of signs and of white space before they look anything up, and what they
 * find in a piece depends on its length more than on the piece.  So pieces
 * are counted, by class and length: within a tenth or so for English prose,
 * program text and JSON, within a third elsewhere.  Whoever knows what a
 * server counted corrects the rest by one factor a model (gate/tally.h).
 * Pure, one pass, no allocation.
 */
#ifndef CORE_TOKENS_H
#define CORE_TOKENS_H

#include "base/base.h"

/* About the tokens of n bytes of text. */
double tokens_text(const char *p, size_t n);
/*
 * About the tokens of one message of a talk, as JSON text that scan_text()
 * found sound: what of it reaches the model, with the marks around it that
 * templates put there.  A picture counts TOKENS_PICTURE whatever its size.
 */
double tokens_message(const char *p, size_t n);
/* The same for an array of tool schemas: 0 when it is empty. */
double tokens_tools(const char *p, size_t n);

#define TOKENS_PICTURE	800

#endif
