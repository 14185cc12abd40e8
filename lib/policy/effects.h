/*
 * effects.h - the files that a simple command reads and writes and the hosts
 * it names, as far as its words tell.
 *
 * What is not known about a command is taken as reading its operands.  Words
 * that no program takes for a file (the text of echo, the pattern of grep)
 * are left out.
 */
#ifndef POLICY_EFFECTS_H
#define POLICY_EFFECTS_H

#include "base/base.h"
#include "policy/shparse.h"

enum effect { EFFECT_READ, EFFECT_WRITE, EFFECT_HOST };

/* Called for each: code is a coded path (not yet absolute), or a host. */
typedef void effect_fn(void *arg, enum effect what, const char *code,
    bool sure);

void effects_of(const struct sh_cmd *c, effect_fn *fn, void *arg);
/* The host of a URL or of user@host:path, lower case, or NULL. */
char *effects_host(const char *text);
/* May the URL carry data out: a long query, or a part that looks encoded. */
bool effects_carries(const char *url);

#endif
