/*
 * rest.h - servers that want to be left alone for a while, told to all
 * processes of the user.
 *
 * Where agent-ledger(1) is in use it keeps that; this is for everybody
 * else, and costs who is not concerned one look for a file.  Known is a
 * server by its URL, the model and the key.  Files that nobody needs any
 * more are removed by who finds them.
 */
#ifndef GATE_REST_H
#define GATE_REST_H

#include "base/base.h"
#include "base/err.h"
#include "gate/account.h"
#include "gate/settings.h"
#include "gate/sink.h"

/* True when some server may be at rest; without it rest_until() is 0. */
bool rest_any(void);
/* When the server of q may be asked again, clock_wall_ms; 0 now. */
int64_t rest_until(const struct account_ask *q);
/* It wants to be left alone for ms milliseconds; those beyond an hour do
 * not count.  A shorter time than is known changes nothing. */
void rest_tell(const struct account_ask *q, int64_t ms);
/* How long the settings let a process wait for that, -1 as it takes. */
int64_t rest_patience(const struct settings *s);
/* ERR_RATE in e, when ms is longer than patience (-1: never); 0 or -1. */
int rest_check(int64_t ms, int64_t patience, struct err *e);
/* Wait until it may be asked, a little longer at random; the sink is told,
 * and may cancel.  0, or -1 with e filled. */
int rest_wait(const struct account_ask *q, int64_t patience,
    const struct sink *sink, struct err *e);

#endif
