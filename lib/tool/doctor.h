/*
 * doctor.h - what stands and what does not, on this machine, here.
 */
#ifndef TOOL_DOCTOR_H
#define TOOL_DOCTOR_H

#include "base/base.h"
#include "base/buf.h"
#include "base/err.h"
#include "tool/tool.h"

/*
 * Find out by trying: a probe of the jail, a real command in it, a real
 * file tool.  Appends to out a text for people or one JSON object.
 * 0 when tools can run safely, -1 with e (ERR_DENIED) when not.
 */
int doctor_report(struct tool_env *env, bool json, struct buf *out,
    struct err *e);

#endif
