/*
 * repair.h - a request that was refused, changed so that it may be taken.
 *
 * Servers refuse what others want, and say so in words of their own.  The
 * words are looked for here, and the request is changed by one repair of
 * fault.h at a time, each at most once; dialect.h and request.h carry them
 * out, for this request and all later ones of the conversation.  Pure.
 */
#ifndef GATE_REPAIR_H
#define GATE_REPAIR_H

#include "base/base.h"
#include "base/buf.h"
#include "gate/fault.h"
#include "gate/request.h"

/*
 * Change r by what the complaint asks for.  True when something changed:
 * then how is appended with what is different from now on.
 */
bool repair_request(struct request *r, const char *complaint,
    struct buf *how);
/*
 * The repair that the complaint asks for, of those that are not in done;
 * body is the request that was refused.
 */
enum fault_repair repair_read(const char *complaint, unsigned done,
    const char *body);

#endif
