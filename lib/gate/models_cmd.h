/*
 * models_cmd.h - agent-gate models: what there is, what it can, and what is
 * known of it.
 */
#ifndef GATE_MODELS_CMD_H
#define GATE_MODELS_CMD_H

#include "base/base.h"
#include "base/err.h"
#include "gate/out.h"
#include "gate/settings.h"

struct models_opts {
	bool		 json, all;
	bool		 probe;
	const char	*show;		/* the model whose profile is wanted */
};

/* Do what the options say, the result to out.  0, or -1 with e filled. */
int models_cmd(const struct settings *s, const struct models_opts *o,
    struct out *out, struct err *e);

#endif
