/*
 * probe.h - agent-gate models --probe: what a model can, by trying.
 *
 * Six short conversations at the most, without any profile: a plain answer,
 * a streamed one, a tool to call, the result of that call, an answer in a
 * form.  What came of them is told, and kept as a profile that later runs
 * go by, agent-profile(5).
 */
#ifndef GATE_PROBE_H
#define GATE_PROBE_H

#include "base/base.h"
#include "base/err.h"
#include "gate/out.h"
#include "gate/settings.h"

#define PROBE_TOKENS	256	/* of one answer */

/*
 * Probe the model that the settings name or find; write a table, or one
 * object of JSON.  0, or -1 with e filled: the server does not answer, or
 * the model not at all.
 */
int probe_cmd(const struct settings *s, bool json, struct out *out,
    struct err *e);

#endif
