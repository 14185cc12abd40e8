/*
 * serve.h - our tools for others: a server of the Model Context Protocol.
 *
 * It speaks both eras of the protocol on a pair of descriptors (core/rpc.h).
 * Calls run beside each other and are answered as they end; each goes the
 * way of every other call (job.h), with the same policy and walls.
 */
#ifndef TOOL_SERVE_H
#define TOOL_SERVE_H

#include "base/base.h"
#include "base/err.h"
#include "json/js.h"
#include "tool/filter.h"
#include "tool/job.h"
#include "tool/tool.h"

/* 0 at the end of the input.  What was started has ended by then. */
int serve_stdio(struct tool_env *env, int in, int out,
    struct filter_end *end, struct err *e);

/* ---- the pure half: what a message means ---- */

/* Who we speak to. */
struct serve_peer {
	char	version[16];	/* of its session, "" before there is one */
	bool	elicits;	/* it can ask its user, it said there */
};

enum serve_what {
	SERVE_NOTHING,		/* not for us, or nothing to say */
	SERVE_REPLY,		/* reply is the answer */
	SERVE_CALL,		/* a tool is to be called */
	SERVE_CANCEL,		/* the call with that id is to be stopped */
	SERVE_ANSWER,		/* to what we asked; reply is its result */
};

struct serve_ask {
	enum serve_what	 what;
	jv		 id;		/* of the request; invalid: none */
	jv		 reply;		/* of SERVE_REPLY, SERVE_ANSWER */
	jv		 name, args;	/* of SERVE_CALL */
	jv		 ticket;	/* of a call made again, in the modern
					 * era: what we gave it to remember */
	bool		 elicits;	/* who calls can ask its user */
	jv		 answers;	/* and what its user said */
	jv		 token;		/* for progress; invalid: none */
	bool		 modern;	/* which era asked */
};

/* Read a message (borrowed), and keep what it says of the peer. */
void serve_read(struct serve_peer *p, struct tool_env *env, jv msg,
    struct serve_ask *a);
void serve_ask_free(struct serve_ask *a);
/* The result of a job that is done, as the answer to id.  Owned. */
jv serve_result(const struct job *j, jv id, bool modern);

/* ---- calls that the user is asked about: by the client, for us ---- */

/* Params of elicitation/create for a job that asks.  Owned. */
jv serve_question(const struct job *j);
/* The same as a result that wants input, for the call id.  Owned. */
jv serve_wants(const struct job *j, jv id, const char *ticket);
/* Hand the client's answer, an ElicitResult (or invalid), to the job. */
void serve_answer(struct job *j, jv result);

#endif
