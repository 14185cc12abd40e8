/*
 * jq.h - a jq program that the user gave, run on one value.
 *
 * Compiling costs milliseconds: nothing here is used unless somebody wrote
 * a program.  The program runs with libjq's own defaults and no modules.
 */
#ifndef JSON_JQ_H
#define JSON_JQ_H

#include "base/base.h"
#include "base/err.h"
#include "json/js.h"

/*
 * Run the program on v (borrowed): 1 when its last output is neither false
 * nor null, as jq -e has it; 0 when it is, or there is none; -1 with e
 * filled when it does not compile (ERR_DATA) or ends with an error
 * (ERR_NEGATIVE).
 */
int jq_holds(const char *program, jv v, struct err *e);

struct jq_filter;

/*
 * A program that is compiled once and run on many values; its modules are
 * looked for in the directory modules (NULL: in none).  NULL with e filled
 * (ERR_USAGE) when it does not compile.
 */
struct jq_filter *jq_open(const char *program, const char *modules,
    struct err *e);
void jq_close(struct jq_filter *f);
/* Begin to run it on v, borrowed. */
void jq_give(struct jq_filter *f, jv v);
/* The next output, owned: 1; 0 when there is none, -1 with ERR_DATA when the
 * program failed. */
int jq_take(struct jq_filter *f, jv *out, struct err *e);

#endif
