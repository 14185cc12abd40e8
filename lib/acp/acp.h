/*
 * acp.h - the agent of an editor: the Agent Client Protocol, version 1, on
 * standard input and output.
 *
 * Lines of JSON-RPC 2.0 on one side; on the other a coprocess agent-chat(1)
 * for every session, which speaks agent-protocol(7).  Nothing of a session
 * is kept here: what an editor is told is what the session's events tell,
 * and a session that is loaded again is read from its file.
 *
 * Invariants: every request gets exactly one response; a prompt that was
 * cancelled gets the stop reason "cancelled", whatever became of it; nothing
 * but JSON-RPC is ever on standard output; when the editor is gone, so are
 * the children.
 */
#ifndef ACP_ACP_H
#define ACP_ACP_H

#include "base/base.h"
#include "base/err.h"
#include "base/vec.h"

struct acp_opts {
	struct vec	 pass;		/* options for every agent-chat */
};

/* Serve until standard input ends; 0, or -1 with e filled.  *sig is the
 * signal that ended it, or 0. */
int acp_serve(const struct acp_opts *o, int *sig, struct err *e);

#endif
